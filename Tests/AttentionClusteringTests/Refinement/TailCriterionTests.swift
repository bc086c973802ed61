import Foundation
import Testing

@testable import AttentionClustering

@Suite struct TailCriterionTests {
    /// Points about centroids, in turn, with noise of Student's distribution with so many degrees of freedom, or normal
    /// noise with a deviation of its own a centroid.
    private static func sample(
        _ centroids: [[Double]], count: Int, seed: UInt64, degrees: Int = 0, deviations: [Double] = []
    ) throws -> LabelledPoints {
        var random = RandomSource(seed: seed, stream: 5)
        var values: [Float] = []
        let labels = (0..<count).map { $0 % centroids.count }
        for label in labels {
            var square = 0.0
            for _ in 0..<degrees {
                let value = random.normal()
                square += value * value
            }
            let scale = degrees > 0 ? (Double(degrees) / square).squareRoot() : 1
            let deviation = deviations.isEmpty ? scale : deviations[label]
            values += centroids[label].map { Float($0 + deviation * random.normal()) }
        }
        return LabelledPoints(
            points: try Points(values: values, count: count, dimension: centroids[0].count),
            labels: labels.map(Int32.init))
    }

    private static let square: [[Double]] = [[8, 0], [-8, 0], [0, 8], [0, -8]]

    @Test(arguments: [1, 2, 3]) func heavyTailsDoNotTakeACluster(seed: UInt64) throws {
        let data = try Self.sample(Self.square, count: 2_000, seed: seed, degrees: 3)
        let clustering = try AttentionHeads.fit(data.points, options: RefinementRunTests.options(4))
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.9)
        #expect((clustering.sizes.last ?? 0) > 400)
    }

    @Test func aWideGaussianClusterAboutAnotherIsAGroupOfItsOwn() throws {
        let origin = [Double](repeating: 0, count: 8)
        let data = try Self.sample([origin, origin], count: 2_000, seed: 1, deviations: [1, 4])
        let clustering = try AttentionHeads.fit(data.points, options: RefinementRunTests.options(2))
        let chosen = try #require(clustering.candidates.first?.refinement)
        #expect([.diagonal, .full].contains(chosen))
        #expect(adjustedRandIndex(clustering.assignments, data.labels) > 0.9)
    }

    @Test func gaussiansGainNothingByTails() throws {
        let data = try Self.sample(Self.square, count: 2_000, seed: 1, deviations: [1, 1, 1, 1])
        let (tails, mixture) = try Self.fitted(data)
        #expect(try tails.reading(of: mixture).gain < 1e-3)
        let heavy = try Self.fitted(Self.sample(Self.square, count: 2_000, seed: 1, degrees: 3))
        #expect(try heavy.tails.reading(of: heavy.mixture).gain > 0.1)
    }

    /// The centroids that points were drawn about with one variance, in the frame of a fit.
    private static func fitted(_ data: LabelledPoints) throws -> (tails: TailCriterion, mixture: Mixture) {
        let options = RefinementRunTests.options(4)
        let passes = RowPasses()
        let preparation = try Preparation(data.points, options: options, passes: passes)
        let frame = preparation.frame
        let centroids = square.map { row in row.indices.map { frame.coordinate(row[$0], column: $0) } }
        let mean = (0..<data.points.count).reduce(0.0) { sum, row in
            let centre = square[Int(data.labels[row])]
            return sum + squaredDistance(data.points[row].map(Double.init), centre) / 2
        }
        let variance = mean / Double(data.points.count) / (frame.unit * frame.unit)
        return (
            try TailCriterion(WorkingSet(preparation, passes: passes)),
            Mixture(
                centroids: Matrix(rowVectors: centroids), weights: [0.25, 0.25, 0.25, 0.25],
                covariances: .spherical(variance))
        )
    }

    @Test func readingsAreThoseOfMixturesOfStudentsDistributions() throws {
        let data = try Self.sample(Self.square, count: 500, seed: 2, degrees: 3)
        let (tails, mixture) = try Self.fitted(data)
        guard case .spherical(let variance) = mixture.covariances else { return }
        let reading = try tails.reading(of: mixture)
        let rows = FramedRows(points: data.points, frame: tails.rows.frame)
        func means(_ log: (Double) -> Double) -> Double {
            let values = (0..<500).map { row in
                let x = rows.coordinates(of: row)
                let terms = (0..<4).map { k in
                    0.25 * exponential(log(squaredDistance(x, mixture.centroids.row(k)) / variance))
                }
                return Foundation.log(terms.reduce(0, +)) - Foundation.log(variance)
            }
            return values.reduce(0, +) / 500
        }
        let gaussian = means { (square: Double) -> Double in -Foundation.log(2 * Double.pi) - square / 2 }
        // In two coordinates Γ(ν/2 + 1)/Γ(ν/2) is ν/2.
        func student(_ degrees: Double) -> Double {
            let constant: Double = Foundation.log(degrees / 2 / ((degrees - 2) * Double.pi))
            let power: Double = (degrees + 2) / 2
            return means { (square: Double) -> Double in
                constant - power * Foundation.log(1 + square / (degrees - 2))
            }
        }
        let best = [3.0, 5.0, 10.0, 30.0].map(student).max() ?? 0
        #expect(abs(reading.gain - (best - gaussian)) < 1e-4)
        #expect(abs(reading.values.reduce(0, +) / 500 - best) < 1e-4)
    }

    @Test(arguments: [0.5, 1, 1.5, 2, 7.25, 12, 40, 1_000.5]) func logGammaIsThatOfTheSystem(x: Double) {
        let (value, _) = Foundation.lgamma(x)
        #expect(abs(logGamma(x) - value) < 1e-11 * max(1, abs(value)))
    }
}
