import Foundation
import HTTPServer
import HTTPTypes

/// The delimiter of the parts of a `multipart/form-data` body (RFC 7578, RFC 2046).
struct FormBoundary {
    /// What stands between two parts: a line end, two hyphens, the boundary.
    let delimiter: [UInt8]

    init(_ boundary: String) { delimiter = Array("\r\n--\(boundary)".utf8) }

    /// Reads a `Content-Type`; nil when it is another type.
    ///
    /// - Throws: `Problem` 400 when the boundary is missing or longer than 70 characters.
    init?(contentType: String?) throws {
        guard let contentType, contentType.lowercased().hasPrefix("multipart/form-data") else { return nil }
        guard let boundary = FieldParameters(contentType)["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw Problem(
                .badRequest, type: "/problems/malformed-form", title: "The form cannot be read",
                detail: "Content-Type: multipart/form-data needs a boundary of 1 to 70 characters; curl -F makes one")
        }
        self.init(boundary)
    }
}

/// The parameters of a header field such as `form-data; name="file"; filename="points.csv"`.
struct FieldParameters {
    private var values: [String: String] = [:]

    init(_ field: String) {
        var rest = field.drop { $0 != ";" }
        while rest.popFirst() == ";" {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(name.count)
            guard rest.first == "=" else { continue }
            rest.removeFirst()
            values[name.trimmingCharacters(in: .whitespaces).lowercased()] = Self.value(&rest)
            rest = rest.drop { $0 != ";" }
        }
    }

    /// The value of a parameter, without quotes.
    subscript(name: String) -> String? { values[name] }

    private static func value(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != ";" }
            rest = rest.dropFirst(value.count)
            return value.trimmingCharacters(in: .whitespaces)
        }
        rest.removeFirst()
        var value = ""
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let escaped = rest.popFirst() {
                value.append(escaped)
            } else {
                value.append(character)
            }
        }
        return value
    }
}
