import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

/// Forms made of a good one by random changes, the same in every run.
@Suite struct FormFuzzTests {
    private static let form = Array(
        """
        --b\r\nContent-Disposition: form-data; name="k"\r\n\r\n3\r\n--b\r\n\
        Content-Disposition: form-data; name="f"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n\
        x,y\n1,2\n3,4\n\r\n--b--\r\n
        """.utf8)

    private static let fragments = [
        "\r\n", "\r", "\n", "--b", "--b--", "\r\n--b", "\r\n--b\r\n", "\r\n\r\n", ":", ";", "\"", "\\", "filename=",
        "filename=\"\"", "Content-Disposition: form-data; filename=x\r\n", "\0", "é",
    ].map { Array($0.utf8) }

    /// What reading a form came to.
    private enum Outcome: Equatable {
        case file(type: String?, content: [UInt8])
        case refused(status: Int, type: String)
    }

    @Test func changedFormsAreReadAlikeWhereverTheyAreCutOrRefusedAsSuch() async throws {
        var random = SplitMix(state: 1)
        var read = 0
        for round in 0..<20_000 {
            var body = Self.form
            for _ in 0...random.below(2) { Self.mutate(&body, &random) }
            let whole = try await outcome(body, lengths: [body.count + 1])
            let cut = try await outcome(body, lengths: (0...random.below(3)).map { _ in 1 + random.below(40) })
            if cut != whole {
                Issue.record("round \(round): \(cut), whole \(whole): \(String(decoding: body, as: UTF8.self))")
                return
            }
            switch whole {
            case .file(_, let content):
                read += 1
                #expect(content.count <= body.count)
            case .refused(let status, let type):
                #expect([400, 422].contains(status) && !type.isEmpty, "round \(round)")
            }
        }
        #expect((4_000..<19_000).contains(read), "\(read)")
    }

    @Test func aFormWithoutEndHoldsLittleAndIsRefused() async throws {
        for start in ["", "--b", "--b\r\nContent-Disposition: form-data; name=\"", "preamble\r\n--b\r\n\r\n"] {
            let part = FilePart(
                Endless(start: Array(start.utf8)), boundary: FormBoundary("b"), limit: 1 << 20)
            await #expect(throws: Problem.self, "\(start)") { try await part.begin() }
        }
    }

    private static func mutate(_ body: inout [UInt8], _ random: inout SplitMix) {
        let at = random.below(body.count + 1)
        let length = min(random.below(8), body.count - at)
        switch random.below(5) {
        case 0: body.replaceSubrange(at..<at + length, with: fragments[random.below(fragments.count)])
        case 1: body.insert(contentsOf: fragments[random.below(fragments.count)], at: at)
        case 2: body.removeSubrange(at..<at + length)
        case 3: body.insert(contentsOf: body[at..<at + length], at: at)
        default: if at < body.count { body[at] = UInt8(truncatingIfNeeded: random.next()) }
        }
    }

    private func outcome(_ body: [UInt8], lengths: [Int]) async throws -> Outcome {
        let part = FilePart(CutPieces(body, lengths), boundary: FormBoundary("b"), limit: 1 << 20)
        do {
            let type = try await part.begin()
            var content: [UInt8] = []
            while let piece = try await part.next() { content += piece }
            return .file(type: type, content: content)
        } catch let problem as Problem {
            return .refused(status: problem.status.code, type: problem.type)
        }
    }

    /// Bytes in pieces whose lengths repeat.
    private final class CutPieces: ByteSource, @unchecked Sendable {
        private var rest: ArraySlice<UInt8>
        private let lengths: [Int]
        private var number = 0

        init(_ bytes: [UInt8], _ lengths: [Int]) {
            rest = bytes[...]
            self.lengths = lengths
        }

        func next() async throws -> [UInt8]? {
            guard !rest.isEmpty else { return nil }
            let length = lengths[number % lengths.count]
            number += 1
            defer { rest = rest.dropFirst(length) }
            return Array(rest.prefix(length))
        }
    }

    /// A start, and the same letters for ever.
    private final class Endless: ByteSource, @unchecked Sendable {
        private var start: [UInt8]

        init(start: [UInt8]) { self.start = start }

        func next() async throws -> [UInt8]? {
            defer { start = [] }
            return start.isEmpty ? Array(repeating: UInt8(ascii: "a"), count: 64 * 1024) : start
        }
    }
}

/// A small generator of random numbers (SplitMix64), the same in every run.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() >> 33) % bound }
}
