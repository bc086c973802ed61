import Foundation
import Testing

extension EndToEnd {
    /// What is set by flags, by the environment and by a file, and which of them counts.
    @Suite struct ConfigurationTests {
        private func run(
            _ arguments: [String], environment: [String: String] = [:], file: String? = nil
        ) async throws -> Command.Outcome {
            let directory = try TemporaryDirectory()
            if let file { _ = try directory.write(Data(file.utf8), as: "settings.yaml") }
            var command = Command(ClusterdBinary.path, arguments)
            command.directory = directory.path
            command.environment = environment
            return try await command.run()
        }

        /// Name, value and source of a line of `clusterd config`.
        private func line(_ name: String, _ outcome: Command.Outcome) -> [String]? {
            outcome.text.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 40).map(String.init) }
                .first { $0.first == name }
        }

        @Test func aFlagGoesBeforeTheEnvironmentThatBeforeTheFileThatBeforeTheDefault() async throws {
            let file = """
                port: 1
                workers: 2
                log_level: debug
                no_webhooks: true
                result_retention: 3d
                limit:
                  backlog: 100
                  header_fields: 50
                webhook_allow: [10.0.0.0/8, 172.16.0.0/12]
                """
            let outcome = try await run(
                ["config", "--port", "3", "--limit=backlog=300"],
                environment: [
                    "CLUSTERD_CONFIG": "settings.yaml", "CLUSTERD_PORT": "2", "CLUSTERD_WORKERS": "4",
                    "CLUSTERD_SHARE_PORTS": "1", "CLUSTERD_WEBHOOK_ALLOW": "192.168.0.0/16",
                ], file: file)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(line("port", outcome) == ["port", "3", "flag"])
            #expect(line("workers", outcome) == ["workers", "4", "environment"])
            #expect(line("share_ports", outcome) == ["share_ports", "1", "environment"])
            #expect(line("log_level", outcome) == ["log_level", "debug", "settings.yaml"])
            #expect(line("no_webhooks", outcome) == ["no_webhooks", "true", "settings.yaml"])
            #expect(line("webhook_allow", outcome) == ["webhook_allow", "192.168.0.0/16", "environment"])
            #expect(line("host", outcome) == ["host", "127.0.0.1", "default"])
            #expect(outcome.text.contains("header_fields=50") && outcome.text.contains("backlog=300"))
        }

        @Test func defaultsThatDependOnTheMachineAreShownAsTheyAreHere() async throws {
            let plain = try await run(["config"])
            #expect(line("port", plain) == ["port", "8080", "default"])
            #expect(line("tls_port", plain) == ["tls_port", "none", "default"])
            let cores = ProcessInfo.processInfo.activeProcessorCount
            #expect(line("workers", plain) == ["workers", "\(max(1, cores - 1))", "default"])
            #expect(line("memory_budget", plain).flatMap { Int($0[1]) } ?? 0 > 1 << 20, "\(plain.text)")
            let secure = try await run(["config", "--tls-cert", "c.pem", "--tls-key", "k.pem"])
            #expect(line("port", secure)?[1] == "none" && line("tls_port", secure)?[1] == "8443")
        }

        @Test func theServiceHasWhatTheFileSays() async throws {
            let directory = try TemporaryDirectory()
            let file = try directory.write(
                Data("limit: {header_fields: 17, queued_jobs: 5}\nlog_format: json\n".utf8), as: "settings.yaml")
            let service = try await ClusterdService(
                dataDirectory: "\(directory.path)/data", ["--config", file, "--limit", "queued_jobs=6"])
            let shown = try await service.curl("/v1").json()
            #expect(shown["http"]?["header_fields"] == 17 && shown["limits"]?["queued_jobs"] == 6)
            try await eventually("the log is JSON") { service.log.hasPrefix("{") }
            #expect(await service.end() == 0)
        }

        @Test(
            arguments: [
                ("prot: 8080", [:], "line 1", "did you mean port?"),
                ("\nlog-level: info", [:], "line 2", "did you mean log_level?"),
                ("port: [1, 2]", [:], "line 1", "one value"), ("- port", [:], "settings.yaml", "lines such as"),
                ("a: [", [:], "settings.yaml", "not YAML"), ("port: 70000", [:], "--port", "65535"),
                ("tls_client_cert: required", [:], "--tls-client-cert", "needs --tls-client-ca"),
                ("share_ports: maybe", [:], "share-ports", "true or false"),
                ("", ["CLUSTERD_WORKRES": "2"], "environment", "did you mean CLUSTERD_WORKERS?"),
                ("", ["CLUSTERD_LIMIT": "header_feilds=3"], "--limit", "header_fields"),
                ("workers: many", [:], "settings.yaml sets --workers", "many"),
                ("", ["CLUSTERD_WORKERS": ""], "CLUSTERD_WORKERS in the environment sets --workers", "--workers"),
                ("", ["CLUSTERD_WORKERS": "tcp://1"], "CLUSTERD_WORKERS in the environment", "tcp://1"),
                ("", ["CLUSTERD_PORT_TYPO": "1"], "environment", "CLUSTERD_PORT"),
                ("", ["CLUSTERD_SERVICE_TYPO": "1"], "environment", "CLUSTERD_SERVICE_TYPO"),
            ] as [(String, [String: String], String, String)])
        func whatIsWrongIsNamed(file: String, environment: [String: String], place: String, advice: String) async throws
        {
            for command in ["serve", "config", "check"] {
                let outcome = try await run(
                    [command, "--config", "settings.yaml"], environment: environment, file: file)
                #expect(outcome.status != 0)
                #expect(outcome.errors.contains(place) && outcome.errors.contains(advice), "\(outcome.errors)")
            }
        }

        @Test func whatKubernetesSetsForAServiceOfThisNameIsNotOurs() async throws {
            let outcome = try await run(
                ["config"],
                environment: [
                    "CLUSTERD_PORT": "tcp://10.0.0.1:80", "CLUSTERD_SERVICE_HOST": "10.0.0.1",
                    "CLUSTERD_PORT_80_TCP_ADDR": "10.0.0.1", "CLUSTERD_PORT_80_TCP": "tcp://10.0.0.1:80",
                    "CLUSTERD_SERVICE_PORT": "80", "CLUSTERD_SERVICE_PORT_HTTP": "80",
                ])
            #expect(outcome.status == 0 && line("port", outcome)?.last == "default", "\(outcome.errors)")
        }

        @Test func blanksBehindTheCommasOfListsAreNoMatter() async throws {
            let outcome = try await run(
                ["config"], environment: ["CLUSTERD_LIMIT": "queued_jobs=5, header_fields=70"])
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.text.contains("queued_jobs=5") && outcome.text.contains("header_fields=70"))
        }

        @Test func theTableOfTheDocumentsIsThatOfTheProgram() async throws {
            let table = try await run(["config", "--table"]).text
            let document = try String(contentsOfFile: Repository.file("README.md"), encoding: .utf8)
            #expect(document.contains(table), "write what clusterd config --table prints into README.md")
        }

        @Test func aCheckLooksAtDirectoriesAndFilesAndStartsNothing() async throws {
            let good = try await run(["check", "--data-dir", "new/data"])
            #expect(good.status == 0 && good.text.contains("will be made"), "\(good.text)\(good.errors)")
            let files = try await run(
                ["check", "--data-dir", "settings.yaml", "--tls-cert", "none.pem", "--tls-key", "none.pem"], file: "")
            #expect(files.status == 78)
            #expect(files.text.contains("no directory") && files.text.contains("none.pem"), "\(files.text)")
            let nowhere = try await run(["check", "--data-dir", "/proc/nope"])
            #expect(nowhere.status == 78 && nowhere.text.contains("cannot be made in /proc"), "\(nowhere.text)")
            let metrics = try await run(["check", "--metrics-port", "9100", "--metrics-host", "0.0.0.0"])
            #expect(metrics.status == 78 && metrics.text.contains("0.0.0.0:9100"), "\(metrics.text)")
            let open = try await run(["check", "--host", "0.0.0.0"])
            #expect(open.status == 78 && open.text.contains("there is no key"), "\(open.text)")
            #expect(try await run(["check", "--host", "0.0.0.0", "--insecure"]).status == 0)
            let ports = try await run(["check", "--port", "9100", "--metrics-port", "9100"])
            #expect(ports.status == 78 && ports.text.contains("have to differ"), "\(ports.text)")
            #expect(
                try await run(["check", "--port", "9100", "--metrics-port", "9100", "--metrics-host", "127.0.0.2"])
                    .status == 0)
            for (path, part) in [
                (String(repeating: "s", count: 108), "1 to 107 bytes"), ("none/s.sock", "none/: No such file"),
                ("settings.yaml", "no socket"),
            ] {
                let socket = try await run(["check", "--unix-socket", path], file: "{}")
                #expect(socket.status == 78 && socket.text.contains(part), "\(socket.text)")
            }
            let host = try await run(["check", "--host", "no.such.invalid"])
            #expect(host.status == 78 && host.text.contains("no.such.invalid is neither"), "\(host.text)")
            try await withService { service in
                let used = try await run(["check", "--data-dir", service.dataDirectory])
                #expect(used.status == 0 && used.text.contains("in use"), "\(used.text)")
                #expect(used.text.contains("keys: none"))
                let made = try await run([
                    "keys", "create", "a", "--scope", "read", "--data-dir", service.dataDirectory,
                ])
                #expect(made.status == 0)
                let keyed = try await run(["check", "--data-dir", service.dataDirectory])
                #expect(keyed.status == 0 && keyed.text.contains("keys: 1, of which 1 is good"), "\(keyed.text)")
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o644], ofItemAtPath: "\(service.dataDirectory)/keys.json")
                let open = try await run(["check", "--data-dir", service.dataDirectory])
                #expect(open.status == 78 && open.text.contains("chmod 600"), "\(open.text)")
                #expect(used.text.contains("jobs: whole, with 0 jobs"), "\(used.text)")
            }
        }

        @Test func aCheckFindsADatabaseOfJobsThatCannotBeUsed() async throws {
            let directory = try TemporaryDirectory()
            let data = directory.path + "/data"
            let service = try await ClusterdService(dataDirectory: data)
            #expect(await service.end() == 0)
            let whole = try await run(["check", "--data-dir", data])
            #expect(whole.status == 0 && whole.text.contains("jobs: whole, with 0 jobs"), "\(whole.text)")
            // Nothing was changed, and the service starts again.
            let again = try await ClusterdService(dataDirectory: data)
            #expect(await again.end() == 0)
            let file = URL(fileURLWithPath: data + "/jobs.sqlite")
            var bytes = try Data(contentsOf: file)
            for index in 4_096..<bytes.count { bytes[index] = 0xFF }
            try bytes.write(to: file)
            let damaged = try await run(["check", "--data-dir", data])
            #expect(damaged.status == 78 && damaged.text.contains("jobs: WRONG: corrupt"), "\(damaged.text)")
        }
    }
}
