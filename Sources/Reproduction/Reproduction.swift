public import Foundation

/// The experiments of *Attention-based clustering* (arXiv 2505.13112), and what came out.
///
/// ```swift
/// let report = try Reproduction(seeds: 10, threads: 2).run(into: folder)
/// print(report.table)
/// ```
public struct Reproduction: Sendable {
    /// How many seeds each curve is the mean of.
    public let seeds: Int
    /// How many runs go on at the same time; results do not depend on it.
    public let threads: Int

    /// Creates the experiments.
    public init(seeds: Int = 10, threads: Int) {
        self.seeds = max(2, seeds)
        self.threads = max(1, threads)
    }

    /// Runs all experiments and writes NAME.csv and NAME.svg of every figure, and `table.txt`, into `folder`.
    ///
    /// - Parameter progress: is told each figure's name before it is made.
    /// - Throws: what writing files throws.
    public func run(into folder: URL, progress: (String) -> Void = { _ in }) throws -> Report {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let runs = TrainingRuns(seeds: seeds, threads: threads)
        var findings: [Finding] = []
        var files: [String] = []
        for experiment in Self.experiments {
            progress(experiment.name)
            let (figure, found) = try experiment.run(runs)
            try write(figure.csv, to: folder, "\(figure.name).csv")
            try write(FigureDrawing(figure).document, to: folder, "\(figure.name).svg")
            files += ["\(figure.name).csv", "\(figure.name).svg"]
            findings += found
        }
        let report = Report(findings: findings, files: files + ["table.txt"])
        try write(report.table, to: folder, "table.txt")
        return report
    }

    private func write(_ text: String, to folder: URL, _ name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    /// An experiment makes one figure and some findings.
    struct Experiment: Sendable {
        let name: String
        let run: @Sendable (TrainingRuns) throws -> (Figure, [Finding])
    }

    static let experiments =
        TrainingExperiments.all + [RiskExperiment.overNoise, InContextExperiment.overNoise]

    /// What was found.
    public struct Report: Sendable {
        /// Every comparison that was made.
        public let findings: [Finding]
        /// The names of the files that were written.
        public let files: [String]

        /// The findings as a table of aligned columns.
        public var table: String {
            let rows =
                [["experiment", "expected", "found", ""]]
                + findings.map { [$0.subject, $0.expected, $0.found, $0.holds ? "ok" : "DIFFERS"] }
            let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
            return rows.map { row in
                zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
                    .joined(separator: "  ").trimmingCharacters(in: .whitespaces) + "\n"
            }.joined()
        }

        /// Whether all that was expected was found.
        public var holds: Bool { findings.allSatisfy(\.holds) }
    }
}

/// A number with as many digits as a table needs.
func short(_ value: Double) -> String {
    String(format: abs(value) >= 0.1 ? "%.3f" : "%.4f", value)
}
