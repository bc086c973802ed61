import HTTPServer
import HTTPTypes
import PointFormats
import Testing

@testable import ClusterService

/// Bodies that are forms.
@Suite struct FormTests {
    private let points = "x,y\n0,0\n0,1\n9,9\n9,8\n"

    private func form(_ content: [UInt8], type: String? = nil, boundary: String = "b-1") -> [UInt8] {
        let head = """
            preamble\r\n--\(boundary)\r\nContent-Disposition: form-data; name="note"\r\n\r\n3\r\n--\(boundary)  \r\n\
            content-disposition: form-data; name="file"; filename="a; \\"b\\".csv"\r\n
            """
        let typeField = type.map { "Content-Type: \($0)\r\n" } ?? ""
        let tail = """
            \r\n--\(boundary)\r\nContent-Disposition: form-data; name="g"; filename="g.csv"\r\n\r\n7,7\r\n\
            --\(boundary)--\r\nepilogue
            """
        return Array((head + typeField + "\r\n").utf8) + content + Array(tail.utf8)
    }

    /// Reads the file of a form that arrives in pieces of `length`.
    private func file(_ body: [UInt8], boundary: String = "b-1", pieces length: Int) async throws -> (String?, [UInt8])
    {
        let part = FilePart(Pieces(body, length), boundary: FormBoundary(boundary), limit: 1 << 20)
        let type = try await part.begin()
        var content: [UInt8] = []
        while let piece = try await part.next() {
            #expect(!piece.isEmpty)
            content += piece
        }
        return (type, content)
    }

    /// Bytes in pieces of one length.
    private final class Pieces: ByteSource, @unchecked Sendable {
        private var rest: ArraySlice<UInt8>
        private let length: Int

        init(_ bytes: [UInt8], _ length: Int) {
            rest = bytes[...]
            self.length = length
        }

        func next() async throws -> [UInt8]? {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(length) }
            return Array(rest.prefix(length))
        }
    }

    @Test func theFirstFileIsFoundWhereverTheBodyIsCut() async throws {
        for content in [points, "", "\r\n", "--b-1", "\r\n--b-", "\r\r\n--b-2\r\n\r\n--"] {
            let body = form(Array(content.utf8), type: "text/csv")
            for length in [1, 2, 3, 5, 7, 11, 64, 10_000] {
                let (type, found) = try await file(body, pieces: length)
                #expect(type == "text/csv" && found == Array(content.utf8), "\(content.debugDescription) by \(length)")
            }
        }
    }

    @Test(arguments: ["multipart/form-data; boundary=b-1", "Multipart/Form-Data; charset=utf-8; boundary=\"b-1\""])
    func aFormIsReadLikeItsFile(type: String) async throws {
        let test = try await TestService()
        let plain = try await test.send(.put, "/v1/datasets/plain", body: points)
        for (index, part) in [nil, "text/csv", "application/vnd.ms-excel"].enumerated() {
            let reply = try await test.send(
                .put, "/v1/datasets/form\(index)", [.contentType: type], bytes: form(Array(points.utf8), type: part))
            #expect(reply.status == 201 && reply.headers[.eTag] == plain.headers[.eTag], "\(reply.text)")
        }
        let zipped = form(packed(Array(points.utf8), .gzip))
        let inside = try await test.send(.post, "/v1/datasets", [.contentType: type], bytes: zipped)
        #expect(inside.status == 201 && inside.headers[.eTag] == plain.headers[.eTag], "\(inside.text)")
        let outside = try await test.send(
            .post, "/v1/cluster?k=2", [.contentType: type, .contentEncoding: "gzip"],
            bytes: packed(form(Array(points.utf8)), .gzip))
        #expect(outside.status == 200, "\(outside.text)")
        let declared = try await test.send(
            .put, "/v1/datasets/d", [.contentType: type], bytes: form(Array("[[1,2],[3,4]]".utf8), type: "text/csv"))
        #expect(declared.status == 422, "the type of the file is obeyed")
        let tabs = try await test.send(
            .put, "/v1/datasets/t", [.contentType: type],
            bytes: form(Array("x,1\ty,2\n0,5\t1\n".utf8), type: "text/tab-separated-values"))
        #expect(tabs.status == 422 && tabs.text.contains("0,5"), "a comma in a cell separates nothing: \(tabs.text)")
        for (part, detail) in [("application/vnd.apache.parquet", "duckdb -c"), ("application/xml", "text/csv")] {
            let refused = try await test.send(
                .put, "/v1/datasets/u", [.contentType: type], bytes: form(Array(points.utf8), type: part))
            #expect(refused.status == 415 && refused.text.contains(detail), "\(refused.text)")
        }
        await test.service.stop()
    }

    @Test func formsThatCannotBeReadAreExplained() async throws {
        let test = try await TestService { $0.datasetBytes = 4_096 }
        let whole = form(Array(points.utf8))
        let cut = try #require(whole.indices.first { whole[$0...].starts(with: Array("9,8".utf8)) })
        func put(_ type: String, _ body: [UInt8]) async throws -> ByteReply {
            try await test.send(.put, "/v1/datasets/a", [.contentType: type], bytes: body)
        }
        let type = "multipart/form-data; boundary=b-1"
        for (status, reply) in [
            (400, try await put("multipart/form-data", whole)),
            (400, try await put("multipart/form-data; boundary=\(String(repeating: "b", count: 71))", whole)),
            (400, try await put("multipart/form-data; boundary=other", whole)),
            (400, try await put(type, Array(whole[..<cut]))),
            (400, try await put(type, [])),
            (
                422,
                try await put(
                    type, Array("--b-1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b-1--\r\n".utf8))
            ),
            (422, try await put(type, form([]))),
            (413, try await put(type, form(Array(repeating: 0x31, count: 5_000)))),
        ] {
            #expect(reply.status == status, "\(reply.text)")
        }
        #expect(try test.directory.files(in: "datasets/content").isEmpty)
        await test.service.stop()
    }

    @Test func aParameterInTheFormIsRefusedAndNotDropped() async throws {
        let test = try await TestService()
        let head = "--b-1\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\n3\r\n"
        let file =
            "--b-1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\(points)\r\n--b-1--\r\n"
        let reply = try await test.send(
            .post, "/v1/cluster", [.contentType: "multipart/form-data; boundary=b-1"], body: head + file)
        #expect(reply.status == 422 && reply.text.contains("?k="), "\(reply.text)")
        await test.service.stop()
    }

    @Test func aParameterBehindTheFileIsRefusedToo() async throws {
        let test = try await TestService()
        let file =
            "--b-1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\(points)\r\n--b-1\r\n"
        let type = HTTPFields([HTTPField(name: .contentType, value: "multipart/form-data; boundary=b-1")])
        for (name, target) in [("k", "/v1/cluster"), ("header", "/v1/datasets")] {
            let note = "Content-Disposition: form-data; name=\"note\"\r\n\r\n\r\n--b-1\r\n"
            let field = "Content-Disposition: form-data; name=\"\(name)\"\r\n\r\n3\r\n--b-1--\r\n"
            let reply = try await test.send(.post, target, type, body: file + note + field)
            #expect(reply.status == 422 && reply.text.contains("?\(name)="), "\(reply.text)")
        }
        #expect(try test.directory.files(in: "datasets/content").isEmpty)
        await test.service.stop()
    }

    @Test func parametersAreReadAsQuotedOrNot() {
        let field = FieldParameters("form-data; name=a ; filename=\"x;\\\"y\\\".csv\"; empty=; flag")
        #expect(field["name"] == "a" && field["filename"] == "x;\"y\".csv" && field["empty"] == "")
        #expect(field["flag"] == nil && field["other"] == nil)
    }
}
