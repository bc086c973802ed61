/// One of a set of limits by its name, as command lines write it and as documents show it.
///
/// ```swift
/// var limits = ServerLimits()
/// try ServerLimits.settings.first { $0.name == "head_timeout_seconds" }?.set("2.5", in: &limits)
/// ```
public struct LimitSetting<Limits: Sendable>: Sendable {
    /// What a limit is set to.
    public enum Value: Sendable, Equatable {
        /// A number of bytes, requests, connections …
        case count(Int)
        /// A time in seconds.
        case seconds(Double)
    }

    private enum Place: Sendable {
        case count(any WritableKeyPath<Limits, Int> & Sendable, least: Int)
        case time(any WritableKeyPath<Limits, Duration> & Sendable)
    }

    /// The longest time that can be set: a year.
    private static var longestTime: Double { 31_536_000 }

    /// The name in snake case; it ends in the unit where there is one.
    public let name: String
    private let place: Place

    /// A limit that is a whole number.
    public static func count(
        _ name: String, _ path: any WritableKeyPath<Limits, Int> & Sendable, least: Int = 1
    ) -> LimitSetting {
        LimitSetting(name: name, place: .count(path, least: least))
    }

    /// A limit that is a time.
    public static func time(_ name: String, _ path: any WritableKeyPath<Limits, Duration> & Sendable) -> LimitSetting {
        LimitSetting(name: name, place: .time(path))
    }

    /// What the limit is set to.
    public func value(in limits: Limits) -> Value {
        switch place {
        case .count(let path, _): .count(limits[keyPath: path])
        case .time(let path): .seconds(limits[keyPath: path] / .seconds(1))
        }
    }

    /// Sets the limit to what a text says: decimal digits, for a time with a fraction if need be.
    ///
    /// - Throws: ``LimitSettingError`` saying what the limit may be.
    public func set(_ text: String, in limits: inout Limits) throws(LimitSettingError) {
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { ByteClass.isDigit($0) || $0 == UInt8(ascii: ".") }
        switch place {
        case .count(let path, let least):
            guard isNumber, let value = Int(text), value >= least else {
                throw LimitSettingError(description: "\(name) is a whole number of at least \(least)")
            }
            limits[keyPath: path] = value
        case .time(let path):
            guard isNumber, let value = Double(text), value > 0, value <= Self.longestTime else {
                throw LimitSettingError(description: "\(name) is a number of seconds above 0, at most a year's")
            }
            limits[keyPath: path] = .seconds(value)
        }
    }
}

/// A text is no value for a limit.
public struct LimitSettingError: Error, Sendable, CustomStringConvertible {
    /// What the limit may be.
    public let description: String
}
