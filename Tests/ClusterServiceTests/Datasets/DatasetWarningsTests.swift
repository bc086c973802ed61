import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct DatasetWarningsTests {
    @Test func manyWarningsAreCounted() {
        let many = (1...60).map { "warning \($0)" }
        #expect(DatasetWarnings.kept(Array(many[..<50])) == Array(many[..<50]))
        #expect(DatasetWarnings.kept(many + many) == many[..<49] + ["there were 11 more warnings"])
    }

    /// Sixty columns that are rounded: what is said of them is true of all rows after each append.
    @Test func theCountIsThatOfAllRows() async throws {
        let test = try await TestService()
        let names = (1...60).map { "c\($0)" }.joined(separator: ",")
        func body(_ number: Int) -> String {
            let rows = (0..<2).map { row in (1...60).map { "\(number + row * $0)" }.joined(separator: ",") }
            return ([names] + rows).joined(separator: "\n") + "\n"
        }
        func warnings(_ reply: Reply) throws -> [JSONValue] {
            guard case .array(let warnings)? = reply.json["warnings"] else {
                throw Reply.Missing(description: reply.text)
            }
            return warnings
        }
        let first = try warnings(try await test.send(.put, "/v1/datasets/a", body: body(20_230_001)))
        #expect(first.count == 50 && first.last == .string("there were 11 more warnings"))
        for _ in 0..<2 {
            let appended = try warnings(try await test.send(.post, "/v1/datasets/a/rows", body: body(20_230_001)))
            #expect(appended == first)
        }
        await test.service.stop()
    }
}
