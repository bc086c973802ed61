import AttentionClustering
import Glibc

/// A read-only mapping of a whole file, undone when the last reference goes.
///
/// `@unchecked Sendable` is sound: nobody writes the memory, and nobody writes to a file once it is mapped.
final class MappedFile: PagedMemory, @unchecked Sendable {
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
        // Passes read from the beginning to the end: what is ahead is read early, what is behind goes first, and a row
        // somewhere does not bring megabytes around it with it.
        madvise(base, size, MADV_SEQUENTIAL)
    }

    /// Smaller files are read as a whole sooner than in parts.
    private static let prefetchedLength = 64 << 20

    func prefetch(_ part: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.prefetchedLength, let base = bytes.baseAddress, let first = part.baseAddress else {
            return
        }
        let start = (first - base) / Self.page * Self.page
        madvise(UnsafeMutableRawPointer(mutating: base + start), first - base + part.count - start, MADV_WILLNEED)
    }

    private static let page = sysconf(Int32(_SC_PAGESIZE))

    /// Lets the memory of a part go that was read, so that a pass over a long file takes none to speak of; who reads it
    /// again has it read from the file again.
    func release(_ range: Range<Int>) {
        let start = (range.lowerBound + Self.page - 1) / Self.page * Self.page
        let end = range.upperBound / Self.page * Self.page
        guard start < end, let base = bytes.baseAddress else { return }
        madvise(UnsafeMutableRawPointer(mutating: base + start), end - start, MADV_DONTNEED)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
