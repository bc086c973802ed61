import Foundation

/// What a server answered, as curl saw it.
struct Answer: Sendable {
    let status: Int
    /// The fields of the last response, in order.
    let fields: [(name: String, value: String)]
    let body: Data

    /// The value of a header field, whatever its case.
    subscript(field: String) -> String? {
        fields.first { $0.name.lowercased() == field.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The media type without parameters.
    var mediaType: String? { self["Content-Type"].map { String($0.prefix { $0 != ";" }) } }

    func json() throws -> JSON { try JSON(body) }
}

extension ClusterdService {
    /// Calls the service with the real curl.
    ///
    /// - Parameters:
    ///   - target: path and query, such as `/v1/cluster?k=3`.
    ///   - arguments: further arguments of curl.
    ///   - input: what curl reads as `@-`.
    func curl(_ target: String, _ arguments: String..., input: Data? = nil) async throws -> Answer {
        try await curl(target, arguments, input: input)
    }

    func curl(_ target: String, _ arguments: [String], input: Data? = nil) async throws -> Answer {
        let scratch = try TemporaryDirectory()
        let head = "\(scratch.path)/head"
        let body = "\(scratch.path)/body"
        var command = Command(
            "/usr/bin/env",
            ["curl", "-sS", "--max-time", "60", "--globoff", "-D", head, "-o", body, "-w", "%{http_code}"] + arguments
                + [address + target])
        command.input = input
        let outcome = try await command.run()
        guard outcome.status == 0, let status = Int(outcome.text) else {
            throw CurlFailure(description: "curl \(arguments) \(target): \(outcome.status) \(outcome.errors)\n\(log)")
        }
        let fields = String(decoding: try Data(contentsOf: URL(fileURLWithPath: head)), as: UTF8.self)
        return Answer(
            status: status, fields: Self.fields(ofLastResponse: fields),
            body: (try? Data(contentsOf: URL(fileURLWithPath: body))) ?? Data())
    }

    /// Interim responses such as 100 come first; only the last head counts.
    private static func fields(ofLastResponse text: String) -> [(name: String, value: String)] {
        var fields: [(String, String)] = []
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("HTTP/") {
                fields = []
            } else if let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...]
                fields.append((String(line[..<colon]), value.trimmingCharacters(in: .whitespaces)))
            }
        }
        return fields
    }

    struct CurlFailure: Error, CustomStringConvertible {
        let description: String
    }
}
