import Foundation
import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

/// Appending where there is not enough room.
@Suite struct AppendQuotaTests {
    private func rows(_ count: Int, _ seed: Int = 0) -> String { (0..<count).map { "\($0 + seed),1\n" }.joined() }

    @Test func anAppendBeyondTheQuotaIsRefusedAndChangesNothing() async throws {
        let test = try await TestService { $0.storedBytes = 150_000 }
        #expect(try await test.send(.put, "/v1/datasets/a", body: rows(10_000)).status == 201)
        let before = try await test.send(.get, "/v1/datasets/a").text
        let over = try await test.send(.post, "/v1/datasets/a/rows", body: rows(10_000, 1))
        #expect(over.status == 429 && over.problem == "quota-exceeded", "\(over.text)")
        #expect(try await test.send(.get, "/v1/datasets/a").text == before)
        #expect(try test.directory.files(in: "datasets/content").count == 1)
        // The room that was taken meanwhile was given back.
        #expect(try await test.send(.post, "/v1/datasets/a/rows", body: rows(100, 1)).status == 200)
        await test.service.stop()
    }

    @Test func anAppendNeedsRoomOnlyForWhatItAdds() async throws {
        let test = try await TestService { $0.storedBytes = 200_000 }
        #expect(try await test.send(.put, "/v1/datasets/a", body: rows(10_000)).status == 201)
        for count in [10_000, 3_000] {
            let reply = try await test.send(.post, "/v1/datasets/a/rows", body: rows(count, 1))
            #expect(reply.status == 200, "\(reply.text)")
        }
        #expect(try await test.send(.post, "/v1/datasets/a/rows", body: rows(3_000, 1)).status == 429)
        await test.service.stop()
    }

    /// Each append writes the set anew, beside the one before.
    @Test func aSetThatGrewBeyondAllBodiesGoesOnGrowing() async throws {
        let test = try await TestService {
            $0.storedBytes = 400_000
            $0.datasetBytes = 40_000
        }
        #expect(try await test.send(.put, "/v1/datasets/a", body: rows(4_000)).status == 201)
        for seed in 1...11 {
            let reply = try await test.send(.post, "/v1/datasets/a/rows", body: rows(4_000, seed))
            #expect(reply.status == 200, "\(seed): \(reply.text)")
        }
        let over = try await test.send(.post, "/v1/datasets/a/rows", body: rows(4_000, 12))
        #expect(over.status == 429, "\(over.text)")
        await test.service.stop()
    }

    @Test func aBodyLongerThanTheLimitIsRefused() async throws {
        let test = try await TestService { $0.datasetBytes = 1_000 }
        let over = try await test.send(.put, "/v1/datasets/a", body: rows(1_000))
        #expect(over.status == 413 && over.problem == "content-too-large", "\(over.text)")
        await test.service.stop()
    }
}
