/// Unpacks a body that arrives in pieces: given packed bytes, it hands unpacked ones out in pieces of bounded length.
///
/// ```swift
/// let decompressor = Decompressor(.gzip)
/// for piece in pieces {
///     decompressor.give(piece)
///     while let unpacked = try decompressor.next() { read(unpacked) }
/// }
/// try decompressor.finish()
/// ```
///
/// Several gzip members or zstd frames behind each other are one body. Memory is that of the coding's window (32 KiB
/// for gzip, 8 MiB at most for zstd) and one piece, however much the body unpacks to.
public final class Decompressor {
    /// The most bytes that ``next()`` returns at once.
    public static let pieceSize = 64 * 1024

    private let coding: ContentCoding
    private let engine: any DecompressionEngine
    private var input: [UInt8] = []
    /// How much of `input` was unpacked.
    private var position = 0
    /// How many packed bytes were taken in all.
    private var taken = 0
    /// Whether the last call filled its piece, so that more may come without further input.
    private var hasMore = false
    private var failure: FormatError?

    /// A decompressor at the start of a body.
    public init(_ coding: ContentCoding) {
        self.coding = coding
        engine = coding == .gzip ? GzipInflater() : ZstdInflater()
    }

    /// Takes the next packed bytes; those given before must have been used up by calling ``next()`` until it is `nil`.
    public func give(_ bytes: [UInt8]) {
        input = bytes
        position = 0
    }

    /// The next unpacked bytes, never empty; `nil` when more packed ones are needed.
    ///
    /// - Throws: ``FormatError`` with code `malformed` for bytes that are not of the coding.
    /// - Complexity: O(n) in the bytes taken and returned.
    public func next() throws(FormatError) -> [UInt8]? {
        if let failure { throw failure }
        while position < input.count || hasMore {
            var step = DecompressionStep()
            let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { output, count in
                step = input[position...].withUnsafeBytes {
                    engine.decompress($0, into: UnsafeMutableRawBufferPointer(output))
                }
                count = step.produced
            }
            position += step.consumed
            taken += step.consumed
            hasMore = step.produced == Self.pieceSize
            if let fault = step.fault { throw fail(fault) }
            guard step.produced > 0 || step.consumed > 0 else { break }
            if step.produced > 0 { return piece }
        }
        return nil
    }

    /// Ends the body.
    ///
    /// - Throws: ``FormatError`` with code `malformed` when it is cut off.
    public func finish() throws(FormatError) {
        if let failure { throw failure }
        guard taken > 0, !engine.isAtEnd else { return }
        throw fail(.cutOff)
    }

    private func fail(_ fault: DecompressionFault) -> FormatError {
        let error =
            switch fault {
            case .cutOff:
                FormatError(
                    code: .malformed,
                    detail: "the \(coding.rawValue) data is cut off after \(taken) bytes. Send the whole file.",
                    places: [.init(byte: taken, detail: "the end of the body")])
            case .windowTooLarge:
                FormatError(
                    code: .malformed,
                    detail: "the zstd data needs a window of more than 8 MiB (RFC 9659). Pack it without --long and "
                        + "--ultra.", places: [.init(byte: 0, detail: "the frame's header")])
            case .corrupt(let reason):
                FormatError(
                    code: .malformed,
                    detail: "the \(coding.rawValue) data is damaged at byte \(taken): \(reason). Pack the file again, "
                        + "or send it unpacked and without Content-Encoding.",
                    places: [.init(byte: taken, detail: reason)])
            }
        failure = error
        return error
    }
}

/// What is wrong with packed data.
enum DecompressionFault: Sendable, Equatable {
    case cutOff
    case windowTooLarge
    case corrupt(String)
}

/// What one call of a library came to.
struct DecompressionStep {
    var consumed = 0
    var produced = 0
    var fault: DecompressionFault?
}

/// A library that unpacks one coding.
protocol DecompressionEngine: AnyObject {
    /// Whether the bytes so far end where a member or frame ends.
    var isAtEnd: Bool { get }

    /// Unpacks until the input is used up or the output full, or a member ends.
    func decompress(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecompressionStep
}
