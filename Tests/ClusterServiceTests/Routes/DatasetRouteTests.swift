import Foundation
import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct DatasetRouteTests {
    private let plane = "x,y\n0,0\n0,1\n9,9\n"

    @Test func theDeclaredTypeIsObeyed() async throws {
        let test = try await TestService()
        // As CSV this would be one row of three numbers with brackets.
        let declared = try await test.send(.put, "/v1/datasets/a", [.contentType: "text/csv"], body: "[[1,2],[3,4]]")
        #expect(declared.status == 422)
        for type in ["application/json; charset=utf-8", "APPLICATION/JSON", "application/octet-stream"] {
            let reply = try await test.send(.put, "/v1/datasets/a", [.contentType: type], body: "[[1,2],[3,4]]")
            #expect(reply.json["format"] == .string("json"), "\(type): \(reply.text)")
        }
        await test.service.stop()
    }

    @Test(arguments: [
        ("delimiter=semicolon", "1;2\n3;4\n"), ("delimiter=%3B", "1;2\n3;4\n"), ("delimiter=tab", "1\t2\n3\t4\n"),
        ("delimiter=pipe", "1|2\n3|4\n"), ("delimiter=space", "1 2\n3 4\n"), ("header=true", "1,2\n1,2\n3,4\n"),
        ("header=false", "1,2\n3,4\n"), ("columns=a,c", "a,b,c\n1,x,2\n3,y,4\n"),
        ("columns=2,0", "a,b,c\n2,x,1\n4,y,3\n"),
    ])
    func csvIsReadAsTheQuerySays(query: String, body: String) async throws {
        let test = try await TestService()
        let reply = try await test.send(.put, "/v1/datasets/a?\(query)", body: body)
        #expect(reply.status == 201, "\(reply.text)")
        let content = try await test.send(.get, "/v1/datasets/a/content").json
        let rows = JSONValue.array([.array([.integer(1), .integer(2)]), .array([.integer(3), .integer(4)])])
        #expect(content["points"] == rows)
        await test.service.stop()
    }

    @Test(arguments: ["delimiter=dot", "header=maybe", "columns=", "columns=a,,b", "delimeter=comma"])
    func badReadingParametersAreRefusedBeforeTheBodyIsRead(query: String) async throws {
        let test = try await TestService()
        let reply = try await test.send(.put, "/v1/datasets/a?\(query)", body: "no points at all")
        #expect(reply.status == 422 && reply.problem == "invalid-parameter", "\(reply.text)")
        await test.service.stop()
    }

    @Test func conditionsAreCheckedBeforeTheBodyIsRead() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/a", body: plane)
        let reply = try await test.send(.put, "/v1/datasets/a", [.ifNoneMatch: "*"], body: "no points at all")
        #expect(reply.status == 412)
        let malformed = try await test.send(.put, "/v1/datasets/a", [.ifMatch: "no quotes"], body: plane)
        #expect(malformed.status == 400 || malformed.status == 412, "\(malformed.text)")
        await test.service.stop()
    }

    @Test func aPartOfADatasetIsNotTakenForTheWhole() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/a", body: plane)
        let reply = try await test.send(.put, "/v1/datasets/a", [.contentRange: "bytes 8-15/16"], body: "9,9\n9,8\n")
        #expect(reply.status == 400 && reply.problem == "partial-put", "\(reply.text)")
        #expect(try await test.send(.get, "/v1/datasets/a").json["rows"] == .integer(3))
        await test.service.stop()
    }

    @Test func anUploadMendsADamagedCopyOfTheSameContent() async throws {
        // Room for a few copies, not for one an upload.
        let test = try await TestService { $0.storedBytes = 2_000 }
        _ = try await test.send(.put, "/v1/datasets/a", body: plane)
        let names = try test.directory.files(in: "datasets/content")
        let path = "\(test.directory.path)/datasets/content/\(try #require(names.first))"
        let good = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(good.count > 100)
        for number in 0..<20 {
            try Data(good.reversed()).write(to: URL(fileURLWithPath: path))
            #expect(try await test.send(.put, "/v1/datasets/b\(number)", body: plane).status == 201)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == good)
            #expect(try test.directory.files(in: "datasets/content") == names)
        }
        await test.service.stop()
    }

    @Test func aMissingDirectoryIsSaidAndNotA500() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/a", body: plane)
        let content = test.directory.path + "/datasets/content"
        try FileManager.default.moveItem(atPath: content, toPath: content + ".away")
        #expect(try await test.send(.get, "/readyz").status == 503)
        let reply = try await test.send(.put, "/v1/datasets/b", body: plane)
        #expect(reply.status == 503 && reply.problem == "storage-unavailable", "\(reply.text)")
        try FileManager.default.moveItem(atPath: content + ".away", toPath: content)
        #expect(try await test.send(.get, "/readyz").status == 200)
        #expect(try await test.send(.put, "/v1/datasets/b", body: plane).status == 201)
        await test.service.stop()
    }

    @Test func aSizeLimitHoldsForDatasets() async throws {
        let test = try await TestService { $0.datasetBytes = 8 }
        #expect(try await test.send(.put, "/v1/datasets/a", body: plane).status == 413)
        #expect(try await test.send(.get, "/v1/datasets/a").status == 404)
        await test.service.stop()
    }
}
