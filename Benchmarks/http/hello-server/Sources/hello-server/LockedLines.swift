import Glibc
import Synchronization

/// Lines that are written to the null device in blocks of 64 KiB.
final class LockedLines: Sendable {
    private let sink = open("/dev/null", O_WRONLY)
    private let block = Mutex<[UInt8]>([])

    func append(_ line: String) {
        block.withLock { block in
            block.append(contentsOf: line.utf8)
            guard block.count >= 64 << 10 else { return }
            _ = block.withUnsafeBytes { write(sink, $0.baseAddress, $0.count) }
            block.removeAll(keepingCapacity: true)
        }
    }
}
