import Foundation
import HTTPTypes
import JobStore
import Testing

@testable import ClusterService

/// What is left of a running job when the service stops.
@Suite struct StopTests {
    @Test func aRunningJobIsSavedAndGoesOnFromThere() async throws {
        let directory = try TemporaryDirectory()
        let fraction: Double
        let id: String
        do {
            let test = try await TestService(directory)
            id = try await test.startLongJob()
            // Far less than the interval between checkpoints: only the stop can have made one.
            while test.service.board.entry(id)?.iteration ?? 0 < 5 { try await Task.sleep(for: .milliseconds(5)) }
            await test.service.stop()
            let job = try #require(try await test.service.store.job(id))
            #expect(job.state == .queued && job.attempt == 1 && job.releases == 1, "a stop costs no attempt")
            fraction = test.service.board.restingFraction(id)
            #expect(fraction > 0)
        }
        #expect(try directory.files(in: "checkpoints") == ["\(id).ckpt"])
        let saved = try #require(CheckpointFile.fraction(ofFile: "\(directory.path)/checkpoints/\(id).ckpt"))
        #expect(saved > 0 && saved <= fraction)

        let again = try await TestService(directory)
        var seen: [Double] = []
        while try await again.service.store.job(id)?.state != .running || seen.count < 5 {
            let progress = try await again.send(.get, "/v1/jobs/\(id)").json["progress"]
            if case .number(let shown)? = progress?["fraction"] { seen.append(shown) }
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(seen.allSatisfy { $0 >= (saved * 1000).rounded(.down) / 1000 }, "\(saved) \(seen)")
        #expect(seen == seen.sorted())
        _ = try await again.send(.post, "/v1/jobs/\(id)/cancel")
        await again.service.stop()
    }
}
