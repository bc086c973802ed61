import Synchronization
import Testing

@testable import ClusterService

@Suite struct TurnstileTests {
    /// Counts who is inside.
    private final class Room: Sendable {
        private let counts = Mutex((now: 0, most: 0))

        var now: Int { counts.withLock { $0.now } }
        var most: Int { counts.withLock { $0.most } }

        func enter() {
            counts.withLock { counts in
                counts.now += 1
                counts.most = max(counts.most, counts.now)
            }
        }

        func leave() { counts.withLock { $0.now -= 1 } }
    }

    @Test func noMoreThanItsPlacesAreInside() async {
        let turnstile = Turnstile(places: 3)
        let room = Room()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    await turnstile.enter()
                    room.enter()
                    await Task.yield()
                    room.leave()
                    turnstile.leave()
                }
            }
        }
        #expect(room.most <= 3)
        #expect(room.now == 0)
    }

    @Test func closingWaitsForThoseInside() async {
        let turnstile = Turnstile(places: 2)
        let room = Room()
        await turnstile.enter()
        let closing = Task {
            await turnstile.close()
            room.enter()
        }
        await Task.yield()
        #expect(room.now == 0)
        turnstile.leave()
        await closing.value
        #expect(room.now == 1)
    }
}
