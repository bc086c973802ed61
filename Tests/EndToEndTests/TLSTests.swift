import Foundation
import Testing

extension EndToEnd {
    /// The service over TLS, with curl and files of certificates.
    @Suite struct TLSTests {
        /// An authority with certificates for a server, twice, and for a client, in a directory.
        private func makeCertificates(in directory: String) async throws {
            let script = """
                cd '\(directory)'
                make() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $1.key -out $1.csr -subj /CN=$1
                  openssl x509 -req -in $1.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out $1.pem; }
                echo subjectAltName=DNS:localhost,IP:127.0.0.1 > names
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.pem -subj /CN=ca
                make first; make second; make client
                cp first.pem live.pem; cp first.key live.key
                """
            let outcome = try await Command.bash("set -e\n\(script)").run()
            try #require(outcome.status == 0, "\(outcome.errors)")
        }

        /// What curl says of a call, with the subject of the server's certificate in its log.
        private func curl(_ directory: String, _ port: Int, _ arguments: String...) async throws -> Command.Outcome {
            try await Command(
                "/usr/bin/env",
                ["curl", "-sSv", "--cacert", "\(directory)/ca.pem"] + arguments + ["https://localhost:\(port)/livez"]
            ).run()
        }

        private func securePort(_ service: ClusterdService) throws -> Int {
            let match = try #require(service.output.firstMatch(of: #/https://127\.0\.0\.1:(\d+)/#))
            return try #require(Int(match.1))
        }

        @Test func certificatesServeAndAreReloadedAndBadOnesAreNot() async throws {
            let files = try TemporaryDirectory()
            try await makeCertificates(in: files.path)
            let live = [
                "--tls-port", "0", "--tls-cert", "\(files.path)/live.pem", "--tls-key", "\(files.path)/live.key",
            ]
            let directory = try TemporaryDirectory()
            let service = try await ClusterdService(dataDirectory: "\(directory.path)/data", live)
            let port = try securePort(service)
            #expect(try await curl(files.path, port).errors.contains("subject: CN=first"))
            #expect(try await service.curl("/livez").status == 200, "plain beside it")
            for (name, expected) in [("second", "CN=second"), ("ca", "CN=second")] {
                // The authority's certificate does not fit the key of the second: it is refused and told of.
                let outcome = try await Command.bash(
                    "cd '\(files.path)' && cp \(name).pem live.pem && cp second.key live.key "
                        + "&& kill -HUP \(service.identifier)"
                ).run()
                #expect(outcome.status == 0)
                for _ in 0..<200 where !service.log.contains(name == "ca" ? "kept as they were" : "been reloaded") {
                    try await Task.sleep(for: .milliseconds(20))
                }
                let answer = try await curl(files.path, port)
                #expect(answer.status == 0 && answer.errors.contains("subject: \(expected)"), "\(answer.errors)")
            }
            #expect(await service.end() == 0)
        }

        @Test func clientsWithoutACertificateOfTheAuthorityAreTurnedAway() async throws {
            let files = try TemporaryDirectory()
            try await makeCertificates(in: files.path)
            let path = files.path
            try await withService(
                "--tls-port", "0", "--tls-cert", "\(path)/live.pem", "--tls-key", "\(path)/live.key",
                "--tls-client-ca", "\(path)/ca.pem"
            ) { service in
                let port = try securePort(service)
                #expect(try await curl(path, port).status != 0)
                let known = try await curl(path, port, "--cert", "\(path)/client.pem", "--key", "\(path)/client.key")
                #expect(known.status == 0 && known.text.contains("ok"), "\(known.errors)")
            }
        }

        @Test func filesThatAreNoCertificatesAreNamedAtTheStart() async throws {
            let files = try TemporaryDirectory()
            let outcome = try await Command(
                ClusterdBinary.path,
                [
                    "serve", "--data-dir", "\(files.path)/data", "--tls-port", "0", "--tls-cert",
                    "\(files.path)/none.pem", "--tls-key", "\(files.path)/none.key",
                ]
            ).run()
            #expect(outcome.status != 0)
            #expect(outcome.errors.contains("\(files.path)/none.pem"), "\(outcome.errors)")
            #expect(!outcome.errors.contains("choose another with"), "\(outcome.errors)")
        }
    }
}
