import Foundation
import Logging

/// Tells an operator whose database of jobs is gone while the rest of the data is there.
enum EmptiedDatabase {
    /// Looks at a data directory before the database is opened, which would make a new one.
    ///
    /// A file of 0 bytes is what a full disk, a copy that was cut off or a slip of the shell leaves; a service that takes
    /// it for new forgets every job and then removes what only those jobs needed.
    ///
    /// - Throws: ``ServiceStartError`` where the file is there and empty, beside data.
    static func check(in directory: String, logger: Logger) throws(ServiceStartError) {
        if let warning = try warning(in: directory) { logger.warning("\(warning)") }
    }

    /// What there is to say of a data directory whose service may start; nil where all is as it should be.
    ///
    /// - Throws: as ``check(in:logger:)``.
    static func warning(in directory: String) throws(ServiceStartError) -> String? {
        let path = "\(directory)/jobs.sqlite"
        guard size(path) ?? 0 == 0, size(path + "-wal") ?? 0 == 0, let kept = data(in: directory) else { return nil }
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

    /// The size of a file in bytes; nil when there is none.
    private static func size(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
    }
}
