import Foundation
import Testing

extension EndToEnd {
    /// Lists of jobs, and submissions that are repeated.
    @Suite struct JobListTests {
        private let points = SamplePoints.blobs(2, of: 5, dimension: 2)

        @Test func jobsAreListedNewestFirstPageByPage() async throws {
            try await withService { service in
                try await service.put(points.csv, as: "points")
                var started: [String] = []
                for _ in 0..<5 { started.append(try await service.startJob(["dataset": "points"])) }
                var pages: [[String]] = []
                var target: String? = "/v1/jobs?dataset=points&page_size=2"
                while let next = target, pages.count < 10 {
                    let answer = try await service.curl(next)
                    let page = try answer.json()
                    pages.append(try #require(page["jobs"]?.array).compactMap { $0["id"]?.string })
                    // Jobs that come in between do not shift the pages.
                    if pages.count == 1 { _ = try await service.startJob(["dataset": "points"]) }
                    let token = try #require(page["next_page_token"]?.string)
                    let link = answer["Link"]?.firstMatch(of: #/^<(.+)>; rel="next"$/#).map { String($0.1) }
                    #expect((link == nil) == token.isEmpty)
                    #expect(link?.contains("page_size=2") ?? true)
                    target = link
                }
                #expect(pages.map(\.count) == [2, 2, 1])
                #expect(pages.flatMap(\.self) == started.reversed())
            }
        }

        @Test func listsAreFiltered() async throws {
            try await withService("--workers", "1") { service in
                try await service.put(points.csv, as: "points")
                try await service.putLongJobPoints(as: "long")
                let done = try await service.startJob(["dataset": "points", "labels": ["run": "a&b=c"]])
                _ = try await service.finishedJob(done)
                let running = try await service.startLongJob(on: "long")
                try await service.awaitRunning(running)
                let queued = try await service.startJob(["dataset": "points", "labels": ["run": "2"]])
                func list(_ query: String) async throws -> [String] {
                    try await service.curl("/v1/jobs?\(query)").json()["jobs"]?.array?.compactMap { $0["id"]?.string }
                        ?? []
                }
                #expect(try await list("") == [queued, running, done])
                #expect(try await list("state=succeeded") == [done])
                #expect(try await list("state=running,queued") == [queued, running])
                #expect(try await list("dataset=points") == [queued, done])
                #expect(try await list("dataset=points&state=queued") == [queued])
                #expect(try await list("label=run%3D2") == [queued])
                #expect(try await list("label=run=a%26b=c") == [done])
                #expect(try await list("label=run=none") == [])
            }
        }

        @Test(arguments: [
            "state=done", "label=x", "page_size=0", "page_size=1001", "page_size=ten", "page_token=abc", "stat=queued",
        ])
        func badQueriesAreRefused(query: String) async throws {
            try await withService { service in
                let name = String(query.prefix { $0 != "=" })
                try await service.curl("/v1/jobs?\(query)").expectProblem(422, "invalid-parameter", mentions: name)
            }
        }

        @Test func aRepeatedSubmissionReturnsTheFirstJob() async throws {
            try await withService { service in
                try await service.put(points.csv, as: "points")
                let body: JSON = ["dataset": "points", "k": 2, "seed": 3]
                let first = try await service.post("/v1/jobs", json: body, "-H", "Idempotency-Key: \"nightly-07\"")
                #expect(first.status == 201 && first["Idempotent-Replayed"] == nil)
                // Without quotes it is the same key, and the order of the members does not matter.
                let again = try await service.curl(
                    "/v1/jobs", "-H", "Idempotency-Key: nightly-07", "--json", #"{"seed":3,"k":2,"dataset":"points"}"#)
                #expect(again.status == 201 && again["Idempotent-Replayed"] == "true")
                #expect(again["Location"] == first["Location"])
                #expect(try again.json()["id"] == (try first.json()["id"]))
                let other = try await service.post("/v1/jobs", json: body, "-H", "Idempotency-Key: other")
                #expect(other["Location"] != first["Location"])
                #expect(try await service.curl("/v1/jobs").json()["jobs"]?.array?.count == 2)
                let changed = try await service.post(
                    "/v1/jobs", json: ["dataset": "points", "k": 1], "-H", "Idempotency-Key: nightly-07")
                try changed.expectProblem(422, "idempotency-key-reused")
                let bad = try await service.post("/v1/jobs", json: body, "-H", "Idempotency-Key: \"\"")
                try bad.expectProblem(400, "invalid-idempotency-key")
            }
        }
    }
}
