import CZstd

/// Packs zstd by libzstd.
final class ZstdDeflater: CompressionEngine {
    private let context = ZSTD_createCCtx()

    init() {
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    func compress(_ input: UnsafeRawBufferPointer, isLast: Bool) -> [UInt8] {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var packed: [UInt8] = []
        while true {
            let room = compressionRoom
            var rest = 0
            packed += [UInt8](unsafeUninitializedCapacity: room) { output, count in
                var target = ZSTD_outBuffer(dst: output.baseAddress, size: room, pos: 0)
                rest = ZSTD_compressStream2(context, &target, &source, isLast ? ZSTD_e_end : ZSTD_e_continue)
                count = target.pos
            }
            if ZSTD_isError(rest) != 0 { return packed }
            if isLast ? rest == 0 : source.pos == source.size { return packed }
        }
    }
}
