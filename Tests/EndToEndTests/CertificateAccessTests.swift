import Foundation
import Testing

extension EndToEnd {
    /// Client certificates in place of keys: whose they are, and what becomes of others.
    @Suite struct CertificateAccessTests {
        /// An authority with a server and clients, another one with a client of the same name, and one that has expired.
        private static let script = """
            set -e
            key() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $1.key -out $1.csr -subj "$2"; }
            root() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout $1.key \
              -out $1.pem -subj /CN=$1; }
            sign() { openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -CAcreateserial -days 2 -extfile $3 -out $1.pem; }
            root ca; root other
            echo subjectAltName=DNS:localhost,IP:127.0.0.1 > server.ext
            printf 'extendedKeyUsage=clientAuth\n' > client.ext
            printf 'extendedKeyUsage=clientAuth\nsubjectAltName=URI:spiffe://example.org/bob,DNS:Bob.example.org\n' > bob.ext
            key server /CN=server; sign server ca server.ext
            key ada '/O=Example, Inc./CN=ada'; sign ada ca client.ext
            key bob /CN=bob; sign bob ca bob.ext
            key carl /CN=carl; sign carl ca client.ext
            key foreign '/O=Example, Inc./CN=ada'; sign foreign other client.ext
            key late '/O=Example, Inc./CN=ada'
            touch index.txt; echo 01 > serial
            printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\n' > ca.cnf
            printf 'policy=p\nunique_subject=no\n[p]\norganizationName=optional\ncommonName=supplied\n' >> ca.cnf
            openssl ca -batch -config ca.cnf -in late.csr -cert ca.pem -keyfile ca.key -extfile client.ext \
              -startdate 20200101000000Z -enddate 20200102000000Z -out late.pem -notext
            """

        private let files: TemporaryDirectory

        init() async throws {
            files = try TemporaryDirectory()
            var command = Command.bash(Self.script)
            command.directory = files.path
            let outcome = try await command.run()
            try #require(outcome.status == 0, "\(outcome.errors)")
        }

        private func enter(_ arguments: String..., in data: String) async throws -> Command.Outcome {
            try await Command(
                ClusterdBinary.path, ["keys", "create"] + arguments + ["--scope", "write", "--data-dir", data]
            ).run()
        }

        /// What curl gets for a call over TLS with the certificate of that name.
        private func call(
            _ service: ClusterdService, _ client: String?, _ path: String, _ arguments: [String] = []
        ) async throws -> Command.Outcome {
            let match = try #require(service.output.firstMatch(of: #/https://127\.0\.0\.1:(\d+)/#))
            let shown = client.map { ["--cert", "\(files.path)/\($0).pem", "--key", "\(files.path)/\($0).key"] } ?? []
            return try await Command(
                "/usr/bin/env",
                ["curl", "-sS", "-w", " %{http_code}", "--cacert", "\(files.path)/ca.pem"] + shown + arguments
                    + ["https://localhost:\(match.1)\(path)"]
            ).run()
        }

        private func withSecureService(
            _ demand: String, data: String, _ more: [String] = [], body: (ClusterdService) async throws -> Void
        ) async throws {
            let service = try await ClusterdService(
                dataDirectory: data,
                [
                    "--tls-port", "0", "--tls-cert", "\(files.path)/server.pem", "--tls-key",
                    "\(files.path)/server.key", "--tls-client-ca", "\(files.path)/ca.pem", "--tls-client-cert", demand,
                ] + more)
            try await body(service)
            #expect(await service.end() == 0)
        }

        @Test func twoSubjectsAreTwoTenantsAndOthersAreNobody() async throws {
            let data = "\(files.path)/data"
            let ada = try await enter("ada", "--certificate", "CN=ada,O=Example\\, Inc.", "--datasets", "1", in: data)
            #expect(ada.status == 0, "\(ada.errors)")
            let bob = try await enter("bob", "--certificate", "uri:spiffe://example.org/bob", in: data)
            #expect(bob.text.contains("URI:spiffe://example.org/bob"), "\(bob.text)\(bob.errors)")
            try await withSecureService("optional", data: data) { service in
                func status(_ client: String?) async throws -> String {
                    try await call(service, client, "/v1/datasets/a").text.suffix(3).description
                }
                let upload = ["-X", "PUT", "-H", "Content-Type: text/csv", "--data-binary", "1,2\n3,4\n"]
                #expect(try await call(service, "ada", "/v1/datasets/a", upload).text.hasSuffix(" 201"))
                #expect(try await status("ada") == "200")
                #expect(try await status("bob") == "404")
                #expect(try await status("carl") == "401", "good, but not entered")
                #expect(try await status(nil) == "401")
                #expect(try await status("foreign") == "000", "of another authority")
                #expect(try await status("late") == "000", "expired")
                let unknown = try await call(service, "carl", "/v1")
                #expect(unknown.text.contains("--certificate 'CN=carl'"), "\(unknown.text)")
                // One dataset is what ada may have.
                let second = try await call(
                    service, "ada", "/v1/datasets/b", ["-X", "PUT", "--data-binary", "1,2\n"])
                #expect(second.text.hasSuffix(" 429") && second.text.contains("1 datasets"), "\(second.text)")
                // A page that has the browser show the certificate.
                let page = try await call(
                    service, "ada", "/v1/cluster?k=1",
                    ["-H", "Origin: https://evil.example", "--data-binary", "1,2\n"])
                #expect(page.text.hasSuffix(" 403") && page.text.contains("foreign-origin"), "\(page.text)")
                try await eventually("the log says who it was") {
                    service.log.contains("certificate=URI:spiffe://example.org/bob") && service.log.contains("key=bob")
                        && service.log.contains("tenant=ada")
                }
                let id = try #require(ada.text.firstMatch(of: #/is ([0-9a-f]{16}) /#)?.1)
                let revoked = try await Command(
                    ClusterdBinary.path, ["keys", "revoke", String(id), "--data-dir", data]
                ).run()
                #expect(revoked.status == 0, "\(revoked.errors)")
                try await Task.sleep(for: .milliseconds(1_050))
                #expect(try await status("ada") == "401")
            }
        }

        @Test func whereCertificatesAreRequiredThereIsNoSessionWithoutOne() async throws {
            let data = "\(files.path)/data"
            let entered = try await enter("bob", "--certificate", "dns:bob.EXAMPLE.org", in: data)
            #expect(entered.text.contains("DNS:bob.example.org"), "\(entered.errors)")
            #expect(try await enter("bob", "--certificate", "DNS:bob.example.org", in: data).status != 0)
            #expect(try await enter("bob", "--certificate", "bob", in: data).errors.contains("RFC 2253"))
            let listed = try await Command(ClusterdBinary.path, ["keys", "list", "--data-dir", data]).run()
            #expect(listed.text.contains("DNS:bob.example.org"), "\(listed.text)")
            try await withSecureService("required", data: data) { service in
                let known = try await call(service, "bob", "/v1")
                let nobody = try await call(service, nil, "/livez")
                #expect(known.text.hasSuffix(" 200") && nobody.status != 0, "\(known.errors)\(nobody.text)")
            }
        }
    }
}
