import Foundation
import Logging
import Synchronization
import Testing

@testable import ClusterService

@Suite struct JSONLogHandlerTests {
    private final class Lines: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        func append(_ line: [UInt8]) { bytes.withLock { $0 += line } }

        var texts: [Substring] { String(decoding: bytes.withLock { $0 }, as: UTF8.self).split(separator: "\n") }
    }

    private func logged(_ log: (Logger) -> Void) throws -> [JSONValue] {
        let lines = Lines()
        log(Logger(label: "test") { JSONLogHandler(label: $0) { lines.append($0) } })
        return try lines.texts.map { try JSONValue.parse($0.utf8) }
    }

    @Test func aMessageIsOneObjectOnOneLine() throws {
        let objects = try logged { $0.notice("two\nlines \"quoted\" \u{7} \u{2028}", metadata: ["path": "/a\r\nb"]) }
        #expect(objects.count == 1)
        #expect(objects[0]["level"] == .string("notice") && objects[0]["logger"] == .string("test"))
        #expect(objects[0]["message"] == .string("two\nlines \"quoted\" \u{7} \u{2028}"))
        #expect(objects[0]["path"] == .string("/a\r\nb"))
        guard case .string(let time)? = objects[0]["time"] else { return #expect(Bool(false), "there is no time") }
        #expect(time.hasSuffix("Z") && time.count == 24)
    }

    @Test func numbersAndTruthValuesStayWhatTheyAre() throws {
        let object = try #require(
            try logged {
                $0.info(
                    "m",
                    metadata: [
                        "status": .stringConvertible(200), "ms": .stringConvertible(1.5),
                        "complete": .stringConvertible(true), "list": ["a", .stringConvertible(1)], "in": ["b": "c"],
                    ])
            }.first)
        #expect(object["status"] == .integer(200) && object["ms"] == .number(1.5) && object["complete"] == .bool(true))
        #expect(object["list"] == .array([.string("a"), .integer(1)]) && object["in"]?["b"] == .string("c"))
    }

    @Test func metadataTakeNoNameThatIsTaken() throws {
        let object = try #require(try logged { $0.info("right", metadata: ["message": "wrong", "level": "x"]) }.first)
        guard case .object(let members) = object else { return }
        #expect(object["message"] == .string("right") && Set(members.map(\.name)).count == members.count)
    }

    @Test func whatIsNotSevereEnoughIsLeftOut() throws { #expect(try logged { $0.debug("quiet") }.isEmpty) }
}
