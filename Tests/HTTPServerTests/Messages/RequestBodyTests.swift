import HTTPTypes
import Testing

@testable import HTTPServer

struct RequestBodyTests {
    /// Delivers some pieces, then ends.
    private final class Pieces: BodyReader {
        private let rest: Gathered<[UInt8]>
        private let taken = Gathered<Int>()

        init(_ pieces: [String]) {
            rest = Gathered()
            for piece in pieces { rest.append(octets(piece)) }
        }

        var count: Int { taken.values.count }

        func nextPiece() async throws -> [UInt8]? {
            guard count < rest.values.count else { return nil }
            defer { taken.append(0) }
            return rest.values[count]
        }
    }

    private func isTooLarge(limit: Int) -> (any Error) -> Bool {
        { ($0 as? Problem)?.status == .contentTooLarge && ($0 as? Problem)?.members["limit_bytes"] == .integer(limit) }
    }

    @Test func bytesInMemoryAreReadOnce() async throws {
        let body = RequestBody(octets("hello"))
        #expect(body.contentLength == 5)
        #expect(body.isPresent)
        #expect(try await body.collect(upTo: 5) == octets("hello"))
        #expect(try await body.collect(upTo: 5).isEmpty)
        await #expect(throws: BodyAlreadyRead.self) { try await body.collect(upTo: 5) }
    }

    @Test func anEmptyBodyEndsAtOnceAndAlways() async throws {
        for body in [RequestBody.empty, RequestBody([])] {
            #expect(!body.isPresent)
            #expect(try await body.collect(upTo: 0).isEmpty)
            #expect(try await body.collect(upTo: 0).isEmpty)
        }
    }

    @Test func piecesAreJoined() async throws {
        let body = RequestBody(source: .exchange(Pieces(["ab", "c", "de"])), contentLength: nil)
        #expect(body.isPresent)
        #expect(try await body.collect(upTo: 5) == octets("abcde"))
    }

    @Test func anAnnouncedLengthOverTheLimitIsRefusedBeforeAnythingIsRead() async {
        let pieces = Pieces(["abcde"])
        let body = RequestBody(source: .exchange(pieces), contentLength: 5)
        let error = await #expect(throws: Problem.self) { try await body.collect(upTo: 4) }
        #expect(error.map(isTooLarge(limit: 4)) == true)
        #expect(pieces.count == 0)
    }

    @Test func aLengthThatIsNotAnnouncedIsCounted() async {
        let pieces = Pieces(["ab", "cd", "ef"])
        let body = RequestBody(source: .exchange(pieces), contentLength: nil).limited(to: 3)
        let error = await #expect(throws: Problem.self) { for try await _ in body {} }
        #expect(error.map(isTooLarge(limit: 3)) == true)
        #expect(pieces.count == 2)
    }

    @Test func theSmallestLimitCounts() async {
        let body = RequestBody(octets("hello")).limited(to: 3).limited(to: 10)
        await #expect(throws: Problem.self) { for try await _ in body {} }
    }

    @Test func responsesAreCollectedWhateverTheirBody() async throws {
        #expect(try await ResponseBody.empty.collect().isEmpty)
        #expect(try await ResponseBody.bytes(octets("a")).collect() == octets("a"))
        let stream = ResponseBody.stream(length: nil) { writer in
            try await writer.write(octets("a"))
            try await writer.write([])
            try await writer.write(octets("b"))
        }
        #expect(try await stream.collect() == octets("ab"))
        struct Broken: Error {}
        await #expect(throws: Broken.self) {
            try await ResponseBody.stream(length: nil) { _ in throw Broken() }.collect()
        }
    }
}
