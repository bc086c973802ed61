import AttentionClustering
import Foundation
import JobStore
import Logging
import Synchronization

/// Runs queued jobs, a fixed number at a time, each on a thread of its own that serves no requests.
final class JobRunner: Sendable {
    /// How long a claim lasts unless it is renewed, and how often it is.
    private static let lease = (duration: Duration.seconds(30), renewal: Duration.seconds(10))
    /// How long a worker waits before it looks at the queue again without being called.
    private static let patience = Duration.seconds(1)
    /// Jobs that end within this time are short: while one runs the next ones are claimed.
    private static let shortRun = Duration.milliseconds(50)
    /// How many.
    private static let claimedAhead = 8
    /// How many ended jobs may wait to be stored while the workers go on.
    private static let finishing = 32

    private let store: any JobStore
    private let datasets: DatasetStore
    private let board: ProgressBoard
    private let checkpoints: CheckpointStore
    private let watch: JobFeed
    private let training: JobTraining
    private let ending: JobEnding
    private let memory: MemoryBudget
    private let metrics: WorkMetrics
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let held = HeldJobs()
    private let isStopping = Atomic(false)
    private let bell = Bell()
    private let claims = Turnstile(places: 1)
    private let stores = Turnstile(places: finishing)
    private let tasks = Mutex<(workers: [Task<Void, Never>], heartbeat: Task<Void, Never>?)>(([], nil))

    /// - Parameter now: the store's clock.
    init(
        store: any JobStore, datasets: DatasetStore, board: ProgressBoard, checkpoints: CheckpointStore,
        watch: JobFeed, threadsPerJob: Int, memory: MemoryBudget, metrics: WorkMetrics, logger: Logger,
        now: @escaping @Sendable () -> Date
    ) {
        self.now = now
        self.store = store
        self.datasets = datasets
        self.board = board
        self.checkpoints = checkpoints
        self.watch = watch
        self.memory = memory
        self.metrics = metrics
        self.logger = logger
        training = JobTraining(datasets: datasets, board: board, threads: threadsPerJob)
        ending = JobEnding(store: store, logger: logger)
    }

    /// Starts `count` workers.
    func start(count: Int) {
        // Names tell the workers of all processes apart that ever used the store.
        let process = SortableIdentifier.make(prefix: "w", at: Date())
        tasks.withLock { tasks in
            for number in 1...count {
                tasks.workers.append(Task { await self.work(name: "\(process)-\(number)") })
            }
            tasks.heartbeat = Task { await self.keepLeases() }
        }
    }

    /// Looks at the queue again: a job was submitted.
    func wake() { bell.ring() }

    /// Tells a held job that it was cancelled, also when it has been claimed but does not run yet.
    func cancel(_ id: String) { held.cancel(id) }

    /// Gives running jobs back to the queue, each as soon as it has saved how far it is, and waits until the workers are
    /// idle, at most `deadline`: what is not back by then is found by the next start.
    ///
    /// - Parameter patience: how long a job may take to come to a place where it can be saved.
    func stop(deadline: Duration = .seconds(10), patience: Duration = .seconds(3)) async {
        isStopping.store(true, ordering: .relaxed)
        ending.stopTrying()
        held.saveAndRelease()
        let impatience = Task { [held] in
            try await Task.sleep(for: patience)
            held.giveAll(.release)
        }
        defer { impatience.cancel() }
        let (workers, heartbeat) = tasks.withLock { tasks in
            defer { tasks = ([], nil) }
            return tasks
        }
        heartbeat?.cancel()
        for _ in workers { bell.ring() }
        let (idle, continuation) = AsyncStream.makeStream(of: Void.self)
        Task {
            for task in workers { await task.value }
            await stores.close()
            await heartbeat?.value
            continuation.yield()
        }
        if await !waitForChange(idle, timeout: deadline) {
            logger.warning("jobs are still running at the end; they run again after the next start")
        }
    }

    // MARK: Leases

    /// Renews the leases of what is held, learns of cancels and losses that way, and takes in what others have lost.
    private func keepLeases() async {
        while (try? await Task.sleep(for: Self.lease.renewal)) != nil {
            do {
                let attempts = held.attempts
                if !attempts.isEmpty {
                    held.update(attempts, try await store.renew(attempts, lease: Self.lease.duration))
                }
                let lost = try await store.reclaim()
                for id in lost.failed + lost.cancelled { board.end(id) }
                for id in lost.requeued + lost.failed + lost.cancelled {
                    logger.warning("the lease of job \(id) ran out")
                    watch.notify(id)
                }
                if !lost.requeued.isEmpty { bell.ring() }
            } catch {
                logger.error("cannot renew the leases of running jobs; trying again: \(error)")
            }
        }
    }

    // MARK: Workers

    private func work(name: String) async {
        let thread = TrainingThread(name: name)
        defer { thread.end() }
        let claimed = ClaimedJobs()
        var refill: Task<Void, any Error>?
        var isShort = false
        while !isStopping.load(ordering: .relaxed) {
            do {
                var next = claimed.begin()
                if next == nil, let pending = refill {
                    refill = nil
                    try await pending.value
                    next = claimed.begin()
                }
                if next == nil {
                    try await claim(name, isShort ? Self.claimedAhead : 1, into: claimed)
                    next = claimed.begin()
                }
                guard let (job, number) = next else {
                    await bell.wait(timeout: Self.patience)
                    continue
                }
                if isShort {
                    if claimed.count < Self.claimedAhead / 2, claimed.beginRefill() {
                        refill = Task {
                            defer { claimed.endRefill() }
                            try await self.claim(name, Self.claimedAhead, into: claimed)
                        }
                    }
                    watchOver(claimed, from: number)
                }
                let begin = ContinuousClock.now
                await run(job, on: thread)
                isShort = ContinuousClock.now - begin < Self.shortRun
            } catch {
                refill = nil
                logger.error("cannot look at the queue: \(error)")
                try? await Task.sleep(for: .seconds(1))
            }
        }
        await giveBack(claimed.close())
        try? await refill?.value
    }

    /// Claims the next jobs, fewer where there are no more or they do not fit; one claim at a time, because each takes of
    /// the memory that the next may use.
    private func claim(_ name: String, _ limit: Int, into claimed: ClaimedJobs) async throws {
        await claims.enter()
        defer { claims.leave() }
        guard !isStopping.load(ordering: .relaxed) else { return }
        let jobs = try await store.claim(
            worker: name, lease: Self.lease.duration, room: memory.room, limit: limit)
        for job in jobs { memory.take(job) }
        await giveBack(claimed.add(jobs))
    }

    /// Hands back what was claimed ahead once a job turns out not to be short.
    ///
    /// Looks from time to time which job runs; one that still does is not short. A timer for each short job would cost
    /// as much as a part of its work.
    private func watchOver(_ claimed: ClaimedJobs, from first: Int) {
        guard claimed.beginWatch() else { return }
        Task { [weak self] in
            var last = first
            repeat {
                try? await Task.sleep(for: Self.shortRun)
                guard let run = claimed.watched(after: last) else { break }
                last = run
            } while true
            await self?.giveBack(claimed.close(during: last))
        }
    }

    /// Hands back jobs that were claimed ahead and have not begun.
    private func giveBack(_ jobs: [Job]) async {
        for job in jobs {
            await ending.end(job) { try await $0.release(job.id, attempt: job.attempt) }
            memory.give(job)
            bell.ring()
        }
    }

    private func run(_ job: Job, on thread: TrainingThread) async {
        let parameters: JobParameters
        do {
            parameters = try JobParameters(storedJSON: job.parameters)
        } catch {
            await ending.fail(job, error)
            return close(job)
        }
        let saved = await checkpoints.open(job) { [board] in
            board.entry(job.id)?.fraction ?? 0
        } saved: { [weak self] in
            // Nothing to forgive before the first loss.
            if job.losses > 0 { Task { await self?.noteProgress(job) } }
        }
        let handle = RunningJob(
            timeBudgetSeconds: parameters.timeBudgetSeconds, elapsed: .seconds(saved.elapsedSeconds), startedAt: now())
        held.add(job, handle, saved)
        if isStopping.load(ordering: .relaxed) { handle.give(.release) }
        board.begin(
            job.id, fraction: saved.resumed?.fraction ?? 0, earlierSeconds: saved.elapsedSeconds,
            at: handle.startedAt, deadline: handle.deadline)
        watch.notify(job.id, isEnd: false)
        metrics.runBegan(job)
        let begin = ContinuousClock.now
        let outcome = await thread.run { [training] in
            Result { try training.train(job, parameters, handle, saved) }
        }
        board.endTraining(job.id)
        metrics.runEnded(outcome, after: ContinuousClock.now - begin)
        // The thread goes on with the next job while this one is stored, up to a number.
        await stores.enter()
        Task {
            await ending.store(outcome, of: job, handle)
            let isOver = handle.order == .none || handle.order == .cancel
            if isOver, saved.mayHaveFile { await checkpoints.remove(job.id) }
            held.remove(job)
            await leaveBoard(job, isOver: isOver)
            close(job)
            stores.leave()
        }
    }

    /// Takes a job from the board; one that somebody goes on with stays there with what was shown of it.
    private func leaveBoard(_ job: Job, isOver: Bool) async {
        // A lost lease may have been its last, and nobody asks for it afterwards.
        if !isOver, let now = try? await store.job(job.id), !now.isDone {
            board.rest(job.id)
        } else {
            board.end(job.id)
        }
    }

    /// Tells the store that this attempt has saved more than those before it: a job that gets on has its attempts anew.
    private func noteProgress(_ job: Job) async {
        do {
            _ = try await store.progressed(job.id, attempt: job.attempt)
        } catch {
            // The job has ended meanwhile, or the next checkpoint says it again.
            logger.debug("the progress of job \(job.id) is not noted: \(error)")
        }
    }

    /// A job is no longer held here.
    private func close(_ job: Job) {
        memory.give(job)
        // A job without a result needs its points no longer.
        datasets.noteReleased([job.datasetVersion])
        watch.notify(job.id)
        // Its memory may be what another worker waits for.
        if job.memory > 0 { bell.ring() }
    }
}
