import AttentionClustering
import Foundation
import Glibc
public import PointFormats

/// One clustering without a server: a file or standard input in, the same result as `POST /v1/cluster` out.
public struct LocalFit: Sendable {
    /// The file to read, `-` for standard input.
    public var path: String
    /// What to do, as the service's parameters.
    public var parameters: JobParameters
    /// How to read the input.
    public var decoding: DecodingOptions
    /// One of ``formats``.
    public var format: String
    /// How many threads to use.
    public var threads: Int

    /// A clustering of the file at `path`.
    public init(path: String, parameters: JobParameters, decoding: DecodingOptions, format: String, threads: Int) {
        self.path = path
        self.parameters = parameters
        self.decoding = decoding
        self.format = format
        self.threads = threads
    }

    /// The values that ``format`` can have.
    public static var formats: [String] { ResultFormat.allCases.map(\.rawValue) }

    /// Reads, clusters and writes the result to standard output.
    ///
    /// - Parameter report: is told how far the work is.
    /// - Throws: ``LocalFitError``.
    public func run(report: @escaping @Sendable (_ phase: String, _ fraction: Double) -> Void) async throws {
        do {
            let input = try read()
            let selection = try ColumnSelection(parameters, isChosen: true, among: input.table.names)
            let training = try input.trainingPoints(selection, spool: Self.spool)
            let points = training.points
            try parameters.check(rows: points.count, dimension: points.dimension, isConstant: points.areIdentical)
            try selection.weights?.check(input.table.rows)
            let handle = RunningJob(timeBudgetSeconds: parameters.timeBudgetSeconds)
            let control = FitControl(
                threads: threads, decide: { handle.decide() },
                report: { report($0.phase.rawValue, $0.fraction) })
            let clustering = try parameters.cluster(
                points, weights: try selection.weights?.values(of: input.table.rows), control: control)
            let summary = ResultSummary(
                clustering, columns: selection.names, seed: parameters.fit.seed, warnings: input.warnings,
                units: training.units)
            let encoder = ResultEncoder(
                chunks: AssignmentChunks(
                    labels: clustering.assignments, distances: clustering.distances,
                    confidence: clustering.confidence))
            let table = input.table
            let output = Self.writeToStandardOutput
            switch ResultFormat(rawValue: format) {
            case .csv: try await encoder.writeLines(.csv, table, to: output)
            case .ndjson: try await encoder.writeLines(.ndjson, table, to: output)
            case .arrow: try await encoder.writeLines(.arrow, table, to: output)
            case .npy: try await encoder.writeNumpy(count: summary.n, to: output)
            case .json, nil:
                try await encoder.writeJSON(
                    summary, job: nil, model: nil, identifiers: table.identifiers?.runs, to: output)
            }
        } catch {
            throw LocalFitError(error, path: path)
        }
    }

    /// Reads the whole input: to memory, or in double precision, or where it is long, to a file without a name.
    private func read() throws -> LocalTable {
        switch decoding.numberType {
        case .float32:
            var sink = LocalPoints(spool: Self.spool)
            let summary = try decode(into: &sink)
            return try LocalTable(sink, summary)
        case .float64:
            let directory = NSTemporaryDirectory()
            var sink = try DatasetWriter(directory: directory, type: .float64)
            let summary = try decode(into: &sink)
            _ = try sink.finish(
                columns: summary.schema.columns, identifier: summary.schema.identifier, warnings: summary.warnings,
                isExact: summary.isExact)
            let path = "\(directory)/\(UUID().uuidString).points"
            try sink.publish(as: path)
            defer { unlink(path) }
            return LocalTable(try DatasetFile(mapping: path))
        }
    }

    private func decode<Sink: PointSink>(into sink: inout Sink) throws -> DecodedSummary {
        let input = try LocalInput(path: path)
        var decoder = PointDecoder(format: input.format, options: decoding) { try Self.spool() }
        while let piece = try input.next() {
            try piece.withUnsafeBytes { try decoder.feed($0, into: &sink) }
        }
        return try decoder.finish(into: &sink)
    }

    private static func spool() throws -> SpoolFile { try SpoolFile(directory: NSTemporaryDirectory()) }

    private static let writeToStandardOutput: ByteOutput = { bytes in
        try bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    throw StorageError("write", "standard output")
                }
                done += count
            }
        }
    }
}

/// What was read.
private struct LocalTable {
    let table: StoredTable
    let warnings: [String]
    /// The file of the stored points; nil where they are in single precision.
    private let file: DatasetFile?

    init(_ read: LocalPoints, _ input: DecodedSummary) throws {
        var read = read
        let points = try read.points()
        let names = input.schema.columns ?? DatasetDescription.defaultNames(points.dimension)
        table = StoredTable(
            names: names, points: points, identifiers: input.schema.identifier.map { ($0, read.identifiers) })
        warnings = input.warnings + (input.isExact ? [] : points.precisionWarnings(names))
        file = nil
    }

    init(_ file: DatasetFile) {
        self.file = file
        table = StoredTable(file)
        warnings = file.description.warnings
    }

    /// The points as they are trained on.
    func trainingPoints(_ selection: ColumnSelection, spool: () throws -> SpoolFile) throws -> TrainingPoints {
        guard let file else {
            return TrainingPoints(points: try selection.points(of: table.rows, spool: spool), units: nil)
        }
        return try selection.trainingPoints(of: file, spool: spool)
    }
}

extension Points {
    /// A sentence for each column that single precision rounds visibly.
    fileprivate func precisionWarnings(_ names: [String]) -> [String] {
        var statistics = ColumnStatistics(dimension: dimension)
        withUnsafeValues { statistics.observe($0) }
        return names.indices.compactMap { column in
            PrecisionWarning.sentence(
                column: names[column], minimum: statistics.minima[column], maximum: statistics.maxima[column],
                areIntegers: statistics.areIntegers[column])
        }
    }

    /// Whether all points are the same.
    fileprivate var areIdentical: Bool {
        withUnsafeValues { values in
            values.indices.allSatisfy { $0 < dimension || values[$0] == values[$0 - dimension] }
        }
    }
}
