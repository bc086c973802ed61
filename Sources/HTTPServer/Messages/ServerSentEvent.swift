/// An event of a `text/event-stream` (WHATWG HTML, section 9.2).
///
/// ```swift
/// Response(status: .ok, headers: [.contentType: ServerSentEvent.mediaType], body: .stream(length: nil) { body in
///     try await body.write(ServerSentEvent(event: "tick", data: "1"))
/// })
/// ```
public struct ServerSentEvent: Sendable, Equatable {
    /// `text/event-stream`.
    public static let mediaType = "text/event-stream"

    /// What the client sends as `Last-Event-ID` when it comes back; without CR, LF and NUL.
    public var id: String?

    /// The type of the event, `message` for the client when nil; without CR and LF.
    public var event: String?

    /// The content, without which no event is raised; a client sees its lines joined with LF, whichever way they ended.
    public var data: String?

    /// How long the client waits before it comes back when the stream breaks, in whole milliseconds.
    public var retry: Duration?

    /// What no client sees: a comment alone keeps a connection alive.
    public var comment: String?

    /// Creates an event.
    public init(
        id: String? = nil, event: String? = nil, data: String? = nil, retry: Duration? = nil, comment: String? = nil
    ) {
        self.id = id
        self.event = event
        self.data = data
        self.retry = retry
        self.comment = comment
    }

    /// The event as octets, with the empty line that ends it.
    ///
    /// - Throws: ``ServerSentEventError`` when ``id`` or ``event`` would end its line, or ``retry`` is negative.
    /// - Complexity: O(n) in the length of the texts.
    public func encoded() throws(ServerSentEventError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64 + (data?.utf8.count ?? 0))
        if let comment { Self.append(lines: comment, named: "", to: &bytes) }
        if let id {
            guard !id.utf8.contains(where: { Self.endsLine($0) || $0 == 0 }) else {
                throw ServerSentEventError(description: "the id of an event has a CR, LF or NUL")
            }
            Self.append(lines: id, named: "id", to: &bytes)
        }
        if let event {
            guard !event.utf8.contains(where: Self.endsLine) else {
                throw ServerSentEventError(description: "the type of an event has a CR or LF")
            }
            Self.append(lines: event, named: "event", to: &bytes)
        }
        if let retry {
            let milliseconds = Moment.Span(retry).nanoseconds / 1_000_000
            guard milliseconds >= 0 else { throw ServerSentEventError(description: "retry is a time of at least 0") }
            Self.append(lines: String(milliseconds), named: "retry", to: &bytes)
        }
        if let data { Self.append(lines: data, named: "data", to: &bytes) }
        bytes.append(ByteClass.lineFeed)
        return bytes
    }

    private static func endsLine(_ byte: UInt8) -> Bool {
        byte == ByteClass.carriageReturn || byte == ByteClass.lineFeed
    }

    /// A field for each line of a text, which CR, LF and CR LF end.
    private static func append(lines text: String, named name: StaticString, to bytes: inout [UInt8]) {
        func begin() {
            name.withUTF8Buffer { bytes.append(contentsOf: $0) }
            bytes.append(ByteClass.colon)
            bytes.append(ByteClass.space)
        }
        begin()
        var previous: UInt8 = 0
        for byte in text.utf8 {
            let isSecondHalf = byte == ByteClass.lineFeed && previous == ByteClass.carriageReturn
            previous = byte
            if isSecondHalf { continue }
            if endsLine(byte) {
                bytes.append(ByteClass.lineFeed)
                begin()
            } else {
                bytes.append(byte)
            }
        }
        bytes.append(ByteClass.lineFeed)
    }
}

/// An event that cannot be written as one.
public struct ServerSentEventError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String
}

extension BodyWriter {
    /// Writes an event, whole, so that no reader sees half of one.
    ///
    /// - Throws: ``ServerSentEventError``, and what writing throws.
    public func write(_ event: ServerSentEvent) async throws {
        try await write(event.encoded())
    }
}
