import Foundation
import JobStoreTesting
import Testing

@testable import JobStore

@Suite struct SortableIdentifierTests {
    @Test func anIdIsThePrefixAnUnderscoreAndTwentySixCrockfordCharacters() {
        let id = SortableIdentifier.make(prefix: "job", at: Date())
        #expect(id.hasPrefix("job_"))
        #expect(id.utf8.count == 4 + 26)
        #expect(id.utf8.dropFirst(4).allSatisfy(SortableIdentifier.alphabet.contains))
    }

    @Test func theAlphabetIsCrockfordsInOrder() {
        let alphabet = SortableIdentifier.alphabet
        #expect(alphabet.count == 32)
        #expect(alphabet == alphabet.sorted())
        #expect("ilou".utf8.allSatisfy { !alphabet.contains($0) })
    }

    /// The ULID specification's example: 1469918176385 ms is 01ARYZ6S41.
    @Test func theTimeIsEncodedAsInTheULIDSpecification() {
        let id = SortableIdentifier.make(prefix: "x", at: Date(milliseconds: 1_469_918_176_385))
        #expect(id.hasPrefix("x_01aryz6s41"))
    }

    @Test func laterIdsSortAfterEarlierOnes() {
        let start = Date(milliseconds: 1_750_000_000_000)
        let ids = (0..<2_000).map { SortableIdentifier.make(prefix: "job", at: start + Double($0) * 0.001) }
        #expect(ids == ids.sorted())
    }

    @Test func idsOfOneInstantDiffer() {
        let now = Date()
        let ids = Set((0..<10_000).map { _ in SortableIdentifier.make(prefix: "job", at: now) })
        #expect(ids.count == 10_000)
    }

    @Test func theRandomPartComesFromTheGeneratorHandedIn() {
        var first = SeededGenerator(seed: 1)
        var again = SeededGenerator(seed: 1)
        var other = SeededGenerator(seed: 2)
        let now = Date()
        let id = SortableIdentifier.make(prefix: "job", at: now, using: &first)
        #expect(SortableIdentifier.make(prefix: "job", at: now, using: &again) == id)
        #expect(SortableIdentifier.make(prefix: "job", at: now, using: &other) != id)
    }

    @Test func everyRandomCharacterTakesEveryValue() {
        let ids = (0..<2_000).map { _ in Array(SortableIdentifier.make(prefix: "j", at: Date()).utf8.suffix(16)) }
        for position in 0..<16 {
            #expect(Set(ids.map { $0[position] }).count == 32)
        }
    }
}
