import HTTPTypes
import PointFormats
import Testing

@testable import ClusterService

@Suite struct DatasetWarningsTests {
    @Test func manyWarningsAreCounted() {
        let many = (1...60).map { "warning \($0)" }
        #expect(DatasetWarnings.kept(Array(many[..<50])) == Array(many[..<50]))
        #expect(DatasetWarnings.kept(many + many) == many[..<49] + ["there were 11 more warnings"])
    }

    private func warnings(_ reply: ByteReply) throws -> Int {
        guard case .array(let warnings)? = reply.json["warnings"] else {
            throw Reply.Missing(description: reply.text)
        }
        return warnings.count
    }

    /// Columns of a type that single precision holds are kept as they were sent, however large their integers.
    @Test func whatIsNotRoundedIsNotWarnedOf() async throws {
        let test = try await TestService()
        let large: [Float] = [16_777_216, 33_554_432, 20_230_002]
        var floats = ByteWriter()
        floats.append(npyHeader: [3, 1])
        floats.append(npyValues: large)
        var integers = ByteWriter()
        integers.append(npyHeader: [3, 1], type: .int32)
        integers.append(npyValues: large.map { Int32($0) })
        func table(_ type: ByteWriter.ArrowType, _ column: ByteWriter.ArrowColumn) -> [UInt8] {
            var writer = ByteWriter()
            writer.append(arrowSchema: [("x1", type)])
            writer.append(arrowRows: 3, [column])
            writer.appendArrowEnd()
            return writer.bytes
        }
        for (body, count) in [
            (floats.bytes, 0), (integers.bytes, 1), (table(.float32, .float32(large)), 0),
            (table(.float64, .float64(large.map(Double.init))), 1), (Array("x1\n16777217\n1\n".utf8), 1),
        ] {
            #expect(try warnings(try await test.send(.put, "/v1/datasets/a", bytes: body)) == count)
            #expect(try warnings(try await test.send(.put, "/v1/datasets/b?dtype=float64", bytes: body)) == 0)
        }
        // Exact rows behind rounded ones do not unsay that, and rounded ones behind exact ones say it.
        #expect(try warnings(try await test.send(.post, "/v1/datasets/a/rows", bytes: floats.bytes)) == 1)
        _ = try await test.send(.put, "/v1/datasets/a", bytes: floats.bytes)
        #expect(try warnings(try await test.send(.post, "/v1/datasets/a/rows", bytes: floats.bytes)) == 0)
        #expect(try warnings(try await test.send(.post, "/v1/datasets/a/rows", bytes: integers.bytes)) == 1)
        await test.service.stop()
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
