import Foundation
import Testing

extension ClusterdService {
    /// Sends JSON by POST.
    func post(_ target: String, json: JSON, _ arguments: String...) async throws -> Answer {
        try await curl(
            target, ["-H", "Content-Type: application/json", "--data-binary", "@-"] + arguments,
            input: Data("\(json)".utf8))
    }

    /// Stores points under a name and expects that this works.
    func put(_ points: Data, as name: String) async throws {
        let answer = try await curl("/v1/datasets/\(name)", "-T", "-", input: points)
        try #require([200, 201].contains(answer.status), "\(answer.text)")
    }

    /// Starts a job and expects that this works.
    func startJob(_ members: JSON) async throws -> String {
        let answer = try await post("/v1/jobs", json: members)
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(try answer.json()["id"]?.string)
    }

    /// Starts a job that trains until it is stopped, or for `seconds` of work.
    ///
    /// The gradient solver never moves by less than a tolerance of 0.
    func startLongJob(on dataset: String, seconds: Double? = nil, _ members: [String: JSON] = [:]) async throws
        -> String
    {
        var request: [String: JSON] = [
            "dataset": .string(dataset), "k": 4, "solver": "gradient", "preprocessing": "none", "tolerance": 0,
            "max_steps": 10_000_000,
        ]
        if let seconds { request["time_budget_seconds"] = .number(seconds) }
        return try await startJob(.object(request.merging(members) { _, own in own }))
    }

    /// The points that ``startLongJob(on:seconds:_:)`` likes: wide enough that every step reads them all.
    func putLongJobPoints(as name: String) async throws {
        try await put(SamplePoints.blobs(4, of: 2_000, dimension: 20).npy, as: name)
    }

    func job(_ id: String) async throws -> JSON {
        let answer = try await curl("/v1/jobs/\(id)")
        try #require(answer.status == 200, "\(answer.text)")
        return try answer.json()
    }

    /// The job once it is done.
    func finishedJob(_ id: String) async throws -> JSON {
        for _ in 0..<3 {
            let answer = try await curl("/v1/jobs/\(id)", "-H", "Prefer: wait=20")
            try #require(answer.status == 200, "\(answer.text)")
            let job = try answer.json()
            if job["done"]?.bool == true { return job }
        }
        throw Unfinished(description: "the job \(id) does not end: \(try await job(id))\n\(log)")
    }

    /// Waits until a worker has taken the job.
    func awaitRunning(_ id: String) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            let job = try await job(id)
            if job["state"] == "running" { return }
            try #require(job["state"] == "queued", "the job ended while its start was awaited: \(job)")
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Unfinished(description: "the job \(id) does not start: \(log)")
    }

    struct Unfinished: Error, CustomStringConvertible {
        let description: String
    }
}
