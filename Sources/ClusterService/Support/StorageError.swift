import Glibc

/// A file operation that failed, with the path and what to do about it.
struct StorageError: Error, CustomStringConvertible {
    /// What was being done, such as "write".
    let operation: String
    let path: String
    /// The value of `errno`.
    let code: Int32

    init(_ operation: String, _ path: String, code: Int32 = errno) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// Whether the disk, the user's share of it or what a file may have is full.
    var isOutOfSpace: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

    /// What the system says, without the path.
    var reason: String { "cannot \(operation) a file: \(String(cString: strerror(code)))" }

    var description: String { "cannot \(operation) \(path): \(String(cString: strerror(code)))" }
}
