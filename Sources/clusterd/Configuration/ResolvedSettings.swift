import Foundation

/// All settings with what they come to: a flag goes before the environment, that before the file, that before the default.
///
/// Limits are settings of their own in this: `--limit a=1` leaves `b` of the file as it is.
struct ResolvedSettings {
    /// Where a value comes from.
    enum Source: Equatable, CustomStringConvertible {
        case flag
        case environment
        case file(String)
        case byDefault

        var description: String {
            switch self {
            case .flag: "flag"
            case .environment: "environment"
            case .file(let path): path
            case .byDefault: "default"
            }
        }
    }

    struct Value {
        let setting: Setting
        let texts: [String]
        let source: Source
    }

    /// In the order of the help; of a list that several places add to, one after the other, the weightiest last.
    let values: [Value]
    /// The path of the file where there is nothing in it.
    let blankFile: String?

    /// - Parameters:
    ///   - arguments: the command line behind the command's name.
    ///   - environment: variables and their values.
    /// - Throws: ``ConfigurationFault``.
    init(arguments: [String], environment: [String: String]) throws {
        let flags = Self.flags(arguments)
        let variables = try Self.variables(environment)
        let path = flags[Setting.file]?.last ?? variables[Setting.file]?.last
        let content = try path.map { try ConfigurationFile(path: $0) }
        blankFile = content?.isBlank == true ? path : nil
        let file = content?.values ?? [:]
        values = Setting.all.flatMap { setting -> [Value] in
            let found = [
                file[setting.name].map { Value(setting: setting, texts: $0, source: .file(path ?? "")) },
                variables[setting.name].map { Value(setting: setting, texts: $0, source: .environment) },
                flags[setting.name].map { Value(setting: setting, texts: $0, source: .flag) },
            ].compactMap { $0 }
            if found.isEmpty { return [Value(setting: setting, texts: [setting.defaultText], source: .byDefault)] }
            return setting.name == "limit" ? found : [found[found.count - 1]]
        }
    }

    /// What is not on the command line, as arguments that say it.
    ///
    /// - Throws: ``ConfigurationFault`` for a flag that is neither true nor false.
    func arguments() throws -> [String] {
        try values.filter { $0.source != .flag && $0.source != .byDefault }.flatMap { value -> [String] in
            let flag = "--\(value.setting.name)"
            guard value.setting.kind == .flag else { return value.texts.map { "\(flag)=\($0)" } }
            switch value.texts.last {
            case "true", "1": return [flag]
            case "false", "0": return []
            default:
                throw ConfigurationFault(
                    description: "\(value.setting.name) (\(value.source)) is true or false, not "
                        + (value.texts.last ?? ""))
            }
        }
    }

    /// Where the settings that a message names come from, a sentence each; none for those of the command line.
    ///
    /// - Parameter message: what is wrong, with the names of flags.
    func origins(of message: String) -> [String] {
        let words = Set(message.split { !$0.isLetter && !$0.isNumber && $0 != "-" })
        return values.filter { words.contains("--\($0.setting.name)") }.compactMap { value in
            switch value.source {
            case .environment: "\(value.setting.variable) in the environment sets --\(value.setting.name)"
            case .file(let path): "\(path) sets --\(value.setting.name)"
            case .flag, .byDefault: nil
            }
        }
    }

    private static func flags(_ arguments: [String]) -> [String: [String]] {
        var found: [String: [String]] = [:]
        var index = 0
        while index < arguments.count, arguments[index] != "--" {
            let argument = arguments[index]
            index += 1
            guard argument.hasPrefix("--") else { continue }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first, let setting = Setting[String(name)] else { continue }
            if setting.kind == .flag {
                found[setting.name] = ["true"]
            } else if parts.count == 2 {
                found[setting.name, default: []].append(String(parts[1]))
            } else if index < arguments.count {
                found[setting.name, default: []].append(arguments[index])
                index += 1
            }
        }
        return found
    }

    /// What Kubernetes sets for a service called clusterd, and what the systemd unit calls its flags.
    private static func isSomebodyElses(_ name: String, _ value: String) -> Bool {
        switch name {
        case "CLUSTERD_FLAGS", "CLUSTERD_SERVICE_HOST", "CLUSTERD_SERVICE_PORT": true
        case "CLUSTERD_PORT": value.contains("://")
        default:
            name.hasPrefix("CLUSTERD_SERVICE_PORT_")
                || name.wholeMatch(of: #/CLUSTERD_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?/#) != nil
        }
    }

    private static func variables(_ environment: [String: String]) throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(Setting.prefix) && !isSomebodyElses(name, value) {
            guard let setting = Setting.all.first(where: { $0.variable == name }) else {
                throw ConfigurationFault.unknown(name, in: "environment", among: Setting.all.map(\.variable))
            }
            found[setting.name] =
                setting.kind == .list
                ? value.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } : [value]
        }
        return found
    }
}
