@testable import HTTPServer

/// What must hold for any octets at all.
enum FuzzedStream {
    /// Reads a stream whole and in two pieces; traps when the results differ or a rule is broken.
    static func check(_ stream: [UInt8], cut: Int) {
        let whole = ParsedStream(stream)
        let cut = min(cut, stream.count)
        precondition(ParsedStream([stream[..<cut], stream[cut...]]) == whole, "what is found depends on the cut")
        for message in whole.messages {
            let head = message.head
            let names = head.fields.map(\.name.canonicalName)
            precondition(head.path == "*" || head.path.utf8.first == UInt8(ascii: "/"), "path")
            precondition(names.count(where: { $0 == "host" }) <= 1, "Host")
            precondition(!names.contains("content-length") || !names.contains("transfer-encoding"), "two framings")
            if case .length(let length) = head.framing {
                precondition(message.isComplete == (message.body.count == length), "length")
            }
            for field in head.fields {
                field.withUnsafeBytesOfValue { precondition($0.allSatisfy(ByteClass.isFieldValue), "field value") }
            }
        }
    }
}
