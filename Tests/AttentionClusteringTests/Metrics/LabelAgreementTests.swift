import Testing

@testable import AttentionClustering

@Suite struct LabelAgreementTests {
    struct Recorded: Decodable, CustomTestStringConvertible {
        let name: String
        let truth: [Int32]
        let found: [Int32]
        /// ARI, AMI, NMI, homogeneity, completeness, V-measure, purity, accuracy.
        let scores: [Double]
        var testDescription: String { name }
    }

    static func scores(_ agreement: LabelAgreement) -> [Double] {
        [
            agreement.adjustedRandIndex, agreement.adjustedMutualInformation, agreement.normalizedMutualInformation,
            agreement.homogeneity, agreement.completeness, agreement.vMeasure, agreement.purity, agreement.accuracy,
        ]
    }

    @Test func allMeasuresEqualTheRecordedOnes() throws {
        let cases: [Recorded] = try recordedCases("label_agreement.json")
        #expect(cases.count >= 12)
        for recorded in cases {
            let own = Self.scores(try LabelAgreement(truth: recorded.truth, found: recorded.found))
            for (index, pair) in zip(own, recorded.scores).enumerated() {
                #expect(abs(pair.0 - pair.1) < 1e-9, "\(recorded.name), measure \(index): \(pair)")
            }
        }
    }

    @Test func singleMeasuresAreTheSame() throws {
        for recorded in try recordedCases("label_agreement.json", as: Recorded.self) {
            let (truth, found) = (recorded.truth, recorded.found)
            let all = try LabelAgreement(truth: truth, found: found)
            #expect(try LabelAgreement.adjustedRandIndex(truth, found) == all.adjustedRandIndex)
            #expect(try LabelAgreement.adjustedMutualInformation(truth, found) == all.adjustedMutualInformation)
            #expect(try LabelAgreement.normalizedMutualInformation(truth, found) == all.normalizedMutualInformation)
            #expect(try LabelAgreement.accuracy(truth: truth, found: found) == all.accuracy)
        }
    }

    @Test func expectedInformationIsTheMeanOverAllArrangements() throws {
        // Every arrangement of two labellings' parts has the sizes of the given ones: their mean AMI is zero.
        let truth: [Int32] = [0, 0, 0, 1, 1, 2]
        var sum = 0.0
        var count = 0
        func visit(_ prefix: [Int32], _ left: [Int]) throws {
            guard prefix.count < truth.count else {
                sum += try LabelAgreement.adjustedMutualInformation(truth, prefix)
                count += 1
                return
            }
            for label in left.indices where left[label] > 0 {
                var rest = left
                rest[label] -= 1
                try visit(prefix + [Int32(label)], rest)
            }
        }
        try visit([], [2, 2, 2])
        #expect(count == 90)
        #expect(abs(sum / Double(count)) < 1e-12)
    }

    @Test func accuracyIsTheBestOverAllMatchings() throws {
        var random = RandomSource(seed: 4, stream: 1)
        func best(_ counts: [[Int]], _ row: Int, _ used: Set<Int>) -> Int {
            guard row < counts.count else { return 0 }
            let skipped = best(counts, row + 1, used)
            return counts[row].indices.filter { !used.contains($0) }.reduce(skipped) { largest, column in
                max(largest, counts[row][column] + best(counts, row + 1, used.union([column])))
            }
        }
        for _ in 0..<60 {
            let (rows, columns) = (Int(random.next() % 5) + 1, Int(random.next() % 5) + 1)
            let truth = (0..<40).map { _ in Int32(random.next() % UInt64(rows)) }
            let found = (0..<40).map { _ in Int32(random.next() % UInt64(columns)) }
            var counts = [[Int]](repeating: [Int](repeating: 0, count: columns), count: rows)
            for (a, b) in zip(truth, found) { counts[Int(a)][Int(b)] += 1 }
            #expect(try LabelAgreement.accuracy(truth: truth, found: found) == Double(best(counts, 0, [])) / 40)
        }
    }

    @Test func labelsMustBeEquallyMany() {
        #expect(throws: ClusteringError.self) { try LabelAgreement(truth: [1, 2], found: [1]) }
    }

    @Test func labelsSpreadFarAreCountedAlike() throws {
        let near = (0..<3_000).map { Int32($0 % 7) }
        let other = (0..<3_000).map { Int32($0 % 11) }
        let far = near.map { $0 * 300_000_000 }
        #expect(try LabelAgreement(truth: far, found: other) == LabelAgreement(truth: near, found: other))
    }

    @Test func millionsOfPairsTakeTheSparseWay() throws {
        let apart = (0..<5_000).map { Int32($0) }
        let agreement = try LabelAgreement(truth: apart, found: apart.map { $0 / 2 })
        #expect(agreement.homogeneity < 1 && agreement.completeness > 1 - 1e-12)
        #expect(agreement.purity == 0.5)
    }
}
