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

    /// When the body is too late, having brought so many bytes; nil while the clock stands still.
    func deadline(received: Int) -> Moment? {
        guard let runningSince else { return nil }
        // In milliseconds: nanoseconds would leave the range of Int for long bodies.
        let earned = received / bytesPerSecond * 1000 + received % bytesPerSecond * 1000 / bytesPerSecond
        return runningSince + grace + .milliseconds(earned) + Moment.Span(nanoseconds: -elapsed)
    }
}
