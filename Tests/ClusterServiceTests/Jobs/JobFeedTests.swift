import Testing

@testable import ClusterService

@Suite struct JobWatchTests {
    @Test func aChangeAfterTheQuestionIsNotMissed() async {
        let watch = JobWatch()
        let changes = watch.changes(of: "a")
        watch.notify("a")
        #expect(await waitForChange(changes, timeout: .seconds(30)))
    }

    @Test func severalChangesCountAsOne() async {
        let watch = JobWatch()
        let changes = watch.changes(of: "a")
        for _ in 0..<5 { watch.notify("a") }
        #expect(await waitForChange(changes, timeout: .seconds(30)))
    }

    @Test func otherJobsWakeNobody() async {
        let watch = JobWatch()
        let changes = watch.changes(of: "a")
        watch.notify("b")
        #expect(await !waitForChange(changes, timeout: .milliseconds(50)))
    }

    @Test func everyWaiterIsWoken() async {
        let watch = JobWatch()
        let streams = (0..<20).map { _ in watch.changes(of: "a") }
        watch.notify("a")
        for changes in streams { #expect(await waitForChange(changes, timeout: .seconds(30))) }
    }

    @Test func waitingEndsWhenTheTaskIsCancelled() async {
        let watch = JobWatch()
        let changes = watch.changes(of: "a")
        let task = Task { await waitForChange(changes, timeout: .seconds(60)) }
        let duration = await ContinuousClock().measure {
            task.cancel()
            #expect(await task.value == false)
        }
        #expect(duration < .seconds(30))
    }

    @Test func aWaitThatIsOverLeavesNothingBehind() async {
        let watch = JobWatch()
        for _ in 0..<100 { _ = await waitForChange(watch.changes(of: "a"), timeout: .zero) }
        // Streams nobody holds any more must not be notified: this would crash or leak, not fail.
        watch.notify("a")
        #expect(await waitForChange(watch.changes(of: "a"), timeout: .milliseconds(20)) == false)
    }
}
