import ArgumentParser
import ClusterService
import HTTPServer

/// The flags for what `clusterd serve` allows its clients.
struct LimitOptions: ParsableArguments {
    @Option(
        name: .customLong("limit"),
        help: ArgumentHelp(
            "Set a limit that GET /v1 shows; may be given several times: --limit head_timeout_seconds=5",
            valueName: "name=value"))
    var settings: [String] = []

    func validate() throws {
        var (server, service) = (ServerLimits(), ServiceLimits())
        try apply(to: &server, &service)
    }

    /// Sets the limits that were given.
    func apply(to server: inout ServerLimits, _ service: inout ServiceLimits) throws {
        for text in settings {
            guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "=")) else {
                throw ValidationError("--limit is a name and a value: --limit head_timeout_seconds=5, not \"\(text)\"")
            }
            let name = String(text[..<mark])
            let value = String(text[text.utf8.index(after: mark)...])
            do {
                if let setting = ServerLimits.settings.first(where: { $0.name == name }) {
                    try setting.set(value, in: &server)
                } else if let setting = ServiceLimits.settings.first(where: { $0.name == name }) {
                    try setting.set(value, in: &service)
                } else {
                    throw Self.unknown(name)
                }
            } catch let error as LimitSettingError {
                throw ValidationError("--limit \(text): \(error)")
            }
        }
    }

    private static func unknown(_ name: String) -> ValidationError {
        let known = ServerLimits.settings.map(\.name) + ServiceLimits.settings.map(\.name)
        let advice =
            SpellingSuggestion.nearest(to: name, among: known).map { "did you mean \"\($0)\"?" }
            ?? "there are \(known.joined(separator: ", "))"
        return ValidationError("--limit: there is no limit \"\(name)\"; \(advice)")
    }
}
