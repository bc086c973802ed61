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
            var (read, input) = try read()
            let points = try read.points()
            let names = input.schema.columns ?? DatasetDescription.defaultNames(points.dimension)
            let rows = StoredRows(points)
            let selection = try ColumnSelection(parameters, isChosen: true, among: names)
            let training = try selection.points(of: rows, spool: Self.spool)
            try parameters.check(
                rows: training.count, dimension: training.dimension, isConstant: training.areIdentical)
            try selection.weights?.check(rows)
            let handle = RunningJob(timeBudgetSeconds: parameters.timeBudgetSeconds)
            let control = FitControl(
                threads: threads, decide: { handle.decide() },
                report: { report($0.phase.rawValue, $0.fraction) })
            let clustering = try parameters.cluster(
                training, weights: try selection.weights?.values(of: rows), control: control)
            let summary = ResultSummary(
                clustering, columns: selection.names, seed: parameters.fit.seed,
                warnings: input.warnings + points.precisionWarnings(names))
            let encoder = ResultEncoder(
                chunks: AssignmentChunks(
                    labels: clustering.assignments, distances: clustering.distances,
                    confidence: clustering.confidence))
            let table = StoredTable(
                names: names, points: points, identifiers: input.schema.identifier.map { ($0, read.identifiers) })
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

    /// The points with what identifies them, and what was read.
    private func read() throws -> (points: LocalPoints, input: DecodedSummary) {
        let input = try LocalInput(path: path)
        var decoder = PointDecoder(format: input.format, options: decoding) { try Self.spool() }
        var sink = LocalPoints(spool: Self.spool)
        while let piece = try input.next() {
            try piece.withUnsafeBytes { try decoder.feed($0, into: &sink) }
        }
        let summary = try decoder.finish(into: &sink)
        return (sink, summary)
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

extension Points {
    /// A sentence for each column that single precision rounds visibly.
    fileprivate func precisionWarnings(_ names: [String]) -> [String] {
        var statistics = ColumnStatistics(dimension: dimension)
        withUnsafeValues { statistics.observe($0) }
        return names.indices.compactMap { column in
            PrecisionWarning.sentence(
                column: names[column], minimum: statistics.minima[column], maximum: statistics.maxima[column],
                areIntegers: statistics.areIntegers[column], canWiden: false)
        }
    }

    /// Whether all points are the same.
    fileprivate var areIdentical: Bool {
        withUnsafeValues { values in
            values.indices.allSatisfy { $0 < dimension || values[$0] == values[$0 - dimension] }
        }
    }
}
