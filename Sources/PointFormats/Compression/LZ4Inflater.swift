import CLZ4

/// Unpacks LZ4 frames by liblz4, frame after frame.
final class LZ4Inflater: DecompressionEngine {
    private var context: OpaquePointer?
    private(set) var isAtEnd = true

    /// Blocks of a frame have 4 MiB at most, so memory is bounded.
    init() { LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION)) }

    deinit { LZ4F_freeDecompressionContext(context) }

    func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep {
        if isAtEnd, input.isEmpty { return DecompressionStep() }
        guard let context else { return DecompressionStep(fault: .corrupt("liblz4 has no memory")) }
        var consumed = input.count
        var produced = output.count
        let result = LZ4F_decompress(context, output.baseAddress, &produced, input.baseAddress, &consumed, nil)
        guard LZ4F_isError(result) == 0 else {
            return DecompressionStep(fault: .corrupt(String(cString: LZ4F_getErrorName(result))))
        }
        isAtEnd = result == 0
        return DecompressionStep(consumed: consumed, produced: produced)
    }
}
