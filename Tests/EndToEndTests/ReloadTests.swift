import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// SIGHUP, and a file of settings that changed.
    @Suite struct ReloadTests {
        private func reload(_ service: ClusterdService, _ file: String, _ text: String, until line: String) async throws
        {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            kill(service.identifier, SIGHUP)
            try await eventually("the log says \(line)") { service.log.contains(line) }
        }

        @Test func limitsOfTheFileHoldFromThenOnAndOthersAreSaidToNeedARestart() async throws {
            let directory = try TemporaryDirectory()
            let first = "limit: {cluster_bytes: 1000, header_fields: 40, backlog: 64}\n"
            let file = try directory.write(Data(first.utf8), as: "settings.yaml")
            let service = try await ClusterdService(
                dataDirectory: "\(directory.path)/data", ["--config", file, "--limit", "queued_jobs=7"])
            let body = Data(String(repeating: "1,2\n", count: 200).utf8)
            func clusters(_ count: Int) async throws -> Int {
                try await service.curl("/v1/cluster?k=1", "--data-binary", "@-", input: body.prefix(count)).status
            }
            #expect(try await clusters(800) == 200)

            let second = """
                limit: {cluster_bytes: 400, header_fields: 30, backlog: 65, queued_jobs: 9}
                workers: 2
                key_burst: 5
                key_requests_per_second: 5
                cors_origin: [https://app.example]
                """
            try await reload(service, file, second, until: "needs a restart: limit backlog, workers")
            #expect(service.log.contains("new: cors-origin=https://app.example key-burst=5"))
            let shown = try await service.curl("/v1").json()
            #expect(shown["limits"]?["cluster_bytes"] == 400 && shown["http"]?["header_fields"] == 30)
            #expect(
                shown["http"]?["backlog"] == 64 && shown["limits"]?["queued_jobs"] == 7, "a flag goes before the file")
            #expect(try await clusters(800) == 413)
            #expect(try await clusters(400) == 200)
            #expect(
                try await service.curl("/v1", "-H", "Origin: https://app.example")["Access-Control-Allow-Origin"]
                    == "https://app.example")

            try await reload(service, file, "limit: {clutser_bytes: 1}\n", until: "settings are kept as they were")
            #expect(service.log.contains("settings.yaml, line 1") || service.log.contains("--limit"), "\(service.log)")
            #expect(try await service.curl("/v1").json()["limits"]?["cluster_bytes"] == 400)

            // An editor empties a file before it writes it.
            try await reload(service, file, "\n", until: "there is nothing in the file any more")
            #expect(try await service.curl("/v1").json()["limits"]?["cluster_bytes"] == 400)
            try await reload(service, file, "{}\n", until: "cluster_bytes=default")
            #expect(try await service.curl("/v1").json()["limits"]?["cluster_bytes"] == .integer(256 << 20))
            #expect(await service.end() == 0)
        }

        @Test func aFileThatWasBlankAtTheStartMayNotBecomeSoAgain() async throws {
            let directory = try TemporaryDirectory()
            let file = try directory.write(Data("# nothing yet\n".utf8), as: "settings.yaml")
            let service = try await ClusterdService(dataDirectory: "\(directory.path)/data", ["--config", file])
            try await reload(service, file, "# still nothing\n", until: "and are as before")
            try await reload(service, file, "limit: {queued_jobs: 7}\n", until: "new: limit queued_jobs=7")
            try await reload(service, file, "", until: "there is nothing in the file any more")
            #expect(try await service.curl("/v1").json()["limits"]?["queued_jobs"] == 7)
            #expect(await service.end() == 0)
        }
    }
}
