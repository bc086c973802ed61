import CoreMetrics
public import HTTPServer
import HTTPTypes
import PrometheusMetrics
import Synchronization

/// What the service counts while it runs, shown at `/metrics` as Prometheus text.
///
/// ```swift
/// configuration.onRequestEnd = { service.metrics.requestEnded($0) }
/// configuration.onConnectionEvent = { service.metrics.connectionChanged($0) }
/// ```
public final class ServiceMetrics: Sendable {
    let registry = PrometheusRegistry()
    let work: WorkMetrics

    private struct RouteKey: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    /// Counters that are found once for a route and kept: the search takes longer than the count.
    private struct RouteSeries {
        let requests: Counter
        let duration: Timer
    }

    private let routes = Mutex<[RouteKey: RouteSeries]>([:])
    private let received: Counter
    private let sent: Counter
    private let open: Meter
    private let opened: Counter
    private let refused: [RefusalReason: Counter]

    init() {
        work = WorkMetrics(registry: registry)
        registry.describe("http_requests_total", "Requests that ended, by route and status.")
        registry.describe(
            "http_request_duration_seconds", "Time from the end of a request's head to the end of its response.")
        registry.describe("http_request_bytes_total", "Bytes of content received.")
        registry.describe("http_response_bytes_total", "Bytes of content sent.")
        registry.describe("http_connections", "Open connections.")
        registry.describe("http_connections_opened_total", "Connections that were accepted.")
        registry.describe(
            "http_connections_refused_total", "Connections that came to nothing, by the reason.")
        received = Counter(label: "http_request_bytes_total", factory: registry)
        sent = Counter(label: "http_response_bytes_total", factory: registry)
        open = Meter(label: "http_connections", factory: registry)
        opened = Counter(label: "http_connections_opened_total", factory: registry)
        refused = RefusalReason.allCases.reduce(into: [:]) { [registry] series, reason in
            series[reason] = Counter(
                label: "http_connections_refused_total", dimensions: [("reason", reason.rawValue)], factory: registry)
        }
    }

    /// Counts a request that has ended.
    public func requestEnded(_ summary: RequestSummary) {
        // Where no route was found the method may be anything a client thinks of: those are one series.
        let key = RouteKey(
            method: summary.route == nil ? "any" : summary.method?.rawValue ?? "any", route: summary.route ?? "none",
            status: summary.status?.code ?? 0)
        let series = routes.withLock { routes in
            if let known = routes[key] { return known }
            let status = key.status == 0 ? "none" : "\(key.status)"
            let labels = [("method", key.method), ("route", key.route), ("status", status)]
            let made = RouteSeries(
                requests: Counter(label: "http_requests_total", dimensions: labels, factory: registry),
                duration: Timer(
                    label: "http_request_duration_seconds", dimensions: Array(labels.prefix(2)), factory: registry))
            routes[key] = made
            return made
        }
        series.requests.increment()
        series.duration.recordNanoseconds(Int64(clamping: summary.duration.nanoseconds))
        received.increment(by: summary.bytesReceived)
        sent.increment(by: summary.bytesSent)
    }

    /// Counts connections that come, go or are turned away.
    public func connectionChanged(_ event: ConnectionEvent) {
        switch event {
        case .opened:
            opened.increment()
            open.increment()
        case .closed: open.decrement()
        case .handshakeFailed: refused[.handshake]?.increment()
        case .refused: refused[.addressLimit]?.increment()
        case .surplus: refused[.limit]?.increment()
        case .acceptFailed: refused[.descriptors]?.increment()
        }
    }

    private enum RefusalReason: String, CaseIterable {
        case handshake
        case addressLimit = "address_limit"
        case limit
        case descriptors
    }
}

extension Duration {
    /// Whole nanoseconds.
    fileprivate var nanoseconds: Int128 {
        Int128(components.seconds) * 1_000_000_000 + Int128(components.attoseconds / 1_000_000_000)
    }
}
