/// Deadlines in slots of a tenth of a second: adding one is O(1) and nothing is ever removed.
///
/// A token comes out when its slot has passed, or earlier if the deadline is beyond the horizon; whoever it names looks
/// at its own deadline then and adds itself again if that is later. So a deadline that moves away, as each request
/// moves that of its connection, costs nothing.
struct TimerWheel {
    static let tick = Moment.Span.milliseconds(100)
    private static let slotCount = 512

    private let origin: Moment
    private var slots = [[WatcherToken]](repeating: [], count: Self.slotCount)

    /// The first tick that has not passed yet.
    private var current = 0
    private(set) var count = 0

    init(origin: Moment) {
        self.origin = origin
    }

    /// Adds a token, to come out not before `deadline` and less than two ticks after it.
    mutating func insert(_ token: WatcherToken, deadline: Moment) {
        let tick = min(max(self.tick(of: deadline) + 1, current), current + Self.slotCount - 1)
        slots[tick % Self.slotCount].append(token)
        count += 1
    }

    /// Takes the tokens whose slots have passed at `now`.
    mutating func advance(to now: Moment) -> [WatcherToken] {
        let last = tick(of: now)
        guard count > 0 else {
            current = max(current, last + 1)
            return []
        }
        var due: [WatcherToken] = []
        var steps = 0
        while current <= last && steps < Self.slotCount {
            due.append(contentsOf: slots[current % Self.slotCount])
            slots[current % Self.slotCount].removeAll(keepingCapacity: true)
            current += 1
            steps += 1
        }
        current = max(current, last + 1)
        count -= due.count
        return due
    }

    /// When the next token comes out, or nil when there is none; O(slots).
    var next: Moment? {
        guard count > 0 else { return nil }
        for tick in current..<(current + Self.slotCount) where !slots[tick % Self.slotCount].isEmpty {
            return origin + Moment.Span(nanoseconds: Self.tick.nanoseconds * tick)
        }
        return nil
    }

    private func tick(of moment: Moment) -> Int {
        (moment - origin).nanoseconds / Self.tick.nanoseconds
    }
}
