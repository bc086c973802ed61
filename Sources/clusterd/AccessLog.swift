import ArgumentParser
import ClusterService
import HTTPServer
import HTTPTypes
import Logging

/// How the log is written.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    /// A line for people.
    case text
    /// A JSON object a line.
    case json

    /// Makes all loggers from now on write so, to standard error.
    func bootstrap(_ level: Logger.Level) {
        LoggingSystem.bootstrap { label in
            var handler: any LogHandler =
                switch self {
                case .text: StreamLogHandler.standardError(label: label)
                case .json: JSONLogHandler(label: label)
                }
            handler.logLevel = level
            return handler
        }
    }
}

/// One line a request: what it was and what became of it, never its query, its fields or its content.
struct AccessLog: Sendable {
    let logger: Logger
    let format: LogFormat

    /// How many characters of a note are written.
    private static let longest = 256

    /// Writes the line of a request that has ended.
    func write(_ summary: RequestSummary) {
        guard logger.logLevel <= .info else { return }
        var summary = summary
        if let path = summary.path, SecretShape.isIn(path) { summary.path = "(a key in the path)" }
        for (name, value) in summary.annotations {
            // A token's claims are whatever its issuer lets in.
            summary.annotations[name] =
                SecretShape.isIn(value)
                ? "(a key)" : value.count > Self.longest ? "\(value.prefix(Self.longest))…" : value
        }
        switch format {
        case .text: logger.info("\(Self.text(summary))")
        case .json: logger.info("request", metadata: Self.metadata(summary))
        }
    }

    private static func text(_ summary: RequestSummary) -> String {
        [
            summary.remoteAddress.description, summary.method?.rawValue ?? "-", summary.path ?? "-",
            summary.status.map { "\($0.code)" } ?? "-", "in=\(summary.bytesReceived)", "out=\(summary.bytesSent)",
            "ms=\(milliseconds(summary))", "id=\(summary.requestID)",
            summary.annotations.isEmpty ? nil : annotations(summary), summary.isComplete ? nil : "aborted",
        ].compactMap { $0 }.joined(separator: " ")
    }

    private static func metadata(_ summary: RequestSummary) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "request_id": "\(summary.requestID)", "remote": "\(summary.remoteAddress)",
            "bytes_in": .stringConvertible(summary.bytesReceived), "bytes_out": .stringConvertible(summary.bytesSent),
            "duration_ms": .stringConvertible(milliseconds(summary)),
            "complete": .stringConvertible(summary.isComplete),
        ]
        metadata["method"] = summary.method.map { "\($0.rawValue)" }
        metadata["path"] = summary.path.map { "\($0)" }
        metadata["route"] = summary.route.map { "\($0)" }
        metadata["status"] = summary.status.map { .stringConvertible($0.code) }
        for (name, value) in summary.annotations { metadata[name] = "\(value)" }
        metadata["trace_id"] = summary.trace.map { "\($0.traceID)" }
        return metadata
    }

    /// Who it was, in the order of the names; a text that others chose is quoted, so that it makes no lines of its own.
    private static func annotations(_ summary: RequestSummary) -> String {
        summary.annotations.sorted { $0.key < $1.key }.map { name, value in
            let isPlain = value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            return "\(name)=\(isPlain ? value : value.debugDescription.replacing("\\'", with: "'"))"
        }.joined(separator: " ")
    }

    private static func milliseconds(_ summary: RequestSummary) -> Double {
        (summary.duration / .milliseconds(1) * 10).rounded() / 10
    }
}
