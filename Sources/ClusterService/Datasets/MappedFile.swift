import Glibc

/// A read-only mapping of a whole file, undone when the last reference goes.
///
/// `@unchecked Sendable` is sound: nobody writes the memory, and the file's content never changes once it has its name.
final class MappedFile: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    convenience init(_ path: String) throws {
        let file = try FileDescriptor(opening: path, flags: O_RDONLY)
        let size = try file.size()
        guard size >= DatasetFileHead.size else { throw StorageError("read", path, code: EINVAL) }
        try self.init(file, size)
    }

    /// Maps the first `size` bytes of a file, 1 or more.
    init(_ file: borrowing FileDescriptor, _ size: Int) throws {
        let path = file.path
        guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.number, 0), base != MAP_FAILED else {
            throw StorageError("map", path)
        }
        bytes = UnsafeRawBufferPointer(start: base, count: size)
    }

    /// Lets the memory of a part go that was read, so that a pass over a long file takes none to speak of; who reads it
    /// again has it read from the file again.
    func release(_ range: Range<Int>) {
        let page = 4_096
        let start = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        guard start < end, let base = bytes.baseAddress else { return }
        madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
