public import Foundation
import Synchronization

/// The time of day without its jumps: leases, pauses and expiry are right even when somebody sets the clock.
///
/// Begins at the system's time of day and goes on with the time since the machine was started, which counts suspended
/// time too and never jumps. Where the time of day has moved away from it, it follows by at most a twentieth of the time
/// that passes: an hour takes a day, and nothing expires at once or not at all.
///
/// ```swift
/// let store = try SQLiteJobStore(path: path, now: SteadyClock().reading)
/// ```
public final class SteadyClock: Sendable {
    /// Two clocks at one instant, in seconds.
    struct Instants: Sendable {
        /// Since the machine was started.
        let boot: Double
        /// Since 1970, by the system's clock.
        let wall: Double
    }

    private struct State {
        var boot: Double
        /// What is added to the time since start.
        var offset: Double
    }

    /// How much faster or slower than time itself it may go.
    private static let slew = 0.05

    private let state: Mutex<State>
    private let instants: @Sendable () -> Instants

    /// A clock that is right now.
    public convenience init() { self.init(instants: Self.systemInstants) }

    init(instants: @escaping @Sendable () -> Instants) {
        self.instants = instants
        let first = instants()
        state = Mutex(State(boot: first.boot, offset: first.wall - first.boot))
    }

    /// The time now; never before what it was.
    public var now: Date {
        state.withLock { state in
            let instants = self.instants()
            let passed = max(instants.boot - state.boot, 0)
            let error = instants.wall - instants.boot - state.offset
            state.boot = max(instants.boot, state.boot)
            state.offset += min(max(error, -Self.slew * passed), Self.slew * passed)
            return Date(timeIntervalSince1970: state.boot + state.offset)
        }
    }

    /// ``now`` as a function, as stores take it.
    public var reading: @Sendable () -> Date { { self.now } }

    private static let systemInstants: @Sendable () -> Instants = {
        Instants(boot: seconds(CLOCK_BOOTTIME), wall: seconds(CLOCK_REALTIME))
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
