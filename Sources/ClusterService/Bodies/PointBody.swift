import Foundation
import HTTPServer
import HTTPTypes
import PointFormats

/// A request's body of points: checked, unpacked, and counted against a limit while it streams.
///
/// `@unchecked Sendable` is sound as ``ByteSource`` says.
final class PointBody: ByteSource, @unchecked Sendable {
    private let source: any ByteSource
    /// The part of a form that holds the points; nil when the body is not a form.
    private let part: FilePart?
    private let limit: Int
    private var count = 0

    /// Starts to read the body of `request`.
    ///
    /// - Parameter limit: the most bytes it may unpack to.
    /// - Throws: `Problem` 415 for a coding that is not supported, 400 for a malformed `Content-Digest` or a form
    ///   without a boundary.
    init(_ request: Request, limit: Int) throws {
        let coding = try Self.coding(request.headers)
        let content = UnpackedContent(try RequestContent(request), coding: coding)
        part = try FormBoundary(contentType: request.headers[.contentType])
            .map { FilePart(content, boundary: $0, limit: limit) }
        source = part.map { UnpackedContent($0, coding: nil) } ?? content
        self.limit = limit
    }

    /// A decoder for the body.
    ///
    /// - Parameters:
    ///   - format: what the headers say it holds. In a form the type of the file's part counts.
    ///   - scratch: makes room for columns that lie one behind the other.
    /// - Throws: `Problem` 415 for a part of a type that is not read.
    func decoder(
        _ format: PointFormat?, _ options: DecodingOptions, scratch: @escaping ScratchSource
    ) async throws -> PointDecoder {
        var (format, options) = (format, options)
        options.maximumUnpackedBytes = limit
        if let part { format = try options.declare(try await part.begin()) }
        return PointDecoder(format: format, options: options, scratch: scratch)
    }

    func next() async throws -> [UInt8]? {
        guard let piece = try await source.next() else { return nil }
        try add(piece.count)
        return piece
    }

    func next(into room: UnsafeMutableRawBufferPointer) async throws -> RequestBody.Content? {
        guard let content = try await source.next(into: room) else { return nil }
        try add(content.withBytes(in: room) { $0.count })
        return content
    }

    private func add(_ more: Int) throws {
        count += more
        guard count <= limit else { throw Problem.contentTooLarge(limit: limit) }
    }

    /// Decodes the whole body.
    ///
    /// - Parameters:
    ///   - room: where rows that come as they are kept can be read to, behind so many bytes of one that has begun; the
    ///     sink has then no need to copy them.
    ///   - settle: is waited for behind each piece, so that the sink can keep up.
    /// - Throws: `Problem` or `FormatError`, or what `sink` or `settle` throws.
    func decode<Sink: PointSink>(
        _ decoder: inout PointDecoder, into sink: inout Sink,
        room: (Int) throws -> UnsafeMutableRawBufferPointer? = { _ in nil }, settle: () async throws -> Void
    ) async throws -> DecodedSummary {
        while true {
            if let begun = decoder.bytesOfBegunRows, let room = try room(begun) {
                guard let content = try await next(into: room) else { break }
                try content.withBytes(in: room) { try decoder.feed($0, into: &sink) }
            } else {
                guard let piece = try await next() else { break }
                try piece.withUnsafeBytes { try decoder.feed($0, into: &sink) }
            }
            try await settle()
        }
        return try decoder.finish(into: &sink)
    }

    /// The coding that the headers name; nil where the bytes tell.
    static func coding(_ headers: HTTPFields) throws -> ContentCoding? {
        let tokens = (headers[.contentEncoding] ?? "").split(separator: ",")
            .map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
            .filter { !$0.isEmpty && $0 != "identity" }
        guard let token = tokens.first else { return nil }
        guard tokens.count == 1, let coding = ContentCoding(token: token) else {
            let known = ContentCoding.allCases.map(\.rawValue)
            throw Problem(
                .unsupportedMediaType, type: "/problems/unsupported-content-coding",
                title: "The body's content coding is not supported",
                detail:
                    "\"\(tokens.joined(separator: ", ").prefix(64))\" is not read here; pack the body once, with one "
                    + "of: \(known.joined(separator: ", ")), or send it as it is",
                members: ["supported": .strings(known)], headers: [.acceptEncoding: known.joined(separator: ", ")])
        }
        return coding
    }
}
