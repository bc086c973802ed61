import Foundation
import Glibc
import PointFormats
import Synchronization

/// A file without a name that holds what is too long for memory; it goes with the last reference.
final class SpoolFile: ScratchStorage {
    private let file: FileDescriptor
    private let quota: StorageQuota?
    /// Whether it is a part of an upload in progress.
    private let isPending: Bool
    /// How long the file is, which is what was taken from the quota.
    private let length = Mutex(0)

    /// Makes an empty file in `directory`.
    ///
    /// - Parameters:
    ///   - quota: what the file's bytes are taken from for as long as it is there.
    ///   - isPending: whether they belong to an upload in progress.
    init(directory: String, quota: StorageQuota? = nil, isPending: Bool = false) throws {
        self.quota = quota
        self.isPending = isPending
        // Unlinked at once; what a crash leaves in between goes at the next start.
        let path = "\(directory)/\(UUID().uuidString).part"
        file = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT | O_EXCL)
        unlink(path)
    }

    deinit { quota?.give(length.withLock { $0 }, isPending: isPending) }

    /// Writes `bytes` at an offset.
    ///
    /// - Throws: ``StorageQuotaExceeded``, or `StorageError`.
    func write(_ bytes: [UInt8], at offset: Int) throws {
        try bytes.withUnsafeBytes { try write($0, at: offset) }
    }

    /// Writes `bytes` at an offset.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        try length.withLock { length in
            let end = offset + bytes.count
            guard end > length else { return }
            try quota?.take(end - length, isPending: isPending)
            length = end
        }
        try file.write(bytes, at: offset)
    }

    /// Reads `count` bytes from an offset on; fewer at the end.
    func read(_ count: Int, at offset: Int) throws -> [UInt8] {
        var failure: (any Error)?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            do {
                let room = UnsafeMutableRawBufferPointer(buffer)[..<count]
                done = try fill(UnsafeMutableRawBufferPointer(rebasing: room), at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Fills `bytes` from an offset on, where as much was written.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        guard try fill(bytes, at: offset) == bytes.count else { throw StorageError("read", file.path, code: EIO) }
    }

    /// - Returns: how many bytes there were.
    private func fill(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
        var done = 0
        while done < bytes.count {
            let read = pread(file.number, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            if read == 0 { break }
            if read < 0 {
                if errno == EINTR { continue }
                throw StorageError("read", file.path)
            }
            done += read
        }
        return done
    }

    /// The first `length` bytes, 1 or more, as memory that stays when this goes.
    func mapped(_ length: Int) throws -> MappedFile { try MappedFile(file, length) }

    /// Gives the disk back what the file took.
    func removeAll() throws {
        guard ftruncate(file.number, 0) == 0 else { throw StorageError("shorten", file.path) }
        length.withLock { length in
            quota?.give(length, isPending: isPending)
            length = 0
        }
    }
}
