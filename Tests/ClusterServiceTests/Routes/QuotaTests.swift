import Foundation
import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

/// What happens when there is no room.
@Suite struct QuotaTests {
    private func rows(_ count: Int, _ seed: Int = 0) -> String { (0..<count).map { "\($0 + seed),1\n" }.joined() }

    @Test func storedBytesAreBounded() async throws {
        let test = try await TestService { $0.storedBytes = 100_000 }
        #expect(try await test.send(.put, "/v1/datasets/a", body: rows(10_000)).status == 201)
        let over = try await test.send(.put, "/v1/datasets/b", body: rows(10_000, 1))
        #expect(over.status == 429 && over.problem == "quota-exceeded", "\(over.text)")
        #expect(over.headers[.retryAfter] != nil && over.text.contains("100000 bytes"))
        // What was refused gave its room back, and the same content needs none for long.
        #expect(try await test.send(.put, "/v1/datasets/c", body: rows(1_000, 1)).status == 201)
        #expect(try await test.send(.put, "/v1/datasets/d", body: rows(1_000, 1)).status == 201)
        #expect(try test.directory.files(in: "datasets/content").count == 2)
        #expect(try await test.send(.delete, "/v1/datasets/a").status == 204)
        try await test.service.datasets.sweep { _ in [] }
        #expect(try await test.send(.put, "/v1/datasets/b", body: rows(10_000, 1)).status == 201)
        await test.service.stop()
    }

    @Test func onlyWhatAnUploadAddsCounts() async throws {
        let test = try await TestService { $0.storedBytes = 100_000 }
        #expect(try await test.send(.put, "/v1/datasets/a", body: rows(10_000)).status == 201)
        // The same content again, under its name and another.
        #expect(try await test.send(.put, "/v1/datasets/a", body: rows(10_000)).status == 200)
        #expect(try await test.send(.put, "/v1/datasets/b", body: rows(10_000)).status == 201)
        // Other content in its place, while another name needs the old, and when none does.
        #expect(try await test.send(.put, "/v1/datasets/a", body: rows(10_000, 1)).status == 429)
        #expect(try await test.send(.delete, "/v1/datasets/b").status == 204)
        for seed in 1...3 {
            let reply = try await test.send(.put, "/v1/datasets/a", body: rows(10_000, seed))
            #expect(reply.status == 200, "\(reply.text)")
        }
        #expect(try await test.send(.put, "/v1/datasets/c", body: rows(10_000)).status == 429)
        try await test.service.datasets.sweep { _ in [] }
        #expect(try test.directory.files(in: "datasets/content").count == 1)
        #expect(test.service.datasets.usage.bytes < 100_000)
        await test.service.stop()
    }

    @Test func contentThatJobsNeedIsNotFreed() async throws {
        let test = try await TestService { $0.storedBytes = 100_000 }
        #expect(try await test.send(.put, "/v1/datasets/a", body: rows(10_000)).status == 201)
        let job = try await test.post("/v1/jobs", json: #"{"dataset":"a","k":2}"#)
        #expect(job.status == 201, "\(job.text)")
        #expect(try await test.send(.put, "/v1/datasets/a", body: rows(10_000, 1)).status == 429)
        await test.service.stop()
    }

    @Test func whatAnEarlierRunStoredCounts() async throws {
        let directory = try TemporaryDirectory()
        let first = try await TestService(directory)
        #expect(try await first.send(.put, "/v1/datasets/a", body: rows(10_000)).status == 201)
        await first.service.stop()
        let store = try DatasetStore(
            directory: "\(directory.path)/datasets",
            limits: {
                var limits = ServiceLimits(); limits.storedBytes = 80_200; return limits
            }())
        #expect(throws: StorageQuotaExceeded(limit: 80_200)) {
            let writer = try store.writer()
            try writer.append(rows: [[1]])
            _ = try store.commit(writer, columns: nil)
        }
    }

    @Test func theNumberOfDatasetsIsBounded() async throws {
        let test = try await TestService { $0.datasets = 2 }
        for name in ["a", "b", "a"] {
            #expect(try await test.send(.put, "/v1/datasets/\(name)", body: "1,2\n3,4\n").status < 300)
        }
        let over = try await test.send(.put, "/v1/datasets/c", body: "no points")
        #expect(over.status == 429 && over.text.contains("2 datasets"), "\(over.text)")
        #expect(try await test.send(.delete, "/v1/datasets/a").status == 204)
        #expect(try await test.send(.put, "/v1/datasets/c", body: "1,2\n3,4\n").status == 201)
        await test.service.stop()
    }

    @Test func leftoversGoAtTheStart() throws {
        let sample = try SampleStore()
        try sample.put("a", [[1], [2]])
        for path in ["content/x.part", "names/a.json.new"] {
            _ = FileManager.default.createFile(atPath: "\(sample.directory.path)/\(path)", contents: Data([1]))
        }
        let store = try sample.reopened()
        #expect(store.entry("a") != nil)
        #expect(try sample.directory.files(in: "names") == ["a.json"])
        #expect(try sample.content.count == 1)
    }
}
