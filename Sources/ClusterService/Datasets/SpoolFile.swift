import Foundation
import Glibc

/// A file without a name that holds what is too long for memory; it goes with the last reference.
final class SpoolFile: Sendable {
    private let file: FileDescriptor

    /// Makes an empty file in `directory`.
    init(directory: String) throws {
        // Unlinked at once; what a crash leaves in between goes at the next start.
        let path = "\(directory)/\(UUID().uuidString).part"
        file = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
    }

    /// Writes `bytes` at an offset.
    func write(_ bytes: [UInt8], at offset: Int) throws {
        try bytes.withUnsafeBytes { try file.write($0, at: offset) }
    }

    /// Reads `count` bytes from an offset on; fewer at the end.
    func read(_ count: Int, at offset: Int) throws -> [UInt8] {
        var failure: StorageError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let read = pread(file.number, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
                if read == 0 { return }
                if read < 0 {
                    if errno == EINTR { continue }
                    failure = StorageError("read", file.path)
                    return
                }
                done += read
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Gives the disk back what the file took.
    func removeAll() throws {
        guard ftruncate(file.number, 0) == 0 else { throw StorageError("shorten", file.path) }
    }
}
