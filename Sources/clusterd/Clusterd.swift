import ArgumentParser
import ClusterService
import Foundation

/// The command line: `clusterd [serve]`, `keys`, `config`, `check`, `fit` and `reproduce`.
@main
struct Clusterd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusterd",
        abstract: "Clusters points with attention heads: an HTTP service, and a command for files.",
        version: Engine.version,
        subcommands: [Serve.self, Keys.self, Config.self, Check.self, Fit.self, Reproduce.self],
        defaultSubcommand: Serve.self)

    /// Puts what the environment and a file say of `serve` in front of the flags, which go before it.
    static func main() async {
        var arguments = Array(CommandLine.arguments.dropFirst())
        var settings: ResolvedSettings?
        do {
            let command = arguments.first.flatMap { $0.hasPrefix("-") ? nil : $0 }
            let asksForHelp = arguments.contains {
                ["-h", "--help", "--version", "--experimental-dump-help"].contains($0)
            }
            if !asksForHelp, command.map({ ["serve", "config", "check"].contains($0) }) ?? true {
                let resolved = try ResolvedSettings(
                    arguments: arguments, environment: ProcessInfo.processInfo.environment)
                arguments.insert(contentsOf: try resolved.arguments(), at: command == nil ? 0 : 1)
                settings = resolved
            }
        } catch {
            FileHandle.standardError.write(Data("clusterd: \(error)\n".utf8))
            // EX_CONFIG of sysexits.h.
            Self.exit(withError: ExitCode(78))
        }
        var command: any ParsableCommand
        do {
            command = try parseAsRoot(arguments)
        } catch {
            // The message speaks of flags, which nobody may have typed.
            let origins = settings?.origins(of: message(for: error)) ?? []
            FileHandle.standardError.write(Data(origins.map { "clusterd: \($0)\n" }.joined().utf8))
            exit(withError: error)
        }
        do {
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}
