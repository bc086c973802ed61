import AttentionClustering
import Foundation
import JobStore

/// The work of a job itself: from stored points to a result that is ready to be stored.
struct JobTraining: Sendable {
    let datasets: DatasetStore
    let board: ProgressBoard
    /// How many threads a job uses.
    let threads: Int

    /// Clusters the points of `job`; blocks until it is done.
    ///
    /// - Parameter saved: where it goes on from, and where more of it goes.
    /// - Throws: `CancellationError` when `handle` was given an order.
    func train(
        _ job: Job, _ parameters: JobParameters, _ handle: RunningJob, _ saved: JobCheckpoints
    ) throws -> TrainedJob {
        let file = try datasets.openForJob(digest: job.datasetVersion)
        let selection = try ColumnSelection(
            parameters, isChosen: job.kind == JobKind.cluster, among: file.description.columnNames)
        let control = FitControl(
            threads: threads, decide: { handle.decide() },
            report: { [board] progress in
                saved.shown.note(progress.fraction)
                board.report(job.id, progress)
            }, checkpoints: saved.control)
        let training = try selection.trainingPoints(of: file) { try datasets.spool() }
        let weights = try selection.weights?.values(of: file.rows)
        let clustering = try parameters.cluster(training.points, weights: weights, control: control)
        return TrainedJob(
            clustering: clustering, units: training.units,
            summary: ResultSummary(
                clustering, columns: selection.names, seed: parameters.fit.seed, warnings: file.description.warnings,
                units: training.units))
    }
}

/// A finished fit, ready to be stored.
struct TrainedJob: Sendable {
    let clustering: Clustering
    /// How the points were converted; nil when they were not.
    let units: TrainingUnits?
    let summary: ResultSummary

    /// Stores the points' chunks, then summary, model and final state in one step.
    ///
    /// - Parameters:
    ///   - startedAt: when the work began; nil where that was the claim.
    ///   - check: is called between the steps, and throws where it must not go on.
    func save(as job: Job, startedAt: Date?, in store: any JobStore, check: () throws -> Void) async throws -> Job {
        let chunks = AssignmentChunks(
            labels: clustering.assignments, distances: clustering.distances, confidence: clustering.confidence)
        // The last one goes with the result: a small result is one write.
        let last = max(0, chunks.count - 1)
        for index in 0..<last {
            try check()
            let chunk = try await chunks.chunk(index)
            try await store.appendResultChunk(job.id, attempt: job.attempt, index: index, data: chunk.data)
        }
        let rest = last < chunks.count ? [try await chunks.chunk(last).data] : []
        let text = try JSONValue(encoding: summary)
        let model = try JSONValue(
            encoding: StoredClusterModel(
                model: clustering.model, columns: summary.columns, parameters: job.parameters, units: units))
        try check()
        return try await store.succeed(
            job.id, attempt: job.attempt, startedAt: startedAt, chunks: rest, summary: Data(text.bytes),
            modelID: "mdl_" + job.id.drop(while: { $0 != "_" }).dropFirst(), model: Data(model.bytes),
            stopReason: clustering.stopReason.rawValue)
    }
}
