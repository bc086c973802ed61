import Dispatch
import Glibc

/// An open file that is closed when the value goes.
struct FileDescriptor: ~Copyable {
    let number: Int32
    let path: String

    init(opening path: String, flags: Int32, mode: mode_t = 0o640) throws {
        number = open(path, flags | O_CLOEXEC, mode)
        self.path = path
        guard number >= 0 else { throw StorageError("open", path) }
    }

    /// A second descriptor of an open file.
    init(duplicating number: Int32, name: String) throws {
        self.number = dup(number)
        path = name
        guard self.number >= 0 else { throw StorageError("open", name) }
    }

    deinit { close(number) }

    /// Writes all of `bytes` at the file's position, or at `offset` without moving it.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int? = nil) throws {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let written =
                offset.map { pwrite(number, rest.baseAddress, rest.count, $0 + done) }
                ?? Glibc.write(number, rest.baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw StorageError("write", path)
            }
            done += written
        }
    }

    /// Waits until the file's content is on the disk.
    func synchronize() throws {
        guard fdatasync(number) == 0 else { throw StorageError("sync", path) }
    }

    /// The file's size in bytes.
    func size() throws -> Int {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw StorageError("examine", path) }
        return Int(status.st_size)
    }

    /// Makes a directory and those above it, unless they are there.
    ///
    /// - Throws: ``StorageError`` naming the one that cannot be made.
    static func makeDirectory(_ path: String) throws {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw StorageError("use", path, code: ENOTDIR) }
            return
        }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeDirectory(String(path[..<slash])) }
        guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw StorageError("make the directory", path) }
    }

    /// Renames a file to `path`; the content of a file that was there is given up on a thread that nobody waits for,
    /// which takes a fifth of a second for a gigabyte.
    static func move(_ temporary: String, over path: String) throws {
        let earlier = open(path, O_RDONLY | O_CLOEXEC)
        defer {
            if earlier >= 0 { DispatchQueue.global(qos: .utility).async { close(earlier) } }
        }
        guard rename(temporary, path) == 0 else { throw StorageError("rename", temporary) }
    }

    /// Makes renames and removals in a directory durable.
    static func synchronizeDirectory(_ path: String) throws {
        let directory = try FileDescriptor(opening: path, flags: O_RDONLY | O_DIRECTORY)
        guard fsync(directory.number) == 0 else { throw StorageError("sync", path) }
    }

    /// Replaces `path` by `bytes` so that a reader, or a crash, sees the old content or the new and nothing between.
    static func replace(_ path: String, with bytes: [UInt8], directory: String, mode: mode_t = 0o640) throws {
        let temporary = path + ".new"
        do {
            let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW
            let file = try FileDescriptor(opening: temporary, flags: flags, mode: mode)
            try bytes.withUnsafeBytes { try file.write($0) }
            try file.synchronize()
        }
        guard rename(temporary, path) == 0 else { throw StorageError("rename", temporary) }
        try synchronizeDirectory(directory)
    }
}
