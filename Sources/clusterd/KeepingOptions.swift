import ArgumentParser
import ClusterService

/// How long `clusterd serve` keeps what, and how much memory jobs may use.
struct KeepingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How long results of /v1/jobs are kept, such as 90s, 12h or 7d. (default: 7d)", valueName: "time"))
    var resultRetention: TimeSpan?

    @Option(
        help: ArgumentHelp("How long points and results of /v1/cluster are kept. (default: 1h)", valueName: "time"))
    var clusterRetention: TimeSpan?

    @Option(help: ArgumentHelp("How long an Idempotency-Key is remembered. (default: 1d)", valueName: "time"))
    var keyLifetime: TimeSpan?

    @Option(
        help: ArgumentHelp("How long the address of what has expired answers 410. (default: 1d)", valueName: "time"))
    var goneLifetime: TimeSpan?

    @Option(
        help: ArgumentHelp(
            "The memory that running jobs may need together, such as 4GiB. (default: 60% of what is available)",
            valueName: "bytes"))
    var memoryBudget: ByteCount?

    func validate() throws {
        if keyLifetime?.seconds == 0 { throw ValidationError("--key-lifetime must be longer than 0s") }
    }

    /// Sets what was asked for.
    func apply(to configuration: inout ServiceConfiguration) {
        if let resultRetention { configuration.limits.resultRetention = .seconds(resultRetention.seconds) }
        if let clusterRetention { configuration.limits.clusterRetention = .seconds(clusterRetention.seconds) }
        if let keyLifetime { configuration.limits.keyLifetime = .seconds(keyLifetime.seconds) }
        if let goneLifetime { configuration.limits.goneLifetime = .seconds(goneLifetime.seconds) }
        if let memoryBudget { configuration.memoryBudget = memoryBudget.bytes }
        // What is kept for moments must not wait a minute until it is looked at.
        let shortest = min(configuration.limits.resultRetention, configuration.limits.clusterRetention)
        configuration.limits.upkeepInterval = min(.seconds(60), max(.seconds(1), shortest / 4))
    }
}

/// A time on the command line: a number and `s`, `m`, `h` or `d`; without a letter, seconds.
struct TimeSpan: ExpressibleByArgument {
    private static let units: [(name: Character, seconds: Int)] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]

    let seconds: Int

    init?(argument: String) {
        let unit = Self.units.first { $0.name == argument.last }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        // Up to a century: no sum of times overflows.
        guard let number = Int(digits), number >= 0, number <= 100 * 366 * 86_400 / (unit?.seconds ?? 1) else {
            return nil
        }
        seconds = number * (unit?.seconds ?? 1)
    }
}

/// An amount of memory on the command line: a number and `KiB`, `MiB` or `GiB`; without a unit, bytes.
struct ByteCount: ExpressibleByArgument {
    private static let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)]

    let bytes: Int

    init?(argument: String) {
        let unit = Self.units.first { argument.hasSuffix($0.0) }
        guard let number = Int(argument.dropLast(unit?.0.count ?? 0)), number > 0, number < 1 << 30 || unit == nil
        else { return nil }
        bytes = number << (unit?.1 ?? 0)
    }
}
