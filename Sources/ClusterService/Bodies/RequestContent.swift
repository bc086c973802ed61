import Foundation
import HTTPServer
import HTTPTypes

/// The content of a request as it was sent, checked against its `Content-Digest`.
///
/// `@unchecked Sendable` is sound as ``ByteSource`` says.
final class RequestContent: ByteSource, @unchecked Sendable {
    private var iterator: RequestBody.AsyncIterator
    private var short: ExpectedDigest?
    private var long: ExpectedDigest?
    private var hasEnded = false

    /// Starts to read the body of `request`.
    ///
    /// - Throws: `Problem` 400 for a `Content-Digest` that cannot be read.
    init(_ request: Request) throws {
        iterator = request.body.makeAsyncIterator()
        short = try ExpectedDigest(.sha256, in: request.headers)
        long = try ExpectedDigest(.sha512, in: request.headers)
    }

    func next() async throws -> [UInt8]? {
        if hasEnded { return nil }
        if let piece = try await iterator.next() {
            piece.withUnsafeBytes { digest($0) }
            return piece
        }
        try end()
        return nil
    }

    func next(into room: UnsafeMutableRawBufferPointer) async throws -> RequestBody.Content? {
        if hasEnded { return nil }
        if let content = try await iterator.next(into: room) {
            content.withBytes(in: room) { digest($0) }
            return content
        }
        try end()
        return nil
    }

    private func digest(_ bytes: UnsafeRawBufferPointer) {
        short?.update(bytes)
        long?.update(bytes)
    }

    private func end() throws {
        hasEnded = true
        try short.take()?.check()
        try long.take()?.check()
    }
}

/// A digest that `Content-Digest` (RFC 9530) announces, and that of the content as it comes.
///
/// Other algorithms than those of ``DigestAlgorithm`` are ignored, as the RFC allows.
private struct ExpectedDigest: ~Copyable {
    private let algorithm: DigestAlgorithm
    private let expected: String
    private var digest: ContentDigest

    /// - Throws: `Problem` 400 for a digest of the algorithm that cannot be read.
    init?(_ algorithm: DigestAlgorithm, in headers: HTTPFields) throws {
        let start = algorithm.rawValue + "="
        let members = (headers[named: "Content-Digest"] ?? "").split(separator: ",")
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard let member = members.first(where: { $0.lowercased().hasPrefix(start) }) else { return nil }
        // A structured field's byte sequence: base64 between colons; parameters may follow.
        let bytes = member.dropFirst(start.count).prefix { $0 != ";" }
        guard bytes.count > 2, bytes.first == ":", bytes.last == ":",
            let value = Data(base64Encoded: String(bytes.dropFirst().dropLast())), value.count == algorithm.length
        else {
            throw Problem(
                .badRequest, type: "/problems/malformed-digest", title: "The Content-Digest cannot be read",
                detail: "write it as \(start):…: with the \(algorithm.length) bytes in base64 between the colons "
                    + "(RFC 9530)",
                errors: [Problem.Place(parameter: "Content-Digest", detail: "is not \(start):base64:")])
        }
        self.algorithm = algorithm
        expected = Hexadecimal.text(value)
        digest = ContentDigest(algorithm)
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) { digest.update(bytes) }

    /// Compares the digests.
    ///
    /// - Throws: `Problem` 400 when the content is another.
    consuming func check() throws {
        let name = algorithm.rawValue
        let announced = expected
        guard digest.hexadecimal() == announced else {
            throw Problem(
                .badRequest, type: "/problems/digest-mismatch", title: "The content is not what was sent",
                detail: "Content-Digest names another \(name) than the content has; it was changed on the way, send "
                    + "it again")
        }
    }
}
