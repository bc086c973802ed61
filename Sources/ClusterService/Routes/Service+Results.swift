import AttentionClustering
import Foundation
import HTTPServer
import HTTPTypes
import JobStore

extension Service {
    func addResultRoutes(to router: inout Router) {
        router.on(.get, "/v1/jobs/{id}/result") { [self] request, captures in
            try request.checkQuery(known: ["format"])
            let format = try request.resultFormat()
            return try await result(of: try await finishedJob(captures["id"]), as: format, headers: [:])
                .packed(for: request)
        }
        router.on(.get, "/v1/jobs/{id}/result/centroids") { [self] request, captures in
            try request.checkQuery(known: ["format"])
            let format = try request.resultFormat()
            let summary = try await stored(try await finishedJob(captures["id"])).summary
            return try await Response.written(mediaType: format.mediaType) { output in
                try await CentroidTable(summary: summary).write(format, to: output)
            }.collected(when: summary.k * summary.d <= 65_536).packed(for: request)
        }
        router.on(.get, "/v1/jobs/{id}/result/assignments") { [self] request, captures in
            try request.checkQuery(known: ["format"])
            let format = try request.resultFormat()
            let job = try await finishedJob(captures["id"])
            let (summary, chunks) = try await stored(job)
            let encoder = ResultEncoder(chunks: chunks)
            let table = try? await input(of: job)
            return try await Response.written(mediaType: format.mediaType) { output in
                try await encoder.writeAssignments(format, count: summary.n, table, to: output)
            }.collected(when: Self.isSmall(summary)).packed(for: request)
        }
    }

    /// The whole result of a succeeded job.
    func result(of job: Job, as format: ResultFormat, headers: HTTPFields) async throws -> Response {
        let (summary, chunks) = try await stored(job)
        let encoder = ResultEncoder(chunks: chunks)
        let table =
            switch format {
            case .csv, .ndjson, .arrow: try await input(of: job)
            case .json, .npy: try? await input(of: job)
            }
        return try await Response.written(mediaType: format.mediaType, headers: headers) { output in
            switch format {
            case .json:
                try await encoder.writeJSON(
                    summary, job: job.id, model: job.model, identifiers: table?.identifiers?.runs, to: output)
            case .csv: try await encoder.writeLines(.csv, table, to: output)
            case .ndjson: try await encoder.writeLines(.ndjson, table, to: output)
            case .arrow: try await encoder.writeLines(.arrow, table, to: output)
            case .npy: try await encoder.writeNumpy(count: summary.n, to: output)
            }
        }.collected(when: Self.isSmall(summary))
    }

    /// Whether a result is answered in one piece, so that it carries its length.
    private static func isSmall(_ summary: ResultSummary) -> Bool {
        summary.n * (summary.d + 3) <= 65_536
    }

    /// The job, once it has succeeded.
    ///
    /// - Throws: `Problem` 404 while it is not done, 409 when it has no result.
    private func finishedJob(_ id: String) async throws -> Job {
        let job = try await job(id)
        switch job.state {
        case .succeeded: return job
        case .failed, .cancelled: throw noResult(job)
        case .queued, .running, .cancelling:
            throw Problem(
                .notFound, type: "/problems/result-not-ready", title: "The result is not ready",
                detail: "the job is \(job.state.rawValue); wait with GET /v1/jobs/\(id) and Prefer: wait=30",
                headers: [.retryAfter: "1"])
        }
    }

    private func stored(_ job: Job) async throws -> (summary: ResultSummary, chunks: AssignmentChunks) {
        guard let result = try await store.summary(job.id) else { throw try await missing("job", job.id) }
        let summary = try JSONDecoder().decode(ResultSummary.self, from: result.summary)
        let chunks = AssignmentChunks(count: result.chunkCount) { [self] index in
            guard let data = try await store.resultChunk(job.id, index: index) else {
                // It expired, or was deleted, while it was read.
                throw try await missing("job", job.id)
            }
            guard let chunk = AssignmentChunk(data) else {
                throw StorageError("read", "chunk \(index) of the result of \(job.id)", code: EINVAL)
            }
            return chunk
        }
        return (summary, chunks)
    }

    /// The points a job was given, with the names of their columns and what identifies them.
    ///
    /// - Throws: `Problem` 410 when they are no longer stored, 500 when they are damaged.
    private func input(of job: Job) async throws -> StoredTable {
        do {
            return try await soundTable(job.datasetVersion)
        } catch let error as StorageError where error.code == ENOENT {
            throw Problem(
                .gone, type: "/problems/dataset-gone", title: "The points are no longer stored",
                detail: "the labels alone are at /v1/jobs/\(job.id)/result/assignments?format=csv")
        }
    }
}
