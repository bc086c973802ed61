import Testing

@testable import HTTPServer

struct ApplicationProtocolTests {
    private func find(_ bytes: [UInt8]) -> String? {
        bytes.withUnsafeBufferPointer { ApplicationProtocol.find(in: $0).map { String(decoding: $0, as: UTF8.self) } }
    }

    private func list(_ names: String...) -> [UInt8] {
        names.flatMap { [UInt8($0.utf8.count)] + octets($0) }
    }

    @Test func ourProtocolIsFoundAnywhereInAList() {
        #expect(find(list("http/1.1")) == "http/1.1")
        #expect(find(list("h2", "http/1.1")) == "http/1.1")
        #expect(find(list("http/1.1", "h2")) == "http/1.1")
    }

    @Test func othersAreNot() {
        #expect(find([]) == nil)
        #expect(find(list("h2", "http/1.0")) == nil)
        #expect(find(list("HTTP/1.1")) == nil)
        #expect(find(list("http/1.1x")) == nil)
    }

    @Test func brokenListsAreReadNoFurtherThanTheyGo() {
        #expect(find([200]) == nil)
        #expect(find([2, 104]) == nil)
        #expect(find(list("h2") + [9] + octets("http/1.1")) == nil)
    }
}
