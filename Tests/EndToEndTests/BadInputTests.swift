import Foundation
import Testing

extension EndToEnd {
    /// Input that cannot be used: the answer names the place and the fix, and the service goes on.
    @Suite struct BadInputTests {
        /// A body that is wrong at a place that can be named.
        private static let tables: [(body: String, line: Int, column: Int?)] = [
            ("x,y\n1,2\nnan,3\n", 3, 1),
            ("x,y\n1,2\n3,inf\n", 3, 2),
            ("x,y\n1,2\n3,-Infinity\n", 3, 2),
            ("x,y\n1,2\n3,\n", 3, 2),
            ("x,y\n1,2\n3,abc\n4,5\n", 3, 2),
            ("x,y\n1,2\n3,1e99\n", 3, 2),
            ("x,y\n1,2\n3\n", 3, nil),
            ("x,y\n1,2\n3,4,5\n", 3, nil),
            ("1;2\n3;4,5\n", 2, 2),
            ("x,y\n1,2\n3,0x10\n", 3, 2),
            ("x,y\n1,2\n3,\u{FF15}\n", 3, 2),
            ("[[1,2],\n[3,\"a\"]]", 2, 2),
            ("[[1,2],\n[3]]", 2, nil),
            ("[[1,2],\n[3,null]]", 2, 2),
            ("[1,2]\n[3,true]\n", 2, 2),
        ]

        @Test func badCellsAreNamedByLineAndColumn() async throws {
            try await withService { service in
                for (body, line, column) in Self.tables {
                    for target in ["/v1/cluster", "/v1/datasets"] {
                        let answer = try await service.curl(target, "--data-binary", "@-", input: Data(body.utf8))
                        try answer.expectProblem(422, "invalid-points")
                        let place = try answer.json()["errors"]?[0]
                        #expect(place?["line"] == .integer(line), "\(body): \(answer.text)")
                        if let column { #expect(place?["column"] == .integer(column), "\(body): \(answer.text)") }
                        #expect(place?["detail"]?.string?.isEmpty == false)
                    }
                }
                #expect(try await service.curl("/v1/datasets").json() == ["datasets": []])
            }
        }

        @Test func atMostTwentyPlacesAreNamed() async throws {
            try await withService { service in
                let body = "x,y\n" + String(repeating: "1,two\n", count: 50)
                let answer = try await service.curl(
                    "/v1/cluster", "-H", "Content-Type: text/csv", "--data-binary", "@-", input: Data(body.utf8))
                try answer.expectProblem(422, "invalid-points")
                let lines = try #require(try answer.json()["errors"]?.array).compactMap { $0["line"]?.int }
                #expect(lines == Array(2...21))
            }
        }

        @Test func bodiesWithoutPointsAreRefused() async throws {
            try await withService { service in
                for body in ["", "\n\n", "x,y\n", "[]", "{\"points\":[]}", "{\"columns\":[\"x\"],\"points\":[]}"] {
                    let answer = try await service.curl("/v1/cluster", "--data-binary", "@-", input: Data(body.utf8))
                    try answer.expectProblem(422, "no-points")
                }
                let none = try await service.curl("/v1/cluster", "-X", "POST")
                try none.expectProblem(422, "no-points", mentions: "curl --data-binary")
            }
        }

        @Test func brokenDocumentsAreMalformed() async throws {
            try await withService { service in
                for body in [
                    "[[1,2],[3,4]", "[[1,2]]x", "{\"points\":[[1,2]]", "[[1,,2]]", "[[01,2]]", "{\"points\":\"x\"}",
                ] {
                    let answer = try await service.curl(
                        "/v1/cluster", "-H", "Content-Type: application/json", "--data-binary", "@-",
                        input: Data(body.utf8))
                    #expect([400, 422].contains(answer.status), "\(body): \(answer.text)")
                    #expect(answer.mediaType == "application/problem+json")
                }
                let deep = String(repeating: "[", count: 100_000)
                let answer = try await service.curl("/v1/cluster", "--data-binary", "@-", input: Data(deep.utf8))
                #expect([400, 422].contains(answer.status), "\(answer.text)")
                let npy = SamplePoints.blobs(2, of: 5, dimension: 2).npy
                try await service.curl("/v1/cluster", "--data-binary", "@-", input: npy.dropLast(3))
                    .expectProblem(400, "malformed-points")
            }
        }

        @Test func strippedLineEndsAreDetected() async throws {
            try await withService { service in
                let directory = try TemporaryDirectory()
                let file = try directory.write(Data("1,2\n3,4\n5,6\n".utf8), as: "points.csv")
                // -d takes the line ends out.
                let answer = try await service.curl("/v1/cluster", "-d", "@\(file)")
                #expect(answer.status == 422)
                #expect(answer.text.contains("--data-binary"))
            }
        }

        @Test func theNumberOfClustersMustFitThePoints() async throws {
            try await withService { service in
                let three = Data("0,0\n1,1\n9,9\n".utf8)
                let same = Data("x,y\n3,4\n3,4\n3,4\n".utf8)
                for (query, body, text) in [
                    ("k=4", three, "3 points"), ("k=0", three, "at least 1"), ("k=-1", three, "k"),
                    ("k=2", Data("1,2\n".utf8), "1 point"),
                    ("k=2", same, "identical"),
                ] {
                    let answer = try await service.curl("/v1/cluster?\(query)", "--data-binary", "@-", input: body)
                    try answer.expectProblem(422, "invalid-parameter", mentions: text)
                    #expect(try answer.json()["errors"]?[0]?["parameter"] == "k")
                }
                for (query, body, sizes) in [
                    ("k=1", same, [3]), ("k=1", Data("1,2\n".utf8), [1]), ("k=3", three, [1, 1, 1]),
                    ("k=1", three, [3]),
                ] {
                    let answer = try await service.curl("/v1/cluster?\(query)", "--data-binary", "@-", input: body)
                    #expect(try answer.json()["sizes"]?.ints == sizes, "\(query): \(answer.text)")
                }
            }
        }

        @Test func fewerDistinctPointsThanClustersIsAnswered() async throws {
            try await withService { service in
                let body = Data("0,0\n0,0\n0,0\n9,9\n9,9\n".utf8)
                let answer = try await service.curl("/v1/cluster?k=4", "--data-binary", "@-", input: body)
                #expect(answer.status == 200, "\(answer.text)")
                let result = try answer.json()
                let sizes = try #require(result["sizes"]?.ints)
                #expect(sizes.reduce(0, +) == 5 && sizes.count == result["k"]?.int)
                #expect(result["warnings"]?.array?.isEmpty == false)
                let labels = try #require(result["assignments"]?.ints)
                #expect(adjustedRandIndex(labels, [0, 0, 0, 1, 1]) == 1)
            }
        }

        @Test func everyBadParameterIsNamedWithItsNearestName() async throws {
            try await withService { service in
                let body = Data("0,0\n1,1\n9,9\n".utf8)
                let answer = try await service.curl(
                    "/v1/cluster?sed=1&K=2&rho=-1&xyzzyxyzzy=1", "--data-binary", "@-", input: body)
                try answer.expectProblem(422, "invalid-parameter", mentions: "did you mean \\\"seed\\\"?")
                let errors = try #require(try answer.json()["errors"]?.array)
                #expect(errors.compactMap { $0["parameter"]?.string } == ["sed", "K", "rho", "xyzzyxyzzy"])
                #expect(errors[1]["detail"]?.string?.contains("did you mean \"k\"?") == true)
                #expect(errors[3]["detail"]?.string?.contains("known are mode, k") == true)
                try await service.curl("/v1/cluster?k=2&k=3", "--data-binary", "@-", input: body)
                    .expectProblem(422, "invalid-parameter", mentions: "twice")
                try await service.put(body, as: "points")
                try await service.post("/v1/jobs", json: ["dataset": "points", "stanardize": true])
                    .expectProblem(422, "invalid-parameter", mentions: "standardize")
            }
        }

        @Test func formatsThatAreNotThereAreListed() async throws {
            try await withService { service in
                let body = Data("0,0\n1,1\n9,9\n".utf8)
                let format = try await service.curl("/v1/cluster?format=xml", "--data-binary", "@-", input: body)
                try format.expectProblem(422, "invalid-parameter", mentions: "json, csv")
                let accept = try await service.curl(
                    "/v1/cluster", "-H", "Accept: application/xml", "--data-binary", "@-", input: body)
                try accept.expectProblem(406, "not-acceptable")
                let offered = try #require(try accept.json()["offered"]?.strings)
                #expect(offered.starts(with: ["application/json", "text/csv"]))
                let type = try await service.curl(
                    "/v1/cluster", "-H", "Content-Type: application/xml", "--data-binary", "@-", input: body)
                try type.expectProblem(415, "unsupported-media-type", mentions: "text/csv")
                let parquet = try await service.curl(
                    "/v1/cluster", "--data-binary", "@-", input: Data("PAR1\0\0\0\0PAR1".utf8))
                try parquet.expectProblem(415, "unsupported-media-type", mentions: "| curl --data-binary @-")
                let declared = try await service.curl(
                    "/v1/cluster", "-H", "Content-Type: application/vnd.apache.parquet", "--data-binary", "@-",
                    input: Data("PAR1\0\0\0\0PAR1".utf8))
                try declared.expectProblem(415, "unsupported-media-type", mentions: "duckdb -c")
            }
        }

        @Test func brokenCompressedBodiesAreRefusedWithTheFix() async throws {
            try await withService { service in
                let directory = try TemporaryDirectory()
                _ = try directory.write(Data("0,0\n0,1\n9,9\n9,8\n".utf8), as: "points.csv")
                var command = Command.bash("gzip -c points.csv")
                command.directory = directory.path
                let zipped = try await command.run().output
                let whole = try await service.curl("/v1/cluster", "--data-binary", "@-", input: zipped)
                #expect(whole.status == 200, "\(whole.text)")
                let cut = try await service.curl(
                    "/v1/cluster", "-H", "Content-Encoding: gzip", "--data-binary", "@-", input: zipped.dropLast(9))
                try cut.expectProblem(400, "malformed-points", mentions: "gzip data is cut off")
                let other = try await service.curl(
                    "/v1/cluster", "-H", "Content-Encoding: br", "--data-binary", "@-", input: zipped)
                try other.expectProblem(415, "unsupported-content-coding", mentions: "gzip")
            }
        }

        @Test func badJobRequestsAreExplained() async throws {
            try await withService { service in
                try await service.put(Data("0,0\n1,1\n9,9\n".utf8), as: "points")
                for (status, body, text) in [
                    (400, "", "empty"), (400, "{\"dataset\":\"points\",}", "JSON"), (400, "dataset=points", "JSON"),
                    (422, "[]", "object"), (422, "3", "object"), (422, "{}", "dataset"),
                    (422, "{\"dataset\":3}", "string"),
                    (422, "{\"dataset\":\"other\"}", "other"), (422, "{\"dataset\":\"points\",\"k\":\"2\"}", "k"),
                    (422, "{\"dataset\":\"points\",\"k\":4}", "3 points"),
                    (422, "{\"dataset\":\"points\",\"k\":null}", "k"),
                    (422, "{\"dataset\":\"points\",\"columns\":[\"z\"]}", "columns"),
                    (422, "{\"dataset\":\"points\",\"columns\":[0,0]}", "twice"),
                    (422, "{\"dataset\":\"points\",\"k\":2,\"k\":3}", "twice"),
                    (422, "{\"dataset\":\"points\",\"labels\":{\"a\":1}}", "labels"),
                    (422, "{\"dataset\":\"points\",\"format\":\"csv\"}", "format"),
                ] {
                    let answer = try await service.curl("/v1/jobs", "--json", body)
                    try answer.expectProblem(
                        status, status == 400 ? "malformed-json" : "invalid-parameter", mentions: text)
                }
                #expect(try await service.curl("/v1/jobs").json()["jobs"] == [])
            }
        }

        @Test func limitsHoldBeforeTheBodyIsSent() async throws {
            try await withService { service in
                for (target, length, limit) in [
                    ("/v1/jobs", 2 << 20, 1 << 20), ("/v1/cluster", 1 << 40, 256 << 20),
                    ("/v1/datasets", 1 << 40, 2 << 30),
                ] {
                    for expectation in ["", "Expect: 100-continue\r\n"] {
                        let connection = try RawConnection(to: service)
                        try connection.send(
                            "POST \(target) HTTP/1.1\r\nHost: localhost\r\n\(expectation)Content-Length: \(length)\r\n\r\n"
                        )
                        let answer = try connection.readResponse()
                        try answer.expectProblem(413, "content-too-large")
                        #expect(try answer.json()["limit_bytes"] == .integer(limit))
                    }
                }
                // Without an announced length the limit is met on the way.
                let body = Data("{\"dataset\":\"\(String(repeating: "x", count: 2 << 20))\"}".utf8)
                try await service.curl("/v1/jobs", "-H", "Transfer-Encoding: chunked", "--json", "@-", input: body)
                    .expectProblem(413, "content-too-large")
            }
        }

        @Test func extremeNumbersDoNotBringTheServiceDown() async throws {
            try await withService { service in
                for body in [
                    "3e38,3e38\n-3e38,-3e38\n3e38,-3e38\n", "1e-45,0\n0,1e-45\n0,0\n",
                    "1e38,1e-38\n-1e38,0\n0,1\n2,2\n",
                    "0,1\n0,2\n0,3\n0,4\n", "1e30,1\n1.0000001e30,2\n1e30,3\n",
                ] {
                    let answer = try await service.curl("/v1/cluster", "--data-binary", "@-", input: Data(body.utf8))
                    #expect([200, 409, 422].contains(answer.status), "\(body): \(answer.text)")
                    _ = try answer.json()
                }
                let wide = Data(
                    (0..<3).map { row in (0..<2_000).map { "\($0 * row % 7)" }.joined(separator: ",") + "\n" }.joined()
                        .utf8)
                #expect(try await service.curl("/v1/cluster", "--data-binary", "@-", input: wide).status == 200)
                let tooWide = Data(String(repeating: "1,", count: 16_384).utf8) + Data("1\n".utf8)
                try await service.curl("/v1/cluster", "--data-binary", "@-", input: tooWide).expectProblem(
                    413, "points-too-large")
            }
        }
    }
}
