import Foundation
import Synchronization

/// Holds a file for this process, so that two processes never work on one store.
///
/// Recovery takes every held job for lost, which is only true when no other process computes. The lock is `flock(2)` on
/// a file of its own beside the database: it vanishes with the process, however that ends, and does not touch the locks
/// that SQLite keeps on the database.
final class StoreLock: Sendable {
    private let descriptor: Mutex<CInt?>

    /// Takes the lock or throws `locked` at once; `unwritable` when the file cannot be made.
    init(path: String) throws(JobStoreError) {
        let file = path + "-lock"
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path, reason: String(cString: strerror(errno))) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw JobStoreError(
                code: .locked,
                message: "the job database \(path) is in use by another store, in this process or another;"
                    + " stop that one or give this one a path of its own")
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Gives the lock up; a second call does nothing.
    func release() {
        let descriptor = descriptor.withLock { held in
            defer { held = nil }
            return held
        }
        if let descriptor { close(descriptor) }
    }
}
