import Synchronization

/// The small point sets that jobs read last, mapped: many short jobs on one set open it once.
final class OpenDatasets: Sendable {
    /// Larger sets are opened for each job: there it makes no difference.
    private static let largest = 1 << 20
    private static let capacity = 16

    private let files = Mutex<[(digest: String, file: DatasetFile)]>([])

    /// The file, opened by `open` unless it is kept.
    func file(_ digest: String, open: (String) throws -> DatasetFile) throws -> DatasetFile {
        if let known = files.withLock({ files in files.first { $0.digest == digest }?.file }) { return known }
        let file = try open(digest)
        guard file.description.byteCount <= Self.largest else { return file }
        files.withLock { files in
            if files.count >= Self.capacity { files.removeFirst() }
            files.append((digest, file))
        }
        return file
    }

    /// Lets files go that are removed.
    func forget(_ digests: Set<String>) {
        files.withLock { $0.removeAll { digests.contains($0.digest) } }
    }
}
