import Testing

@testable import HTTPServer

struct WatcherTableTests {
    private final class Nothing: Watcher {
        func becameReady(for readiness: Readiness) {}
        func deadlinePassed(at now: Moment) {}
        func resume() {}
    }

    @Test func aTokenFindsItsWatcherUntilItIsRemoved() {
        var table = WatcherTable()
        let first = Nothing()
        let token = table.insert(first)
        #expect(table[token] === first)
        table.remove(token)
        #expect(table[token] == nil)
        table.remove(token)
        #expect(table.all.isEmpty)
    }

    @Test func aStaleTokenDoesNotFindTheNextWatcherInItsPlace() {
        var table = WatcherTable()
        let stale = table.insert(Nothing())
        table.remove(stale)
        let fresh = table.insert(Nothing())
        #expect(fresh.index == stale.index)
        #expect(table[stale] == nil)
        #expect(table[fresh] != nil)
        #expect(WatcherToken(rawValue: fresh.rawValue) == fresh)
    }

    @Test func unknownTokensFindNothing() {
        let table = WatcherTable()
        #expect(table[WatcherToken(rawValue: .max)] == nil)
        #expect(table[WatcherToken(index: 0, generation: 1)] == nil)
    }
}
