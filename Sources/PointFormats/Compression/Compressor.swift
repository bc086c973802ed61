/// Packs a body that is written in pieces.
///
/// ```swift
/// let compressor = Compressor(.gzip)
/// for piece in pieces { send(compressor.compress(piece)) }
/// send(compressor.finish())
/// ```
///
/// Levels are the fast ones: an answer is packed while it is sent.
public final class Compressor {
    private let engine: any CompressionEngine

    /// A compressor at the start of a body.
    public init(_ coding: ContentCoding) {
        engine = coding == .gzip ? GzipDeflater() : ZstdDeflater()
    }

    /// Packs `bytes`; the result may be empty, since the coding gathers input.
    ///
    /// - Complexity: O(`bytes.count`).
    public func compress(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { engine.compress($0, isLast: false) }
    }

    /// Ends the body and returns what is left of it.
    public func finish() -> [UInt8] { engine.compress(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true) }
}

/// A library that packs one coding.
protocol CompressionEngine: AnyObject {
    /// Packs all of the input and, at the end, what was gathered.
    func compress(_ input: UnsafeRawBufferPointer, isLast: Bool) -> [UInt8]
}

/// How many bytes a call of a library is given room for.
let compressionRoom = 32 * 1024
