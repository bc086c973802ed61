import Glibc

/// Tells cheaply whether a file is another than it was: by its identity, size and time, once a second at most.
struct FileWatch {
    private struct Identity: Equatable {
        let device: UInt
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    private static let interval = Duration.seconds(1)

    let path: String
    private var identity: Identity?
    private var lookedAt: ContinuousClock.Instant?

    init(_ path: String) { self.path = path }

    /// Whether the file has changed, come or gone since the last time this was so; at first, whether it is there.
    mutating func hasChanged(now: ContinuousClock.Instant) -> Bool {
        if let lookedAt, now - lookedAt < Self.interval { return false }
        lookedAt = now
        var status = stat()
        let found =
            stat(path, &status) == 0
            ? Identity(
                device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size),
                seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec) : nil
        defer { identity = found }
        return found != identity
    }

    /// Looks again with the next question, however soon.
    mutating func lookNext() { lookedAt = nil }
}
