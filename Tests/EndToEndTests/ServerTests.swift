import Foundation
import Testing

extension EndToEnd {
    /// The server under the service: where it listens, what it allows, and what it survives.
    @Suite struct ServerTests {
        /// CPU seconds that a process has used.
        private func processorTime(_ identifier: Int32) throws -> Double {
            let text = try String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)
            let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
            return (Double(fields[12]) ?? 0) / 100 + (Double(fields[13]) ?? 0) / 100
        }

        @Test func clientsBeyondTheLimitOfOpenFilesWaitAndNothingSpins() async throws {
            let directory = try TemporaryDirectory()
            let service = try await ClusterdService(
                dataDirectory: "\(directory.path)/data", openFiles: 48, ["--limit", "idle_timeout_seconds=300"])
            var clients = try (0..<100).map { _ in try RawConnection(to: service, timeout: 20) }
            for client in clients { try client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            #expect(try clients[0].readResponse().status == 200)
            let before = try processorTime(service.identifier)
            try await Task.sleep(for: .seconds(2))
            #expect(try processorTime(service.identifier) - before < 0.5, "CPU seconds of two seconds without work")
            try clients[0].send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try clients[0].readResponse().status == 200, "who is in is served all the same")
            let last = clients.removeLast()
            clients.removeAll()
            #expect(try last.readResponse().status == 200, "who waits has a turn once others have gone")
            #expect(service.log.contains("the limit of open files leaves room for"))
            #expect(await service.end() == 0)
        }

        /// Allows a process so many open files from now on.
        private func allow(_ openFiles: Int, _ identifier: Int32) async throws {
            let arguments = ["prlimit", "--pid", "\(identifier)", "--nofile=\(openFiles):"]
            let outcome = try await Command("/usr/bin/env", arguments).run()
            #expect(outcome.status == 0, "\(outcome.errors)")
        }

        @Test func acceptingRestsWhileNoDescriptorIsLeft() async throws {
            try await withService { service in
                let first = try RawConnection(to: service, timeout: 20)
                try first.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try first.readResponse().status == 200)
                try await allow(service.openDescriptors, service.identifier)
                let others = try (0..<10).map { _ in try RawConnection(to: service, timeout: 20) }
                for client in others { try client.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n") }
                try await Task.sleep(for: .seconds(1))
                try first.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(try first.readResponse().status == 200, "who is in is served all the same")
                try await allow(1_024, service.identifier)
                for client in others { #expect(try client.readResponse().status == 200) }
                #expect(service.log.contains("cannot accept connections"))
                let name = "http_connections_refused_total{reason=\"descriptors\"} "
                let metrics = try await service.curl("/metrics").text
                let line = try #require(metrics.split(separator: "\n").first { $0.hasPrefix(name) })
                let failures = try #require(Int(line.dropFirst(name.count)))
                // Without a rest there would be as many as the processor has time for.
                #expect((1...100).contains(failures))
            }
        }

        @Test func limitsAreSetByTheirNamesAndShown() async throws {
            try await withService("--limit", "header_fields=5", "--limit", "cluster_bytes=100") { service in
                let shown = try await service.curl("/v1").json()
                #expect(shown["http"]?["header_fields"] == 5)
                #expect(shown["limits"]?["cluster_bytes"] == 100)
                #expect(try await service.curl("/", "-H", "a: 1", "-H", "b: 1", "-H", "c: 1").status == 431)
                let long = Data(String(repeating: "1,2\n", count: 26).utf8)
                try await service.curl("/v1/cluster", "--data-binary", "@-", input: long)
                    .expectProblem(413, "content-too-large")
            }
        }

        @Test(arguments: [
            ("header_feilds=5", "did you mean \"header_fields\"?"), ("nonsense=1", "head_timeout_seconds"),
            ("backlog=0", "at least 1"), ("backlog", "a name and a value"), ("idle_timeout_seconds=-1", "seconds"),
        ])
        func limitsThatAreNoneAreRefusedAtTheStart(text: String, hint: String) async throws {
            let outcome = try await Command(ClusterdBinary.path, ["serve", "--limit", text]).run()
            #expect(outcome.status != 0)
            #expect(outcome.errors.contains(hint), "\(outcome.errors)")
        }

        @Test func portsMayBeShared() async throws {
            try await withService("--share-ports") { first in
                let directory = try TemporaryDirectory()
                let second = try await ClusterdService(
                    dataDirectory: "\(directory.path)/data", port: first.port, ["--share-ports"])
                #expect(second.port == first.port)
                for _ in 0..<10 { #expect(try await first.curl("/livez").status == 200) }
                #expect(await second.end() == 0)
                #expect(try await first.curl("/livez").status == 200)
            }
        }

        @Test func aUnixSocketServesWithoutAPort() async throws {
            let directory = try TemporaryDirectory()
            let path = "\(directory.path)/socket"
            try await withService("--unix-socket", path) { service in
                let outcome = try await Command(
                    "/usr/bin/env", ["curl", "-sS", "--unix-socket", path, "http://localhost/livez"]
                ).run()
                #expect(outcome.text.contains("ok"), "\(outcome.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: path), "the server removes its own socket")
        }

        @Test func aSocketThatIsHandedOverIsServed() async throws {
            let directory = try TemporaryDirectory()
            // What systemd does: the socket listens as descriptor 3, and the environment names the process.
            let script = """
                import os, socket, sys
                s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
                print("listens on http://127.0.0.1:%d " % s.getsockname()[1], flush=True)
                os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
                os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
                os.execv(sys.argv[1], [sys.argv[1], "serve", "--data-dir", sys.argv[2]])
                """
            let service = try await ClusterdService(
                dataDirectory: "\(directory.path)/data", launcher: "/usr/bin/env",
                ["python3", "-c", script, ClusterdBinary.path, "\(directory.path)/data"])
            #expect(try await service.curl("/livez", "--retry", "5", "--retry-connrefused").status == 200)
            #expect(await service.end() == 0)
        }

        @Test func clientsThatLeaveWhileTheyAreAnsweredDoNoHarm() async throws {
            try await withService { service in
                try await service.put(SamplePoints.blobs(4, of: 20_000, dimension: 8).npy, as: "large")
                for _ in 0..<20 {
                    let client = try RawConnection(to: service)
                    try client.send("GET /v1/datasets/large/content?format=csv HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    client.abort()
                    let other = try RawConnection(to: service)
                    try other.send("GET /v1/datasets/large/content?format=npy HTTP/1.1\r\nHost: localhost\r\n\r\n")
                }
                #expect(try await service.curl("/livez").status == 200)
            }
        }

        @Test(arguments: [
            ("TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
            (
                "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
                200
            ),
            ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501),
            ("GET / HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\n\r\n", 417),
        ])
        func requestsForAnotherProtocolAreAnsweredInThisOne(request: String, status: Int) async throws {
            try await withService { service in
                let client = try RawConnection(to: service)
                try client.send(request)
                let answer = try client.readResponse()
                #expect(answer.status == status)
                #expect(answer["Upgrade"] == nil)
            }
        }
    }
}
