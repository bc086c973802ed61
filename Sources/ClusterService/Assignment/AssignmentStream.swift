import AttentionClustering
import HTTPServer
import HTTPTypes
import PointFormats

/// A body of new points on its way through a model, block by block.
///
/// `@unchecked Sendable` is sound: one task at a time asks for the next block.
final class AssignmentStream: @unchecked Sendable {
    /// Points gathered from the decoder.
    private struct Batch: PointSink {
        var values: [Float] = []
        /// In place of `values` when the model was trained on points in double precision.
        var wideValues: [Double] = []
        var dimension = 0
        var identifiers: RowIdentifiers?

        var identifierBytes: Int { identifiers?.bytes.count ?? 0 }

        mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) {
            self.dimension = dimension
            values.append(contentsOf: rows)
        }

        mutating func append(_ rows: UnsafeBufferPointer<Double>, dimension: Int) {
            self.dimension = dimension
            wideValues.append(contentsOf: rows)
        }

        /// How many numbers there are.
        var count: Int { values.count + wideValues.count }

        mutating func append(_ identifiers: RowIdentifiers) {
            if self.identifiers == nil { self.identifiers = RowIdentifiers() }
            self.identifiers?.append(identifiers)
        }
    }

    /// A block ends at so many bytes of identifiers, too.
    private static let blockIdentifiers = 1 << 20

    private let body: PointBody
    private var decoder: PointDecoder
    private let model: StoredClusterModel
    private let blockValues: Int
    private let threads: Int
    private let offload: Offload
    /// Whether the client chose the columns, so that their names need not be the model's.
    private let hasChosenColumns: Bool
    private var batch = Batch()
    private var hasEnded = false
    /// The columns of the body, as far as they are known so far.
    private(set) var schema: PointSchema?

    /// - Parameter blockValues: how many numbers a block has at least, the last one excepted.
    init(
        _ body: PointBody, decoder: PointDecoder, model: StoredClusterModel, hasChosenColumns: Bool, blockValues: Int,
        threads: Int, offload: Offload
    ) {
        self.body = body
        self.decoder = decoder
        self.model = model
        self.blockValues = blockValues
        self.threads = threads
        self.offload = offload
        self.hasChosenColumns = hasChosenColumns
    }

    /// The type that the coordinates are kept in.
    var numberType: NumberType { model.units == nil ? .float32 : .float64 }

    /// The names of the coordinates: the body's, or the model's where the body has none.
    var columns: [String] { schema?.columns ?? model.columns }

    /// The next points with what the model says of them; nil at the end.
    ///
    /// - Throws: `Problem` or `FormatError` for a body that cannot be read or does not fit the model.
    func next() async throws -> TableBlock? {
        while !hasEnded, batch.count < blockValues, batch.identifierBytes < Self.blockIdentifiers {
            if let piece = try await body.next() {
                try piece.withUnsafeBytes { try decoder.feed($0, into: &batch) }
                if let schema = decoder.schema { try check(schema) }
            } else {
                hasEnded = true
                try check(try decoder.finish(into: &batch).schema)
            }
        }
        guard batch.count > 0 else { return nil }
        let taken = batch
        batch = Batch()
        let values =
            model.units.map { units in taken.wideValues.withUnsafeBufferPointer { units.inward($0) } } ?? taken.values
        let points = try Points(values: values, count: values.count / taken.dimension, dimension: taken.dimension)
        let assignment = try await offload.run { [model, threads] in try model.model.assign(points, threads: threads) }
        return TableBlock(
            count: points.count, identifiers: taken.identifiers, values: taken.values[...],
            wideValues: taken.wideValues[...], labels: assignment.labels[...],
            distances: assignment.distances[...], confidence: assignment.confidence[...])
    }

    private func check(_ schema: PointSchema) throws {
        self.schema = schema
        let wanted = model.model.dimension
        guard schema.dimension == wanted else {
            throw Problem(
                .unprocessableContent, type: "/problems/invalid-points", title: "The points do not fit the model",
                detail: "the model wants \(wanted) columns (\(model.columns.prefix(20).joined(separator: ", ")))"
                    + ", the body has \(schema.dimension); choose them with ?columns=",
                errors: [.init(line: 1, detail: "\(schema.dimension) columns instead of \(wanted)")])
        }
        let named = model.columns
        guard !hasChosenColumns, let names = schema.columns, names != named,
            model.namedColumns != nil || Set(names) == Set(named)
        else { return }
        // Names in front of the points would have put them in order.
        let isLate = Set(names).isSuperset(of: named)
        let late = isLate ? "put \"columns\" in front of \"points\", so that they can be put in order; or " : ""
        throw Problem(
            .unprocessableContent, type: "/problems/invalid-points", title: "The points do not fit the model",
            detail: "the model was trained on \(named.prefix(20).joined(separator: ", ")), the body names "
                + "\(names.prefix(20).joined(separator: ", ")); \(late)name them alike, or choose them in the model's "
                + "order with ?columns=", errors: [.init(line: 1, detail: "other columns than those of the model")])
    }
}
