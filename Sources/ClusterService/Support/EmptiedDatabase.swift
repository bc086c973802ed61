import Foundation
import Glibc
import Logging

/// Tells an operator whose database of jobs is gone while the rest of the data is there.
enum EmptiedDatabase {
    /// Looks at a data directory before the database is opened, which would make a new one.
    ///
    /// A file of 0 bytes is what a full disk, a copy that was cut off or a slip of the shell leaves; a service that takes
    /// it for new forgets every job and then removes what only those jobs needed.
    ///
    /// - Throws: ``ServiceStartError`` where the file is there and empty, beside data; where it is empty or gone, beside
    ///   its log; and where it is a link to nothing.
    static func check(in directory: String, logger: Logger) throws(ServiceStartError) {
        if let warning = try warning(in: directory) { logger.warning("\(warning)") }
    }

    /// What there is to say of a data directory whose service may start; nil where all is as it should be.
    ///
    /// - Throws: as ``check(in:logger:)``.
    static func warning(in directory: String) throws(ServiceStartError) -> String? {
        let path = "\(directory)/jobs.sqlite"
        guard size(path) ?? 0 == 0 else { return nil }
        if size(path) == nil, (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil {
            throw ServiceStartError(
                "\(path) is a link to a file that is not there; bring back what it leads to, or remove the link to "
                    + "start without jobs (datasets stay)")
        }
        if size(path + "-wal") ?? 0 > 0 {
            // SQLite would throw the log away, and with it what may be the only copy.
            throw ServiceStartError(
                "\(path) is \(size(path) == nil ? "gone" : "empty") although its log \(path)-wal is not; put both back "
                    + "from a backup, or move the log away to start without jobs (datasets stay)")
        }
        guard let kept = data(in: directory) else { return nil }
        guard size(path) != nil else {
            return "there is no \(path) beside \(kept): the service starts without jobs and results"
        }
        throw ServiceStartError(
            "\(path) is empty although there is data in \(kept): its jobs and results are lost or elsewhere; put a "
                + "backup of it in its place, or remove the empty file to start without jobs (datasets stay)")
    }

    /// The directory beside the database that holds data; nil when none does.
    private static func data(in directory: String) -> String? {
        ["datasets/names", "datasets/content", "checkpoints"].map { "\(directory)/\($0)" }.first { path in
            (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == false
        }
    }

    /// The size of the file that a path leads to, in bytes; nil when there is none.
    private static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }
}
