public import Foundation
import Synchronization

/// A clock that stands until it is moved.
public final class TestClock: Sendable {
    private let instant: Mutex<Date>

    /// A clock that stands at an instant.
    public init(_ start: Date = Date(timeIntervalSince1970: 1_750_000_000)) {
        instant = Mutex(start)
    }

    /// The time.
    public var now: Date { instant.withLock { $0 } }

    /// Moves the clock.
    public func advance(seconds: Double) {
        instant.withLock { $0 += seconds }
    }
}
