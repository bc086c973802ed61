/// The content of a request: an asynchronous sequence of byte arrays that can be read once.
///
/// Reading is what makes the server take more from the socket: a handler that reads slowly slows its client, and
/// memory stays flat. With `Expect: 100-continue` the first read is what sends the 100. A handler that never reads
/// costs nothing: the server discards a short rest and closes the connection on a long one.
///
/// ```swift
/// for try await piece in request.body.limited(to: 1 << 20) { digest.update(piece) }
/// ```
public struct RequestBody: AsyncSequence, Sendable {
    /// A piece of the content, never empty.
    public typealias Element = [UInt8]

    /// Where the bytes come from.
    enum Source: Sendable {
        case empty
        case memory(SingleUseBytes)
        case exchange(any BodyReader)
    }

    let source: Source

    /// The length of the content in bytes, or nil when it is chunked.
    public let contentLength: Int?

    /// How many bytes may be read, or nil for any number.
    let limit: Int?

    init(source: Source, contentLength: Int?, limit: Int? = nil) {
        self.source = source
        self.contentLength = contentLength
        self.limit = limit
    }

    /// No content.
    public static let empty = RequestBody(source: .empty, contentLength: 0)

    /// Creates a body from bytes in memory, for tests and for callers without a connection.
    public init(_ bytes: [UInt8]) {
        self.init(source: bytes.isEmpty ? .empty : .memory(SingleUseBytes(bytes)), contentLength: bytes.count)
    }

    /// Whether the request has content, or may have: it has a length above 0 or is chunked.
    public var isPresent: Bool { contentLength != 0 }

    /// The same content, which throws once more than so many bytes have been read.
    ///
    /// - Parameter bytes: The greatest length that is read without an error. Limits nest: the smallest counts.
    /// - Returns: A body whose reads throw ``Problem/contentTooLarge(limit:)``: the first of them when the announced
    ///   length is already too large, else the one that goes over the limit.
    public func limited(to bytes: Int) -> RequestBody {
        RequestBody(source: source, contentLength: contentLength, limit: Swift.min(bytes, limit ?? bytes))
    }

    /// The whole content.
    ///
    /// - Parameter limit: The greatest length in bytes.
    /// - Throws: ``Problem/contentTooLarge(limit:)``, before anything is read when the announced length says so.
    /// - Complexity: O(n) in the length of the content.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        var collected: [UInt8] = []
        if let contentLength { collected.reserveCapacity(Swift.min(contentLength, limit, 1 << 20)) }
        for try await piece in limited(to: limit) {
            if collected.isEmpty && piece.count == contentLength { return piece }
            collected.append(contentsOf: piece)
        }
        return collected
    }

    /// Content as ``AsyncIterator/next(into:)`` finds it.
    public enum Content: Sendable {
        /// So many bytes from the start of the room on, one at least.
        case filled(Int)
        /// Bytes that were in memory already, never none; the room holds nothing of them.
        case piece([UInt8])
    }

    /// Starts reading; the content can be read once only.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(source: source, contentLength: contentLength, limit: limit)
    }

    /// Reads the pieces of the content.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let source: Source
        let contentLength: Int?
        let limit: Int?
        var count = 0

        /// The next piece, or nil at the end.
        ///
        /// - Throws: ``Problem`` when the content is malformed (400), too slow (408) or too large (413);
        ///   ``ConnectionClosed`` when the client is gone; `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> [UInt8]? {
            try checkLength()
            let piece: [UInt8]?
            switch source {
            case .empty: piece = nil
            case .memory(let bytes): piece = try bytes.take()
            case .exchange(let reader): piece = try await reader.nextPiece()
            }
            guard let piece else { return nil }
            try add(piece.count)
            return piece
        }

        /// The next content, which goes from the socket straight to memory of the caller's where nothing stands
        /// between: a long body without chunks is not copied on its way.
        ///
        /// ```swift
        /// switch try await iterator.next(into: room) {
        /// case .filled(let count)?: digest.update(UnsafeRawBufferPointer(rebasing: room[..<count]))
        /// case .piece(let piece)?: digest.update(piece)
        /// case nil: break
        /// }
        /// ```
        ///
        /// - Parameter room: One byte at least, left alone by others until the call returns; it is not used after that.
        /// - Returns: What has come, or nil at the end.
        /// - Throws: What ``next()`` throws.
        public mutating func next(into room: UnsafeMutableRawBufferPointer) async throws -> Content? {
            guard case .exchange(let reader) = source, !room.isEmpty else { return try await next().map { .piece($0) } }
            try checkLength()
            let content = try await reader.nextContent(into: room)
            switch content {
            case .filled(let count): try add(count)
            case .piece(let piece): try add(piece.count)
            case nil: break
            }
            return content
        }

        private func checkLength() throws {
            if let limit, let contentLength, contentLength > limit { throw Problem.contentTooLarge(limit: limit) }
        }

        private mutating func add(_ more: Int) throws {
            count += more
            if let limit, count > limit { throw Problem.contentTooLarge(limit: limit) }
        }
    }
}

/// Something that delivers the content of one request.
protocol BodyReader: AnyObject, Sendable {
    /// The next piece, never empty, or nil at the end.
    func nextPiece() async throws -> [UInt8]?

    /// The next content, in `room` or in memory of its own; nil at the end.
    func nextContent(into room: UnsafeMutableRawBufferPointer) async throws -> RequestBody.Content?
}

extension BodyReader {
    func nextContent(into room: UnsafeMutableRawBufferPointer) async throws -> RequestBody.Content? {
        try await nextPiece().map { .piece($0) }
    }
}
