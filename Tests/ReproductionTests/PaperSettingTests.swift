import AttentionClustering
import Testing

@testable import Reproduction

@Suite struct PaperSettingTests {
    @Test func centroidsAreOrthonormal() throws {
        let sample = try PaperSetting(dimension: 7, clusterCount: 4, count: 10).sample(seed: 3)
        for (a, first) in sample.centroids.enumerated() {
            for (b, second) in sample.centroids.enumerated() {
                #expect(abs(dot(first, second) - (a == b ? 1 : 0)) < 1e-12)
            }
        }
    }

    @Test func pointsHaveTheNoiseOfTheSetting() throws {
        let setting = PaperSetting(dimension: 3, noise: 0.5, count: 20_000)
        let sample = try setting.sample(seed: 1)
        let square = sample.labels.indices.reduce(0.0) { sum, row in
            sum + squaredDistance(sample.points[row].map(Double.init), sample.centroids[sample.labels[row]])
        }
        #expect(abs(square / 20_000 / (3 * 0.25) - 1) < 0.03)
        #expect(try setting.sample(seed: 1).labels == sample.labels)
        #expect(try setting.sample(seed: 2).labels != sample.labels)
    }

    @Test func headDistanceIgnoresOrderAndSigns() {
        let centroids: [[Double]] = [[1, 0, 0], [0, 1, 0]]
        #expect(headDistance([[0, -1, 0], [1, 0, 0]], centroids) == 0)
        #expect(abs(headDistance([[0, 0, 1], [1, 0, 0]], centroids) - 2.0.squareRoot()) < 1e-12)
    }
}
