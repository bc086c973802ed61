/// Bytes that come piece by piece: the content of a request, or what a stage makes of it.
///
/// The stages of one body are read by one task at a time, which is what makes their `@unchecked Sendable` sound.
protocol ByteSource: AnyObject, Sendable {
    /// The next piece, never empty, or nil at the end.
    func next() async throws -> [UInt8]?
}
