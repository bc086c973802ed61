/// How fast a job goes on, and so how long the rest takes.
///
/// Stages of a fit differ in how well their share of the work can be foretold, so the pace of the whole and that of the
/// last third count the same.
struct ProgressPace: Sendable {
    private struct Sample {
        let time: ContinuousClock.Instant
        let fraction: Double
    }

    private var start: Sample
    /// How many seconds it took to come to where it began to run here.
    private let earlierSeconds: Double
    /// Rising in time, thinned out as they grow old.
    private var samples: [Sample] = []

    private static let mostSamples = 64
    /// The share of the time so far that is recent.
    private static let recentShare = 1.0 / 3
    /// What has to be done before anything is said.
    private static let leastFraction = 0.02
    private static let leastTime = Duration.milliseconds(250)

    /// - Parameters:
    ///   - fraction: how far the job had come before it began to run here.
    ///   - earlierSeconds: how long that had taken.
    init(at time: ContinuousClock.Instant, fraction: Double, earlierSeconds: Double = 0) {
        start = Sample(time: time, fraction: fraction)
        self.earlierSeconds = earlierSeconds
    }

    /// The job has done nothing new: while it only finds its way back to where it was, its time does not count.
    mutating func wait(until time: ContinuousClock.Instant) {
        if samples.isEmpty, start.fraction > 0 { start = Sample(time: time, fraction: start.fraction) }
    }

    /// Takes down how far the job is.
    mutating func add(_ fraction: Double, at time: ContinuousClock.Instant) {
        let interval = max(.milliseconds(20), (time - start.time) / (2 * Self.mostSamples))
        if time - (samples.last ?? start).time < interval { return }
        samples.append(Sample(time: time, fraction: fraction))
        if samples.count > Self.mostSamples {
            samples = samples.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
        }
    }

    /// The seconds left for a job that is at `fraction`; nil while that cannot be told.
    ///
    /// - Parameter limit: how many seconds are left until it is ended however far it is; nil for as many as it takes.
    func remainingSeconds(
        _ fraction: Double, at time: ContinuousClock.Instant, atMost limit: Double? = nil
    ) -> Double? {
        guard fraction < 1 else { return 0 }
        guard let limit else { return pacedSeconds(fraction, at: time) }
        if let seconds = pacedSeconds(fraction, at: time) { return min(seconds, limit) }
        // What is hardly begun tells little of its pace, but enough where that would take several times as long.
        guard time - start.time >= Self.leastTime, fraction > start.fraction else { return nil }
        return Self.seconds(from: start, to: fraction, at: time) > 4 * limit ? limit : nil
    }

    private func pacedSeconds(_ fraction: Double, at time: ContinuousClock.Instant) -> Double? {
        let elapsed = time - start.time
        guard fraction - start.fraction > Self.leastFraction, elapsed >= Self.leastTime else {
            // What it goes on with is all that is known.
            guard start.fraction > Self.leastFraction, earlierSeconds > 0 else { return nil }
            return (1 - fraction) * earlierSeconds / start.fraction
        }
        let whole = Self.seconds(from: start, to: fraction, at: time)
        let recentTime = time - elapsed * Self.recentShare
        let since = samples.last { $0.time <= recentTime } ?? start
        // A standstill makes the recent pace slower and slower, but not the rest infinite.
        let recent = min(Self.seconds(from: since, to: fraction, at: time), 30 * whole)
        return (whole * recent).squareRoot()
    }

    private static func seconds(from sample: Sample, to fraction: Double, at time: ContinuousClock.Instant) -> Double {
        let rate = (fraction - sample.fraction) / ((time - sample.time) / .seconds(1))
        return rate > 0 ? (1 - fraction) / rate : .infinity
    }
}
