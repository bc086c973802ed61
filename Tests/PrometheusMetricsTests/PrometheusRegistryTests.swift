import CoreMetrics
import PrometheusMetrics
import Testing

@Suite struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry()

    private func counter(_ label: String, _ dimensions: [(String, String)] = []) -> Counter {
        Counter(label: label, dimensions: dimensions, factory: registry)
    }

    @Test func handlersOfOneLabelAndDimensionsCountTogether() {
        counter("requests_total", [("route", "/v1")]).increment()
        counter("requests_total", [("route", "/v1")]).increment(by: 2)
        counter("requests_total", [("route", "/livez")]).increment()
        registry.describe("requests_total", "Requests.")
        #expect(
            registry.exposition() == """
                # HELP requests_total Requests.
                # TYPE requests_total counter
                requests_total{route="/livez"} 1
                requests_total{route="/v1"} 3

                """)
    }

    @Test func aCountersNameEndsInTotal() {
        counter("jobs").increment()
        #expect(registry.exposition().contains("\njobs_total 1\n"))
    }

    @Test func labelValuesAreEscapedAndNamesMadeValid() {
        counter("odd name-total", [("a-b", "x\"y\\z\nw")]).increment()
        #expect(registry.exposition().contains(#"odd_name_total{a_b="x\"y\\z\nw"} 1"#))
    }

    @Test func aTimerIsAHistogramInSeconds() {
        registry.describe("wait_seconds", "Waits.", bounds: [0.01, 1])
        let timer = Timer(label: "wait_seconds", dimensions: [("kind", "a")], factory: registry)
        timer.recordMilliseconds(10)
        timer.recordMilliseconds(500)
        timer.recordSeconds(2)
        #expect(
            registry.exposition() == """
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{kind="a",le="0.01"} 1
                wait_seconds_bucket{kind="a",le="1"} 2
                wait_seconds_bucket{kind="a",le="+Inf"} 3
                wait_seconds_sum{kind="a"} 2.51
                wait_seconds_count{kind="a"} 3

                """)
    }

    @Test func metersRiseAndFall() {
        let meter = Meter(label: "connections", factory: registry)
        meter.set(5)
        meter.increment(by: 2.5)
        meter.decrement(by: 0.5)
        #expect(registry.exposition().contains("# TYPE connections gauge\nconnections 7\n"))
    }

    @Test func seriesBeyondTheLimitAreNotShown() {
        for number in 0..<PrometheusRegistry.seriesLimit + 10 { counter("wild", [("n", "\(number)")]).increment() }
        let lines = registry.exposition().split(separator: "\n").count { !$0.hasPrefix("#") }
        #expect(lines == PrometheusRegistry.seriesLimit)
    }

    @Test func anotherKindUnderAKnownNameIsNotShown() {
        counter("mixed_total").increment()
        Meter(label: "mixed_total", factory: registry).set(9)
        #expect(registry.exposition().contains("\nmixed_total 1\n"))
        #expect(!registry.exposition().contains("gauge"))
    }

    @Test func figuresOfTheProcessComeAlong() throws {
        let text = registry.exposition(with: ProcessFigures.samples())
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
            "process_open_fds", "process_max_fds", "process_start_time_seconds", "process_threads",
        ] {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(name) ") })
            let value = try #require(line.split(separator: " ").last.flatMap { Double($0) })
            #expect(value > 0, "\(name)")
        }
    }
}
