import ClusterService

/// What is wrong with the environment or a file, and how to put it right.
struct ConfigurationFault: Error, CustomStringConvertible {
    let description: String

    /// A name that nothing has, with the nearest that something has.
    static func unknown(_ name: String, in place: String, among known: [String]) -> ConfigurationFault {
        let advice =
            SpellingSuggestion.nearest(to: name, among: known).map { "did you mean \($0)?" }
            ?? "there are \(known.joined(separator: ", "))"
        return ConfigurationFault(description: "\(place): there is no setting \(name); \(advice)")
    }
}
