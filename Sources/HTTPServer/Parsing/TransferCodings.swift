/// The codings of the Transfer-Encoding fields of a request, of which only "chunked" alone is taken.
struct TransferCodings {
    private var names: [String] = []

    /// Adds the codings of one field: tokens with commas between them, no parameters, no empty members.
    mutating func append(_ value: Span<UInt8>) throws(RequestError) {
        var start = 0
        while start <= value.count {
            let end = value.firstIndex(of: ByteClass.comma, from: start) ?? value.count
            let element = value.extracting(start..<end)
            let coding = element.extracting(element.trimmedRange)
            guard !coding.isEmpty, coding.allSatisfy(ByteClass.isToken) else {
                throw .malformed("Transfer-Encoding is not a list of codings")
            }
            names.append(coding.equalsIgnoringCase("chunked") ? "chunked" : coding.text)
            start = end + 1
        }
    }

    /// Checks that the codings are "chunked" and nothing else (RFC 9112, sections 6.1 and 6.3).
    func requireChunked() throws(RequestError) {
        guard names.last == "chunked" else { throw .malformed("the last transfer coding is not chunked") }
        guard !names.dropLast().contains("chunked") else { throw .malformed("chunked is applied twice") }
        if names.count > 1 { throw .codingNotImplemented(names[0]) }
    }
}
