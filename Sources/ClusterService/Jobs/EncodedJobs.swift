import JobStore
import Synchronization

/// Jobs as the JSON that clients read, kept for those who ask again.
final class EncodedJobs: Sendable {
    private struct Entry {
        let tag: String
        let bytes: [UInt8]
        let madeAt: ContinuousClock.Instant
    }

    /// How long the figures of a running job may be old: as long as those who wait are not told of new ones.
    private static let freshness = ProgressBoard.publishInterval / 2

    private let entries = Mutex<[String: Entry]>([:])
    private let capacity: Int

    /// Keeps up to `capacity` jobs.
    init(capacity: Int = 1_024) {
        self.capacity = capacity
    }

    /// The JSON of a job, with a line end.
    func bytes(_ view: JobView) -> [UInt8] {
        let tag = view.entityTag
        let now = ContinuousClock.now
        let known = entries.withLock { $0[view.job.id] }
        if let known, known.tag == tag, view.progress == nil || now - known.madeAt < Self.freshness {
            return known.bytes
        }
        let bytes = view.json.bytes + [0x0A]
        entries.withLock { entries in
            // Rarely, and everything at once: what is asked for is back with the next question.
            if entries.count >= capacity, entries[view.job.id] == nil { entries.removeAll(keepingCapacity: true) }
            entries[view.job.id] = Entry(tag: tag, bytes: bytes, madeAt: now)
        }
        return bytes
    }
}
