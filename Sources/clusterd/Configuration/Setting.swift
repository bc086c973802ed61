import ArgumentParser
import Foundation

/// Something that can be set for `clusterd serve`: by a flag, a variable of the environment or a line of a file.
///
/// The flags are the one list there is: names, kinds and help come from ArgumentParser's own description of them.
struct Setting: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// It is said or not.
        case flag
        /// It has a value.
        case value
        /// It has any number of values.
        case list
    }

    /// As on the command line, without dashes.
    let name: String
    let kind: Kind
    /// What its value is called.
    let valueName: String?
    let help: String
    /// What holds when it is not set, in words.
    let defaultText: String

    /// As a variable of the environment.
    var variable: String { Self.prefix + name.uppercased().replacing("-", with: "_") }
    /// As in a file.
    var key: String { name.replacing("-", with: "_") }

    static let prefix = "CLUSTERD_"
    /// The setting that names the file itself.
    static let file = "config"

    /// All of them, in the order of the help.
    static let all = read(Serve._dumpHelp())

    static subscript(name: String) -> Setting? { all.first { $0.name == name } }

    private struct Description: Decodable {
        struct Command: Decodable {
            let arguments: [Argument]
        }
        struct Argument: Decodable {
            struct Name: Decodable {
                let name: String
            }
            let kind: String
            let preferredName: Name?
            let isRepeating: Bool
            let valueName: String?
            let abstract: String?
            let defaultValue: String?
        }
        let command: Command
    }

    private static func read(_ text: String) -> [Setting] {
        guard let description = try? JSONDecoder().decode(Description.self, from: Data(text.utf8)) else { return [] }
        return description.command.arguments.compactMap { argument in
            guard let name = argument.preferredName?.name, !["help", "version"].contains(name) else { return nil }
            let (help, words) = parts(argument.abstract ?? "")
            let isFlag = argument.kind == "flag"
            return Setting(
                name: name, kind: isFlag ? .flag : argument.isRepeating ? .list : .value,
                valueName: isFlag ? nil : argument.valueName, help: help,
                defaultText: argument.defaultValue ?? words ?? (isFlag ? "false" : "none"))
        }
    }

    /// The help without the default that it ends with in words, and those.
    private static func parts(_ text: String) -> (help: String, defaultText: String?) {
        guard let match = text.firstMatch(of: #/ \(default: (.*)\)$/#) else { return (text, nil) }
        return (String(text[..<match.range.lowerBound]), String(match.1))
    }
}
