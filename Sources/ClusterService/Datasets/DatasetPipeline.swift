import CLinux
import Dispatch
import Glibc
import Synchronization

/// Digests and writes the blocks of a file on threads of its own, so that neither is waited for by whoever makes them.
///
/// Blocks are digested in order by one thread and written in order by another, at most ``hardLimit`` of them at a time.
/// Many blocks keep the processors busy whichever of reading, digesting and writing is behind; the pipelines share what
/// goes beyond ``leastLimit`` each, so that many uploads to a slow disk do not take more and more memory.
final class DatasetPipeline: Sendable {
    /// From this many blocks in progress on ``waitForRoom()`` waits, as long as all pipelines have few.
    private static let softLimit = 12
    /// From this many on it waits when they have many.
    private static let leastLimit = 4
    /// From this many blocks in progress on all pipelines have many.
    private static let sharedLimit = 64
    /// With this many blocks in progress ``submit(_:digested:)`` blocks.
    private static let hardLimit = 16
    /// After this many bytes the system is told to begin writing them to the disk.
    private static let writeBehind = 4 << 20

    /// The blocks in progress in all pipelines.
    private static let inProgress = Atomic(0)

    /// How many blocks a pipeline may have in progress now.
    private static var limit: Int { inProgress.load(ordering: .relaxed) < sharedLimit ? softLimit : leastLimit }

    private struct State {
        var blocks = 0
        /// Blocks to fill again: fresh memory costs the system about as much as the copy into it.
        var free: [DatasetBlock] = []
        var failure: (any Error)?
        var waiting: CheckedContinuation<Void, Never>?
        /// How much was written, and up to where the system was told to write.
        var written = 0
        var begun = 0
    }

    private let file: FileDescriptor
    private let digest = Mutex<ContentDigest?>(ContentDigest())
    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: hardLimit)
    private let digesting = DispatchQueue(label: "dataset-digest")
    private let writing = DispatchQueue(label: "dataset-write")

    init(_ file: consuming FileDescriptor) { self.file = file }

    /// An empty block to fill.
    func makeBlock() -> DatasetBlock { state.withLock { $0.free.popLast() } ?? DatasetBlock() }

    /// Takes the next block.
    ///
    /// - Parameter digested: whether its bytes count for the digest.
    /// - Throws: what kept a block before from being written.
    func submit(_ block: DatasetBlock, digested: Bool) throws {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.blocks += 1
        }
        Self.inProgress.add(1, ordering: .relaxed)
        room.wait()
        let steps = DispatchGroup()
        if digested {
            digesting.async(group: steps) {
                self.digest.withLock { $0?.update(block.bytes) }
            }
        }
        writing.async(group: steps) { self.write(block) }
        steps.notify(queue: writing) { self.end(block) }
    }

    /// Returns when few blocks are in progress.
    ///
    /// - Throws: what kept a block from being written.
    func waitForRoom() async throws {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.blocks >= Self.limit, state.waiting == nil else { return true }
                state.waiting = continuation
                return false
            }
            if isFree { continuation.resume() }
        }
        try state.withLock { state in
            if let failure = state.failure { throw failure }
        }
    }

    /// Blocks until every block is digested and written.
    ///
    /// - Throws: what kept a block from being written.
    func drain() throws {
        digesting.sync {}
        writing.sync {}
        try state.withLock { state in
            if let failure = state.failure { throw failure }
        }
    }

    /// The digest of the blocks so far, to go on with; nil when it was taken before.
    ///
    /// Call behind ``drain()``.
    func takeDigest() -> ContentDigest? { digest.withLock { $0.take() } }

    /// Writes the head over the start of the file and waits until all is on the disk.
    func complete(head: [UInt8]) throws {
        try head.withUnsafeBytes { try file.write($0, at: 0) }
        try file.synchronize()
    }

    private func write(_ block: DatasetBlock) {
        guard state.withLock({ $0.failure == nil }) else { return }
        do {
            try file.write(block.bytes)
        } catch {
            return state.withLock { $0.failure = error }
        }
        let due = state.withLock { state -> Range<Int>? in
            state.written += block.count
            guard state.written - state.begun >= Self.writeBehind else { return nil }
            defer { state.begun = state.written }
            return state.begun..<state.written
        }
        // A hint: where it cannot be taken the end waits for the disk all the same.
        if let due { _ = clinux_begin_writing(file.number, Int64(due.lowerBound), Int64(due.count)) }
    }

    private func end(_ block: DatasetBlock) {
        block.clear()
        Self.inProgress.subtract(1, ordering: .relaxed)
        let limit = Self.limit
        state.withLock { state in
            state.blocks -= 1
            if state.blocks + state.free.count < limit { state.free.append(block) }
            return state.blocks < limit ? state.waiting.take() : nil
        }?.resume()
        room.signal()
    }
}
