import AttentionClustering
import Foundation
import Testing

@testable import ClusterService

@Suite struct DatasetStoreTests {
    private struct Refusal: Error {}
    private let rows: [[Float]] = [[1, 2], [3, 4]]
    private let others: [[Float]] = [[5, 6], [7, 8]]

    @Test func aNameStandsForItsContent() throws {
        let sample = try SampleStore()
        let entry = try sample.put("a", rows)
        #expect(sample.store.entry("a") == entry)
        #expect(sample.store.entry("b") == nil)
        #expect(try sample.store.open(digest: entry.content.digest).points.rows == rows)
    }

    @Test func entriesAreSortedByName() throws {
        let sample = try SampleStore()
        for name in ["b", "a", "c"] { try sample.put(name, rows) }
        #expect(sample.store.entries().map(\.name) == ["a", "b", "c"])
    }

    @Test func equalContentIsStoredOnce() throws {
        let sample = try SampleStore()
        try sample.put("a", rows)
        try sample.put("b", rows)
        #expect(try sample.content.count == 1)
        try sample.put("c", others)
        #expect(try sample.content.count == 2)
    }

    @Test func aReplacedNameKeepsItsDateOfCreation() throws {
        let sample = try SampleStore()
        let times = [Date(timeIntervalSince1970: 100), Date(timeIntervalSince1970: 200)]
        let first = try sample.store.assign("a", to: try sample.commit(rows), format: "csv", now: times[0]) { _ in }
        let second = try sample.store.assign("a", to: try sample.commit(others), format: "npy", now: times[1]) {
            #expect($0 == first.entry)
        }
        #expect(first.isNew && !second.isNew)
        #expect(second.entry.createdAt == times[0] && second.entry.updatedAt == times[1])
        #expect(second.entry.format == "npy")
    }

    @Test func aRefusedChangeChangesNothing() throws {
        let sample = try SampleStore()
        let entry = try sample.put("a", rows)
        let pin = try sample.commit(others)
        #expect(throws: Refusal.self) {
            try sample.store.assign("a", to: pin, format: "csv", now: Date()) { _ in throw Refusal() }
        }
        #expect(throws: Refusal.self) { try sample.store.remove("a") { _ in throw Refusal() } }
        #expect(sample.store.entry("a") == entry)
        #expect(try sample.reopened().entry("a")?.content == entry.content)
    }

    @Test func namesAndContentSurviveARestart() throws {
        let sample = try SampleStore()
        let entry = try sample.put("a", rows, columns: ["x", "y"])
        try sample.put("b", others)
        #expect(try sample.store.remove("b") { _ in })
        let reopened = try sample.reopened()
        #expect(reopened.entries() == [entry])
        #expect(try reopened.open(digest: entry.content.digest).points.rows == rows)
    }

    @Test func anUploadCutOffByACrashIsRemovedAtTheNextStart() throws {
        let sample = try SampleStore()
        try sample.put("a", rows)
        let path = "\(sample.directory.path)/content/\(UUID().uuidString).part"
        try Data("half".utf8).write(to: URL(fileURLWithPath: path))
        _ = try sample.reopened()
        #expect(try sample.content.count == 1)
    }

    @Test func removingTellsWhetherThereWasOne() throws {
        let sample = try SampleStore()
        try sample.put("a", rows)
        #expect(try sample.store.remove("a") { _ in })
        #expect(try !sample.store.remove("a") { _ in })
    }

    @Test func sweepingKeepsWhatANameAJobOrAnUploadNeeds() async throws {
        let sample = try SampleStore()
        let named = try sample.put("named", rows).content.digest
        let used = try sample.put("used", others).content.digest
        try sample.put("gone", [[9], [10]])
        for name in ["used", "gone"] { #expect(try sample.store.remove(name) { _ in }) }
        let pin = try sample.commit([[11], [12]])
        #expect(try await sample.store.sweep { _ in [used] } == 1)
        #expect(try sample.content == [named, used, pin.content.digest].map { "\($0).points" }.sorted())
        _ = consume pin
        #expect(try await sample.store.sweep { _ in [] } == 2)
        #expect(try sample.content == ["\(named).points"])
    }

    @Test func aQuickSweepRemovesWhatWasLetGoAndLooksAtNothingElse() async throws {
        let sample = try SampleStore()
        let kept = try sample.put("a", rows).content.digest
        let replaced = try sample.put("b", others).content.digest
        try sample.put("b", rows)
        let job = try sample.put("c", [[9], [10]]).content.digest
        _ = try sample.store.remove("c") { _ in }
        #expect(try await sample.store.sweep(all: false) { $0.contains(replaced) ? [job] : [] } == 1)
        #expect(try await sample.store.sweep(all: false) { _ in [] } == 0)
        #expect(try sample.content == [kept, job].map { "\($0).points" }.sorted())
        sample.store.noteReleased([job, kept])
        #expect(try await sample.store.sweep(all: false) { _ in [] } == 1)
        #expect(try sample.content == ["\(kept).points"])
    }

    @Test func contentPinnedDuringASweepIsKept() async throws {
        let sample = try SampleStore()
        let digest = try sample.put("a", rows).content.digest
        #expect(try sample.store.remove("a") { _ in })
        // Between the choice of candidates and the removal the same points are uploaded and let go again.
        let removed = try await sample.store.sweep { _ in
            _ = try sample.commit(self.rows)
            return []
        }
        #expect(removed == 0)
        #expect(try sample.content == ["\(digest).points"])
        #expect(try await sample.store.sweep { _ in [] } == 1)
    }

    @Test func aPinnedEntryOutlivesItsName() async throws {
        let sample = try SampleStore()
        try sample.put("a", rows)
        let found = try #require(sample.store.pinnedEntry("a"))
        #expect(try sample.store.remove("a") { _ in })
        #expect(try await sample.store.sweep { _ in [] } == 0)
        #expect(try sample.store.open(digest: found.pin.content.digest).points.rows == rows)
    }

    @Test func manyUploadsOfOneNameAtOnceLeaveOneOfThem() async throws {
        let sample = try SampleStore()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = try? sample.put("a", [[Float(number)], [0]]) }
            }
        }
        let entry = try #require(sample.store.entry("a"))
        #expect(try sample.reopened().entry("a")?.content == entry.content)
        #expect(try sample.store.open(digest: entry.content.digest).points.count == 2)
        try await sample.store.sweep { _ in [] }
        #expect(try sample.content.count == 1)
    }
}
