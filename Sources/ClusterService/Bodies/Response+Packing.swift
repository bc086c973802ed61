import Foundation
import HTTPServer
import HTTPTypes
import PointFormats

extension Response {
    /// From this length on an answer in memory is worth packing.
    private static let packedLength = 16 * 1024

    /// The same answer, which says that others might get another (RFC 9110, section 12.5.5), a 304 as well.
    ///
    /// - Parameter request: what to pack it for; nil to leave it as it is.
    func negotiated(packed request: Request?) -> Response {
        if let request, status == .ok { return packed(for: request) }
        var answer = self
        answer.headers[.vary] = "Accept, Accept-Encoding"
        return answer
    }

    /// The same answer in the content coding that the client prefers, if it is streamed or long.
    ///
    /// A packed answer has other bytes, so its entity tag becomes a weak one.
    func packed(for request: Request) -> Response {
        guard headers[.contentEncoding] == nil else { return self }
        var answer = self
        answer.headers[.vary] = "Accept, Accept-Encoding"
        switch body {
        case .empty: return answer
        case .bytes(let bytes) where bytes.count < Self.packedLength: return answer
        case .bytes, .stream: break
        }
        guard let coding = request.headers.preferredCoding else { return answer }
        answer.headers[.contentEncoding] = coding.rawValue
        answer.headers[.acceptRanges] = nil
        if let tag = headers[.eTag], !tag.hasPrefix("W/") { answer.headers[.eTag] = "W/" + tag }
        let body = body
        answer.body = .stream(length: nil) { output in
            let packing = PackedOutput(coding, output)
            switch body {
            case .empty: break
            case .bytes(let bytes):
                for start in stride(from: 0, to: bytes.count, by: 64 * 1024) {
                    try await packing.write(Array(bytes[start..<min(start + 64 * 1024, bytes.count)]))
                }
            case .stream(_, let write): try await write(BodyWriter { try await packing.write($0) })
            }
            try await packing.finish()
        }
        return answer
    }
}

extension HTTPFields {
    /// The content coding to answer in, by `Accept-Encoding` (RFC 9110, section 12.5.3); nil for none.
    ///
    /// The greatest weight wins; of equals zstd before gzip before nothing at all. Without the field the answer is
    /// sent as it is.
    var preferredCoding: ContentCoding? {
        var weights: [String: Int] = [:]
        for value in self[values: .acceptEncoding] {
            for member in value.split(separator: ",") {
                let parts = member.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
                guard let token = parts.first, !token.isEmpty else { continue }
                let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Self.thousandths($0.dropFirst(2)) }
                weights[token == "x-gzip" ? "gzip" : token] = weight ?? 1000
            }
        }
        let identity = weights["identity"] ?? 0
        let codings = ContentCoding.allCases.map { ($0, weights[$0.rawValue] ?? weights["*"] ?? 0) }
        guard let best = codings.max(by: { $0.1 < $1.1 }), best.1 > 0, best.1 >= identity else { return nil }
        return codings.first { $0.1 == best.1 }?.0
    }

    /// A weight such as 0.8 in thousandths; one that cannot be read counts as 0.
    private static func thousandths(_ text: Substring) -> Int {
        guard let value = Double(text), (0...1).contains(value) else { return 0 }
        return Int((value * 1000).rounded())
    }
}

/// Packs what is written and passes it on.
///
/// `@unchecked Sendable` is sound: the one task that writes the answer uses it, step after step.
private final class PackedOutput: @unchecked Sendable {
    private let compressor: Compressor
    private let output: BodyWriter

    init(_ coding: ContentCoding, _ output: BodyWriter) {
        compressor = Compressor(coding)
        self.output = output
    }

    func write(_ bytes: [UInt8]) async throws { try await output.write(compressor.compress(bytes)) }

    func finish() async throws { try await output.write(compressor.finish()) }
}
