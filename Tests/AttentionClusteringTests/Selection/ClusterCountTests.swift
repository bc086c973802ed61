import Testing

@testable import AttentionClustering

@Suite struct ClusterCountTests {
    static func fit(_ points: Points, _ range: ClosedRange<Int> = 1...12) throws -> Clustering {
        var options = FitOptions()
        options.clusterCountSelection = .automatic(minimum: range.lowerBound, maximum: range.upperBound)
        return try AttentionHeads.fit(points, options: options)
    }

    @Test(arguments: [1, 2, 5, 9])
    func asManyClustersAsWereDrawnAreFound(count: Int) throws {
        let centres = (0..<count).map { [Double($0 % 3) * 10, Double($0 / 3) * 10] }
        let clustering = try Self.fit(mixture(centres, sigma: 1, count: 150 * count, seed: 4).points)
        #expect(clustering.model.clusterCount == count)
        let evidence = try #require(clustering.selection)
        #expect(evidence.clusterCount == count)
        #expect(evidence.candidates.contains { $0.clusterCount == count })
        #expect(evidence.candidates.allSatisfy { $0.bic.isFinite && $0.icl >= $0.bic - 1e-6 })
        #expect(clustering.model.options.clusterCount == count)
    }

    @Test func clustersInManyColumnsAreCounted() throws {
        let centres = (0..<4).map { k in (0..<12).map { $0 % 4 == k ? 4.0 : 0.0 } }
        #expect(try Self.fit(mixture(centres, sigma: 1, count: 800, seed: 2).points).model.clusterCount == 4)
    }

    @Test func theRangeIsKept() throws {
        let centres = (0..<6).map { [Double($0) * 10, 0] }
        let points = try mixture(centres, sigma: 1, count: 300, seed: 1).points
        #expect(try Self.fit(points, 2...4).model.clusterCount <= 4)
        #expect(try Self.fit(points, 7...9).model.clusterCount >= 7)
        #expect(try Self.fit(points, 3...3).model.clusterCount == 3)
    }

    @Test func degenerateDataAreCountedToo() throws {
        #expect(try Self.fit(points([[1, 2]])).model.clusterCount == 1)
        #expect(try Self.fit(points([[Float]](repeating: [1, 2], count: 30))).model.clusterCount == 1)
        let two = try Self.fit(points((0..<30).map { [Float($0 % 2)] }))
        #expect(two.model.clusterCount <= 2 && two.sizes.reduce(0, +) == 30)
    }

    @Test func manyColumnsThatDoNotVaryAreOneCluster() throws {
        for (rows, columns) in [(5, 64), (1, 100), (50, 33)] {
            let same = try points([[Float]](repeating: [Float](repeating: 1, count: columns), count: rows))
            #expect(try Self.fit(same).model.clusterCount == 1)
            #expect(try InContextClustering.fit(same).model.clusterCount == 1)
        }
    }

    @Test func columnsThatOthersExplainDoNotMakeClusters() throws {
        let one = try mixture([[0, 0]], sigma: 1, count: 400, seed: 5).points.rows
        let three = try mixture([[0, 0], [8, 0], [0, 8]], sigma: 1, count: 400, seed: 5).points.rows
        for (rows, count) in [(one, 1), (three, 3)] {
            for more: ([Float]) -> [Float] in [
                { [$0[0]] }, { [$0[0] + $0[1]] }, { [$0[0] * 1.8 + 32, -3 * $0[1]] },
                { [$0[0] + 0.001 * $0[1] * $0[0]] },
            ] {
                #expect(try Self.fit(points(rows.map { $0 + more($0) })).model.clusterCount == count)
            }
        }
        let iris = try LabelledPoints.iris().points
        let wider = try points(iris.rows.map { $0 + [$0.reduce(0, +)] })
        #expect(try Self.fit(wider).model.clusterCount == Self.fit(iris).model.clusterCount)
    }

    @Test func anEmptyRangeIsRefused() throws {
        for (minimum, maximum) in [(0, 3), (4, 3)] {
            var options = FitOptions()
            options.clusterCountSelection = .automatic(minimum: minimum, maximum: maximum)
            #expect {
                try AttentionHeads.fit(points([[1], [2], [3], [4], [5]]), options: options)
            } throws: { ($0 as? ClusteringError)?.option == "clusterCountSelection" }
        }
    }
}
