import Foundation
import Testing

@testable import ClusterService

@Suite struct PageTokensTests {
    @Test func aTokenIsGoodForItsListAloneAndOutlivesARestart() throws {
        let directory = try TemporaryDirectory()
        let tokens = try PageTokens(directory: directory.path)
        let token = tokens.token(for: "p4", of: "jobs ada")
        #expect(tokens.cursor(in: token, of: "jobs ada") == "p4")
        #expect(try PageTokens(directory: directory.path).cursor(in: token, of: "jobs ada") == "p4")
        for list in ["jobs bob", "models ada", "jobs @", ""] { #expect(tokens.cursor(in: token, of: list) == nil) }
        let other = try TemporaryDirectory()
        #expect(try PageTokens(directory: other.path).cursor(in: token, of: "jobs ada") == nil)
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory.path)/page-key")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func nothingOfTheNumberIsSeen() throws {
        let directory = try TemporaryDirectory()
        let tokens = try PageTokens(directory: directory.path)
        let made = (0..<50).map { tokens.token(for: "p\($0 * $0 * $0 * $0)", of: "jobs ada") }
        #expect(Set(made.map(\.utf8.count)).count == 1 && Set(made.map { $0.suffix(20) }).count == 50)
    }

    @Test func noBitOfATokenCanBeChanged() throws {
        let directory = try TemporaryDirectory()
        let tokens = try PageTokens(directory: directory.path)
        let bytes = Array(tokens.token(for: "p4", of: "jobs ada").utf8)
        for index in bytes.indices {
            var changed = bytes
            changed[index] = bytes[index] == 0x41 ? 0x42 : 0x41
            let text = String(decoding: changed, as: UTF8.self)
            #expect(changed == bytes || tokens.cursor(in: text, of: "jobs ada") == nil)
        }
        for text in ["", "p4", "A", String(decoding: bytes.dropLast(4), as: UTF8.self)] {
            #expect(tokens.cursor(in: text, of: "jobs ada") == nil)
        }
    }
}
