import Foundation
import Testing

extension EndToEnd {
    /// The lines that README.md and the start page tell people to paste, as a shell runs them.
    @Suite struct FirstMinuteTests {
        /// Runs a line of bash in a directory with `points.csv` and `new.csv`.
        private func paste(
            _ line: String, _ service: ClusterdService, in directory: TemporaryDirectory,
            _ variables: [String: String] = [:]
        ) async throws -> Data {
            let points = SamplePoints.blobs(3, of: 20, dimension: 2)
            for name in ["points.csv", "new.csv"] { _ = try directory.write(points.csv, as: name) }
            var command = Command.bash(line.replacing("localhost:8080", with: "localhost:\(service.port)"))
            command.directory = directory.path
            command.environment = variables
            let outcome = try await command.run()
            #expect(outcome.status == 0, "\(line): \(outcome.errors)")
            return outcome.output
        }

        @Test func theLinesOfTheFirstMinuteWork() async throws {
            let labels = SamplePoints.blobs(3, of: 20, dimension: 2).labels
            try await withService { service in
                let directory = try TemporaryDirectory()
                func paste(_ line: String, _ variables: [String: String] = [:]) async throws -> Data {
                    try await self.paste(line, service, in: directory, variables)
                }
                let result = try JSON(
                    try await paste("curl --data-binary @points.csv 'localhost:8080/v1/cluster?k=3'"))
                #expect(adjustedRandIndex(try #require(result["assignments"]?.ints), labels) == 1)
                _ = try await paste(
                    "curl -H 'Accept: text/csv' --data-binary @points.csv 'localhost:8080/v1/cluster?k=3' > labelled.csv"
                )
                let labelled = try String(contentsOfFile: "\(directory.path)/labelled.csv", encoding: .utf8)
                #expect(labelled.hasPrefix("x1,x2,cluster,distance,confidence\n"))
                let dataset = try JSON(try await paste("curl -T points.csv localhost:8080/v1/datasets/"))
                #expect(dataset["name"] == "points.csv" && dataset["rows"] == 60)
                let submit = """
                    curl --json '{"dataset":"points.csv","k":3,"seed":7}' -H 'Idempotency-Key: "nightly-07"' \
                    localhost:8080/v1/jobs
                    """
                let job = try #require(try JSON(try await paste(submit))["id"]?.string)
                #expect(try JSON(try await paste(submit))["id"] == .string(job))
                let done = try JSON(
                    try await paste("curl -H 'Prefer: wait=30' localhost:8080/v1/jobs/$JOB", ["JOB": job]))
                let model = try #require(done["model"]?.string)
                let cancelled = try JSON(
                    try await paste("curl -X POST localhost:8080/v1/jobs/$JOB/cancel", ["JOB": job]))
                #expect(cancelled["state"] == "succeeded")
                _ = try await paste(
                    "curl \"localhost:8080/v1/jobs/$JOB/result?format=csv\" -o labelled.csv", ["JOB": job])
                #expect(try String(contentsOfFile: "\(directory.path)/labelled.csv", encoding: .utf8) == labelled)
                let assigned = try JSON(
                    try await paste(
                        "curl --data-binary @new.csv localhost:8080/v1/models/$MODEL/assign", ["MODEL": model]))
                #expect(assigned["assignments"] == result["assignments"])
            }
        }

        @Test func theLineThatTheServiceAnnouncesWorks() async throws {
            try await withService { service in
                let line = try #require(service.output.split(separator: "\n").first { $0.hasPrefix("try: ") })
                    .dropFirst(5)
                let directory = try TemporaryDirectory()
                let output = try await paste(String(line), service, in: directory)
                #expect(try JSON(output)["k"] == 3)
            }
        }

        @Test func theStartPageShowsLinesToPaste() async throws {
            try await withService { service in
                let answer = try await service.curl("/")
                #expect(answer.mediaType == "text/plain")
                #expect(answer.text.contains("curl --data-binary @points.csv"))
                #expect(answer.text.split(separator: "\n").allSatisfy { $0.count <= 120 })
            }
        }
    }
}
