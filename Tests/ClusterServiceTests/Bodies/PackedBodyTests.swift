import Foundation
import HTTPServer
import HTTPTypes
import PointFormats
import Testing

@testable import ClusterService

/// Bodies that arrive in a content coding.
@Suite struct PackedBodyTests {
    private let plane = Array("x,y\n0,0\n0,1\n9,9\n9,8\n".utf8)

    @Test(arguments: ContentCoding.allCases) func packedBodiesAreReadAnnouncedOrNot(coding: ContentCoding) async throws
    {
        let test = try await TestService()
        let tag = try await test.send(.put, "/v1/datasets/plain", bytes: plane).headers[.eTag]
        let body = packed(plane, coding)
        let types = [nil, "application/gzip", "text/csv", "application/octet-stream"]
        for (index, type) in types.enumerated() {
            var headers: HTTPFields = [:]
            headers[.contentType] = type
            let sniffed = try await test.send(.put, "/v1/datasets/sniffed\(index)", headers, bytes: body)
            #expect(sniffed.status == 201 && sniffed.headers[.eTag] == tag, "\(sniffed.text)")
            headers[.contentEncoding] = coding.rawValue.uppercased()
            let announced = try await test.send(.put, "/v1/datasets/announced\(index)", headers, bytes: body)
            #expect(announced.status == 201 && announced.headers[.eTag] == tag, "\(announced.text)")
        }
        await test.service.stop()
    }

    @Test(arguments: ContentCoding.allCases) func theLimitCountsUnpackedBytes(coding: ContentCoding) async throws {
        let test = try await TestService { $0.datasetBytes = 1 << 20 }
        let body = packed(Array(repeatElement(Array("1.5,2.5\n".utf8), count: 1 << 19).joined()), coding)
        #expect(body.count < 1 << 16)
        let reply = try await test.send(.put, "/v1/datasets/a", bytes: body)
        #expect(reply.status == 413 && reply.json["limit_bytes"] == .integer(1 << 20), "\(reply.text)")
        #expect(try test.directory.files(in: "datasets/content").isEmpty)
        await test.service.stop()
    }

    @Test(arguments: ContentCoding.allCases) func aBrokenBodyIsNamedAndLeavesNothing(coding: ContentCoding) async throws
    {
        let test = try await TestService()
        let body = packed(plane, coding)
        for broken in [Array(body.dropLast(3)), body + [1, 2, 3, 4, 5]] {
            let reply = try await test.send(.put, "/v1/datasets/a", bytes: broken)
            #expect(reply.status == 400 && reply.problem == "malformed-points", "\(reply.text)")
            #expect(reply.text.contains(coding.rawValue))
        }
        #expect(try test.directory.files(in: "datasets/content").isEmpty)
        await test.service.stop()
    }

    @Test func codingsThatAreNotReadAreRefusedBeforeTheBody() async throws {
        let test = try await TestService()
        for coding in ["br", "gzip, zstd"] {
            let reply = try await test.send(.put, "/v1/datasets/a", [.contentEncoding: coding], bytes: [0])
            #expect(reply.status == 415 && reply.problem == "unsupported-content-coding")
            #expect(reply.headers[.acceptEncoding] == "zstd, gzip")
        }
        let plain = try await test.send(.put, "/v1/datasets/a", [.contentEncoding: "identity"], bytes: plane)
        #expect(plain.status == 201)
        let unpacked = try await test.send(.put, "/v1/datasets/a", [.contentEncoding: "gzip"], bytes: plane)
        #expect(unpacked.status == 400, "what is announced as packed must be")
        await test.service.stop()
    }

    @Test func aContentDigestIsVerified() async throws {
        let test = try await TestService()
        let contentDigest = try #require(HTTPField.Name("Content-Digest"))
        let digest = "sha-256=:\(base64OfDigest(plane)):"
        let long = "sha-512=:\(base64OfDigest(plane, .sha512)):"
        for value in [digest, long, "\(long), \(digest)", "md5=:AAAA:", "\(digest);a=1"] {
            let reply = try await test.send(.put, "/v1/datasets/a", [contentDigest: value], bytes: plane)
            #expect(reply.status < 300, "\(value): \(reply.text)")
        }
        for value in [digest, long] {
            let changed = try await test.send(.put, "/v1/datasets/b", [contentDigest: value], bytes: plane + [0x0A])
            #expect(changed.status == 400 && changed.problem == "digest-mismatch")
        }
        #expect(try await test.get("/v1/datasets/b").status == 404)
        for value in ["sha-256=abc", "sha-256=:AAAA:", "sha-256=:%%%:", "\(digest), sha-512=:AAAA:"] {
            let reply = try await test.send(.put, "/v1/datasets/b", [contentDigest: value], bytes: plane)
            #expect(reply.status == 400 && reply.problem == "malformed-digest", "\(value)")
        }
        // The digest is that of the bytes sent, packed as they are.
        let body = packed(plane, .gzip)
        let gzipped = try await test.send(
            .put, "/v1/datasets/c", [contentDigest: "sha-256=:\(base64OfDigest(body)):"], bytes: body)
        #expect(gzipped.status == 201)
        await test.service.stop()
    }

    private func base64OfDigest(_ bytes: [UInt8], _ algorithm: DigestAlgorithm = .sha256) -> String {
        var content = ContentDigest(algorithm)
        bytes.withUnsafeBytes { content.update($0) }
        let digits = Array(content.hexadecimal())
        let digest = stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 }
        return Data(digest).base64EncodedString()
    }
}
