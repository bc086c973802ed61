import Foundation
import HTTPServer
import HTTPTypes
import Testing

/// What docs/http-server.md shows is code that compiles.
struct DocumentationTests {
    private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    private static func read(_ path: String) throws -> [Substring] {
        let text = String(decoding: try Data(contentsOf: here.appendingPathComponent(path)), as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The blocks between `begin` and `end`, without their indentation, and none of them empty.
    private static func compiled() throws -> [String] {
        var blocks: [String] = []
        var lines: [Substring]?
        for line in try read("Snippets.swift") {
            let trimmed = line.drop { $0 == " " }
            if trimmed.hasPrefix("// begin: ") {
                lines = []
            } else if trimmed == "// end", let block = lines {
                let indentation = block.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
                blocks.append(block.map { String($0.dropFirst(indentation)) }.joined(separator: "\n"))
                lines = nil
            } else {
                lines?.append(line)
            }
        }
        return blocks
    }

    /// The Swift blocks of the page.
    private static func shown() throws -> [String] {
        var blocks: [String] = []
        var lines: [Substring]?
        for line in try read("../../../docs/http-server.md") {
            if line == "```swift" {
                lines = []
            } else if line == "```", let block = lines {
                blocks.append(block.joined(separator: "\n"))
                lines = nil
            } else {
                lines?.append(line)
            }
        }
        return blocks
    }

    /// The page also shows a manifest and imports, which a test cannot compile.
    @Test func everySnippetOfThePageIsCompiledHere() throws {
        let compiled = try Self.compiled()
        #expect(compiled.count == 9)
        let shown = try Self.shown().filter { !$0.hasPrefix(".package(") && !$0.hasPrefix("import ") }
        #expect(Set(shown) == Set(compiled))
        #expect(shown.count == compiled.count)
    }

    @Test func everyLimitIsOnThePage() throws {
        let page = try Self.read("../../../docs/http-server.md").joined(separator: "\n")
        for setting in ServerLimits.settings { #expect(page.contains("`\(setting.name)`"), "\(setting.name)") }
    }

    @Test func theRoutesOfThePageAnswer() async throws {
        var router = Snippets.routes(Jobs())
        Snippets.upload(&router)
        Snippets.negotiation(&router)
        let found = await router.respond(to: Request(method: .get, path: "/v1/jobs/7"))
        #expect(String(decoding: try await found.body.collect(), as: UTF8.self) == "the seventh")
        #expect(await router.respond(to: Request(method: .get, path: "/v1/jobs/8")).status == .notFound)
        let counted = await router.respond(to: Request(method: .put, path: "/v1/count", body: RequestBody([1, 2])))
        #expect(String(decoding: try await counted.body.collect(), as: UTF8.self) == "2 bytes, tag none\n")
        let table = Request(method: .get, path: "/v1/table", headers: [.accept: "image/png"])
        #expect(await router.respond(to: table).status == .notAcceptable)
    }
}
