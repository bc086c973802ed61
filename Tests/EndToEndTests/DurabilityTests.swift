import Foundation
import Testing

extension EndToEnd {
    /// What survives the end of the process, however it ends.
    @Suite struct DurabilityTests {
        private let iris = LabelledSet.iris.file

        @Test func acceptedWorkSurvivesAKill() async throws {
            let directory = try TemporaryDirectory()
            let first = try await ClusterdService(dataDirectory: directory.path, ["--workers", "1"])
            _ = try await first.curl("/v1/datasets/", "-T", iris)
            let dataset = try await first.curl("/v1/datasets/iris.csv")
            let finished = try await first.startJob(["dataset": "iris.csv", "k": 3])
            let job = try await first.finishedJob(finished)
            let result = try await first.curl("/v1/jobs/\(finished)/result")
            try await first.putLongJobPoints(as: "long")
            let cut = try await first.startLongJob(on: "long", seconds: 2)
            let waiting = try await first.startJob(["dataset": "iris.csv", "k": 2])
            try await first.awaitRunning(cut)
            #expect(await first.end(SIGKILL) == 128 + SIGKILL)

            let second = try await ClusterdService(dataDirectory: directory.path, ["--workers", "1"])
            #expect(try await second.curl("/v1/datasets/iris.csv").body == dataset.body)
            #expect(try await second.job(finished) == job)
            #expect(try await second.curl("/v1/jobs/\(finished)/result").body == result.body)
            let rerun = try await second.finishedJob(cut)
            #expect(rerun["state"] == "succeeded" && rerun["attempt"] == 2)
            #expect(try await second.finishedJob(waiting)["state"] == "succeeded")
            #expect(try await second.curl("/v1/jobs/\(cut)/result").json()["n"] == 8_000)
            #expect(await second.end() == 0)
        }

        @Test func aTerminatedServiceEndsWellAndItsJobRunsAgain() async throws {
            let directory = try TemporaryDirectory()
            let first = try await ClusterdService(dataDirectory: directory.path)
            try await first.putLongJobPoints(as: "long")
            let id = try await first.startLongJob(on: "long", seconds: 3)
            try await first.awaitRunning(id)
            let duration = await ContinuousClock().measure { #expect(await first.end(SIGTERM) == 0) }
            #expect(duration < .seconds(20))

            let second = try await ClusterdService(dataDirectory: directory.path)
            let job = try await second.finishedJob(id)
            #expect(job["state"] == "succeeded" && job["stop_reason"] == "time_budget")
            #expect(await second.end(SIGINT) == 0)
        }

        @Test func aCancelThatWasAcceptedSurvivesAKill() async throws {
            let directory = try TemporaryDirectory()
            let first = try await ClusterdService(dataDirectory: directory.path, ["--workers", "1"])
            try await first.putLongJobPoints(as: "long")
            let running = try await first.startLongJob(on: "long")
            try await first.awaitRunning(running)
            let queued = try await first.startLongJob(on: "long")
            for id in [queued, running] { _ = try await first.curl("/v1/jobs/\(id)/cancel", "-X", "POST") }
            _ = await first.end(SIGKILL)

            let second = try await ClusterdService(dataDirectory: directory.path)
            for id in [queued, running] { #expect(try await second.finishedJob(id)["state"] == "cancelled") }
            #expect(await second.end() == 0)
        }

        @Test func aKillDuringAnUploadLeavesNoHalfDataset() async throws {
            let directory = try TemporaryDirectory()
            let first = try await ClusterdService(dataDirectory: directory.path)
            let connection = try RawConnection(to: first)
            try connection.send(
                "PUT /v1/datasets/half HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 100000\r\n\r\n1,2\n3,4\n")
            let content = "\(directory.path)/datasets/content"
            try await eventually("the upload begins") {
                try FileManager.default.contentsOfDirectory(atPath: content) != []
            }
            _ = await first.end(SIGKILL)

            let second = try await ClusterdService(dataDirectory: directory.path)
            #expect(try FileManager.default.contentsOfDirectory(atPath: content) == [])
            #expect(try await second.curl("/v1/datasets").json() == ["datasets": []])
            #expect(await second.end() == 0)
        }

        @Test func resultsAreKeptAsLongAsTheCommandLineSays() async throws {
            let directory = try TemporaryDirectory()
            let flags = ["--cluster-retention", "1s", "--gone-lifetime", "1h", "--memory-budget", "1GiB"]
            let service = try await ClusterdService(dataDirectory: directory.path, flags)
            let limits = try await service.curl("/v1").json()["limits"]
            #expect(limits?["cluster_retention_seconds"] == 1 && limits?["memory_bytes"] == 1_073_741_824)
            let result = try await service.curl("/v1/cluster?k=2", "--data-binary", "@\(iris)").json()
            let job = try #require(result["job"]?.string)
            try await eventually("the job expires") { try await service.curl("/v1/jobs/\(job)").status == 410 }
            try await eventually("its points go") {
                try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/datasets/content") == []
            }
            #expect(await service.end() == 0)
        }

        @Test func aSecondServiceIsKeptOffTheDirectory() async throws {
            try await withService { service in
                let outcome = try await Command(
                    ClusterdBinary.path, ["serve", "--port", "0", "--data-dir", service.dataDirectory]
                ).run()
                #expect(outcome.status != 0)
                #expect(outcome.errors.contains("another clusterd uses the data directory \(service.dataDirectory)"))
                #expect(outcome.errors.contains("--data-dir"))
                #expect(outcome.text.isEmpty)
                #expect(try await service.curl("/readyz").status == 200)
            }
        }

        @Test func aPortInUseIsNamed() async throws {
            try await withService { service in
                let directory = try TemporaryDirectory()
                let outcome = try await Command(
                    ClusterdBinary.path, ["serve", "--port", "\(service.port)", "--data-dir", directory.path]
                ).run()
                #expect(outcome.status != 0)
                #expect(outcome.errors.contains("port \(service.port) on 127.0.0.1 is already in use"))
            }
        }
    }
}
