import Foundation
import HTTPServer
import HTTPTypes

/// The content of a request as it was sent, checked against its `Content-Digest`.
///
/// `@unchecked Sendable` is sound as ``ByteSource`` says.
final class RequestContent: ByteSource, @unchecked Sendable {
    private var iterator: RequestBody.AsyncIterator
    private let expected: String?
    private var digest: ContentDigest?
    private var hasEnded = false

    /// Starts to read the body of `request`.
    ///
    /// - Throws: `Problem` 400 for a `Content-Digest` that cannot be read.
    init(_ request: Request) throws {
        iterator = request.body.makeAsyncIterator()
        expected = try Self.expectedDigest(request.headers)
        if expected != nil { digest = ContentDigest() }
    }

    func next() async throws -> [UInt8]? {
        if hasEnded { return nil }
        if let piece = try await iterator.next() {
            piece.withUnsafeBytes { digest?.update($0) }
            return piece
        }
        hasEnded = true
        if let expected, let found = digest.take()?.hexadecimal(), found != expected {
            throw Problem(
                .badRequest, type: "/problems/digest-mismatch", title: "The content is not what was sent",
                detail: "Content-Digest names another sha-256 than the content has; it was changed on the way, send "
                    + "it again")
        }
        return nil
    }

    /// The SHA-256 of a `Content-Digest` (RFC 9530), as hexadecimal digits; nil when none is given.
    ///
    /// Other algorithms are ignored, as the RFC allows.
    static func expectedDigest(_ headers: HTTPFields) throws -> String? {
        guard let value = headers[named: "Content-Digest"] else { return nil }
        for member in value.split(separator: ",") {
            let text = member.trimmingCharacters(in: .whitespaces)
            guard text.lowercased().hasPrefix("sha-256=") else { continue }
            // A structured field's byte sequence: base64 between colons; parameters may follow.
            let bytes = text.dropFirst("sha-256=".count).prefix { $0 != ";" }
            guard bytes.count > 2, bytes.first == ":", bytes.last == ":",
                let digest = Data(base64Encoded: String(bytes.dropFirst().dropLast())), digest.count == 32
            else {
                throw Problem(
                    .badRequest, type: "/problems/malformed-digest", title: "The Content-Digest cannot be read",
                    detail: "write it as sha-256=:…: with the 32 bytes in base64 between the colons (RFC 9530)",
                    errors: [Problem.Place(parameter: "Content-Digest", detail: "is not sha-256=:base64:")])
            }
            return Hexadecimal.text(digest)
        }
        return nil
    }
}
