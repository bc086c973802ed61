import Foundation

/// Times as clients see them: RFC 3339 in UTC with milliseconds.
enum Timestamp {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    static func text(_ date: Date) -> String { date.formatted(style) }

    static func json(_ date: Date?) -> JSONValue { .string(orNull: date.map(text)) }
}
