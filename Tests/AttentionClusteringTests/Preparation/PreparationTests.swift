import Testing

@testable import AttentionClustering

@Suite struct PreparationTests {
    static func prepare(_ points: Points, standardize: Bool = false) throws -> Preparation {
        var options = FitOptions()
        options.standardize = standardize
        return try Preparation(points, options: options, passes: RowPasses())
    }

    @Test func theFirstNonFiniteValueIsNamed() throws {
        var values = [Float](repeating: 1, count: 3_000 * 3)
        values[2_500 * 3 + 1] = .infinity
        values[2_700 * 3] = .nan
        let broken = try Points(values: values, count: 3_000, dimension: 3)
        #expect {
            try Survey(broken, passes: RowPasses(control: FitControl(threads: 2)))
        } throws: { error in
            let error = error as? ClusteringError
            return error?.code == .nonFinite && error?.row == 2_500 && error?.column == 1
        }
    }

    @Test func momentsInTheFrameAreThoseOfTheData() throws {
        let data = try mixture([[100_000, 3], [100_002, -3]], sigma: 0.5, count: 2_000, seed: 1)
        let preparation = try Self.prepare(data.points)
        let (frame, moments) = (preparation.frame, preparation.moments)
        let rows = data.points.rows.map { $0.map(Double.init) }
        for j in 0..<2 {
            let mean = rows.reduce(0) { $0 + $1[j] } / 2_000
            let variance = rows.reduce(0) { $0 + ($1[j] - mean) * ($1[j] - mean) } / 2_000
            #expect(abs(frame.dataValue(moments.mean[j], column: j) - mean) < 1e-4)
            #expect(abs(moments.variances[j] * frame.unit * frame.unit - variance) < 1e-4 * variance)
            #expect(abs((moments.covariance?[j, j] ?? 0) - moments.variances[j]) < 1e-4 * moments.variances[j])
        }
    }

    @Test func standardizedColumnsHaveVarianceOne() throws {
        let data = try mixture([[1e20, 3e-20, 1], [-1e20, -3e-20, 1]], sigma: 0, count: 200, seed: 1)
        let preparation = try Self.prepare(data.points, standardize: true)
        let square = preparation.frame.unit * preparation.frame.unit
        #expect(abs(preparation.moments.variances[0] * square - 1) < 1e-4)
        #expect(abs(preparation.moments.variances[1] * square - 1) < 1e-4)
        #expect(preparation.moments.variances[2] == 0)
    }

    @Test(arguments: [Float(1e-40), 1e-30, 1, 1e30, 3e38])
    func framesHoldEveryScale(scale: Float) throws {
        let points = try points([[0, 0], [scale, 0], [0, -scale], [-scale, scale]])
        let preparation = try Self.prepare(points)
        #expect(preparation.moments.totalVariance.isFinite && preparation.moments.totalVariance > 0)
        let row = preparation.rows.coordinates(of: 1)
        #expect(abs(preparation.frame.dataValue(row[0], column: 0) / Double(scale) - 1) < 1e-6)
    }

    @Test func distinctRowsAreCountedUpToTheLimit() throws {
        let some = try points([[0, 1], [-0.0, 1], [2, 1], [0, 1], [3, 1], [4, 1]])
        #expect(try DistinctRows(of: some, upTo: 3, passes: RowPasses()).rows == [0, 2, 4])
        #expect(try DistinctRows(of: some, upTo: 10, passes: RowPasses()).rows.count == 4)
    }
}
