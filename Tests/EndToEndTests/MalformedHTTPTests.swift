import Foundation
import Testing

extension EndToEnd {
    /// What is no HTTP, or breaks its rules: a problem document, and the process goes on.
    @Suite struct MalformedHTTPTests {
        private static let messages: [(status: Int, bytes: String)] = [
            (400, "hello\r\n\r\n"),
            (400, "GET\r\n\r\n"),
            (400, "GET /livez\r\n\r\n"),
            (400, "GET  /livez HTTP/1.1\r\nHost: x\r\n\r\n"),
            (400, "GET /livez HTTP/1.1\r\n\r\n"),
            (400, "GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
            (400, "GET /livez HTTP/1.1\r\nHost : x\r\n\r\n"),
            (400, "GET /livez HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n"),
            (400, "GET /livez HTTP/1.1\r\nHost: x\r\nBad\0Name: y\r\n\r\n"),
            (400, "GET /livez HTTP/1.1\r\nHost: x\r\nName: a\0b\r\n\r\n"),
            (400, "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"),
            (400, "GET /v1/jobs?state=%ff HTTP/1.1\r\nHost: x\r\n\r\n"),
            (400, "POST /v1/cluster HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n1,2\n3"),
            (400, "POST /v1/cluster HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n1,2\n3"),
            (
                400,
                "POST /v1/cluster HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            (400, "POST /v1/cluster HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            (400, "POST /v1/cluster HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n"),
            (400, "POST /v1/cluster HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n1,2X\r\n0\r\n\r\n"),
            (501, "POST /v1/cluster HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
            (505, "GET /livez HTTP/2.0\r\nHost: x\r\n\r\n"),
            (501, "CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n"),
            (501, "BREW /livez HTTP/1.1\r\nHost: x\r\n\r\n"),
            (417, "POST /v1/cluster HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\nContent-Length: 5\r\n\r\n"),
            (414, "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1\r\nHost: x\r\n\r\n"),
            (431, "GET /livez HTTP/1.1\r\nHost: x\r\nBig: \(String(repeating: "a", count: 40_000))\r\n\r\n"),
            (431, "GET /livez HTTP/1.1\r\nHost: x\r\n\(String(repeating: "A: b\r\n", count: 150))\r\n"),
        ]

        @Test func brokenMessagesAreAnsweredWithAProblem() async throws {
            try await withService("--allowed-host", "x") { service in
                for (status, message) in Self.messages {
                    let connection = try RawConnection(to: service)
                    try connection.send(message)
                    let shown = message.prefix(60).debugDescription
                    let answer = try connection.readResponse()
                    #expect(answer.status == status, "\(shown): \(answer.text)")
                    #expect(answer.mediaType == "application/problem+json", "\(shown)")
                    let problem = try answer.json()
                    #expect(problem["status"] == .integer(status), "\(shown)")
                    #expect(problem["request_id"]?.string == answer["X-Request-Id"], "\(shown)")
                    #expect(try await service.curl("/livez").status == 200)
                }
            }
        }

        @Test func theConnectionEndsAfterABrokenMessage() async throws {
            try await withService { service in
                let connection = try RawConnection(to: service)
                try connection.send("GET /livez HTTP/1.1\r\nHost : x\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
                let text = String(decoding: try connection.readToEnd(), as: UTF8.self)
                #expect(text.matches(of: #/HTTP\/1\.1 \d\d\d/#).count == 1)
                #expect(text.contains("HTTP/1.1 400"))
            }
        }

        @Test func noiseIsSurvived() async throws {
            try await withService { service in
                var random = LinearCongruentialGenerator(state: 42)
                let request = Array(
                    "POST /v1/cluster?k=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n\r\n1,2\n3,4\n5,6\n".utf8
                )
                for _ in 0..<200 {
                    var bytes = request
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
                    }
                    let connection = try RawConnection(to: service)
                    try connection.send(Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &random))))
                    connection.endSending()
                    let text = String(decoding: try connection.readToEnd(), as: UTF8.self)
                    #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 "), "\(text.prefix(200))")
                    #expect(!text.hasPrefix("HTTP/1.1 500"), "\(text)")
                }
                #expect(try await service.curl("/livez").status == 200)
            }
        }

        @Test func abandonedConnectionsLeaveNoTrace() async throws {
            try await withService { service in
                let jobs = try await service.curl("/v1/jobs").body
                let descriptors = try service.openDescriptors
                for count in 0..<100 {
                    let connection = try RawConnection(to: service)
                    try connection.send("POST /v1/cluster HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 1000\r\n\r\n1,2\n")
                    if count % 2 == 0 { connection.abort() }
                }
                #expect(try await service.curl("/v1/jobs").body == jobs)
                let content = "\(service.dataDirectory)/datasets/content"
                try await eventually("no upload is left") {
                    try FileManager.default.contentsOfDirectory(atPath: content) == []
                }
                // The store may keep a few connections to its database that it opened meanwhile.
                try await eventually("descriptors come back") { try service.openDescriptors <= descriptors + 10 }
            }
        }

        @Test func headHasTheFieldsOfGetAndNoContent() async throws {
            try await withService { service in
                let connection = try RawConnection(to: service)
                try connection.send("HEAD /v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                let text = String(decoding: try connection.readToEnd(), as: UTF8.self)
                #expect(text.hasPrefix("HTTP/1.1 200 ") && text.hasSuffix("\r\n\r\n"))
                let length = try await service.curl("/v1").body.count
                #expect(text.contains("Content-Length: \(length)\r\n"))
            }
        }
    }
}
