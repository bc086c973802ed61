import ArgumentParser
import ClusterService
import Foundation
import Glibc
import PointFormats
import Synchronization

/// `clusterd fit`: one clustering without a server.
struct Fit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cluster a file, or standard input, and print the result.",
        discussion: """
            Reads CSV, JSON, NDJSON, .npy or Arrow IPC (.arrow, .feather), whatever the bytes say, also packed with gzip
            or zstd, and prints what POST /v1/cluster answers, as json, csv, ndjson, npy or arrow:
              clusterd fit points.csv -k 3 --format csv > labelled.csv
              cat points.json | clusterd fit - -k 4 | jq .sizes
            """)

    @Argument(help: "The file to read; - for standard input.")
    var file: String

    @Option(name: .short, help: "How many clusters to find (default: 2).")
    var k: String?

    @Option(
        help: ArgumentHelp(
            "Print the result as \(LocalFit.formats.joined(separator: ", ")).", valueName: "format"))
    var format = "json"

    @Option(help: "The seed of everything random (default: 0).")
    var seed: String?

    @Flag(help: "Divide each column by its standard deviation first.")
    var standardize = false

    @Option(help: ArgumentHelp("The columns to use, by name or index from 0: a,b,3.", valueName: "list"))
    var columns: String?

    @Option(
        help: ArgumentHelp(
            "The column that says what each row counts for, by name or index from 0; it is no coordinate.",
            valueName: "name"))
    var weightColumn: String?

    @Option(
        help: ArgumentHelp("The column whose text identifies the rows; it comes back in the result.", valueName: "name")
    )
    var idColumn: String?

    @Option(
        help: ArgumentHelp(
            "Whether the first line of CSV names the columns: auto, present or absent.", valueName: "mode"))
    var header = HeaderChoice.auto

    @Option(
        help: ArgumentHelp("What separates the cells of CSV: comma, semicolon, tab, pipe or space.", valueName: "name"))
    var delimiter: DelimiterChoice?

    @Option(help: ArgumentHelp("The precision the numbers are kept in: float32 or float64.", valueName: "type"))
    var dtype = DTypeChoice.float32

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Any other parameter of POST /v1/cluster, such as solver=gradient.", valueName: "name=value")
    )
    var parameters: [String] = []

    @Option(help: "How many threads to use.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard LocalFit.formats.contains(format) else {
            throw ValidationError("--format is one of \(LocalFit.formats.joined(separator: ", "))")
        }
        guard (1...1_024).contains(threads) else { throw ValidationError("--threads is a number from 1 to 1024") }
    }

    func run() async throws {
        var fields = [
            ("k", k), ("seed", seed), ("standardize", standardize ? "true" : nil), ("weight_column", weightColumn),
            ("columns", columns),
        ].compactMap { name, value in value.map { (name, $0) } }
        for parameter in parameters {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw ValidationError("--set takes name=value; found \"\(parameter)\"") }
            fields.append((String(parts[0]), String(parts[1])))
        }
        var decoding = DecodingOptions()
        decoding.header = header.mode
        decoding.delimiter = delimiter?.byte
        decoding.numberType = dtype.type
        decoding.identifierColumn = idColumn.map { ColumnSelector($0) }
        do {
            let parameters = try JobParameters(text: fields)
            decoding.columns = parameters.columns.map { $0 + [parameters.weightColumn].compactMap(\.self) }
            if case .index? = parameters.weightColumn, idColumn != nil {
                throw ValidationError("with --id-column, give --weight-column by name")
            }
            let fit = LocalFit(
                path: file, parameters: parameters, decoding: decoding, format: format, threads: threads)
            let meter = isatty(STDERR_FILENO) == 1 ? ProgressMeter() : nil
            defer { meter?.clear() }
            try await fit.run { phase, fraction in meter?.show(phase, fraction) }
        } catch {
            let detail = (error as? LocalFitError)?.description ?? LocalFit.describe(error)
            FileHandle.standardError.write(Data("clusterd: \(detail)\n".utf8))
            throw ExitCode(65)
        }
    }
}

enum HeaderChoice: String, ExpressibleByArgument, CaseIterable {
    case auto
    case present
    case absent

    var mode: HeaderMode {
        switch self {
        case .auto: .automatic
        case .present: .present
        case .absent: .absent
        }
    }
}

enum DTypeChoice: String, ExpressibleByArgument, CaseIterable {
    case float32
    case float64

    var type: NumberType { self == .float32 ? .float32 : .float64 }
}

enum DelimiterChoice: String, ExpressibleByArgument, CaseIterable {
    case comma
    case semicolon
    case tab
    case pipe
    case space

    var byte: UInt8 {
        switch self {
        case .comma: 0x2C
        case .semicolon: 0x3B
        case .tab: 0x09
        case .pipe: 0x7C
        case .space: 0x20
        }
    }
}

/// One line on standard error that says how far the work is.
private final class ProgressMeter: Sendable {
    private let shownAt = Mutex<ContinuousClock.Instant?>(nil)

    func show(_ phase: String, _ fraction: Double) {
        let now = ContinuousClock.now
        let isDue = shownAt.withLock { last in
            if let last, now - last < .milliseconds(100) { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let percent = Int(fraction * 100)
        FileHandle.standardError.write(Data("\r\u{1B}[K\(phase) \(percent)%".utf8))
    }

    func clear() { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
}
