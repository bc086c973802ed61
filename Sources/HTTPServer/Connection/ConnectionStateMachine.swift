import HTTPTypes

/// Every decision about one connection: what its octets mean, whether it goes on, when it is given up.
///
/// Pure: events come in with the time they happen at, and what to do about them goes out. One request is served at a
/// time; those that were pipelined behind it wait as octets, mostly in the system's own buffer.
struct ConnectionStateMachine {
    enum State {
        /// The transport agrees with the client on keys; no octet of a request can have come.
        case handshaking(until: Moment)
        /// No octet of the next request has come.
        case awaiting(until: Moment)
        case readingHead(until: Moment)
        case exchange(ExchangeState)
        /// The response has ended; the rest of the request's body is discarded to keep the connection.
        case draining(BodyIntake, allowance: Int)
        /// The last response is being written.
        case finishing
        /// The write side is shut; octets are discarded so that the client can read that response before a reset.
        case lingering(until: Moment)
        case closed
    }

    /// What octets, their end or their absence led to.
    enum Step: Equatable {
        /// Nothing yet.
        case wait
        /// A head is complete; its handler can start.
        case begin(RequestHead)
        /// Content of the request's body, where it stands in the octets, and whether it is the last.
        case content(Range<Int>, isLast: Bool)
        /// The request's body is complete, without further content.
        case bodyEnd
        /// The rest of the request's body will not be had; the handler's reads fail.
        case bodyFailed(RequestError)
        /// The request cannot be served: answer this and close.
        case refuse(RequestError, isHead: Bool)
        /// Nothing more is to be sent: shut the write side.
        case shutdownWrite
        /// Close at once; `reset` when the client is to see that it was broken off.
        case close(reset: Bool)
    }

    let limits: ServerLimits
    let times: ConnectionTimes
    var state: State
    var parser: RequestParser
    /// The trailer fields of the request being served.
    var trailers = TrailerFields()
    private(set) var requests = 0
    private(set) var isStopping = false

    /// Whether the client has sent its last octet.
    private(set) var inputEnded = false

    /// When the client is cut off for taking nothing of what is written, while something is.
    private var stallDeadline: Moment?
    private var writeClock: WriteClock

    init(limits: ServerLimits, isSecure: Bool = false, at now: Moment) {
        self.limits = limits
        times = ConnectionTimes(limits)
        writeClock = WriteClock(times, at: now)
        parser = RequestParser(limits: limits, isSecure: isSecure)
        state = isSecure ? .handshaking(until: now + times.handshake) : .awaiting(until: now + times.head)
    }

    var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    var isHandshaking: Bool {
        if case .handshaking = state { true } else { false }
    }

    /// Whether octets are to be taken from the socket.
    var wantsInput: Bool {
        guard !inputEnded else { return false }
        switch state {
        case .awaiting, .readingHead, .draining, .lingering: return true
        case .exchange(let exchange): return exchange.intake.wantsInput
        case .handshaking, .finishing, .closed: return false
        }
    }

    /// Whether a further request would be read: false once too much of the answers is unwritten.
    var isBetweenRequests: Bool {
        switch state {
        case .awaiting, .readingHead: true
        default: false
        }
    }

    /// When the client is cut off for not taking what is written, or taking it too slowly, while something is.
    var writeDeadline: Moment? {
        guard let stallDeadline else { return nil }
        return min(stallDeadline, writeClock.deadline ?? stallDeadline)
    }

    /// The next time at which ``expire(at:)`` has something to say.
    var deadline: Moment? {
        let own: Moment?
        switch state {
        case .handshaking(let until), .awaiting(let until), .readingHead(let until): own = until
        case .exchange(let exchange): own = exchange.intake.deadline
        case .draining(let intake, _): own = intake.deadline
        case .lingering(let until): own = until
        case .finishing, .closed: own = nil
        }
        guard let own, let writeDeadline else { return own ?? writeDeadline }
        return min(own, writeDeadline)
    }

    /// Counts the request whose head has come and gives it to a handler.
    mutating func begin(_ head: RequestHead, at now: Moment) -> Step {
        requests += 1
        if !trailers.isEmpty { trailers = TrailerFields() }
        var exchange = ExchangeState(head, limits: limits, times: times)
        if exchange.expectation == .none { exchange.intake.start(at: now) }
        state = .exchange(exchange)
        return .begin(head)
    }

    mutating func refuse(_ error: RequestError) -> Step {
        let isHead = parser.isHead
        state = .finishing
        return .refuse(error, isHead: isHead)
    }

    /// Waits for the next request, unless none will be taken.
    mutating func awaitNext(at now: Moment) -> Step {
        if isStopping || inputEnded { return finish() }
        state = .awaiting(until: now + times.idle)
        return .wait
    }

    /// Lets what is written be the last; ``outputDrained(at:)`` goes on.
    mutating func finish() -> Step {
        state = .finishing
        return .wait
    }

    /// Notes that the client sends no more.
    mutating func noteEndOfInput() {
        inputEnded = true
    }

    /// The server takes no further requests: a connection between two of them closes, others finish the one they have,
    /// with little time for what the client has to do.
    ///
    /// To be called when what was to be written has been, or the machine knows that the client does not take it.
    mutating func stop(at now: Moment) -> Step {
        isStopping = true
        writeClock.hurry(times.hurried, at: now)
        if let stallDeadline { self.stallDeadline = min(stallDeadline, now + times.hurried) }
        switch state {
        case .handshaking: return close()
        case .awaiting: return writeDeadline == nil ? close() : finish()
        case .draining: return finish()
        case .readingHead(let until):
            state = .readingHead(until: min(until, now + times.hurried))
            return .wait
        case .exchange(var exchange):
            exchange.intake.hurry(times.hurried, at: now)
            state = .exchange(exchange)
            return .wait
        case .finishing, .lingering, .closed: return .wait
        }
    }

    /// All that was to be written has been.
    mutating func outputDrained(at now: Moment) -> Step {
        stallDeadline = nil
        writeClock.pause(at: now)
        guard case .finishing = state else { return .wait }
        if inputEnded { return close() }
        state = .lingering(until: now + times.linger)
        return .shutdownWrite
    }

    /// Something is still to be written, and the client took so much of it just now, or has begun not to.
    mutating func outputBlocked(taken: Int, at now: Moment) {
        guard !isClosed else { return }
        let stall = isStopping ? min(times.writeStall, times.hurried) : times.writeStall
        if taken > 0 || stallDeadline == nil { stallDeadline = now + stall }
        writeClock.run(taken: taken, at: now)
    }

    mutating func close(reset: Bool = false) -> Step {
        state = .closed
        stallDeadline = nil
        return .close(reset: reset)
    }
}
