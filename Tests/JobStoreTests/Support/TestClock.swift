import Foundation
import Synchronization

/// A clock that stands until it is moved.
final class TestClock: Sendable {
    private let instant: Mutex<Date>

    init(_ start: Date = Date(timeIntervalSince1970: 1_750_000_000)) {
        instant = Mutex(start)
    }

    var now: Date { instant.withLock { $0 } }

    /// The clock as a store takes it, holding the store's directory, which so lives as long as the store.
    func keeping(_ directory: TemporaryDirectory) -> @Sendable () -> Date {
        { withExtendedLifetime(directory) { self.now } }
    }

    func advance(seconds: Double) {
        instant.withLock { $0 += seconds }
    }
}
