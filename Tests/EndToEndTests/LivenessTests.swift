import Foundation
import Testing

extension EndToEnd {
    /// The service answers while it computes.
    @Suite struct LivenessTests {
        @Test func pollsAreAnsweredWhileAJobTrains() async throws {
            try await withService { service in
                try await service.putLongJobPoints(as: "long")
                let id = try await service.startLongJob(on: "long")
                try await service.awaitRunning(id)
                // One curl, 200 requests one after the other: what starting a process takes does not count.
                let request = "url = \"\(service.address)/v1/jobs/\(id)\"\noutput = /dev/null\n"
                var command = Command(
                    "/usr/bin/env", ["curl", "-sS", "-K", "-", "-w", "%{http_code} %{time_total}\n"])
                command.input = Data(String(repeating: request, count: 200).utf8)
                let outcome = try await command.run()
                #expect(outcome.status == 0, "\(outcome.errors)")
                let lines = outcome.text.split(separator: "\n").map { $0.split(separator: " ") }
                #expect(lines.count == 200 && lines.allSatisfy { $0.first == "200" })
                let seconds = lines.compactMap { Double($0[1]) }.sorted()
                // Other tests run on the same cores, so only half of the polls must be quick and none may hang.
                #expect(seconds[100] < 0.1, "the median of 200 polls is \(seconds[100]) s")
                #expect(seconds[199] < 2, "the slowest of 200 polls took \(seconds[199]) s")
                #expect(try await service.job(id)["state"] == "running")
            }
        }

        @Test func probesAndListsAnswerWhileAJobTrains() async throws {
            try await withService("--workers", "2") { service in
                try await service.putLongJobPoints(as: "long")
                for _ in 0..<2 { try await service.awaitRunning(try await service.startLongJob(on: "long")) }
                for target in ["/livez", "/readyz", "/v1", "/", "/v1/jobs", "/v1/datasets", "/v1/models"] {
                    #expect(try await service.curl(target).status == 200, "\(target)")
                }
                // A small set does not wait behind the two: it becomes a job that can be polled.
                let answer = try await service.curl(
                    "/v1/cluster", "-H", "Prefer: wait=0", "--data-binary", "@\(LabelledSet.iris.file)")
                #expect(answer.status == 202)
            }
        }

        @Test func manyCallsAtOnceAreAllAnswered() async throws {
            try await withService("--workers", "2") { service in
                let agreements = try await withThrowingTaskGroup(of: Double.self) { group in
                    for number in 1...24 {
                        group.addTask {
                            let points = SamplePoints.blobs(3, of: 40, dimension: 2, seed: UInt64(number))
                            let answer = try await service.curl(
                                "/v1/cluster?k=3", "-H", "Prefer: wait=60", "--data-binary", "@-", input: points.csv)
                            let labels = try answer.json()["assignments"]?.ints ?? []
                            return adjustedRandIndex(labels, points.labels)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(agreements.count == 24 && agreements.allSatisfy { $0 == 1 })
            }
        }
    }
}
