import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// The news of a job's end, posted to those who asked for them.
    @Suite struct WebhookTests {
        private let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        private let points = SamplePoints.blobs(3, of: 20, dimension: 2).csv

        private func request(_ url: String, secret: String? = nil) -> JSON {
            ["dataset": "points", "k": 3, "webhook": ["url": .string(url), "secret": .string(secret ?? self.secret)]]
        }

        /// Answers the first post with 503 and the others with 204, each as late as it is told to, and keeps them: a line
        /// of JSON each, with whether the signature holds.
        private static let receiver = """
            import base64, hashlib, hmac, http.server, json, sys, time
            key = base64.b64decode(sys.argv[1][6:])
            class Receiver(http.server.BaseHTTPRequestHandler):
                seen = 0
                def do_POST(self):
                    body = self.rfile.read(int(self.headers['Content-Length']))
                    name, moment = self.headers['webhook-id'], self.headers['webhook-timestamp']
                    signed = f'{name}.{moment}.'.encode() + body
                    good = 'v1,' + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
                    holds = good == self.headers['webhook-signature']
                    with open(sys.argv[2], 'a') as file:
                        trace = self.headers['traceparent']
                        print(json.dumps({'id': name, 'holds': holds, 'trace': trace, 'job': json.loads(body)}), file=file)
                    Receiver.seen += 1
                    time.sleep(float(sys.argv[4]))
                    self.send_response(int(sys.argv[3]) if Receiver.seen == 1 else 204)
                    self.end_headers()
                def log_message(self, *_): pass
            server = http.server.HTTPServer(('127.0.0.1', 0), Receiver)
            print(server.server_port, file=open(sys.argv[2] + '.port', 'w'), flush=True)
            server.serve_forever()
            """

        /// Starts ``receiver``; the caller kills it.
        ///
        /// - Parameter file: where the posts go.
        private func receiver(into file: String, first: Int, delay: Double) async throws -> (pid: pid_t, port: String) {
            let python = Process()
            python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            python.arguments = ["python3", "-c", Self.receiver, secret, file, "\(first)", "\(delay)"]
            try python.run()
            var port = ""
            try await eventually("the receiver listens") {
                port = ((try? String(contentsOfFile: file + ".port", encoding: .utf8)) ?? "").trimmingCharacters(
                    in: .whitespacesAndNewlines)
                return !port.isEmpty
            }
            return (python.processIdentifier, port)
        }

        @Test func theFinishedJobIsPostedSignedUntilItArrivesAndOnce() async throws {
            let directory = try TemporaryDirectory()
            let file = directory.path + "/posts"
            let (pid, port) = try await receiver(into: file, first: 503, delay: 0)
            // It inherits an ignored SIGTERM from tests of signals, and would hold the test runner's output open.
            defer { kill(pid, SIGKILL) }
            let flags = ["--webhook-allow", "127.0.0.0/8"]
            let first = try await ClusterdService(dataDirectory: directory.path + "/data", flags)
            try await first.put(points, as: "points")
            let trace = "0af7651916cd43dd8448eb211c80319c"
            let answer = try await first.curl(
                "/v1/jobs", "-H", "traceparent: 00-\(trace)-b7ad6b7169203331-01", "-H",
                "Content-Type: application/json",
                "--data-binary", "@-", input: Data("\(request("http://127.0.0.1:\(port)/hook"))".utf8))
            let id = try #require(try answer.json()["id"]?.string, "\(answer.text)")
            _ = try await first.finishedJob(id)
            try await eventually("the first post is answered") { try await first.job(id)["webhook"]?["attempts"] == 1 }
            let pending = try #require(try await first.job(id)["webhook"])
            #expect(pending["state"] == "pending" && pending["last_status"] == 503 && pending["secret"] == nil)
            #expect(!first.log.contains(secret))
            // What is left to do survives the process.
            _ = await first.end(SIGKILL)
            let second = try await ClusterdService(dataDirectory: directory.path + "/data", flags)
            try await eventually("the post is delivered") {
                try await second.job(id)["webhook"]?["state"] == "delivered"
            }
            let job = try await second.job(id)
            #expect(job["webhook"]?["attempts"] == 2 && job["webhook"]?["last_status"] == 204)
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            let posts = try lines.map { try JSON(String($0)) }
            #expect(posts.count == 2 && posts[0]["job"] == posts[1]["job"] && posts[0]["id"] == posts[1]["id"])
            // The trace goes on, also after a restart, each post being a part of its own.
            let traces = posts.compactMap { $0["trace"]?.string }
            #expect(traces.allSatisfy { $0.hasPrefix("00-\(trace)-") && $0.hasSuffix("-01") } && Set(traces).count == 2)
            #expect(posts[1]["holds"] == true)
            #expect(posts[0]["holds"] == true && posts[0]["id"] == .string("msg_\(id)_succeeded"))
            var expected = try #require(job.members)
            expected["webhook"] = nil
            #expect(posts[0]["job"] == .object(expected))
            #expect(await second.end() == 0)
        }

        @Test func aPostUnderWayAtAStopArrivesOnce() async throws {
            let directory = try TemporaryDirectory()
            let file = directory.path + "/posts"
            let (pid, port) = try await receiver(into: file, first: 204, delay: 1.5)
            defer { kill(pid, SIGKILL) }
            let flags = ["--webhook-allow", "127.0.0.0/8"]
            let first = try await ClusterdService(dataDirectory: directory.path + "/data", flags)
            try await first.put(points, as: "points")
            let id = try await first.startJob(request("http://127.0.0.1:\(port)/hook"))
            try await eventually("the post is under way") { FileManager.default.fileExists(atPath: file) }
            #expect(await first.end() == 0)
            let second = try await ClusterdService(dataDirectory: directory.path + "/data", flags)
            let webhook = try await second.job(id)["webhook"]
            #expect(webhook?["state"] == "delivered" && webhook?["attempts"] == 1)
            #expect(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").count == 1)
            #expect(await second.end() == 0)
        }

        @Test(arguments: [
            "http://127.0.0.1/", "http://10.0.0.1/", "http://2130706433/", "https://[::1]/", "ftp://example.com/",
            "https://user:pass@example.com/", "http://169.254.169.254/latest/meta-data", "http://LocalHost:8080/v1",
            "http://api.localhost./",
        ])
        func anAddressInsideIsRefused(url: String) async throws {
            try await withService { service in
                try await service.put(points, as: "points")
                let answer = try await service.post("/v1/jobs", json: request(url))
                #expect(answer.status == 422)
                #expect(try answer.json()["errors"]?[0]?["parameter"] == "webhook.url")
            }
        }

        @Test func secretsAndFlagsAreChecked() async throws {
            try await withService("--no-webhooks") { service in
                try await service.put(points, as: "points")
                #expect(try await service.post("/v1/jobs", json: request("https://example.com/")).status == 422)
                let without = try await service.post("/v1/jobs", json: ["dataset": "points", "webhook": .null])
                #expect(without.status == 201)
                #expect(try without.json()["webhook"] == .null)
            }
            try await withService { service in
                try await service.put(points, as: "points")
                let answer = try await service.post("/v1/jobs", json: request("https://example.com/", secret: "short"))
                #expect(answer.status == 422)
                #expect(try answer.json()["errors"]?[0]?["parameter"] == "webhook.secret")
            }
            let outcome = try await Command(
                ClusterdBinary.path, ["serve", "--port", "0", "--webhook-allow", "inside"]
            ).run()
            #expect(outcome.status != 0 && outcome.errors.contains("--webhook-allow"))
        }
    }
}
