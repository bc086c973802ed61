import Foundation
import Glibc
public import Logging
import PointFormats

/// Writes each message of the log as one JSON object on a line of its own (RFC 8259, RFC 7464's plainer cousin NDJSON).
///
/// ```json
/// {"time":"2026-11-25T22:00:00.000Z","level":"info","logger":"clusterd","message":"request","status":200}
/// ```
/// Metadata are members beside the four that are always there, whose names they cannot take. Text is escaped, so that
/// no value of a client's can begin a line.
public struct JSONLogHandler: LogHandler {
    private let label: String
    private let output: @Sendable ([UInt8]) -> Void
    /// The least severe messages that are written.
    public var logLevel = Logger.Level.info
    /// What comes with each message.
    public var metadata: Logger.Metadata = [:]

    /// A handler that writes to standard error, one system call a line.
    public init(label: String) {
        self.init(label: label) { line in
            line.withUnsafeBytes { bytes in
                // A log that cannot be written has nobody to tell.
                _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
            }
        }
    }

    init(label: String, output: @escaping @Sendable ([UInt8]) -> Void) {
        (self.label, self.output) = (label, output)
    }

    /// A value of ``metadata``.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a message.
    public func log(event: LogEvent) {
        var members: [JSONValue.Member] = [
            .init(name: "time", value: .string(Timestamp.text(Date()))),
            .init(name: "level", value: .string(event.level.rawValue)),
            .init(name: "logger", value: .string(label)),
            .init(name: "message", value: .string("\(event.message)")),
        ]
        let own = Set(members.map(\.name))
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        for (name, value) in all.sorted(by: { $0.key < $1.key }) where !own.contains(name) {
            members.append(.init(name: name, value: JSONValue(value)))
        }
        if let error = event.error { members.append(.init(name: "error", value: .string("\(error)"))) }
        output(JSONValue.object(members).bytes + [0x0A])
    }
}

extension JSONValue {
    /// A value of a log: numbers and truth values as such, everything else as text.
    fileprivate init(_ value: Logger.Metadata.Value) {
        switch value {
        case .string(let text): self = .string(text)
        case .stringConvertible(let value as Int): self = .integer(value)
        case .stringConvertible(let value as Double): self = .number(value)
        case .stringConvertible(let value as Bool): self = .bool(value)
        case .stringConvertible(let value): self = .string("\(value)")
        case .array(let values): self = .array(values.map(JSONValue.init))
        case .dictionary(let values):
            self = .object(
                values.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: JSONValue($0.value)) })
        }
    }
}
