import Foundation
import Testing

extension EndToEnd {
    /// Stored point sets.
    @Suite struct DatasetTests {
        private let iris = LabelledSet.iris.file
        private let path = "/v1/datasets/iris.csv"

        @Test func anUploadedFileIsDescribed() async throws {
            try await withService { service in
                // curl appends the file's name to a target that ends with a slash.
                let created = try await service.curl("/v1/datasets/", "-T", iris)
                #expect(created.status == 201)
                let answer = try await service.curl(path)
                #expect(answer.body == created.body)
                #expect(answer["ETag"] == created["ETag"])
                let dataset = try answer.json()
                #expect(dataset["name"] == "iris.csv" && dataset["format"] == "csv")
                #expect(dataset["rows"] == 150 && dataset["dimension"] == 4 && dataset["bytes"] == 2_400)
                let digest = try #require(dataset["digest"]?.string)
                #expect(answer["ETag"] == "\"\(digest.dropFirst("sha-256:".count))\"")
                let column = try #require(dataset["columns"]?[0])
                #expect(column["name"] == "sepal_length")
                for (name, value) in [("min", 4.3), ("max", 7.9), ("mean", 5.843333)] {
                    #expect(abs(try #require(column[name]?.double) - value) < 1e-5, "\(name)")
                }
            }
        }

        @Test func datasetsAreListedByName() async throws {
            try await withService { service in
                #expect(try await service.curl("/v1/datasets").json() == ["datasets": []])
                for name in ["b", "a", "c.npy"] {
                    try await service.put(SamplePoints.blobs(2, of: 3, dimension: 1).csv, as: name)
                }
                let list = try #require(try await service.curl("/v1/datasets").json()["datasets"]?.array)
                #expect(list.compactMap { $0["name"]?.string } == ["a", "b", "c.npy"])
                #expect(list[0] == (try await service.curl("/v1/datasets/a").json()))
            }
        }

        @Test func theContentThatComesBackIsWhatWasSent() async throws {
            try await withService { service in
                let etag = try await service.curl("/v1/datasets/", "-T", iris)["ETag"]
                let rows = try LabelledSet.iris.csvRows()
                let json = try await service.curl("\(path)/content")
                #expect(json.mediaType == "application/json" && json["ETag"] != etag)
                let points = try #require(try json.json()["points"]?.rows)
                #expect(points.map { $0.map { Float($0) } } == rows)
                let csv = try await service.curl("\(path)/content?format=csv")
                #expect(csv.mediaType == "text/csv" && csv["ETag"] != etag && csv["ETag"] != json["ETag"])
                let tag = try #require(csv["ETag"])
                let known = try await service.curl("\(path)/content?format=csv", "-H", "If-None-Match: \(tag)")
                #expect(known.status == 304)
                let other = try await service.curl("\(path)/content", "-H", "If-None-Match: \(tag)")
                #expect(other.status == 200, "the tag of another format")
                for (name, body) in [("json", json.body), ("csv", csv.body)] {
                    let copy = try await service.curl("/v1/datasets/\(name)", "-T", "-", input: body)
                    #expect(copy.status == 201)
                    #expect(copy["ETag"] == etag, "\(name)")
                }
            }
        }

        @Test func replacingChangesTheEntityTagOnlyWithTheContent() async throws {
            try await withService { service in
                let first = try await service.curl("/v1/datasets/", "-T", iris)
                let same = try await service.curl(path, "-T", iris)
                #expect(same.status == 200)
                #expect(same["ETag"] == first["ETag"])
                let other = try await service.curl(path, "-T", "-", input: Data("1,2\n3,4\n".utf8))
                #expect(other.status == 200)
                #expect(other["ETag"] != first["ETag"])
                let dataset = try await service.curl(path).json()
                #expect(dataset["rows"] == 2)
                #expect(dataset["created_at"] == (try first.json()["created_at"]))
            }
        }

        @Test func conditionsGuardAgainstLostUpdates() async throws {
            try await withService { service in
                let tag = try #require(
                    try await service.curl("/v1/datasets/", "-T", iris, "-H", "If-None-Match: *")["ETag"])
                let other = Data("1,2\n3,4\n".utf8)
                try await service.curl(path, "-T", "-", "-H", "If-None-Match: *", input: other)
                    .expectProblem(412, "precondition-failed", mentions: String(tag.dropFirst().dropLast()))
                try await service.curl(path, "-T", "-", "-H", "If-Match: \"old\"", input: other)
                    .expectProblem(412, "precondition-failed")
                try await service.curl("/v1/datasets/new", "-T", "-", "-H", "If-Match: *", input: other)
                    .expectProblem(412, "precondition-failed")
                let known = try await service.curl(path, "-H", "If-None-Match: \"x\", W/\(tag)")
                #expect(known.status == 304 && known.body.isEmpty && known["ETag"] == tag)
                #expect(try await service.curl(path, "-H", "If-None-Match: \"x\"").status == 200)
                let replaced = try await service.curl(path, "-T", "-", "-H", "If-Match: \(tag)", input: other)
                #expect(replaced.status == 200)
                try await service.curl(path, "-X", "DELETE", "-H", "If-Match: \(tag)").expectProblem(
                    412, "precondition-failed")
                #expect(try await service.curl(path).json()["rows"] == 2)
            }
        }

        @Test func aDeletedDatasetIsGone() async throws {
            try await withService { service in
                _ = try await service.curl("/v1/datasets/", "-T", iris)
                let answer = try await service.curl(path, "-X", "DELETE")
                #expect(answer.status == 204 && answer.body.isEmpty)
                try await service.curl(path).expectProblem(404, "no-such-dataset", mentions: "iris.csv")
                try await service.curl(path, "-X", "DELETE").expectProblem(404, "no-such-dataset")
                #expect(try await service.curl("/v1/datasets").json() == ["datasets": []])
            }
        }

        @Test func aDatasetInUseCannotBeDeleted() async throws {
            try await withService { service in
                try await service.putLongJobPoints(as: "long")
                let id = try await service.startLongJob(on: "long")
                try await service.curl("/v1/datasets/long", "-X", "DELETE").expectProblem(409, "dataset-in-use")
                #expect(try await service.curl("/v1/datasets/long").status == 200)
                _ = try await service.curl("/v1/jobs/\(id)/cancel", "-X", "POST")
                _ = try await service.finishedJob(id)
                #expect(try await service.curl("/v1/datasets/long", "-X", "DELETE").status == 204)
            }
        }

        @Test func aJobKeepsTheContentItWasGiven() async throws {
            try await withService("--workers", "1") { service in
                try await service.putLongJobPoints(as: "long")
                let long = try await service.startLongJob(on: "long")
                try await service.put(try Data(contentsOf: URL(fileURLWithPath: iris)), as: "points")
                let id = try await service.startJob(["dataset": "points", "k": 3])
                try await service.put(Data("1\n2\n3\n".utf8), as: "points")
                _ = try await service.curl("/v1/jobs/\(long)/cancel", "-X", "POST")
                #expect(try await service.finishedJob(id)["state"] == "succeeded")
                let csv = try await service.curl("/v1/jobs/\(id)/result?format=csv").text
                #expect(csv.hasPrefix("sepal_length,") && csv.split(separator: "\n").count == 151)
                #expect(try await service.curl("/v1/datasets/points").json()["rows"] == 3)
            }
        }

        @Test func theServiceChoosesANameWhenThereIsNone() async throws {
            try await withService { service in
                let answer = try await service.curl("/v1/datasets", "--data-binary", "@\(iris)")
                #expect(answer.status == 201)
                let location = try #require(answer["Location"])
                #expect(try await service.curl(location).body == answer.body)
            }
        }

        @Test(arguments: [
            ".hidden", "-x", "a%2Fb", "a%20b", "%C3%A9", String(repeating: "a", count: 129), "%2e%2e%2fx",
        ])
        func namesThatAreNoFileNamesAreRefused(name: String) async throws {
            try await withService { service in
                let answer = try await service.curl("/v1/datasets/\(name)", "--path-as-is", "-T", iris)
                #expect([400, 404, 422].contains(answer.status), "\(answer.text)")
                #expect(answer.mediaType == "application/problem+json")
                #expect(try await service.curl("/v1/datasets").json() == ["datasets": []])
            }
        }

        @Test func anUploadThatBreaksOffLeavesNothing() async throws {
            try await withService { service in
                let connection = try RawConnection(to: service)
                try connection.send(
                    "PUT /v1/datasets/broken HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\nx,y\n1,2\n3,4\n"
                )
                let content = "\(service.dataDirectory)/datasets/content"
                try await eventually("the upload begins") {
                    try FileManager.default.contentsOfDirectory(atPath: content) != []
                }
                connection.abort()
                try await eventually("its file is removed") {
                    try FileManager.default.contentsOfDirectory(atPath: content) == []
                }
                try await service.curl("/v1/datasets/broken").expectProblem(404, "no-such-dataset")
            }
        }
    }
}

/// Waits until a condition holds, at most 15 s.
func eventually(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(15)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("it does not come about that \(what)", sourceLocation: sourceLocation)
}
