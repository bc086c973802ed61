import PointFormats
import Testing

@testable import ClusterService

@Suite struct StorageQuotaTests {
    @Test func uploadsInProgressMayGoBeyondTheLimitAndNothingElse() throws {
        let quota = StorageQuota(limit: 100, used: 90, overdraft: 50)
        #expect(throws: StorageQuotaExceeded(limit: 100)) { try quota.take(11) }
        try quota.take(60, isPending: true)
        #expect(throws: StorageQuotaExceeded(limit: 100)) { try quota.take(1, isPending: true) }
        #expect(throws: StorageQuotaExceeded(limit: 100)) { try quota.settle(60, freeing: 49) }
        try quota.settle(60, freeing: 50)
        #expect(quota.taken == 150 && quota.isExceeded)
    }

    @Test func otherLimitsHoldFromTheNextByteOn() throws {
        let quota = StorageQuota(limit: 100, used: 90, overdraft: 50)
        try quota.take(20, isPending: true)
        quota.use(limit: 100, overdraft: 10)
        #expect(throws: StorageQuotaExceeded(limit: 100)) { try quota.take(1, isPending: true) }
        quota.use(limit: 100, overdraft: 11)
        try quota.take(1, isPending: true)
        quota.use(limit: 50)
        #expect(throws: StorageQuotaExceeded(limit: 50)) { try quota.take(1, isPending: true) }
        quota.give(21, isPending: true)
        #expect(quota.taken == 90)
    }

    /// A set that grew beyond all bodies goes on growing, and many at a time take no more than one does.
    @Test func aCopyOfWhatIsStoredWidensTheOverdraft() throws {
        let quota = StorageQuota(limit: 1_000, used: 900, overdraft: 100)
        try quota.take(950, isPending: true, copied: 900)
        #expect(throws: StorageQuotaExceeded(limit: 1_000)) { try quota.take(151, isPending: true, copied: 900) }
        try quota.settle(950, freeing: 900)
    }

    @Test func aPartHasNoOverdraft() throws {
        let store = StorageQuota(limit: 1_000, used: 900, overdraft: 100)
        let part = StorageQuota(limit: 100, used: 50, parent: store)
        #expect(throws: StorageQuotaExceeded(limit: 100)) { try part.take(51, isPending: true, copied: 500) }
        #expect(store.taken == 900 && part.root === store && store.root === store)
        try part.take(50, isPending: true)
        #expect(store.taken == 950)
    }

    /// While an upload ends its identifiers lie on the disk twice, which a part of the quota knows nothing of.
    @Test func identifiersCountOnceInAPart() throws {
        let directory = try TemporaryDirectory()
        let store = StorageQuota(limit: 1 << 20, overdraft: 1 << 20)
        let length = 2_000 * (4 + 100) + 2_000 * 4
        let part = StorageQuota(limit: length + 1_000, parent: store)
        let writer = try DatasetWriter(directory: directory.path, quota: part)
        var identifiers = RowIdentifiers()
        for row in 0..<2_000 { identifiers.append("\(row)" + String(repeating: "x", count: 100 - "\(row)".count)) }
        try writer.append(identifiers)
        try writer.append(rows: (0..<2_000).map { [Float($0)] })
        _ = try writer.finish(columns: ["x"], identifier: "id", warnings: [])
        try writer.publish(as: "\(directory.path)/a.points")
        #expect(part.taken > length && part.taken < length + 1_000 && store.taken == part.taken)
    }
}
