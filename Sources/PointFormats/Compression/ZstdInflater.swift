import CZstd

/// Unpacks zstd by libzstd, frame after frame.
final class ZstdInflater: DecompressionEngine {
    /// log₂ of the largest window: 8 MiB, which RFC 9659 asks every receiver to take and lets it stop at.
    private static let windowLog: Int32 = 23

    private let context = ZSTD_createDCtx()
    private(set) var isAtEnd = true

    init() { ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLog) }

    deinit { ZSTD_freeDCtx(context) }

    func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep {
        if isAtEnd, input.isEmpty { return DecompressionStep() }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let result = ZSTD_decompressStream(context, &target, &source)
        var step = DecompressionStep(consumed: source.pos, produced: target.pos)
        if ZSTD_isError(result) != 0 {
            let reason = String(cString: ZSTD_getErrorName(result))
            step.fault = reason.contains("too much memory") ? .windowTooLarge : .corrupt(reason)
        } else {
            isAtEnd = result == 0
        }
        return step
    }
}
