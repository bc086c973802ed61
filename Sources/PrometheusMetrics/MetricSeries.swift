internal import CoreMetrics
internal import Synchronization

/// A count that only rises.
final class CounterSeries: CounterHandler, Sendable {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) { count.add(max(0, amount), ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
    var value: Int64 { count.load(ordering: .relaxed) }
}

/// A value that rises and falls.
final class GaugeSeries: MeterHandler, RecorderHandler, Sendable {
    private let current = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    var value: Double { current.withLock { $0 } }
}

/// Counts of values by size, their number and their sum.
final class HistogramSeries: RecorderHandler, TimerHandler, Sendable {
    struct Counts: Sendable {
        /// How many values lie in each bucket; the last one has no upper bound.
        var buckets: [Int]
        var sum = 0.0
    }

    let bounds: [Double]
    private let state: Mutex<Counts>

    /// - Parameter bounds: the inclusive upper bounds of the buckets, rising.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(Counts(buckets: [Int](repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.buckets[bucket] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    var counts: Counts { state.withLock { $0 } }
}
