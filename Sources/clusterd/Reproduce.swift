import ArgumentParser
import Foundation
import Reproduction

/// `clusterd reproduce`: the paper's experiments, with figures.
struct Reproduce: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the experiments of the paper that the method comes from, and draw their figures.",
        discussion: """
            Writes NAME.csv and NAME.svg of each figure and table.txt, and prints the table of what was expected and \
            what was found (arXiv 2505.13112). Takes about half a minute. Exits with 1 if anything differs.
            """)

    @Option(help: ArgumentHelp("The folder to write to; made if missing.", valueName: "folder"))
    var output = "reproduction"

    @Option(help: "How many seeds each curve is the mean of.")
    var seeds = 10

    @Option(help: "How many threads to use.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
        guard (2...1_000).contains(seeds) else { throw ValidationError("--seeds is a number from 2 to 1000") }
        guard (1...1_024).contains(threads) else { throw ValidationError("--threads is a number from 1 to 1024") }
    }

    func run() throws {
        let folder = URL(fileURLWithPath: output, isDirectory: true)
        let report = try Reproduction(seeds: seeds, threads: threads).run(into: folder) { name in
            FileHandle.standardError.write(Data("\(name) …\n".utf8))
        }
        print(report.table)
        print("\(report.files.count) files in \(output)")
        guard report.holds else { throw ExitCode.failure }
    }
}
