import Testing

@testable import HTTPServer

struct BodyInboxTests {
    private func pieces(_ inbox: inout BodyInbox) throws -> [Int] {
        var sizes: [Int] = []
        while case .piece(let piece) = try inbox.take() { sizes.append(piece.count) }
        return sizes
    }

    @Test func smallPiecesAreJoinedAndLargeOnesKept() throws {
        var inbox = BodyInbox()
        for _ in 0..<5_000 { inbox.append([1]) }
        inbox.append([UInt8](repeating: 2, count: 60_000))
        inbox.append([3])
        #expect(try pieces(&inbox) == [4096, 904, 60_000, 1])
    }

    @Test func theEndComesAfterThePieces() throws {
        var inbox = BodyInbox()
        #expect(inbox.hasNothing)
        inbox.append([1])
        inbox.end()
        #expect(!inbox.hasNothing)
        #expect(try pieces(&inbox) == [1])
        guard case .end = try inbox.take() else {
            Issue.record("no end")
            return
        }
    }

    @Test func theErrorComesAfterThePiecesAndStays() throws {
        var inbox = BodyInbox()
        inbox.append([1])
        inbox.fail(.bodyTimeout)
        guard case .piece = try inbox.take() else {
            Issue.record("the piece is lost")
            return
        }
        for _ in 0..<2 { #expect(throws: Problem.self) { try inbox.take() } }
    }
}
