import Foundation
import HTTPServer
import HTTPTypes
import PointFormats

extension Request {
    /// Refuses query parameters that the operation does not know, and those given twice.
    ///
    /// - Throws: `Problem` 422 naming the nearest known one.
    func checkQuery(known: [String]) throws {
        var seen: Set<String> = []
        let faults = query.items.compactMap { item -> ParameterFault? in
            guard known.contains(item.name) else { return .unknown(item.name, among: known) }
            return seen.insert(item.name).inserted ? nil : ParameterFault(item.name, "is given twice; give it once")
        }
        if !faults.isEmpty { throw ParameterFault.problem(faults) }
    }

    /// The format the client wants: `?format=` before `Accept`, the first offered where it does not say.
    ///
    /// - Throws: `Problem` 422 for an unknown `format`, 406 when `Accept` allows none.
    func resultFormat() throws -> ResultFormat {
        if let name = query["format"] {
            guard let format = ResultFormat(rawValue: name) else {
                let known = ResultFormat.allCases.map(\.rawValue).joined(separator: ", ")
                throw ParameterFault.problem([ParameterFault("format", "is one of \(known)")])
            }
            return format
        }
        let offered = ResultFormat.allCases
        let essences = offered.map(\.essence)
        guard let chosen = headers.preferredMediaType(of: essences),
            let format = offered.first(where: { $0.essence == chosen })
        else {
            throw Problem.notAcceptable(offered: essences)
        }
        return format
    }

    /// The JSON object in the body.
    ///
    /// - Throws: `Problem` 400 when it is not JSON, 415 for another type, 422 when it is not an object.
    func jsonObject(limit: Int) async throws -> [JSONValue.Member] {
        if let type = headers[.contentType] {
            let essence = type.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
            guard ["application/json", "application/x-www-form-urlencoded", "text/json"].contains(essence) else {
                throw Problem.unsupportedMediaType(type, supported: ["application/json"])
            }
        }
        if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
            throw Problem(
                .unsupportedMediaType, type: "/problems/unsupported-content-coding",
                title: "The body is packed", detail: "send this JSON as it is, without Content-Encoding",
                headers: [.acceptEncoding: "identity"])
        }
        let bytes = try await body.collect(upTo: limit)
        guard !bytes.isEmpty else {
            throw Problem(
                .badRequest, type: "/problems/malformed-json", title: "The body is empty",
                detail: "send a JSON object, such as {\"dataset\":\"points.csv\",\"k\":3}")
        }
        let value: JSONValue
        do {
            value = try await Self.parse(bytes)
        } catch {
            throw Self.malformedJSON(error, in: bytes)
        }
        guard case .object(let members) = value else {
            throw Problem(
                .unprocessableContent, type: "/problems/invalid-parameter", title: "The body is not an object",
                detail: "send a JSON object, such as {\"dataset\":\"points.csv\",\"k\":3}")
        }
        return members
    }

    /// How many bytes are read as JSON on the event loop; reading more would keep its other clients waiting.
    private static let shortText = 16_384

    private static func parse(_ bytes: [UInt8]) async throws(JSONParser.Failure) -> JSONValue {
        guard bytes.count > shortText else { return try JSONValue.parse(bytes) }
        return try await Task.detached { Result { () throws(JSONParser.Failure) in try JSONValue.parse(bytes) } }
            .value.get()
    }

    /// The answer to a body that is not JSON, with the place where it stops to be.
    private static func malformedJSON(_ failure: JSONParser.Failure, in bytes: [UInt8]) -> Problem {
        let before = bytes[..<failure.offset]
        let line = before.count { $0 == 0x0A } + 1
        let column = failure.offset - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return Problem(
            .badRequest, type: "/problems/malformed-json", title: "The body is not JSON",
            detail: "line \(line), column \(column): \(failure.reason); send one JSON object (RFC 8259)",
            errors: [Problem.Place(line: line, column: column, detail: failure.reason)])
    }
}

extension ResultFormat {
    /// The media type without parameters.
    var essence: String { String(mediaType.prefix { $0 != ";" }) }
}
