import AttentionClustering
import Dispatch
import Foundation
import HTTPServer
import HTTPTypes
import JobStore
import Logging
import Synchronization

/// Runs queued jobs, a fixed number at a time, each on a thread of its own that serves no requests.
final class JobRunner: Sendable {
    /// The errors that say that a job is no longer this worker's to end.
    private static let lost: Set<JobStoreError.Code> = [.leaseLost, .unknownJob, .notPossible]

    private let store: any JobStore
    private let datasets: DatasetStore
    private let board: ProgressBoard
    private let watch: JobWatch
    private let threadsPerJob: Int
    private let logger: Logger
    private let running = Mutex<[String: RunningJob]>([:])
    private let isStopping = Atomic(false)
    private let bell = Bell()
    private let workers = Mutex<[Task<Void, Never>]>([])

    init(
        store: any JobStore, datasets: DatasetStore, board: ProgressBoard, watch: JobWatch, threadsPerJob: Int,
        logger: Logger
    ) {
        self.store = store
        self.datasets = datasets
        self.board = board
        self.watch = watch
        self.threadsPerJob = threadsPerJob
        self.logger = logger
    }

    /// Starts `count` workers.
    func start(count: Int) {
        workers.withLock { workers in
            for number in 1...count {
                let queue = DispatchQueue(label: "training-\(number)", qos: .utility)
                workers.append(Task { await self.work(name: "worker-\(number)", on: queue) })
            }
        }
    }

    /// Looks at the queue again: a job was submitted.
    func wake() { bell.ring() }

    /// Tells a running job that it was cancelled; no matter when it does not run here.
    func cancel(_ id: String) { running.withLock { $0[id] }?.give(.cancel) }

    /// Gives running jobs back to the queue and waits until the workers are idle, at most `deadline`: what is not back
    /// by then is found by the next start.
    func stop(deadline: Duration = .seconds(10)) async {
        isStopping.store(true, ordering: .relaxed)
        running.withLock { jobs in jobs.values.forEach { $0.give(.release) } }
        let tasks = workers.withLock { workers in
            defer { workers.removeAll() }
            return workers
        }
        for _ in tasks { bell.ring() }
        let (idle, continuation) = AsyncStream.makeStream(of: Void.self)
        Task {
            for task in tasks { await task.value }
            continuation.yield()
        }
        if await !waitForChange(idle, timeout: deadline) {
            logger.warning("jobs are still running at the end; they run again after the next start")
        }
    }

    private func work(name: String, on queue: DispatchQueue) async {
        while !isStopping.load(ordering: .relaxed) {
            do {
                if let job = try await store.claimNext(worker: name) {
                    await run(job, on: queue)
                } else {
                    await bell.wait(timeout: .seconds(5))
                }
            } catch {
                logger.error("cannot look at the queue: \(error)")
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func run(_ job: Job, on queue: DispatchQueue) async {
        let parameters: JobParameters
        do {
            parameters = try JobParameters(storedJSON: job.parameters)
        } catch {
            return await end(job) { try await $0.fail(job.id, attempt: job.attempt, error: Self.errorText(error)) }
        }
        let handle = RunningJob(timeBudgetSeconds: parameters.timeBudgetSeconds)
        running.withLock { $0[job.id] = handle }
        if isStopping.load(ordering: .relaxed) { handle.give(.release) }
        board.begin(job.id)
        watch.notify(job.id)
        // A cancel that came between the claim and the line above found nobody to tell.
        if let current = try? await store.job(job.id), current.state == .cancelling { handle.give(.cancel) }
        let outcome = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result { try self.train(job, parameters, handle) }) }
        }
        await store(outcome, of: job, handle)
        running.withLock { $0[job.id] = nil }
        board.end(job.id)
        watch.notify(job.id)
    }

    /// The work itself, on the job's thread.
    private func train(_ job: Job, _ parameters: JobParameters, _ handle: RunningJob) throws -> TrainedJob {
        let file = try datasets.open(digest: job.datasetVersion)
        let selection = try ColumnSelection(
            job.kind == JobKind.cluster ? nil : parameters.columns, in: file.description)
        let control = FitControl(
            threads: threadsPerJob, decide: { handle.decide() },
            report: { [board] progress in board.report(job.id, progress) })
        let clustering = try parameters.cluster(try selection.points(of: file), control: control)
        return TrainedJob(
            clustering: clustering,
            summary: ResultSummary(
                clustering, columns: selection.names, seed: parameters.fit.seed, warnings: file.description.warnings))
    }

    private func store(_ outcome: Result<TrainedJob, any Error>, of job: Job, _ handle: RunningJob) async {
        switch (outcome, handle.order) {
        case (.success(let trained), _):
            await end(job) { try await trained.save(as: job, in: $0) }
        case (.failure(is CancellationError), .release):
            await end(job) { try await $0.release(job.id, attempt: job.attempt) }
        case (.failure(is CancellationError), _):
            await end(job) { try await $0.confirmCancelled(job.id, attempt: job.attempt) }
        case (.failure(let error), _):
            logger.warning("job \(job.id) failed: \(error)")
            await end(job) { try await $0.fail(job.id, attempt: job.attempt, error: Self.errorText(error)) }
        }
    }

    /// Stores how a job ended, again and again where the store cannot just now (disk full, locked), so that no
    /// finished work is lost.
    private func end(_ job: Job, _ save: (any JobStore) async throws -> Job) async {
        var pause = Duration.milliseconds(200)
        while true {
            do {
                _ = try await save(store)
                return
            } catch let error as JobStoreError where Self.lost.contains(error.code) {
                return logger.warning("job \(job.id) is no longer this worker's: \(error)")
            } catch {
                logger.error("cannot store how job \(job.id) ended; trying again: \(error)")
                if isStopping.load(ordering: .relaxed) { return }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(10))
            }
        }
    }

    /// A failure as the problem object that clients read.
    private static func errorText(_ error: any Error) -> String {
        let problem: Problem =
            switch error {
            case let error as ClusteringError: ParameterFault.problem(error)
            case let problem as Problem: problem
            case let error as StorageError where error.code == ENOENT:
                Problem(
                    .gone, type: "/problems/dataset-gone", title: "The points are no longer stored",
                    detail: "upload the points again and start a new job")
            default:
                Problem(
                    .internalServerError, type: "/problems/internal", title: "The job failed inside the service",
                    detail: "try again; if it fails again, the service's log says why")
            }
        return String(decoding: problem.json(requestID: nil), as: UTF8.self)
    }
}

/// A finished fit, ready to be stored.
struct TrainedJob: Sendable {
    let clustering: Clustering
    let summary: ResultSummary

    /// Stores the points' chunks, then summary, model and final state in one step.
    func save(as job: Job, in store: any JobStore) async throws -> Job {
        let chunks = AssignmentChunk.chunks(
            labels: clustering.assignments, distances: clustering.distances, confidence: clustering.confidence)
        for (index, chunk) in chunks.enumerated() {
            try await store.appendResultChunk(job.id, attempt: job.attempt, index: index, data: chunk.data)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try await store.succeed(
            job.id, attempt: job.attempt, summary: try encoder.encode(summary),
            modelID: "mdl_" + job.id.drop(while: { $0 != "_" }).dropFirst(),
            model: try encoder.encode(
                StoredClusterModel(
                    model: clustering.model, columns: summary.columns, parameters: job.parameters)),
            stopReason: clustering.stopReason.rawValue)
    }
}
