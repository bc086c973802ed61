import AttentionClustering
import Foundation

/// A trained model as the store keeps it.
struct StoredClusterModel: Codable, Sendable, Equatable {
    let model: ClusterModel
    /// The names of the columns it was trained on.
    let columns: [String]
    /// Every effective parameter of its job, as the text of a JSON object; nil in models of earlier versions.
    let parameters: String?
    /// How points are converted before the model sees them; nil when they are not.
    var units: TrainingUnits?

    /// The centroids in the units of the data.
    var centroids: [[Double]] { units?.outward(model.centroids) ?? model.centroids }

    /// The names, if the points had any: those that were made up are no names to ask for.
    var namedColumns: [String]? {
        columns == DatasetDescription.defaultNames(columns.count) ? nil : columns
    }

    /// Reads stored bytes.
    init(_ data: Data) throws {
        self = try JSONDecoder().decode(StoredClusterModel.self, from: data)
    }

    init(model: ClusterModel, columns: [String], parameters: String? = nil, units: TrainingUnits? = nil) {
        self.units = units
        self.model = model
        self.columns = columns
        self.parameters = parameters
    }
}
