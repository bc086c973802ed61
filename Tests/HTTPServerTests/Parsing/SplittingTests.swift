import Testing

@testable import HTTPServer

struct SplittingTests {
    @Test(arguments: RecordedMessages.wellFormed + RecordedMessages.malformed)
    func aSplitAnywhereChangesNothing(text: String) {
        let stream = octets(text)
        let whole = ParsedStream(stream)
        for cut in 1..<max(2, stream.count) {
            #expect(ParsedStream([stream[..<cut], stream[cut...]]) == whole, "cut at \(cut)")
        }
        #expect(ParsedStream(stream.indices.map { stream[$0...$0] }) == whole, "octet by octet")
    }

    @Test(arguments: RecordedMessages.wellFormed)
    func wellFormedMessagesAreReadToTheirEnd(text: String) {
        let stream = ParsedStream(text)
        #expect(stream.error == nil)
        #expect(!stream.messages.isEmpty)
        #expect(stream.messages.allSatisfy { $0.isComplete })
    }

    @Test(arguments: RecordedMessages.malformed)
    func malformedMessagesAreRefused(text: String) {
        #expect(ParsedStream(text).error != nil)
    }

    @Test func everyOctetInEveryPlaceGivesTheSameWholeAndInPieces() async {
        let stream = octets(
            "POST /a?b HTTP/1.1\r\nHost: a:1\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n0\r\nT: v\r\n\r\n")
        var accepted = 0
        for index in stream.indices {
            await Task.yield()
            for byte in 0...UInt8.max {
                var changed = stream
                changed[index] = byte
                let whole = ParsedStream(changed)
                if whole.only?.isComplete == true { accepted += 1 }
                let cut = (index + Int(byte)) % stream.count
                if ParsedStream([changed[..<cut], changed[cut...]]) != whole {
                    Issue.record("octet \(byte) at \(index), cut at \(cut)")
                }
            }
        }
        // Letters of the method, path, host and content may change; nothing of the framing may.
        #expect(accepted > stream.count)
    }
}
