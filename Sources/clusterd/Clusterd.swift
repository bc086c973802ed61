import ArgumentParser
import ClusterService

/// The command line: `clusterd [serve]`, `clusterd fit` and `clusterd reproduce`.
@main
struct Clusterd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusterd",
        abstract: "Clusters points with attention heads: an HTTP service, and a command for files.",
        version: Engine.version,
        subcommands: [Serve.self, Fit.self, Reproduce.self],
        defaultSubcommand: Serve.self)
}
