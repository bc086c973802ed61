import HTTPTypes
import Testing

@testable import HTTPServer

struct RequestFuzzTests {
    private static let cases = 200_000

    private static let pieces: [[UInt8]] =
        [
            "\r\n", "\n", "\r", "\0", ":", " ", "\t", ";", ",", "0", "-1", "+", "FFFFFFFFFFFFFFFF", "Host: a\r\n", "%",
            "chunked",
            "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "HTTP/1.1", "\r\n\r\n", "?", "#", "[",
            "100-continue",
        ].map(octets) + [[0xFF], [0x80], [0xC3, 0xA9]]

    private static func mutate(_ stream: inout [UInt8], _ generator: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let index = Int.random(in: 0...stream.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0 where index < stream.count: stream[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: stream.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: index)
            case 2: stream.removeSubrange(index..<min(stream.count, index + Int.random(in: 1...8, using: &generator)))
            case 3: stream.removeSubrange(index...)
            default:
                let from = Int.random(in: 0...stream.count, using: &generator)
                stream.insert(contentsOf: stream[from..<min(stream.count, from + 20)], at: index)
            }
        }
    }

    /// What must hold for everything that is accepted, whatever was sent.
    private static func violation(_ message: ParsedStream.Message) -> String? {
        let head = message.head
        if !head.method.rawValue.utf8.allSatisfy(ByteClass.isToken) { return "method" }
        if head.path != "*" && !head.path.hasPrefix("/") { return "path" }
        if !(head.path + (head.query ?? "")).utf8.allSatisfy(ByteClass.isTarget) { return "target" }
        if head.path.utf8.contains(UInt8(ascii: "?")) { return "query in path" }
        if head.fields.count > ServerLimits().headerFields { return "too many fields" }
        let names = head.fields.map(\.name.canonicalName)
        let hosts = names.filter { $0 == "host" }.count
        if hosts > 1 || (hosts == 0 && head.minorVersion == 1) { return "Host" }
        let hasLength = names.contains("content-length")
        let hasCoding = names.contains("transfer-encoding")
        if hasLength && hasCoding { return "two framings" }
        switch head.framing {
        case .none: if hasCoding { return "coding without a body" }
        case .length(let length):
            if !hasLength || message.isComplete != (message.body.count == length) { return "length" }
        case .chunked: if !hasCoding || head.minorVersion == 0 { return "chunked" }
        }
        for field in head.fields {
            let isClean = field.withUnsafeBytesOfValue { value in
                value.allSatisfy(ByteClass.isFieldValue) && value.first != 0x20 && value.last != 0x20
            }
            if !isClean { return "field value" }
        }
        return nil
    }

    @Test func mutatedMessagesNeitherTrapNorSlipThrough() async {
        var generator = SeededGenerator(seed: 9112)
        let seeds = (RecordedMessages.wellFormed + RecordedMessages.malformed).map(octets)
        var accepted = 0
        var refused = 0
        for number in 0..<Self.cases {
            if number % 500 == 0 { await Task.yield() }
            var stream = seeds[number % seeds.count]
            Self.mutate(&stream, &generator)
            let cut = Int.random(in: 0...stream.count, using: &generator)
            let result = ParsedStream([stream[..<cut], stream[cut...]])
            if result.error == nil { accepted += 1 } else { refused += 1 }
            for message in result.messages {
                if let violation = Self.violation(message) { Issue.record("case \(number): \(violation): \(stream)") }
            }
            if number % 16 == 0, ParsedStream(stream) != result {
                Issue.record("case \(number): depends on the cut \(cut)")
            }
        }
        // The mutations reach both sides of the rules.
        #expect(accepted > Self.cases / 20)
        #expect(refused > Self.cases / 20)
    }
}
