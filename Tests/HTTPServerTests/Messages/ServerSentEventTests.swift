import Testing

@testable import HTTPServer

struct ServerSentEventTests {
    private func encoded(_ event: ServerSentEvent) throws -> String {
        String(decoding: try event.encoded(), as: UTF8.self)
    }

    @Test func fieldsAreLinesAndAnEmptyOneEndsThem() throws {
        let event = ServerSentEvent(id: "7", event: "tick", data: "a b", retry: .milliseconds(1_500), comment: "hi")
        #expect(try encoded(event) == ": hi\nid: 7\nevent: tick\nretry: 1500\ndata: a b\n\n")
    }

    @Test(arguments: [
        ("a\nb", "data: a\ndata: b\n\n"), ("a\rb", "data: a\ndata: b\n\n"), ("a\r\nb", "data: a\ndata: b\n\n"),
        ("a\r\rb", "data: a\ndata: \ndata: b\n\n"), ("a\n\r\n", "data: a\ndata: \ndata: \n\n"), ("", "data: \n\n"),
        (" a", "data:  a\n\n"), ("é\u{2028}x", "data: é\u{2028}x\n\n"),
    ])
    func contentIsSplitAtEveryEndOfALine(data: String, expected: String) throws {
        #expect(try encoded(ServerSentEvent(data: data)) == expected)
    }

    @Test func commentsAreSplitToo() throws {
        #expect(try encoded(ServerSentEvent(comment: "a\ndata: b")) == ": a\n: data: b\n\n")
    }

    @Test(arguments: ["a\nb", "a\rb", "a\r\nb", "a\0b"]) func anIdIsOneLine(id: String) {
        #expect(throws: ServerSentEventError.self) { try ServerSentEvent(id: id).encoded() }
    }

    @Test(arguments: ["a\nb", "a\rb", "a\r\nb"]) func aTypeIsOneLine(event: String) {
        #expect(throws: ServerSentEventError.self) { try ServerSentEvent(event: event).encoded() }
    }

    @Test func aTimeBeforeComingBackIsNotNegative() throws {
        #expect(throws: ServerSentEventError.self) { try ServerSentEvent(retry: .seconds(-1)).encoded() }
        #expect(try encoded(ServerSentEvent(retry: .zero)) == "retry: 0\n\n")
    }

    @Test func aWriterTakesEventsWhole() async throws {
        let pieces = Gathered<[UInt8]>()
        try await BodyWriter { pieces.append($0) }.write(ServerSentEvent(event: "a", data: "b\nc"))
        #expect(pieces.values == [octets("event: a\ndata: b\ndata: c\n\n")])
    }
}
