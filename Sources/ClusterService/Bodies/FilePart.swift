import Foundation
import HTTPServer
import HTTPTypes

/// The first file of a form: the parts in front of it and behind it are passed over, unless they are parameters.
///
/// `@unchecked Sendable` is sound as ``ByteSource`` says.
final class FilePart: ByteSource, @unchecked Sendable {
    /// How much may stand in front of the file and behind it.
    private static let slack = 1 << 20
    private static let longestHead = 16 * 1024
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    private static let headEnd = lineEnd + lineEnd

    private enum State {
        /// In front of the head of a part, or of the end.
        case delimiter
        /// In the file.
        case content
        /// Behind the file.
        case ended
    }

    private let source: any ByteSource
    private let delimiter: [UInt8]
    private let limit: Int
    /// Bytes that were read and not used, with the line end that is implied in front of the first delimiter.
    private var buffer: [UInt8] = [0x0D, 0x0A]
    private var count = 0
    private var state = State.delimiter

    /// - Parameter limit: the most bytes the file may have.
    init(_ source: any ByteSource, boundary: FormBoundary, limit: Int) {
        self.source = source
        delimiter = boundary.delimiter
        self.limit = limit
    }

    /// Reads up to the file's content.
    ///
    /// - Returns: the file's media type, if the form names one.
    /// - Throws: `Problem` 400 for a body that is no form, 422 for one without a file.
    func begin() async throws -> String? {
        while true {
            guard try await skippedPart() else { throw Self.cutOff }
            let line = try await take(upTo: Self.lineEnd)
            if line.starts(with: Array("--".utf8)) {
                throw Problem(
                    .unprocessableContent, type: "/problems/no-points", title: "The form has no file",
                    detail: "none of its parts has a filename; send one as with: curl -F file=@points.csv")
            }
            // The blank line behind the head ends its last line, too.
            buffer.insert(contentsOf: Self.lineEnd, at: 0)
            let head = try await take(upTo: Self.headEnd)
            let fields = Self.fields(head)
            let disposition = FieldParameters(fields["content-disposition"] ?? "")
            if disposition["filename"] != nil {
                state = .content
                return fields["content-type"]
            }
            try Self.checkField(disposition)
            // An empty part ends with the line end that its head ends with.
            buffer.insert(contentsOf: Self.lineEnd, at: 0)
        }
    }

    func next() async throws -> [UInt8]? {
        while state == .content {
            if let index = index(of: delimiter) {
                let rest = Array(buffer[..<index])
                buffer.removeFirst(index + delimiter.count)
                state = .ended
                if !rest.isEmpty { return rest }
            } else {
                // The last bytes may be the start of the delimiter.
                let ready = buffer.count - delimiter.count + 1
                if ready > 0 {
                    let piece = Array(buffer[..<ready])
                    buffer.removeFirst(ready)
                    return piece
                }
                guard try await read() else { throw Self.cutOff }
            }
        }
        if state == .ended {
            try await checkFollowingParts()
            repeat { buffer.removeAll() } while try await read()
        }
        return nil
    }

    /// Passes over the parts behind the file.
    ///
    /// - Throws: `Problem` 422 for a parameter among them.
    private func checkFollowingParts() async throws {
        while let line = try await takeIfThere(upTo: Self.lineEnd), !line.starts(with: Array("--".utf8)) {
            buffer.insert(contentsOf: Self.lineEnd, at: 0)
            guard let head = try await takeIfThere(upTo: Self.headEnd) else { return }
            try Self.checkField(FieldParameters(Self.fields(head)["content-disposition"] ?? ""))
            buffer.insert(contentsOf: Self.lineEnd, at: 0)
            guard try await skippedPart() else { return }
        }
    }

    /// Refuses a field that is a parameter of the query.
    private static func checkField(_ disposition: FieldParameters) throws {
        guard disposition["filename"] == nil, let name = disposition["name"], queryParameters.contains(name) else {
            return
        }
        throw misplaced(name)
    }

    /// Passes over everything up to the next delimiter, and the delimiter.
    ///
    /// - Returns: whether there was one.
    private func skippedPart() async throws -> Bool {
        while true {
            if let index = index(of: delimiter) {
                buffer.removeFirst(index + delimiter.count)
                return true
            }
            buffer.removeFirst(max(0, buffer.count - delimiter.count + 1))
            guard try await read() else { return false }
        }
    }

    /// Takes what stands in front of `mark`, and the mark.
    private func take(upTo mark: [UInt8]) async throws -> [UInt8] {
        guard let taken = try await takeIfThere(upTo: mark) else { throw Self.cutOff }
        return taken
    }

    /// Takes what stands in front of `mark`, and the mark; nil when the mark is not there, or too far away.
    private func takeIfThere(upTo mark: [UInt8]) async throws -> [UInt8]? {
        while true {
            if let index = index(of: mark) {
                let taken = Array(buffer[..<index])
                buffer.removeFirst(index + mark.count)
                return taken
            }
            guard buffer.count <= Self.longestHead, try await read() else { return nil }
        }
    }

    private func read() async throws -> Bool {
        guard let piece = try await source.next() else { return false }
        count += piece.count
        guard count <= limit + Self.slack else { throw Problem.contentTooLarge(limit: limit) }
        buffer += piece
        return true
    }

    private func index(of mark: [UInt8]) -> Int? {
        guard let first = mark.first, buffer.count >= mark.count else { return nil }
        return buffer.withUnsafeBufferPointer { bytes in
            var start = 0
            let last = bytes.count - mark.count
            while start <= last {
                guard let found = bytes[start...last].firstIndex(of: first) else { return nil }
                if bytes[found..<found + mark.count].elementsEqual(mark) { return found }
                start = found + 1
            }
            return nil
        }
    }

    private static func fields(_ head: [UInt8]) -> [String: String] {
        var fields: [String: String] = [:]
        for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].trimmingCharacters(in: .whitespaces).lowercased()
            fields[name] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return fields
    }

    /// Names that mean something in the query: a form's field of that name was meant to.
    private static let queryParameters = Set(
        JobParameterDefinition.all.map(\.name) + Service.decodingParameters + ["format"])

    private static func misplaced(_ name: String) -> Problem {
        ParameterFault.problem([
            ParameterFault(name, "stands in the form, where it is not read; put it in the query, as in ?\(name)=…")
        ])
    }

    private static let cutOff = Problem(
        .badRequest, type: "/problems/malformed-form", title: "The form cannot be read",
        detail: "the body ends, or goes on too long, before a delimiter with the boundary of Content-Type; send all of "
            + "it, such as with: curl -F file=@points.csv")
}
