import Synchronization

/// A packed buffer of a record batch on its way out of its packing.
///
/// `@unchecked Sendable` is sound: the library's state, which is all there is to share, is used behind the lock only.
final class ArrowInflation: @unchecked Sendable {
    /// How many bytes are unpacked at once.
    static let pieceSize = 64 * 1024

    private let engine: any DecompressionEngine
    private let lock = Mutex(())

    init(_ packing: ArrowBatch.Packing) {
        engine = packing == .lz4 ? LZ4Inflater() : ZstdInflater()
    }

    /// Whether the bytes so far end where a frame ends.
    var isAtEnd: Bool { lock.withLock { _ in engine.isAtEnd } }

    /// Unpacks `input` and hands what comes out over, piece by piece.
    func unpack(_ input: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        var rest = input
        var isFull = false
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
        defer { output.deallocate() }
        while !rest.isEmpty || isFull {
            let bytes = rest
            let step = lock.withLock { _ in engine.decompress(bytes, into: output) }
            if let fault = step.fault { throw Self.error(fault) }
            if step.produced > 0 { try take(UnsafeRawBufferPointer(rebasing: output[..<step.produced])) }
            rest = UnsafeRawBufferPointer(rebasing: rest[step.consumed...])
            isFull = step.produced == output.count
            if step.produced == 0, step.consumed == 0 { break }
        }
    }

    private static func error(_ fault: DecompressionFault) -> FormatError {
        switch fault {
        case .cutOff: ArrowBatch.error("has a packed buffer that is cut off")
        case .windowTooLarge:
            FormatError(
                code: .unprocessable,
                detail: "the record batches are packed with a window of more than 8 MiB. Write them with a lower level "
                    + "of zstd, or with compression=None.")
        // What the library says of it depends on where the pieces are cut.
        case .corrupt: ArrowBatch.error("has a damaged buffer")
        }
    }
}
