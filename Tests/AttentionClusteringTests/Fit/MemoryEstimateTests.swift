import Foundation
import Testing

@testable import AttentionClustering

@Suite(.serialized) struct MemoryEstimateTests {
    @Test func moreDataNeedMoreMemory() {
        let options = FitOptions()
        let small = options.memoryEstimate(count: 1_000, dimension: 4, threads: 1)
        #expect(options.memoryEstimate(count: 1_000_000, dimension: 4, threads: 1) > small + 40_000_000)
        #expect(options.memoryEstimate(count: 1_000, dimension: 500, threads: 1) > small + 30_000_000)
    }

    @Test func copiesAndMatricesOfEachClusterAreCounted() {
        var options = FitOptions()
        let plain = options.memoryEstimate(count: 100_000, dimension: 50, threads: 1)
        options.metric = .cosine
        #expect(options.memoryEstimate(count: 100_000, dimension: 50, threads: 1) == plain + 20_000_000)
        options.metric = .euclidean
        options.refinement = .full
        options.clusterCount = 100
        let full = options.memoryEstimate(count: 100_000, dimension: 50, threads: 1)
        #expect(options.memoryEstimate(count: 100_000, dimension: 50, threads: 5) >= full + 4 * 100 * 2_500 * 8)
    }

    @Test func weightsAndChoicesOfPointsAreCounted() {
        var options = FitOptions()
        let plain = options.memoryEstimate(count: 1_000_000, dimension: 2, threads: 1)
        #expect(
            options.memoryEstimate(count: 1_000_000, dimension: 2, threads: 1, isWeighted: true) >= plain + 12_000_000)
        options.robust = true
        #expect(options.memoryEstimate(count: 1_000_000, dimension: 2, threads: 1) >= plain + 8_000_000)
    }

    @Test func pointsInAFileCountForNoMoreThanTheirSamples() {
        let options = FitOptions()
        let mapped = options.memoryEstimate(count: 1_000_000, dimension: 1_000, threads: 1, areMapped: true)
        #expect(mapped < options.memoryEstimate(count: 1_000_000, dimension: 1_000, threads: 1) / 10)
        #expect(
            options.memoryEstimate(count: 1_000, dimension: 10, threads: 1, areMapped: true)
                == options.memoryEstimate(count: 1_000, dimension: 10, threads: 1))
    }

    @Test func whatIsTooMuchForANumberIsTheLargestNumber() {
        #expect(FitOptions().memoryEstimate(count: .max, dimension: 1 << 40, threads: 1) == .max)
    }

    /// The peak of the process's memory in bytes, after it was reset (proc(5), `clear_refs`).
    private func growth(_ body: () throws -> Void) throws -> Int {
        func peak() throws -> Int {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
            return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) }) * 1024
        }
        try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
        let before = try peak()
        try body()
        return try peak() - before
    }

    @Test(arguments: [(150_000, 8), (4_000, 300)])
    func aFitTakesNoMoreThanIsEstimated(_ count: Int, _ dimension: Int) throws {
        var options = FitOptions()
        options.clusterCount = 3
        options.maximumIterations = 2
        options.maximumSteps = 2
        let estimate = options.memoryEstimate(count: count, dimension: dimension, threads: 1)
        let grown = try growth {
            var random = RandomSource(seed: 1, stream: 0)
            let values = (0..<count * dimension).map { _ in Float(random.normal()) }
            _ = try AttentionHeads.fit(Points(values: values, count: count, dimension: dimension), options: options)
        }
        #expect(grown < estimate + (16 << 20), "\(grown) bytes were taken, \(estimate) were estimated")
    }
}
