import Testing

@testable import HTTPServer

struct ServerNameTests {
    private func host(_ bytes: [UInt8]) -> String? {
        bytes.withUnsafeBufferPointer { ServerName.host(in: $0).map { String(decoding: $0, as: UTF8.self) } }
    }

    private func entry(_ name: String, kind: UInt8 = 0) -> [UInt8] {
        let name = octets(name)
        return [0, UInt8(name.count + 3), kind, 0, UInt8(name.count)] + name
    }

    @Test func theNameOfTheHostIsRead() {
        #expect(host(entry("a.example")) == "a.example")
    }

    @Test func whatIsNoProperNameIsNone() {
        #expect(host(entry("")) == nil)
        #expect(host(entry("a", kind: 1)) == nil)
        #expect(host(entry("a\0b")) == nil)
        #expect(host([0, 9, 0, 0, 200, 97]) == nil)
        #expect(host([0, 4, 0, 0, 2, 97]) == nil)
        #expect(host([255, 255, 0, 0, 1, 97]) == nil)
    }

    @Test func everyTruncationIsNone() {
        let whole = entry("a.example")
        for count in 0..<whole.count { #expect(host(Array(whole[..<count])) == nil) }
    }
}
