import Glibc
import Testing

@testable import HTTPServer

struct EventLoopTests {
    /// Notes what it is told.
    private final class Noting: Watcher {
        let readiness = Gathered<Readiness>()
        let deadline = Flag()
        let ready = Flag()
        let resumed = Flag()

        func becameReady(for readiness: Readiness) {
            self.readiness.append(readiness)
            if readiness.contains(.readable) { ready.raise() }
        }

        func deadlinePassed(at now: Moment) { deadline.raise() }
        func resume() { resumed.raise() }
    }

    private func withLoop(_ body: (EventLoop) async throws -> Void) async throws {
        let loop = try EventLoop(label: "test")
        defer { loop.shutDown() }
        try await body(loop)
    }

    @Test func actionsRunInOrderOnTheLoop() async throws {
        try await withLoop { loop in
            let order = Gathered<Int>()
            let done = Flag()
            #expect(!loop.isCurrent)
            for number in 0..<1_000 { loop.execute { order.append(loop.isCurrent ? number : -1) } }
            loop.execute { done.raise() }
            await done.wait()
            #expect(order.values == Array(0..<1_000))
        }
    }

    @Test func actionsFromManyThreadsAllRun() async throws {
        try await withLoop { loop in
            let seen = Gathered<Int>()
            await withTaskGroup { group in
                for start in 0..<8 {
                    group.addTask {
                        for number in 0..<500 { loop.execute { seen.append(start * 500 + number) } }
                    }
                }
            }
            let done = Flag()
            loop.execute { done.raise() }
            await done.wait()
            #expect(seen.values.sorted() == Array(0..<4_000))
        }
    }

    @Test func tasksThatPreferTheLoopRunOnItAndComeBackToIt() async throws {
        try await withLoop { loop in
            let places = await Task(executorPreference: loop) {
                var places = [loop.isCurrent]
                await Task.yield()
                places.append(loop.isCurrent)
                try? await Task.sleep(for: .milliseconds(1))
                places.append(loop.isCurrent)
                await Task.detached { #expect(!loop.isCurrent) }.value
                places.append(loop.isCurrent)
                return places
            }.value
            #expect(places == [true, true, true, true])
        }
    }

    @Test func readinessIsToldOnceForEachChange() async throws {
        try await withLoop { loop in
            var ends: [Int32] = [0, 0]
            #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
            let descriptor = ends[0]
            let watcher = Noting()
            loop.execute { _ = try? loop.watch(descriptor, watcher) }
            #expect(write(ends[1], "x", 1) == 1)
            await watcher.ready.wait()
            try await Task.sleep(for: .milliseconds(20))
            let count = watcher.readiness.values.count
            #expect(count <= 2)
            close(ends[1])
            for _ in 0..<200 where watcher.readiness.values.count == count {
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(watcher.readiness.values.last?.contains(.peerClosed) == true)
            close(ends[0])
        }
    }

    @Test func deadlinesAndResumptionsAreTold() async throws {
        try await withLoop { loop in
            var ends: [Int32] = [0, 0]
            #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            let descriptor = ends[0]
            let watcher = Noting()
            let began = Moment.now
            loop.execute {
                guard let token = try? loop.watch(descriptor, watcher) else { return }
                loop.schedule(token, deadline: began + .milliseconds(150))
                loop.resumeLater(watcher)
            }
            await watcher.resumed.wait()
            await watcher.deadline.wait()
            #expect(Moment.now - began >= .milliseconds(150))
            for end in ends { close(end) }
        }
    }

    @Test func aBadDescriptorCannotBeWatched() async throws {
        try await withLoop { loop in
            let done = Flag()
            let failures = Gathered<Int32>()
            loop.execute {
                do throws(SystemError) { _ = try loop.watch(-1, Noting()) } catch { failures.append(error.code) }
                done.raise()
            }
            await done.wait()
            #expect(failures.values == [EBADF])
        }
    }

    @Test func aLoopThatIsShutDownGoesAway() async throws {
        weak var gone: EventLoop?
        do {
            let loop = try EventLoop(label: "test")
            gone = loop
            let done = Flag()
            loop.execute { done.raise() }
            await done.wait()
            loop.shutDown()
        }
        for _ in 0..<1_000 where gone != nil { try await Task.sleep(for: .milliseconds(5)) }
        #expect(gone == nil)
    }
}
