import Testing

@testable import JobStore

@Suite struct PageCursorTests {
    @Test(arguments: [1, 31, 32, 1_000_000, Int64.max])
    func aCursorReadsBackAsItWasWritten(_ sequence: Int64) throws {
        #expect(try PageCursor(PageCursor(sequence: sequence).text).sequence == sequence)
    }

    @Test(arguments: ["", "p", "1", "p0", "p-1", "p+1", "p01", "pA", "p1 ", "pz", "P1", "p1\0", "p999999999999999999"])
    func textThatNoPageGaveOutIsRefused(_ text: String) {
        let error = #expect(throws: JobStoreError.self) { try PageCursor(text) }
        #expect(error?.code == .invalidCursor)
    }

    @Test func theFirstPageHasNoBound() throws {
        #expect(try PageCursor.upperBound(nil, limit: 1) == .max)
    }

    @Test(arguments: [0, -1, Int.min, 10_001, Int.max])
    func aPageSizeOutOfRangeIsRefused(_ limit: Int) {
        let error = #expect(throws: JobStoreError.self) { try PageCursor.upperBound(nil, limit: limit) }
        #expect(error?.code == .invalidArgument)
    }
}
