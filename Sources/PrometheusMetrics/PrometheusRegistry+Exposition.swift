internal import Synchronization

extension PrometheusRegistry {
    /// The media type of ``exposition(with:)``: Prometheus text, version 0.0.4.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// Everything measured so far as Prometheus text, families and series in the order of their names.
    ///
    /// - Parameter samples: figures that are read only now, such as those of the process.
    /// - Complexity: O(series).
    public func exposition(with samples: [MetricSample] = []) -> String {
        let (families, help) = state.withLock { ($0.families, $0.help) }
        var blocks = families.map { name, family in
            (name, Self.head(name, family.kind, help[name]) + Self.lines(name, family))
        }
        let later = Dictionary(grouping: samples) { MetricName.sanitized($0.name) }
        for (name, samples) in later where families[name] == nil {
            let lines = samples.map { "\(name)\(MetricName.labels($0.labels)) \(Self.number($0.value))\n" }.joined()
            blocks.append((name, Self.head(name, samples[0].kind.rawValue, samples[0].help) + lines))
        }
        return blocks.sorted { $0.0 < $1.0 }.map(\.1).joined()
    }

    private static func head(_ name: String, _ kind: String, _ help: String?) -> String {
        let text = (help ?? name).replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return "# HELP \(name) \(text)\n# TYPE \(name) \(kind)\n"
    }

    private static func lines(_ name: String, _ family: Family) -> String {
        family.series.sorted { $0.key < $1.key }.map { labels, series in
            switch series {
            case .counter(let counter): "\(name)\(labels) \(counter.value)\n"
            case .gauge(let gauge): "\(name)\(labels) \(number(gauge.value))\n"
            case .histogram(let histogram): lines(name, labels, histogram)
            }
        }.joined()
    }

    private static func lines(_ name: String, _ labels: String, _ histogram: HistogramSeries) -> String {
        let counts = histogram.counts
        let inner = labels.isEmpty ? "" : labels.dropFirst().dropLast() + ","
        var text = ""
        var total = 0
        for (index, count) in counts.buckets.enumerated() {
            total += count
            let bound = index < histogram.bounds.count ? number(histogram.bounds[index]) : "+Inf"
            text += "\(name)_bucket{\(inner)le=\"\(bound)\"} \(total)\n"
        }
        return text + "\(name)_sum\(labels) \(number(counts.sum))\n\(name)_count\(labels) \(total)\n"
    }

    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        if value.isNaN { return "NaN" }
        return value.isInfinite ? (value > 0 ? "+Inf" : "-Inf") : "\(value)"
    }
}

/// A figure that is read when metrics are shown.
public struct MetricSample: Sendable {
    /// What a value is.
    public enum Kind: String, Sendable {
        /// It only rises.
        case counter
        /// It rises and falls.
        case gauge
    }

    /// The name of the metric.
    public let name: String
    /// What it is, one line; the first sample of a name says it for all.
    public let help: String
    /// What its value is.
    public let kind: Kind
    /// Names and values of labels.
    public let labels: [(String, String)]
    /// The value.
    public let value: Double

    /// A figure with everything given.
    public init(_ name: String, _ help: String, _ kind: Kind = .gauge, labels: [(String, String)] = [], value: Double) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.value = value
    }
}
