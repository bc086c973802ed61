import Foundation
import JobStoreTesting

extension TestClock {
    /// The clock as a store takes it, holding the store's directory, which so lives as long as the store.
    func keeping(_ directory: TemporaryDirectory) -> @Sendable () -> Date {
        { withExtendedLifetime(directory) { self.now } }
    }
}
