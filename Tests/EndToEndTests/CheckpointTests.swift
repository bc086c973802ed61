import Foundation
import Testing

extension EndToEnd {
    /// Training that goes on where the end of the process cut it off.
    @Suite struct CheckpointTests {
        @Test(
            arguments: [
                [
                    "solver": "gradient", "preprocessing": "none", "tolerance": 0, "max_steps": 1_200,
                    "refinement": "none",
                ],
                [
                    "solver": "gradient", "preprocessing": "none", "tolerance": 0, "max_steps": 900,
                    "refinement": "full",
                ],
            ] as [[String: JSON]])
        func aKilledJobGoesOnAndEndsTheSame(members: [String: JSON]) async throws {
            let directory = try TemporaryDirectory()
            let flags = ["--workers", "1", "--checkpoint-interval", "0.05"]
            let first = try await ClusterdService(dataDirectory: directory.path, flags)
            try await first.putLongJobPoints(as: "long")
            let request = JSON.object(members.merging(["dataset": "long", "k": 4]) { own, _ in own })
            let whole = try await first.startJob(request)
            _ = try await first.finishedJob(whole)
            let expected = try await result(of: whole, at: first)

            let cut = try await first.startJob(request)
            try await first.awaitRunning(cut)
            let files = "\(directory.path)/checkpoints"
            try await eventually("a checkpoint is written") {
                try FileManager.default.contentsOfDirectory(atPath: files) == ["\(cut).ckpt"]
            }
            _ = await first.end(SIGKILL)

            let second = try await ClusterdService(dataDirectory: directory.path, flags)
            let job = try await second.finishedJob(cut)
            #expect(job["state"] == "succeeded" && job["attempt"] == 2)
            #expect(second.log.contains("job \(cut) goes on from its checkpoint"))
            #expect(try await result(of: cut, at: second) == expected)
            try await eventually("the checkpoint is removed") {
                try FileManager.default.contentsOfDirectory(atPath: files).isEmpty
            }
            #expect(await second.end() == 0)
        }

        /// The result without the names of its job and its model.
        private func result(of job: String, at service: ClusterdService) async throws -> String {
            let text = try await service.curl("/v1/jobs/\(job)/result").text
            let name = String(job.drop { $0 != "_" })
            return text.replacingOccurrences(of: name, with: "_x")
        }
    }
}
