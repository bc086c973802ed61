import CZlib

/// Unpacks gzip by zlib, member after member.
final class GzipInflater: DecompressionEngine {
    /// On the heap, because zlib keeps a pointer to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private(set) var isAtEnd = true
    /// What `inflateInit2` returned; not `Z_OK` only when memory is out.
    private let state: Int32

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 + 16: the largest window, in gzip's wrapping only.
        state = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressionStep {
        guard state == Z_OK else { return DecompressionStep(fault: .corrupt("zlib has no memory")) }
        if isAtEnd {
            guard !input.isEmpty else { return DecompressionStep() }
            inflateReset(stream)
            isAtEnd = false
        }
        let count = min(input.count, Int(UInt32.max))
        // zlib only reads what next_in points to; its type predates const.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let result = inflate(stream, Z_NO_FLUSH)
        var step = DecompressionStep(
            consumed: count - Int(stream.pointee.avail_in), produced: output.count - Int(stream.pointee.avail_out))
        switch result {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isAtEnd = true
        default:
            step.fault = .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(result)")
        }
        return step
    }
}
