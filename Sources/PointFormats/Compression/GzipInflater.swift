import CZlib

/// Unpacks gzip by zlib, member after member; zeros that pad the last are passed over, as gzip does.
final class GzipInflater: DecompressionEngine {
    /// On the heap, because zlib keeps a pointer to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private(set) var isAtEnd = true
    /// Whether a member has ended, and whether zeros came behind it.
    private var hasMember = false
    private var isPadded = false
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
            if hasMember, let step = skipPadding(input) { return step }
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
        case Z_STREAM_END:
            isAtEnd = true
            hasMember = true
        default:
            step.fault = .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(result)")
        }
        return step
    }

    /// Passes over zeros behind a member; nil where another member may start.
    private func skipPadding(_ input: UnsafeRawBufferPointer) -> DecompressionStep? {
        let zeros = input.prefix { $0 == 0 }.count
        isPadded = isPadded || zeros > 0
        guard isPadded else { return nil }
        let isAllZeros = zeros == input.count
        return DecompressionStep(
            consumed: zeros, fault: isAllZeros ? nil : .corrupt("bytes follow the zeros behind the last member"))
    }
}
