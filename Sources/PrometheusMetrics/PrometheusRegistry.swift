public import CoreMetrics
internal import Synchronization

/// Collects what is measured through swift-metrics, and shows it as Prometheus text.
///
/// ```swift
/// let registry = PrometheusRegistry()
/// MetricsSystem.bootstrap(registry)
/// Counter(label: "jobs_finished_total", dimensions: [("state", "succeeded")]).increment()
/// print(registry.exposition())
/// ```
///
/// Counters end in `_total`; timers are histograms in seconds, recorders that aggregate histograms, meters and other
/// recorders gauges. Two handlers with one label and equal dimensions are one series. Counting takes no lock but that of
/// its series.
public final class PrometheusRegistry: MetricsFactory, Sendable {
    enum Series {
        case counter(CounterSeries)
        case gauge(GaugeSeries)
        case histogram(HistogramSeries)
    }

    struct Family {
        let kind: String
        var series: [String: Series] = [:]
    }

    struct State {
        var families: [String: Family] = [:]
        var help: [String: String] = [:]
        var bounds: [String: [Double]] = [:]
        var count = 0
    }

    /// The upper bounds of a histogram's buckets unless others are given: 1 ms to 60 s.
    public static let defaultBounds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// The most series there are; what comes later is not shown, so that labels out of control cost no memory.
    public static let seriesLimit = 10_000

    let state = Mutex(State())

    /// Creates an empty registry.
    public init() {}

    /// Says what a metric is, and how a histogram of that name is divided.
    ///
    /// Call it before the first value.
    ///
    /// - Parameters:
    ///   - name: the label of the metric.
    ///   - help: one line.
    ///   - bounds: inclusive upper bounds of a histogram's buckets, rising.
    public func describe(_ name: String, _ help: String, bounds: [Double]? = nil) {
        state.withLock { state in
            state.help[MetricName.sanitized(name)] = help
            state.bounds[MetricName.sanitized(name)] = bounds
        }
    }

    /// The series of a name and labels, made by `make` when it is new.
    ///
    /// - Returns: nil where the name is another kind of metric already, or there are too many series.
    private func series(
        _ name: String, _ kind: String, _ dimensions: [(String, String)], make: (State) -> Series
    ) -> Series? {
        let labels = MetricName.labels(dimensions)
        return state.withLock { state in
            if let family = state.families[name] {
                guard family.kind == kind else { return nil }
                if let known = family.series[labels] { return known }
            }
            guard state.count < Self.seriesLimit else { return nil }
            let made = make(state)
            state.families[name, default: Family(kind: kind)].series[labels] = made
            state.count += 1
            return made
        }
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        let name = MetricName.sanitized(label)
        let made = series(name, "histogram", dimensions) { state in
            .histogram(HistogramSeries(bounds: state.bounds[name] ?? Self.defaultBounds))
        }
        guard case .histogram(let histogram)? = made else { return HistogramSeries(bounds: []) }
        return histogram
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let made = series(MetricName.sanitized(label), "gauge", dimensions) { _ in .gauge(GaugeSeries()) }
        guard case .gauge(let gauge)? = made else { return GaugeSeries() }
        return gauge
    }
}

extension PrometheusRegistry {
    /// A counter, whose name ends in `_total`.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let made = series(MetricName.counter(label), "counter", dimensions) { _ in .counter(CounterSeries()) }
        guard case .counter(let counter)? = made else { return CounterSeries() }
        return counter
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    /// A histogram if values are to be aggregated, else a gauge.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions) : gauge(label, dimensions)
    }

    /// A histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    /// Does nothing: what was counted stays, as Prometheus expects of counters.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Does nothing.
    public func destroyMeter(_ handler: any MeterHandler) {}
    /// Does nothing.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Does nothing.
    public func destroyTimer(_ handler: any TimerHandler) {}
}
