import Testing

@testable import AttentionClustering

@Suite struct TokenStatisticsTests {
    static func close(_ a: Matrix, _ b: Matrix, _ tolerance: Double = 1e-12) -> Bool {
        var difference = a
        difference.add(b, times: -1)
        return difference.norm <= tolerance * max(1, b.norm)
    }

    @Test(arguments: [false, true])
    func streamedAndMomentStatisticsAgree(lifted: Bool) throws {
        let data = try mixture([[3, 0, 1], [-1, 2, 0], [0, -2, -3]], sigma: 0.7, count: 3_000, seed: 3)
        let rows = identityRows(data.points)
        let lift = lifted ? try LiftTests.lift(rows, count: 3) : nil
        let source = TokenSource(rows: rows, lift: lift)
        let moments = try MomentStatistics(source, passes: RowPasses())
        let streamed = try StreamedStatistics(source, passes: RowPasses())
        #expect(Self.close(moments.secondMoment, streamed.secondMoment))
        #expect(Self.close(moments.weightedSecondMoment, streamed.weightedSecondMoment))
        #expect(squaredDistance(moments.mean, streamed.mean) < 1e-24)
        let heads = HeadObjectiveTests.randomHeads(source.dimension, 3, seed: 8)
        let a = try #require(try moments.responses(to: heads))
        let b = try #require(try streamed.responses(to: heads))
        #expect(Self.close(a.qp, b.qp))
        #expect(Self.close(a.tp, b.tp))
        #expect(Self.close(a.qr, b.qr))
        #expect(Self.close(a.qwp, b.qwp))
        #expect(Self.close(a.cubes.responses, b.cubes.responses))
        #expect(abs(a.q2w - b.q2w) < 1e-11 * b.q2w)
        #expect(abs(a.qt - b.qt) < 1e-11 * abs(b.qt))
        #expect(abs(a.q2 - b.q2) < 1e-11 * b.q2)
        #expect(abs(a.cubes.fourth - b.cubes.fourth) < 1e-11 * b.cubes.fourth)
        let cubes = try #require(try streamed.cubes(of: heads))
        #expect(Self.close(cubes.responses, b.cubes.responses))
    }

    @Test func statisticsAreTheMeansThatTheyAreNamedAfter() throws {
        let tokens = HeadObjectiveTests.tokens
        let statistics = try MomentStatistics(HeadObjectiveTests.source(tokens), passes: RowPasses())
        let heads = HeadObjectiveTests.randomHeads(3, 2, seed: 6)
        var cubes = Matrix(rows: 3, columns: 2)
        var weighted = Matrix(rows: 3, columns: 3)
        for x in tokens {
            let w = innerProduct(x, x)
            for i in 0..<3 {
                for j in 0..<3 { weighted[i, j] += w * x[i] * x[j] / 6 }
                for k in 0..<2 {
                    let p = innerProduct(heads.column(k), x)
                    cubes[i, k] += x[i] * p * p * p / 6
                }
            }
        }
        #expect(Self.close(try #require(try statistics.cubes(of: heads)).responses, cubes))
        #expect(Self.close(statistics.weightedSecondMoment, weighted))
    }

    @Test func cancellingEndsAStreamedResponse() throws {
        let data = try mixture([[3, 0], [-1, 2]], sigma: 0.7, count: 200, seed: 3)
        let flag = Flag()
        let passes = RowPasses(control: FitControl(decide: { flag.isSet ? .cancel : .proceed }))
        let streamed = try StreamedStatistics(TokenSource(rows: identityRows(data.points), lift: nil), passes: passes)
        flag.set()
        let heads = HeadObjectiveTests.randomHeads(2, 2, seed: 1)
        #expect(throws: CancellationError.self) { try streamed.responses(to: heads) }
    }
}
