import Foundation
import Testing

@testable import Reproduction

@Suite struct ExperimentTests {
    @Test func headsComeToTheFloorFromBothStarts() throws {
        let runs = TrainingRuns(seeds: 2, threads: 2)
        let setting = PaperSetting()
        for start in [StartingPoint.manifold, .sphere] {
            let distances = try runs.distances(
                setting, start: start, regularization: 0.5, shareOfBest: 0.8, steps: 300)
            #expect(distances.allSatisfy { $0.count == 31 && ($0.last ?? 1) < 2.5 * setting.floor })
            #expect(distances.allSatisfy { ($0.first ?? 0) > 0.5 })
        }
    }

    @Test func runsDoNotDependOnThreads() throws {
        let setting = PaperSetting(count: 500)
        func distances(_ threads: Int) throws -> [[Double]] {
            try TrainingRuns(seeds: 3, threads: threads).distances(
                setting, start: .sphere, regularization: 0.5, shareOfBest: 1.1, steps: 30)
        }
        #expect(try distances(1) == distances(3))
    }

    @Test func aFailedRunFailsTheExperiment() {
        struct Failure: Error {}
        #expect(throws: Failure.self) {
            try TrainingRuns(seeds: 4, threads: 2).map { seed in if seed == 2 { throw Failure() } }
        }
    }

    @Test func theQuantizerIsBestAtItsOwnCentroids() throws {
        let sample = try PaperSetting(noise: 0.2, count: 2_000).sample(seed: 1)
        #expect(abs(Quantizer(sample).risk / (5 * 0.04) - 1) < 0.1)
    }

    @Test func theTableHasTheRiskBesideTheQuantizersWithItsBand() throws {
        let (figure, findings) = try RiskExperiment.overNoise.run(TrainingRuns(seeds: 2, threads: 2))
        let ratio = try #require(findings.first { $0.subject.contains("over optimal quantiser") })
        #expect(ratio.holds && ratio.found.hasPrefix("0.6"))
        #expect(findings.allSatisfy { $0.found.contains("[") && $0.found.hasSuffix("]") })
        #expect(figure.csv.contains("low95,high95"))
    }

    @Test func theReportSaysWhatDiffers() {
        let report = Reproduction.Report(
            findings: [
                Finding(subject: "a", expected: "1", found: "1", holds: true),
                Finding(subject: "longer", expected: "2", found: "3", holds: false),
            ], files: [])
        #expect(!report.holds)
        #expect(report.table.split(separator: "\n").count == 3)
        #expect(report.table.contains("longer      2         3      DIFFERS"))
    }

    @Test func everyExperimentHasItsOwnName() {
        let names = Reproduction.experiments.map(\.name)
        #expect(Set(names).count == names.count && names.count == 7)
    }
}
