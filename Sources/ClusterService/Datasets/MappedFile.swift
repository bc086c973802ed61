import Glibc

/// A read-only mapping of a whole file, undone when the last reference goes.
///
/// `@unchecked Sendable` is sound: nobody writes the memory, and the file's content never changes once it has its name.
final class MappedFile: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    init(_ path: String) throws {
        let file = try FileDescriptor(opening: path, flags: O_RDONLY)
        let size = try file.size()
        guard size >= DatasetFileHead.size else { throw StorageError("read", path, code: EINVAL) }
        guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.number, 0), base != MAP_FAILED else {
            throw StorageError("map", path)
        }
        bytes = UnsafeRawBufferPointer(start: base, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}
