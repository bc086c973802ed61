import HTTPServer
import HTTPTypes
import PointFormats

@testable import ClusterService

extension TestService {
    /// Sends a request whose body is bytes.
    func send(
        _ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields = [:], bytes: [UInt8]
    ) async throws -> ByteReply {
        let parts = target.split(separator: "?", maxSplits: 1)
        let request = Request(
            method: method, path: String(parts[0]), query: try QueryParameters(query: parts.count > 1 ? parts[1] : ""),
            headers: headers, body: RequestBody(bytes))
        let response = await service.router.respond(to: request)
        return ByteReply(
            status: response.status.code, headers: response.headers, bytes: try await response.body.collect())
    }

    /// Gets what is at `target` as bytes.
    func get(_ target: String, _ headers: HTTPFields = [:]) async throws -> ByteReply {
        try await send(.get, target, headers, bytes: [])
    }
}

/// What the router answered, in bytes.
struct ByteReply {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The content, or null where it is no JSON.
    var json: JSONValue { (try? JSONValue.parse(bytes)) ?? .null }

    /// The kind of problem.
    var problem: String? { Reply(status: status, headers: headers, text: text).problem }
}

/// Packs `bytes` as a client would.
func packed(_ bytes: [UInt8], _ coding: ContentCoding) -> [UInt8] {
    let compressor = Compressor(coding)
    return compressor.compress(bytes) + compressor.finish()
}

/// Unpacks an answer.
func unpacked(_ bytes: [UInt8], _ coding: ContentCoding) throws -> [UInt8] {
    let decompressor = Decompressor(coding)
    decompressor.give(bytes)
    var unpacked: [UInt8] = []
    while let piece = try decompressor.next() { unpacked += piece }
    try decompressor.finish()
    return unpacked
}
