import HTTPServer

/// Bytes that come piece by piece: the content of a request, or what a stage makes of it.
///
/// The stages of one body are read by one task at a time, which is what makes their `@unchecked Sendable` sound.
protocol ByteSource: AnyObject, Sendable {
    /// The next piece, never empty, or nil at the end.
    func next() async throws -> [UInt8]?

    /// The next content, in `room` where it can be read straight to it; nil at the end.
    func next(into room: UnsafeMutableRawBufferPointer) async throws -> RequestBody.Content?
}

extension ByteSource {
    func next(into room: UnsafeMutableRawBufferPointer) async throws -> RequestBody.Content? {
        try await next().map { .piece($0) }
    }
}

extension RequestBody.Content {
    /// Reads the bytes, be they in `room` or not.
    func withBytes<Result>(
        in room: UnsafeMutableRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        switch self {
        case .filled(let count): try body(UnsafeRawBufferPointer(rebasing: room[..<count]))
        case .piece(let piece): try piece.withUnsafeBytes(body)
        }
    }
}
