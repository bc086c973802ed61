import Testing

@testable import ClusterService

@Suite struct BellTests {
    @Test func aRingBeforeTheWaitIsKept() async {
        let bell = Bell()
        bell.ring()
        let duration = await ContinuousClock().measure { await bell.wait(timeout: .seconds(30)) }
        #expect(duration < .seconds(10))
    }

    @Test func aRingWakesAWaiter() async {
        let bell = Bell()
        let waiting = Task { await bell.wait(timeout: .seconds(30)) }
        let duration = await ContinuousClock().measure {
            bell.ring()
            await waiting.value
        }
        #expect(duration < .seconds(10))
    }

    @Test func everyWaiterNeedsARingOfItsOwn() async {
        let bell = Bell()
        bell.ring()
        await bell.wait(timeout: .seconds(30))
        let duration = await ContinuousClock().measure { await bell.wait(timeout: .milliseconds(50)) }
        #expect(duration >= .milliseconds(50))
    }

    @Test func manyRingsAndWaitersMeet() async {
        let bell = Bell()
        let duration = await ContinuousClock().measure {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask { await bell.wait(timeout: .seconds(60)) }
                    group.addTask { bell.ring() }
                }
            }
        }
        #expect(duration < .seconds(30))
    }
}
