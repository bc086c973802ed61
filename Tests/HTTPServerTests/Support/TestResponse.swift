@testable import HTTPServer

/// A response as a test's client reads it, strictly.
struct TestResponse: Equatable {
    var status: Int
    var fields: [(name: String, value: String)]
    var body: [UInt8] = []
    /// Whether the body ended with the connection and nothing told whether it was whole.
    var endedByClose = false

    static func == (left: TestResponse, right: TestResponse) -> Bool {
        left.status == right.status && left.body == right.body && left.fields.map(\.name) == right.fields.map(\.name)
            && left.fields.map(\.value) == right.fields.map(\.value)
    }

    subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The first response in some octets and its length, or nil when it is not complete.
    static func parse(_ bytes: [UInt8], method: String) throws -> (TestResponse, Int)? {
        guard let (head, start) = try head(bytes) else { return nil }
        var response = head
        if method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304 {
            return (response, start)
        }
        if head["Transfer-Encoding"] == "chunked" {
            var decoder = ChunkDecoder(limits: ServerLimits())
            var position = start
            var trailers = TrailerFields()
            while position < bytes.count && !decoder.isComplete {
                if let range = try decoder.decode(bytes.span, from: &position, &trailers) {
                    response.body += bytes[range]
                }
            }
            return decoder.isComplete ? (response, position) : nil
        }
        guard let length = head["Content-Length"].flatMap({ Int($0) }), bytes.count >= start + length else {
            return nil
        }
        response.body = Array(bytes[start..<(start + length)])
        return (response, start + length)
    }

    /// A response that ended with the connection.
    static func untilClose(_ bytes: [UInt8]) -> TestResponse? {
        guard let (head, start) = try? head(bytes), head["Content-Length"] == nil, head["Transfer-Encoding"] == nil
        else { return nil }
        var response = head
        response.body = Array(bytes[start...])
        response.endedByClose = true
        return response
    }

    private static func head(_ bytes: [UInt8]) throws -> (TestResponse, Int)? {
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: octets("\r\n\r\n")) }) else {
            return nil
        }
        let text = String(decoding: bytes[..<end], as: UTF8.self)
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let statusLine = lines.removeFirst().split(separator: " ")
        guard statusLine.count >= 2, statusLine[0] == "HTTP/1.1", let status = Int(statusLine[1]) else {
            throw TestClient.Failed(description: "bad status line in \(text)")
        }
        let fields = try lines.map { line in
            guard let colon = line.firstIndex(of: ":") else { throw TestClient.Failed(description: "bad line \(line)") }
            return (name: String(line[..<colon]), value: String(line[colon...].dropFirst(2)))
        }
        return (TestResponse(status: status, fields: fields), end + 4)
    }
}
