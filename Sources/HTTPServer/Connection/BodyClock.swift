/// The time a client has for a request's body: a grace period and then a least rate, counted only while the server
/// is ready to read.
struct BodyClock {
    private let grace: Moment.Span
    private let bytesPerSecond: Int
    private var elapsed = 0
    private var runningSince: Moment?

    init(_ times: ConnectionTimes) {
        grace = times.body
        bytesPerSecond = times.bodyBytesPerSecond
    }

    mutating func start(at now: Moment) {
        if runningSince == nil { runningSince = now }
    }

    mutating func pause(at now: Moment) {
        guard let began = runningSince else { return }
        elapsed += (now - began).nanoseconds
        runningSince = nil
    }

    /// Leaves no more than so much from now on, before further bytes count.
    mutating func hurry(_ rest: Moment.Span, received: Int, at now: Moment) {
        let running = runningSince.map { (now - $0).nanoseconds } ?? 0
        let left = (grace + earned(received)).nanoseconds - elapsed - running
        if left > rest.nanoseconds { elapsed += left - rest.nanoseconds }
    }

    /// When the body is too late, having brought so many bytes; nil while the clock stands still.
    func deadline(received: Int) -> Moment? {
        guard let runningSince else { return nil }
        return runningSince + (grace + earned(received)) + Moment.Span(nanoseconds: -elapsed)
    }

    private func earned(_ received: Int) -> Moment.Span {
        // In milliseconds: nanoseconds would leave the range of Int for long bodies.
        .milliseconds(received / bytesPerSecond * 1000 + received % bytesPerSecond * 1000 / bytesPerSecond)
    }
}
