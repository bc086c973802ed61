import Foundation
import Testing

@testable import ClusterService

@Suite struct TimestampTests {
    @Test func isRFC3339InUTCWithMilliseconds() {
        #expect(Timestamp.text(Date(timeIntervalSince1970: 1_700_000_000.125)) == "2023-11-14T22:13:20.125Z")
        #expect(Timestamp.text(Date(timeIntervalSince1970: 0)) == "1970-01-01T00:00:00.000Z")
        #expect(Timestamp.json(nil) == .null)
    }
}
