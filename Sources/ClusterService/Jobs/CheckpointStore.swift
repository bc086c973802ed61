import AttentionClustering
import Dispatch
import Foundation
import Glibc
import JobStore
import Logging
import Synchronization

/// The checkpoints of jobs in training, a file each, so that work survives the end of the process.
///
/// They are a help and never a need: a file that is damaged, for something else or cannot be written is logged and done
/// without.
final class CheckpointStore: Sendable {
    private let directory: String
    private let interval: Duration
    private let metrics: WorkMetrics
    private let logger: Logger
    // Serial, so that what is written of a job is not written after its removal.
    private let queue = DispatchQueue(label: "checkpoints", qos: .utility)

    /// - Parameters:
    ///   - directory: made when it is missing.
    ///   - interval: the least time between two checkpoints of a job.
    init(directory: String, interval: Duration, metrics: WorkMetrics, logger: Logger) throws {
        try FileDescriptor.makeDirectory(directory)
        (self.directory, self.interval, self.metrics, self.logger) = (directory, interval, metrics, logger)
    }

    /// What there is of `job`, and where more of it goes.
    ///
    /// - Parameters:
    ///   - fraction: tells how far the job is.
    ///   - saved: is called whenever a checkpoint of this attempt has come to the disk.
    func open(
        _ job: Job, fraction: @escaping @Sendable () -> Double, saved: @escaping @Sendable () -> Void = {}
    ) async -> JobCheckpoints {
        // Nothing was saved before the first attempt: no need to wait for what is being written of other jobs.
        let found = job.attempt > 1 ? await onQueue { [self] in read(job) } : nil
        return JobCheckpoints(
            resumed: found, interval: interval,
            shown: ShownFraction(path: path(job.id, ShownFraction.suffix), isFirstAttempt: job.attempt <= 1),
            fraction: fraction,
            write: { file, done in
                self.queue.async {
                    let start = ContinuousClock.now
                    if self.write(file, of: job) { saved() }
                    done(ContinuousClock.now - start)
                }
            }, identity: CheckpointFile.identity(of: job))
    }

    /// How far jobs had come that an earlier process left, by job: what it showed last, or else its checkpoints; what
    /// cannot be read is left out.
    ///
    /// Reads the beginning of each checkpoint only: whether the rest is whole shows when the job goes on.
    func fractions() -> [String: Double] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.reduce(into: [:]) { fractions, name in
            let fraction =
                switch name.drop(while: { $0 != "." }) {
                case Self.suffix[...]: CheckpointFile.fraction(ofFile: "\(directory)/\(name)")
                case ShownFraction.suffix[...]: ShownFraction.fraction(ofFile: "\(directory)/\(name)")
                default: Double?.none
                }
            guard let fraction else { return }
            fractions[Self.job(ofFile: name), default: 0] = max(fraction, fractions[Self.job(ofFile: name)] ?? 0)
        }
    }

    /// Forgets how far a job was that has ended.
    func remove(_ job: String) async {
        await onQueue { [self] in
            unlinkFile(job)
            unlink(path(job, ShownFraction.suffix))
        }
    }

    /// Removes what is left of jobs that are no longer to be done.
    func sweep(isActive: (String) async throws -> Bool) async throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            if try await !isActive(Self.job(ofFile: name)) {
                await onQueue { [self] in _ = unlink("\(directory)/\(name)") }
            }
        }
    }

    private static let suffix = ".ckpt"

    private static func job(ofFile name: String) -> String { String(name.prefix { $0 != "." }) }

    private func path(_ job: String, _ suffix: String = CheckpointStore.suffix) -> String {
        "\(directory)/\(job)\(suffix)"
    }

    private func unlinkFile(_ job: String) {
        if unlink(path(job)) != 0, errno != ENOENT {
            logger.warning("a checkpoint stays: \(StorageError("remove", path(job)))")
        }
    }

    private func read(_ job: Job) -> CheckpointFile? {
        guard let data = FileManager.default.contents(atPath: path(job.id)) else {
            if access(path(job.id), F_OK) == 0 {
                logger.warning("job \(job.id) starts over, its checkpoint cannot be read")
                unlinkFile(job.id)
            }
            return nil
        }
        do {
            let file = try CheckpointFile(bytes: Array(data))
            guard file.identity == CheckpointFile.identity(of: job) else {
                throw CheckpointFile.Fault(description: "it is for other work")
            }
            let seconds = (file.elapsedSeconds * 10).rounded() / 10
            logger.notice(
                "job \(job.id) goes on from its checkpoint, at \(Int(file.fraction * 100))% after \(seconds) s")
            return file
        } catch {
            logger.warning("job \(job.id) starts over, its checkpoint cannot be used: \(error)")
            unlinkFile(job.id)
            return nil
        }
    }

    private func write(_ file: CheckpointFile, of job: Job) -> Bool {
        do {
            let bytes = file.bytes
            try FileDescriptor.replace(path(job.id), with: bytes, directory: directory)
            metrics.checkpointWritten(bytes: bytes.count)
            return true
        } catch {
            metrics.checkpointFailed()
            logger.warning("no checkpoint of job \(job.id): \(error)")
            unlink(path(job.id) + ".new")
            return false
        }
    }

    private func onQueue<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: work()) } }
    }
}

/// The checkpoints of one job in training.
final class JobCheckpoints: Sendable {
    /// What the training goes on from.
    let resumed: CheckpointFile?

    /// What clients are shown of the job.
    let shown: ShownFraction

    /// Whether there is a file, or may be.
    var mayHaveFile: Bool { resumed != nil || shown.mayHaveFile || state.withLock { $0.hasSaved } }

    private struct State {
        var hasSaved = false
        var due: ContinuousClock.Instant
        var askedAt: ContinuousClock.Instant
        var isWriting = false
        /// What to do once a checkpoint is on the disk that was wanted at once.
        var whenSaved: (@Sendable () -> Void)?
    }

    /// A checkpoint comes no earlier than this many times what the last one took: it costs less than 1% of the run.
    static let costFactor = 100

    private let state: Mutex<State>
    private let startedAt = ContinuousClock.now
    private let interval: Duration
    private let identity: @Sendable () -> String
    private let fraction: @Sendable () -> Double
    private let write: @Sendable (CheckpointFile, _ done: @escaping @Sendable (Duration) -> Void) -> Void

    /// - Parameter write: writes a file in its own time and says how long that took.
    init(
        resumed: CheckpointFile?, interval: Duration, shown: ShownFraction, fraction: @escaping @Sendable () -> Double,
        write: @escaping @Sendable (CheckpointFile, _ done: @escaping @Sendable (Duration) -> Void) -> Void,
        identity: @autoclosure @escaping @Sendable () -> String
    ) {
        (self.resumed, self.interval, self.shown, self.fraction) = (resumed, interval, shown, fraction)
        (self.write, self.identity) = (write, identity)
        state = Mutex(State(due: startedAt + interval, askedAt: startedAt))
    }

    /// What the fit is given.
    var control: FitCheckpoints {
        FitCheckpoints(
            resume: resumed?.checkpoint, isWanted: { [self] in isWanted() }, save: { [self] in save($0) })
    }

    /// The seconds of work of all attempts so far.
    var elapsedSeconds: Double { (resumed?.elapsedSeconds ?? 0) + (ContinuousClock.now - startedAt) / .seconds(1) }

    /// Wants a checkpoint as soon as the training comes to a place where it can be made, and calls `whenSaved` when that
    /// is written, or could not be.
    func saveSoon(_ whenSaved: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenSaved = whenSaved }
    }

    private func isWanted() -> Bool {
        let now = ContinuousClock.now
        return state.withLock { state in
            guard !state.isWriting, now >= state.due || state.whenSaved != nil else { return false }
            state.askedAt = now
            return true
        }
    }

    private func save(_ checkpoint: FitCheckpoint) {
        let now = ContinuousClock.now
        let (encoding, whenSaved) = state.withLock { state in
            defer { state.whenSaved = nil }
            (state.isWriting, state.hasSaved) = (true, true)
            return (now - state.askedAt, state.whenSaved)
        }
        let file = CheckpointFile(
            identity: identity(), elapsedSeconds: elapsedSeconds, fraction: fraction(), checkpoint: checkpoint)
        write(file) { [self] writing in
            let pause = max(interval, (encoding + writing) * Self.costFactor)
            state.withLock { state in
                state.isWriting = false
                state.due = ContinuousClock.now + pause
            }
            whenSaved?()
        }
    }
}
