import CLinux
import Dispatch
import Glibc

/// What the turns of an event loop work on.
struct LoopState {
    private static let eventsPerTake = 256

    let poller: Int32
    let source: any DispatchSourceRead
    let timer: any DispatchSourceTimer
    var isOpen = true
    var watchers = WatcherTable()
    var wheel = TimerWheel(origin: .now)

    /// Watchers that have more to do in this turn.
    var resumable: [any Watcher] = []

    /// Room for the next items of work, kept so that it is not allocated each time.
    var spareItems: [WorkQueue.Item] = []

    /// When the loop's timer fires, if it is set.
    var armed: Moment?
    var dateField = DateField()
    var requestIDs = RequestIDs()
    private(set) var events = [clinux_event](repeating: clinux_event(), count: Self.eventsPerTake)

    init(poller: Int32, source: any DispatchSourceRead, timer: any DispatchSourceTimer) {
        self.poller = poller
        self.source = source
        self.timer = timer
    }

    /// Takes the events there are, up to a batch; returns their number.
    mutating func takeEvents() -> Int {
        guard isOpen else { return 0 }
        return max(0, Int(clinux_epoll_take(poller, &events, Int32(events.count))))
    }

    /// Sets the timer to the next slot of the wheel, if it is not set to it already.
    mutating func armTimer() {
        let next = wheel.next
        guard isOpen, next != armed else { return }
        armed = next
        guard let next else { return timer.schedule(deadline: .distantFuture) }
        let rest = max(0, (next - .now).nanoseconds) + 1
        timer.schedule(deadline: .now() + .nanoseconds(rest), leeway: .milliseconds(50))
    }
}

extension EventLoop {
    /// Watches a descriptor until it is closed, or forgotten by ``forget(_:)``.
    ///
    /// - Throws: The system's error when it cannot be watched.
    func watch(_ descriptor: Int32, _ watcher: any Watcher) throws(SystemError) -> WatcherToken {
        try state.with { state throws(SystemError) in
            let token = state.watchers.insert(watcher)
            guard state.isOpen, clinux_epoll_add(state.poller, descriptor, token.rawValue) == 0 else {
                let code = state.isOpen ? errno : ECANCELED
                state.watchers.remove(token)
                throw SystemError(code: code)
            }
            return token
        }
    }

    /// Forgets a watcher; its descriptor is closed by whoever opened it.
    func forget(_ token: WatcherToken) {
        state.with { $0.watchers.remove(token) }
    }

    /// Calls `deadlinePassed` once the time has come, or earlier.
    func schedule(_ token: WatcherToken, deadline: Moment) {
        state.with { $0.wheel.insert(token, deadline: deadline) }
    }

    /// The value of a `Date` field for now.
    func dateField() -> [UInt8] { state.with { $0.dateField.current() } }

    /// An id for a request that has none.
    func makeRequestID() -> String { state.with { $0.requestIDs.next() } }

    /// Calls `resume` later in this turn.
    func resumeLater(_ watcher: any Watcher) {
        state.with { $0.resumable.append(watcher) }
    }
}

/// Where the connections of a loop read into, one after the other.
final class ReadBuffer {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    deinit { bytes.deallocate() }
}
