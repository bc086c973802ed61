import Testing

@testable import AttentionClustering

/// Agreement with published labels, from one start with the default seed.
@Suite struct QualityTests {
    static func score(_ data: LabelledPoints, k: Int) throws -> Double {
        var options = FitOptions()
        options.clusterCount = k
        let clustering = try AttentionHeads.fit(data.points, options: options)
        #expect(clustering.model.start == .heads)
        #expect(clustering.stopReason == .converged)
        return adjustedRandIndex(clustering.assignments, data.labels)
    }

    @Test func irisesFallIntoTheirSpecies() throws {
        #expect(try Self.score(.iris(), k: 3) >= 0.88)
    }

    @Test func tumoursFallIntoTheirDiagnoses() throws {
        #expect(try Self.score(.breastCancerStandardized(), k: 2) >= 0.68)
    }

    @Test func digitsFallIntoTheirClasses() throws {
        #expect(try Self.score(.digits(), k: 10) >= 0.72)
    }

    @Test func moreClustersThanDirectionsStartFromSeeds() throws {
        let centres = (0..<3).flatMap { x in (0..<3).map { y in [Double(x) * 10, Double(y) * 10] } }
        let data = try mixture(centres, sigma: 1, count: 1_000, seed: 1)
        var options = FitOptions()
        options.clusterCount = 9
        let clustering = try AttentionHeads.fit(data.points, options: options)
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.99)
        #expect(clustering.model.start == .seeds)
        #expect(clustering.model.heads.isEmpty)
        #expect(clustering.warnings.count == 1 && clustering.warnings[0].contains("k-means++"))
    }
}
