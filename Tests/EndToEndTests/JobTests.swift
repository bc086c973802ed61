import Foundation
import Testing

extension EndToEnd {
    /// Training in the background, from submission to the end.
    @Suite struct JobTests {
        private let points = SamplePoints.blobs(3, of: 20, dimension: 2)

        @Test func aJobGoesFromQueuedToSucceeded() async throws {
            try await withService { service in
                try await service.put(points.csv, as: "points")
                let created = try await service.post(
                    "/v1/jobs", json: ["dataset": "points", "k": 3, "seed": 7, "labels": ["team": "ml"]])
                #expect(created.status == 201)
                let job = try created.json()
                let id = try #require(job["id"]?.string)
                #expect(created["Location"] == "/v1/jobs/\(id)")
                #expect(["queued", "running"].contains(job["state"]) && job["done"] == false)
                #expect(job["dataset"] == "points" && job["labels"] == ["team": "ml"])
                #expect(job["params"]?["k"] == 3 && job["params"]?["seed"] == 7 && job["params"]?["rho"] == 0.5)
                let answer = try await service.curl("/v1/jobs/\(id)", "-H", "Prefer: wait=30")
                #expect(answer["Preference-Applied"] == "wait=30" && answer["Retry-After"] == nil)
                let done = try answer.json()
                #expect(done["state"] == "succeeded" && done["done"] == true)
                #expect(done["progress"]?["fraction"] == 1 && done["attempt"] == 1)
                #expect(["converged", "max_iterations"].contains(done["stop_reason"]))
                let times = ["created_at", "started_at", "finished_at", "expires_at"].compactMap { done[$0]?.string }
                #expect(times.count == 4 && times == times.sorted())
                let result = try await service.curl("/v1/jobs/\(id)/result").json()
                #expect(result["job"] == .string(id) && result["model"] == done["model"])
                #expect(adjustedRandIndex(try #require(result["assignments"]?.ints), points.labels) == 1)
            }
        }

        @Test func centroidsAndAssignmentsArePartsOfTheResult() async throws {
            try await withService { service in
                try await service.put(points.csv, as: "points")
                let id = try await service.startJob(["dataset": "points", "k": 3])
                _ = try await service.finishedJob(id)
                let result = try await service.curl("/v1/jobs/\(id)/result").json()
                let centroids = try await service.curl("/v1/jobs/\(id)/result/centroids").json()
                for (name, value) in try #require(centroids.members) { #expect(result[name] == value, "\(name)") }
                let assignments = try await service.curl("/v1/jobs/\(id)/result/assignments").json()
                for (name, value) in try #require(assignments.members) { #expect(result[name] == value, "\(name)") }
                let csv = try await service.curl("/v1/jobs/\(id)/result/centroids?format=csv").text
                let lines = csv.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
                #expect(lines.first == ["cluster", "x1", "x2", "size", "weight"] && lines.count == 4)
                #expect(
                    lines.dropFirst().map { $0.compactMap { Double($0) }[1...2].map(\.self) }
                        == result["centroids"]?.rows)
                let labels = try await service.curl("/v1/jobs/\(id)/result/assignments", "-H", "Accept: text/csv").text
                #expect(labels.hasPrefix("cluster,distance,confidence\n"))
                let found = labels.split(separator: "\n").dropFirst().map { Int($0.prefix { $0 != "," }) }
                #expect(found == result["assignments"]?.ints)
            }
        }

        @Test func waitingEndsWithTheJobOrWithTheTime() async throws {
            try await withService { service in
                try await service.putLongJobPoints(as: "long")
                let id = try await service.startLongJob(on: "long", seconds: 2)
                let clock = ContinuousClock()
                var answer: Answer?
                let short = try await clock.measure {
                    answer = try await service.curl("/v1/jobs/\(id)", "-H", "Prefer: wait=1")
                }
                #expect(short >= .seconds(1) && short < .seconds(10))
                #expect(answer?["Retry-After"] != nil && answer?["Preference-Applied"] == "wait=1")
                #expect(try answer?.json()["done"] == false)
                let long = try await clock.measure {
                    answer = try await service.curl("/v1/jobs/\(id)", "-H", "Prefer: wait=60")
                }
                #expect(long < .seconds(30))
                #expect(try answer?.json()["done"] == true)
            }
        }

        @Test func aKnownStateIsNotSentAgain() async throws {
            try await withService { service in
                try await service.putLongJobPoints(as: "long")
                let id = try await service.startLongJob(on: "long")
                try await service.awaitRunning(id)
                let running = try await service.curl("/v1/jobs/\(id)")
                // With a wait it comes as soon as anything changes, here the progress.
                let tag = try #require(running["ETag"])
                let next = try await service.curl(
                    "/v1/jobs/\(id)", "-H", "Prefer: wait=30", "-H", "If-None-Match: \(tag)")
                #expect(next.status == 200 && next["ETag"] != tag)
                _ = try await service.curl("/v1/jobs/\(id)/cancel", "-X", "POST")
                _ = try await service.finishedJob(id)
                let last = try #require(try await service.curl("/v1/jobs/\(id)")["ETag"])
                let known = try await service.curl("/v1/jobs/\(id)", "-H", "If-None-Match: \(last)")
                #expect(known.status == 304 && known.body.isEmpty && known["ETag"] == last)
                let changed = try await service.curl("/v1/jobs/\(id)", "-H", "If-None-Match: \(tag)")
                #expect(changed.status == 200)
            }
        }

        @Test func progressNeverFalls() async throws {
            try await withService { service in
                try await service.putLongJobPoints(as: "long")
                let id = try await service.startLongJob(on: "long", seconds: 2)
                var fractions: [Double] = []
                var job = try await service.job(id)
                while job["done"] == false {
                    fractions.append(try #require(job["progress"]?["fraction"]?.double))
                    try await Task.sleep(for: .milliseconds(50))
                    job = try await service.job(id)
                }
                #expect(fractions.count > 10)
                #expect(fractions == fractions.sorted() && fractions.allSatisfy { $0 >= 0 && $0 <= 1 })
                #expect(job["progress"]?["fraction"] == 1)
            }
        }

        @Test func aQueuedJobIsCancelledAtOnce() async throws {
            try await withService("--workers", "1") { service in
                try await service.putLongJobPoints(as: "long")
                let first = try await service.startLongJob(on: "long")
                try await service.awaitRunning(first)
                let second = try await service.startLongJob(on: "long")
                let answer = try await service.curl("/v1/jobs/\(second)/cancel", "-X", "POST")
                #expect(answer.status == 202)
                let job = try answer.json()
                #expect(job["state"] == "cancelled" && job["done"] == true && job["finished_at"]?.string != nil)
                let again = try await service.curl("/v1/jobs/\(second)/cancel", "-X", "POST")
                #expect(again.status == 200)
                #expect(try again.json() == job)
                #expect(try await service.job(first)["state"] == "running")
            }
        }

        @Test func aRunningJobIsCancelledSoon() async throws {
            try await withService { service in
                try await service.putLongJobPoints(as: "long")
                let id = try await service.startLongJob(on: "long")
                try await service.awaitRunning(id)
                try await service.curl("/v1/jobs/\(id)", "-X", "DELETE").expectProblem(409, "job-active")
                let answer = try await service.curl("/v1/jobs/\(id)/cancel", "-X", "POST")
                #expect(answer.status == 202)
                let job = try await service.finishedJob(id)
                #expect(job["state"] == "cancelled" && job["model"] == .null && job["error"] == .null)
                try await service.curl("/v1/jobs/\(id)/result").expectProblem(409, "no-result", mentions: "cancelled")
                #expect(try await service.curl("/v1/jobs/\(id)", "-X", "DELETE").status == 204)
                try await service.curl("/v1/jobs/\(id)").expectProblem(404, "no-such-job")
            }
        }

        /// The two ways in which heads are trained, each with its two solvers.
        @Test(arguments: ["gradient", "fixed_point"], ["lift", "none"])
        func trainingStopsWhenItIsTold(solver: String, preprocessing: String) async throws {
            try await withService { service in
                try await service.putLongJobPoints(as: "long")
                let members: [String: JSON] = ["solver": .string(solver), "preprocessing": .string(preprocessing)]
                let id = try await service.startLongJob(on: "long", members)
                try await Task.sleep(for: .milliseconds(200))
                _ = try await service.curl("/v1/jobs/\(id)/cancel", "-X", "POST")
                let answer = try await service.curl("/v1/jobs/\(id)", "-H", "Prefer: wait=15")
                #expect(try answer.json()["done"] == true, "\(answer.text)")
            }
        }

        @Test func cancellingTheJobOfAWaitingCallEndsTheCall() async throws {
            try await withService { service in
                let body = SamplePoints.blobs(4, of: 2_000, dimension: 20).npy
                let query = "k=4&solver=gradient&preprocessing=none&tolerance=0&max_steps=10000000"
                async let waiting = service.curl(
                    "/v1/cluster?\(query)", "-H", "Prefer: wait=50", "--data-binary", "@-", input: body)
                var id: String?
                try await eventually("the job is listed") {
                    id = try await service.curl("/v1/jobs?state=running").json()["jobs"]?[0]?["id"]?.string
                    return id != nil
                }
                _ = try await service.curl("/v1/jobs/\(id ?? "")/cancel", "-X", "POST")
                try await waiting.expectProblem(409, "no-result", mentions: "cancelled")
            }
        }

        @Test func aResultThatIsNotReadySaysWhenToComeBack() async throws {
            try await withService { service in
                try await service.putLongJobPoints(as: "long")
                let id = try await service.startLongJob(on: "long")
                for part in ["", "/centroids", "/assignments"] {
                    let answer = try await service.curl("/v1/jobs/\(id)/result\(part)")
                    try answer.expectProblem(404, "result-not-ready")
                    #expect(answer["Retry-After"].flatMap { Int($0) } ?? 0 >= 1)
                }
            }
        }

        @Test func aJobWhosePointsAreGoneFailsAndSaysSo() async throws {
            try await withService("--workers", "1") { service in
                try await service.putLongJobPoints(as: "long")
                let first = try await service.startLongJob(on: "long")
                try await service.awaitRunning(first)
                try await service.put(points.csv, as: "points")
                let digest = try #require(try await service.curl("/v1/datasets/points").json()["digest"]?.string)
                let id = try await service.startJob(["dataset": "points", "k": 3])
                let file = "\(service.dataDirectory)/datasets/content/\(digest.dropFirst("sha-256:".count)).points"
                try FileManager.default.removeItem(atPath: file)
                _ = try await service.curl("/v1/jobs/\(first)/cancel", "-X", "POST")
                let job = try await service.finishedJob(id)
                #expect(job["state"] == "failed" && job["stop_reason"] == .null)
                #expect(job["error"]?["status"] == 410 && job["error"]?["type"] == "/problems/dataset-gone")
                try await service.curl("/v1/jobs/\(id)/result").expectProblem(
                    409, "no-result", mentions: "upload the points again")
            }
        }
    }
}
