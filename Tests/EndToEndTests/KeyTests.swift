import Foundation
import Testing

extension EndToEnd {
    /// `clusterd keys`, and a service with keys.
    @Suite struct KeyTests {
        private func keys(_ arguments: String...) async throws -> Command.Outcome {
            try await Command(ClusterdBinary.path, ["keys"] + arguments).run()
        }

        private func status(_ service: ClusterdService, _ key: String) async throws -> Int {
            try await service.curl("/v1/jobs", "-H", "Authorization: Bearer \(key)").status
        }

        @Test func aRevokedKeyEndsItsStreamOfEvents() async throws {
            try await withService { service in
                func make(_ name: String) async throws -> String {
                    try await keys(
                        "create", name, "--scope", "write", "--tenant", "t", "--data-dir", service.dataDirectory
                    )
                    .text.trimmingCharacters(in: .whitespacesAndNewlines)
                }
                let (key, other) = (try await make("one"), try await make("other"))
                try await Task.sleep(for: .milliseconds(1_050))
                let rows = (0..<20_000).map { "\($0 % 97),\($0 % 89),\($0 % 83)" }.joined(separator: "\n")
                let job = try await service.curl(
                    "/v1/cluster?k=4&solver=gradient&attention=softmax&tolerance=0&max_steps=10000000", "-H",
                    "X-API-Key: \(key)", "-H", "Prefer: respond-async", "--data-binary", "@-", input: Data(rows.utf8))
                #expect(job.status == 202)
                let address = try #require(job["Location"])
                async let events = service.curl("\(address)/events", "-H", "X-API-Key: \(key)")
                try await Task.sleep(for: .milliseconds(500))
                let id = String(key.split(separator: "_")[1])
                #expect(try await keys("revoke", id, "--data-dir", service.dataDirectory).status == 0)
                let stream = try await events
                #expect(stream.status == 200 && stream.text.contains("event: progress"))
                #expect(!stream.text.contains("event: done"))
                #expect(
                    try await service.curl("\(address)/cancel", "-X", "POST", "-H", "X-API-Key: \(other)").status == 202
                )
            }
        }

        @Test func keysMadeAndRevokedWhileTheServiceRunsCountWithinASecond() async throws {
            try await withService { service in
                #expect(try await service.curl("/v1/jobs").status == 200)
                let made = try await keys(
                    "create", "etl", "--scope", "read", "--expires-in", "1d", "--requests-per-second", "50",
                    "--datasets", "3", "--data-dir", service.dataDirectory)
                #expect(made.status == 0, "\(made.errors)")
                let key = made.text.trimmingCharacters(in: .whitespacesAndNewlines)
                try await Task.sleep(for: .milliseconds(1_050))
                let refused = try await service.curl("/v1/jobs")
                #expect(refused.status == 401)
                #expect(refused["WWW-Authenticate"] == #"Bearer realm="clusterd""#)
                #expect(try await service.curl("/livez").status == 200)
                #expect(try await status(service, key) == 200)
                #expect(try await service.curl("/v1/jobs", "-H", "X-API-Key: \(key)").status == 200)
                #expect(
                    try await service.curl("/v1/cluster", "-H", "X-API-Key: \(key)", "-d", "1", input: nil).status
                        == 403)

                let listed = try await keys("list", "--data-dir", service.dataDirectory)
                let id = String(key.split(separator: "_")[1])
                #expect(listed.text.contains(id) && listed.text.contains("good"))
                #expect(listed.text.contains("requests-per-second=50.0,datasets=3"), "\(listed.text)")
                #expect(service.log.contains("key=etl key_id=\(id) tenant=etl"), "\(service.log)")
                #expect(!listed.text.contains(key.suffix(64)))
                let revoked = try await keys("revoke", id, "--data-dir", service.dataDirectory)
                #expect(revoked.status == 0, "\(revoked.errors)")
                try await Task.sleep(for: .milliseconds(1_050))
                #expect(try await status(service, key) == 401)
                #expect(service.log.contains("key \(id) was revoked"), "\(service.log)")
                // What is sent in the wrong place is not written down either.
                let misplaced = try await service.curl("/v1/datasets/\(key)", "-H", "X-Request-Id: \(key)")
                #expect(misplaced.status == 401 && misplaced["X-Request-Id"]?.contains("ack_") == false)
                #expect(
                    try await service.curl("/livez", "-H", "X-Request-Id: eyJhbGciOi.eyJpc3MiOi.c2ln").status == 200)
                try await eventually("the log has both") { service.log.contains("GET /livez") }
                #expect(service.log.contains("a key in the path"), "\(service.log)")
                #expect(!service.log.contains(key.suffix(64)) && !service.log.contains("eyJ"))
            }
        }

        @Test func withoutKeysOtherAddressesAreRefused() async throws {
            let directory = try TemporaryDirectory()
            let data = "\(directory.path)/data"
            let serve = ["serve", "--host", "0.0.0.0", "--port", "0", "--data-dir", data]
            let refused = try await Command(ClusterdBinary.path, serve).run()
            #expect(refused.status != 0 && refused.errors.contains("there is no key"), "\(refused.errors)")
            #expect(refused.errors.contains("--insecure"))
            for more in [["--host", "127.0.0.2"], ["--host", "::"], ["--host", "localhost"]] {
                let isLocal = more[1] != "::"
                var command = Command("/usr/bin/timeout", ["-s", "TERM", "2", ClusterdBinary.path] + serve + more)
                command.directory = directory.path
                let outcome = try await command.run()
                #expect((outcome.status == 124) == isLocal, "\(more): \(outcome.status) \(outcome.errors)")
            }
        }

        @Test func whoSaysInsecureOrHasAKeyMayListenAnywhere() async throws {
            let directory = try TemporaryDirectory()
            let data = "\(directory.path)/data"
            let serve = ["2", ClusterdBinary.path, "serve", "--host", "0.0.0.0", "--port", "0", "--data-dir", data]
            let insecure = try await Command("/usr/bin/timeout", ["-s", "TERM"] + serve + ["--insecure"]).run()
            #expect(insecure.status == 124, "\(insecure.errors)")
            #expect(try await keys("create", "a", "--scope", "admin", "--data-dir", data).status == 0)
            let keyed = try await Command("/usr/bin/timeout", ["-s", "TERM"] + serve).run()
            #expect(keyed.status == 124, "\(keyed.errors)")
        }

        @Test func metricsThatOtherMachinesReachNeedAKey() async throws {
            let directory = try TemporaryDirectory()
            let data = "\(directory.path)/data"
            let made = try await keys("create", "scraper", "--scope", "read", "--data-dir", data)
            let key = made.text.trimmingCharacters(in: .whitespacesAndNewlines)
            let service = try await ClusterdService(
                dataDirectory: data, ["--metrics-port", "0", "--metrics-host", "0.0.0.0"])
            let match = try #require(service.log.firstMatch(of: #/metrics are at http://0\.0\.0\.0:(\d+)/#))
            func status(_ arguments: String...) async throws -> String {
                try await Command(
                    "/usr/bin/env",
                    ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(match.1)/metrics"]
                        + arguments
                ).run().text
            }
            #expect(try await status() == "401")
            #expect(try await status("-H", "X-API-Key: \(key)") == "200")
            #expect(await service.end() == 0)
        }

        @Test func mistakesAreExplained() async throws {
            let directory = try TemporaryDirectory()
            for (arguments, part) in [
                (["create", "a"], "--scope"), (["create", "a", "--scope", "all"], "admin"),
                (["create", "a b", "--scope", "read"], "1 to 64"), (["revoke", "00"], "no data directory"),
                (["list"], "no data directory"), (["list", "--data-dir", "/nowhere"], "/nowhere is not there"),
                (["create", "a", "--scope", "read", "--certificate", "CN=etl, O=Example"], "RFC2253"),
                (["create", "a", "--scope", "read", "--certificate", "O = Example, CN = etl"], "RFC2253"),
                (["create", "a", "--scope", "read", "--burst", "3"], "--requests-per-second"),
            ] {
                let outcome = try await Command(
                    ClusterdBinary.path, ["keys", arguments[0], "--data-dir", directory.path] + arguments.dropFirst()
                ).run()
                #expect(outcome.status != 0 && outcome.errors.contains(part), "\(arguments): \(outcome.errors)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
            #expect(
                try await keys("create", "a", "--scope", "read", "--data-dir", directory.path).status == 0)
            let unknown = try await keys("revoke", "00", "--data-dir", directory.path)
            #expect(unknown.status != 0 && unknown.errors.contains("keys list"), "\(unknown.errors)")
        }
    }
}
