import CLinux
import Dispatch
import Glibc

/// A serial Dispatch queue with one epoll descriptor, which a Dispatch source watches.
///
/// The source fires once for any number of ready sockets; a turn of the loop then takes them all, runs the jobs of the
/// tasks that prefer this loop, and goes round until nothing is left. Connections live on one loop, and handlers run on
/// it as tasks, so that a request costs no switch of threads.
final class EventLoop: SerialExecutor, TaskExecutor, Sendable {
    /// How often a turn goes round before it lets the queue's other work, such as timers, have its turn.
    private static let roundsPerTurn = 64

    let identity = LoopIdentity()
    let state: LoopBound<LoopState>
    let readBuffer: LoopBound<ReadBuffer>
    private let queue: DispatchQueue
    private let work = WorkQueue()

    /// Creates a loop; it runs until ``shutDown()``.
    ///
    /// - Throws: The system's error number when there is no descriptor left.
    init(label: String) throws(SystemError) {
        let poller = clinux_epoll_create()
        guard poller >= 0 else { throw SystemError(code: errno) }
        queue = DispatchQueue(label: label)
        let source = DispatchSource.makeReadSource(fileDescriptor: poller, queue: queue)
        let timer = DispatchSource.makeTimerSource(queue: queue)
        state = LoopBound(LoopState(poller: poller, source: source, timer: timer), to: identity)
        readBuffer = LoopBound(ReadBuffer(), to: identity)
        source.setEventHandler { self.turn() }
        source.setCancelHandler { close(poller) }
        timer.setEventHandler { self.turn(isTimer: true) }
        source.activate()
        timer.activate()
    }

    /// Whether the calling code runs on this loop.
    var isCurrent: Bool { identity.isCurrent }

    /// Stops watching; jobs of tasks still run.
    func shutDown() {
        execute { [self] in
            state.with { state in
                state.isOpen = false
                state.source.cancel()
                state.timer.cancel()
            }
        }
    }

    // MARK: Executor

    func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    func checkIsolated() {
        precondition(isCurrent, "expected to run on an event loop")
    }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Runs a closure in a turn of the loop, after what was added before it.
    func execute(_ action: @escaping @Sendable () -> Void) {
        add(.action(action))
    }

    private func add(_ item: WorkQueue.Item) {
        if work.add(item) { queue.async { self.turn() } }
    }

    // MARK: Turns

    private func turn(isTimer: Bool = false) {
        identity.mark {
            work.beginTurn()
            if isTimer { state.with { $0.armed = nil } }
            for _ in 0..<Self.roundsPerTurn {
                let didWork = runWork()
                let didResume = resumeWatchers()
                let hadEvents = takeEvents()
                if !didWork && !didResume && !hadEvents && work.endTurn() { return state.with { $0.armTimer() } }
            }
            state.with { $0.armTimer() }
            queue.async { self.turn() }
        }
    }

    private func runWork() -> Bool {
        var items = state.with { state in
            let room = state.spareItems
            state.spareItems = []
            return room
        }
        work.take(&items)
        defer {
            items.removeAll(keepingCapacity: items.count < 1024)
            state.with { $0.spareItems = items }
        }
        for item in items {
            switch item {
            case .job(let job):
                job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            case .action(let action): action()
            }
        }
        return !items.isEmpty
    }

    private func resumeWatchers() -> Bool {
        let waiting = state.with { state in
            let waiting = state.resumable
            state.resumable = []
            return waiting
        }
        for watcher in waiting { watcher.resume() }
        return !waiting.isEmpty
    }

    private func takeEvents() -> Bool {
        let now = Moment.now
        for token in state.with({ $0.wheel.advance(to: now) }) {
            state.with { $0.watchers[token] }?.deadlinePassed(at: now)
        }
        let count = state.with { $0.takeEvents() }
        for index in 0..<count {
            let (watcher, readiness) = state.with { state in
                let event = state.events[index]
                return (
                    state.watchers[WatcherToken(rawValue: event.token)], Readiness(rawValue: event.events)
                )
            }
            watcher?.becameReady(for: readiness)
        }
        return count > 0
    }
}

/// An error of a system call.
struct SystemError: Error, Equatable, CustomStringConvertible {
    let code: Int32

    var description: String { String(cString: strerror(code)) }
}
