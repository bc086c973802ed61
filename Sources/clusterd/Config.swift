import ArgumentParser
import ClusterService
import Foundation
import Logging

/// `clusterd config`: what is set, and where.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the settings that serve would have with these flags, and where each comes from.",
        discussion: "A flag goes before the environment, that before the file, that before the default.")

    @Flag(help: "Print the table of all settings in Markdown instead.")
    var table = false

    @OptionGroup
    var serve: Serve

    func run() throws {
        if table { return print(Self.markdown) }
        let arguments = Array(CommandLine.arguments.dropFirst())
        let resolved = try ResolvedSettings(arguments: arguments, environment: ProcessInfo.processInfo.environment)
        let found = serve.foundDefaults
        let lines = resolved.values.flatMap { value in
            let texts = value.source == .byDefault ? found[value.setting.name].map { [$0] } : nil
            return (texts ?? value.texts).map { (value.setting.key, $0, value.source) }
        }
        let widths = (
            lines.map(\.0.count).max() ?? 0, lines.map(\.1.count).max() ?? 0
        )
        for (name, text, source) in lines {
            let left = name.padding(toLength: widths.0, withPad: " ", startingAt: 0)
            let middle = text.padding(toLength: max(widths.1, text.count), withPad: " ", startingAt: 0)
            print("\(left)  \(middle)  \(source)")
        }
    }

    /// All settings with their three names, as docs/operations.md has them.
    static var markdown: String {
        let rows = Setting.all.map { setting in
            let value = setting.valueName.map { " \($0)" } ?? ""
            let key = setting.name == Setting.file ? "" : "`\(setting.key)`"
            let help = setting.help.replacing("|", with: "\\|")
            return "| `--\(setting.name)\(value)` | `\(setting.variable)` | \(key) | \(setting.defaultText) | \(help) |"
        }
        return (["| flag | environment | file | default | meaning |", "|---|---|---|---|---|"] + rows)
            .joined(separator: "\n")
    }
}

extension Serve {
    /// What those settings come to here that are not set and whose default depends on the machine or on other settings.
    fileprivate var foundDefaults: [String: String] {
        let configuration = ServiceConfiguration(
            dataDirectory: dataDir, workers: workerCount, threadsPerJob: 1, logger: Logger(label: "clusterd"))
        return [
            "port": listening.plainPort(port).map(String.init) ?? "none",
            "tls-port": listening.securePort.map(String.init) ?? "none",
            "workers": "\(configuration.workers)",
            "memory-budget": "\(configuration.memoryBudget)",
        ]
    }
}
