import AttentionClustering
import Foundation

/// A trained model as the store keeps it.
struct StoredClusterModel: Codable, Sendable, Equatable {
    let model: ClusterModel
    /// The names of the columns it was trained on.
    let columns: [String]
    /// Every effective parameter of its job, as the text of a JSON object; nil in models of earlier versions.
    let parameters: String?

    /// The names, if the points had any: those that were made up are no names to ask for.
    var namedColumns: [String]? {
        columns == DatasetDescription.defaultNames(columns.count) ? nil : columns
    }

    /// Reads stored bytes.
    init(_ data: Data) throws {
        self = try JSONDecoder().decode(StoredClusterModel.self, from: data)
    }

    init(model: ClusterModel, columns: [String], parameters: String? = nil) {
        self.model = model
        self.columns = columns
        self.parameters = parameters
    }
}
