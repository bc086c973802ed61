import Foundation
import Glibc
public import HTTPServer
import JobStore
import Logging
import Synchronization

/// The clustering service: datasets, jobs and models in one data directory, and the routes that serve them.
///
/// ```swift
/// let service = try await Service(configuration)
/// try await Server(ServerConfiguration()).run(service.router)
/// await service.stop()
/// ```
public final class Service: Sendable {
    let configuration: ServiceConfiguration
    let datasets: DatasetStore
    let store: CachedJobStore
    let board: ProgressBoard
    let checkpoints: CheckpointStore
    let webhooks: WebhookSender
    let watch = JobFeed()
    let runner: JobRunner
    let cancels: PendingCancels
    /// What is counted for `/metrics`.
    public let metrics = ServiceMetrics()
    let offload = Offload(label: "service")
    let keysInFlight = KeysInFlight()
    let appendTurns = AppendTurns()
    let keys: KeyRing
    let gate: AccessGate
    let pageTokens: PageTokens
    private let rules: Mutex<(limits: ServiceLimits, server: ServerLimits, access: AccessRules)>
    let encodedJobs = EncodedJobs()
    /// The time of day that all stored dates are taken from.
    let clock = SteadyClock()
    private let lock: DataDirectoryLock
    private let isLeaving = Atomic(false)
    private let isDraining = Atomic(false)
    private let upkeep = Mutex<Task<Void, Never>?>(nil)

    /// Opens the data directory, puts jobs that were cut off back in the queue and starts the workers.
    ///
    /// - Throws: ``ServiceStartError`` naming the path and the fix.
    public init(_ configuration: ServiceConfiguration) async throws(ServiceStartError) {
        let directory = configuration.dataDirectory
        self.configuration = configuration
        rules = Mutex((configuration.limits, configuration.serverLimits, AccessRules(configuration.access)))
        do {
            try FileDescriptor.makeDirectory(directory)
            lock = try DataDirectoryLock(directory: directory)
            try EmptiedDatabase.check(in: directory, logger: configuration.logger)
            pageTokens = try PageTokens(directory: directory)
            keys = KeyRing(KeyFile(directory: directory), logger: configuration.logger)
            gate = AccessGate(tokens: configuration.access.tokens, keys: keys, logger: configuration.logger)
            datasets = try DatasetStore(
                directory: "\(directory)/datasets", limits: configuration.limits, logger: configuration.logger)
            let webhookStore = try SQLiteJobStore(
                path: "\(directory)/jobs.sqlite", tombstoneLifetime: configuration.limits.goneLifetime,
                now: clock.reading)
            store = CachedJobStore(webhookStore)
            let work = metrics.work
            board = ProgressBoard(watch: watch) { work.phaseEnded($0, after: $1) }
            let checkpoints = try CheckpointStore(
                directory: "\(directory)/checkpoints", interval: configuration.checkpointInterval,
                metrics: work, logger: configuration.logger)
            self.checkpoints = checkpoints
            webhooks = WebhookSender(
                store: webhookStore, addresses: AddressGuard(allowed: configuration.webhooks.allowed),
                metrics: work, logger: configuration.logger, now: clock.reading
            ) { JobView(job: $0, progress: nil).postedJSON.bytes }
            runner = JobRunner(
                store: store, datasets: datasets, board: board, checkpoints: checkpoints, watch: watch,
                threadsPerJob: configuration.threadsPerJob, memory: MemoryBudget(limit: configuration.memoryBudget),
                metrics: work, logger: configuration.logger, now: clock.reading)
            cancels = PendingCancels(logger: configuration.logger) { [store] in
                try await store.requestCancel($0)
            } taken: { [runner, board, datasets, watch] id, outcome in
                switch outcome {
                case .cancelled(let job):
                    board.end(id)
                    datasets.noteReleased([job.datasetVersion])
                case .cancelling: runner.cancel(id)
                case .alreadyFinished: return
                }
                watch.notify(id)
            }
            let report = try await Self.recover(store, configuration.logger)
            for (job, fraction) in checkpoints.fractions() where try await store.job(job)?.isDone == false {
                board.rest(job, at: fraction)
            }
            if !report.requeued.isEmpty {
                configuration.logger.notice("jobs cut off by the last stop run again: \(report.requeued.count)")
            }
        } catch let error as ServiceStartError {
            throw error
        } catch {
            let isFull = Self.problem(storing: error)?.type == Problem.storageFull.type
            let fix = isFull ? "free space on its disk" : "choose one this user may write with --data-dir"
            throw ServiceStartError("cannot use the data directory \(directory): \(error); \(fix)")
        }
        do {
            try await webhooks.start()
        } catch {
            throw ServiceStartError("cannot read the webhooks in \(directory): \(error)")
        }
        runner.start(count: configuration.workers)
        let task = Task { [weak self] in
            var swept: ContinuousClock.Instant?
            while !Task.isCancelled, let service = self {
                let limits = service.limits
                let isSweepDue = swept.map { ContinuousClock.now - $0 >= limits.sweepInterval } ?? true
                if isSweepDue { swept = .now }
                await service.removeExpired(lookingThroughAll: isSweepDue)
                try? await Task.sleep(for: limits.upkeepInterval)
            }
        }
        upkeep.withLock { $0 = task }
    }

    /// Takes back what the last process held; on a full disk later, once its leases have run out.
    private static func recover(_ store: any JobStore, _ logger: Logger) async throws -> RecoveryReport {
        do {
            return try await store.recover()
        } catch let error as JobStoreError where error.code == .full {
            // Results can be read all the same, and datasets deleted to make room.
            logger.error("jobs cut off by the last stop run again once there is room: \(error)")
            return RecoveryReport()
        }
    }

    /// What is refused, and how long things are kept, at the moment.
    var limits: ServiceLimits { rules.withLock { $0.limits } }

    /// The limits of the HTTP server in front, at the moment.
    var serverLimits: ServerLimits { rules.withLock { $0.server } }

    /// What holds for all requests at the moment.
    var accessRules: AccessRules { rules.withLock { $0.access } }

    /// Looks at the keys anew and lets other limits, origins and names hold from now on.
    ///
    /// What is there already stays, also where it is more than the limits allow. ``ServiceLimits/goneLifetime`` and
    /// ``AccessConfiguration/tokens`` stay as they were when the service started.
    ///
    /// - Parameter server: the limits of the HTTP server in front, which `GET /v1` shows.
    public func reload(_ limits: ServiceLimits, server: ServerLimits, _ access: AccessConfiguration) {
        var limits = limits
        limits.goneLifetime = configuration.limits.goneLifetime
        rules.withLock { $0 = (limits, server, AccessRules(access)) }
        datasets.use(limits)
        keys.refresh()
    }

    /// Whether new work is taken.
    var isReady: Bool { !isDraining.load(ordering: .relaxed) }

    /// Says from now on that it is not ready, and still takes work, so that balancers look away before anybody is refused.
    public func leave() { isLeaving.store(true, ordering: .relaxed) }

    /// Whether balancers should send work here.
    var isOffered: Bool { isReady && !isLeaving.load(ordering: .relaxed) }

    /// Takes no new work from now on, ends streams of events and answers those who wait with what there is.
    public func drain() {
        isDraining.store(true, ordering: .relaxed)
        watch.drain()
    }

    /// Gives running jobs back to the queue, where the next start finds them, and ends the workers.
    public func stop() async {
        drain()
        upkeep.withLock { $0?.cancel() }
        webhooks.stop()
        cancels.stop()
        async let landed: Void = webhooks.land()
        await runner.stop()
        await landed
        keys.saveLastUses()
    }

    /// Removes what has expired and content nothing needs.
    ///
    /// - Parameter all: whether all content is looked through, and not only what was let go since the last time.
    private func removeExpired(lookingThroughAll all: Bool) async {
        keys.saveLastUses()
        do {
            let expired = try await store.expire()
            datasets.noteReleased(expired.freedDatasetVersions)
            webhooks.forget(expired.jobs)
            try await checkpoints.sweep { try await self.store.job($0)?.isDone == false }
            try await datasets.sweep(all: all) { try await self.store.datasetVersionsInUse(among: $0) }
        } catch {
            configuration.logger.error("cannot remove what has expired: \(error)")
        }
    }
}

/// Why the service could not start.
public struct ServiceStartError: Error, Sendable, CustomStringConvertible {
    /// What happened and what to do about it.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Service {
    /// Whether a service, in whatever process, uses a data directory.
    public static func isRunning(in directory: String) -> Bool {
        let file = open("\(directory)/lock", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        // Closing gives the lock back.
        return flock(file, LOCK_EX | LOCK_NB) != 0
    }
}

extension Service {
    /// Looks at the job database of a data directory, whole, and changes nothing in it; a service may use it meanwhile.
    ///
    /// - Returns: what was found, in a few words.
    /// - Throws: an error that says why a service cannot start with it, and what to do.
    public static func examineJobs(in directory: String) throws -> String {
        if let warning = try EmptiedDatabase.warning(in: directory) { return warning }
        func whole(_ jobs: Int) -> String { "whole, with \(jobs) \(jobs == 1 ? "job" : "jobs")" }
        return switch try SQLiteJobStore.examine(path: "\(directory)/jobs.sqlite") {
        case .missing: "will be made"
        case .whole(let jobs): whole(jobs)
        case .earlierVersion(let jobs): "\(whole(jobs)), of an earlier version; the start brings it up to date"
        }
    }
}

/// Keeps a second service off the data directory; released when the process ends, however it ends.
private final class DataDirectoryLock: Sendable {
    private let file: Int32

    init(directory: String) throws {
        let path = "\(directory)/lock"
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw StorageError("open", path) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw ServiceStartError(
                "another clusterd uses the data directory \(directory); stop it, or choose another with --data-dir")
        }
    }

    deinit { close(file) }
}
