import Foundation
import Testing

extension EndToEnd {
    /// Following a job as it goes.
    @Suite struct EventTests {
        /// The fields of each event of a stream, comments left out.
        private func events(_ text: String) -> [[String: String]] {
            text.components(separatedBy: "\n\n").compactMap { block in
                let lines = block.split(separator: "\n").filter { !$0.hasPrefix(":") }
                guard !lines.isEmpty else { return nil }
                return Dictionary(
                    lines.map { line in
                        let parts = line.split(separator: ":", maxSplits: 1).map {
                            $0.trimmingCharacters(in: .whitespaces)
                        }
                        return (parts[0], parts.count > 1 ? parts[1] : "")
                    }, uniquingKeysWith: { first, _ in first })
            }
        }

        @Test func aStreamShowsProgressAndEndsWithTheJob() async throws {
            try await withService { service in
                try await service.putLongJobPoints(as: "long")
                let id = try await service.startLongJob(on: "long", seconds: 2)
                let answer = try await service.curl("/v1/jobs/\(id)/events", "-N")
                #expect(answer.status == 200 && answer["Content-Type"] == "text/event-stream")
                let events = events(answer.text)
                #expect(events.last?["event"] == "done")
                #expect(events.dropLast().allSatisfy { $0["event"] == "progress" } && events.count >= 3)
                let ids = events.compactMap { $0["id"] }
                #expect(ids.count == events.count && Set(ids).count == ids.count)
                let last = try JSON(Data(try #require(events.last?["data"]).utf8))
                #expect(last["id"] == .string(id) && last["done"] == true)
            }
        }

        @Test func aFinishedJobIsOneEvent() async throws {
            try await withService { service in
                try await service.put(SamplePoints.blobs(3, of: 20, dimension: 2).csv, as: "points")
                let id = try await service.startJob(["dataset": "points", "k": 3])
                _ = try await service.finishedJob(id)
                let answer = try await service.curl("/v1/jobs/\(id)/events", "-H", "Accept: application/x-ndjson")
                #expect(answer["Content-Type"] == "application/x-ndjson")
                let lines = answer.text.split(separator: "\n")
                #expect(lines.count == 1)
                let event = try JSON(Data(try #require(lines.first).utf8))
                #expect(event["event"] == "done" && event["job"]?["state"] == "succeeded")
            }
        }

        @Test func aStopEndsTheStreamWithAnEvent() async throws {
            let directory = try TemporaryDirectory()
            let service = try await ClusterdService(dataDirectory: directory.path)
            try await service.putLongJobPoints(as: "long")
            let id = try await service.startLongJob(on: "long")
            try await service.awaitRunning(id)
            async let answer = service.curl("/v1/jobs/\(id)/events", "-N")
            try await Task.sleep(for: .milliseconds(700))
            #expect(await service.end() == 0)
            #expect(events(try await answer.text).last?["event"] == "draining")
        }
    }
}
