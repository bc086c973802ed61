/// The receiving side of one request's body: what is still to come, what nobody has read yet, and how long it may take.
struct BodyIntake {
    enum Progress {
        case receiving(BodyDecoder)
        case complete
        case failed
    }

    private(set) var progress: Progress
    private(set) var clock: BodyClock
    private(set) var received = 0

    /// How many bytes wait for the handler.
    private(set) var unread = 0

    private let capacity: Int
    private var isFull = false

    init(_ framing: BodyFraming, limits: ServerLimits, times: ConnectionTimes) {
        progress = BodyDecoder(framing, limits: limits).map(Progress.receiving) ?? .complete
        clock = BodyClock(times)
        capacity = limits.bufferedBody
    }

    var isReceiving: Bool {
        if case .receiving = progress { true } else { false }
    }

    /// Whether more may be taken from the socket.
    var wantsInput: Bool { isReceiving && !isFull }

    /// How much content is still to come, or nil when that is not known.
    var remaining: Int? {
        switch progress {
        case .receiving(let decoder): decoder.remaining
        case .complete, .failed: 0
        }
    }

    /// How much content comes next as it is, with nothing in between; nil when chunks or unread content stand there.
    var plainRemaining: Int? {
        guard wantsInput, unread == 0, case .receiving(.length(let remaining)) = progress else { return nil }
        return remaining
    }

    var deadline: Moment? { isReceiving ? clock.deadline(received: received) : nil }

    /// Starts the clock: the client knows that the body is awaited.
    mutating func start(at now: Moment) {
        if wantsInput { clock.start(at: now) }
    }

    /// Reads on; what comes back counts as unread.
    mutating func decode(
        _ bytes: Span<UInt8>, from position: inout Int, _ trailers: inout TrailerFields, at now: Moment
    ) throws(RequestError) -> Range<Int>? {
        guard case .receiving(var decoder) = progress else { return nil }
        let content: Range<Int>?
        do throws(RequestError) {
            content = try decoder.decode(bytes, from: &position, &trailers)
        } catch {
            progress = .failed
            throw error
        }
        progress = decoder.isComplete ? .complete : .receiving(decoder)
        received += content?.count ?? 0
        unread += content?.count ?? 0
        clock.start(at: now)
        if unread >= capacity && !isFull {
            isFull = true
            clock.pause(at: now)
        }
        return content
    }

    /// Counts content that went to the handler as it came; until the handler asks for more the server does not read.
    ///
    /// - Parameter count: at most ``plainRemaining``.
    mutating func pass(_ count: Int, at now: Moment) {
        guard let remaining = plainRemaining else { return }
        progress = count == remaining ? .complete : .receiving(.length(remaining: remaining - count))
        received += count
        clock.pause(at: now)
    }

    /// Counts what the handler has taken; half of the room free is room again.
    mutating func consume(_ count: Int, at now: Moment) {
        unread -= count
        guard isFull, unread <= capacity / 2 else { return }
        isFull = false
        if isReceiving { clock.start(at: now) }
    }

    /// The server stops: the client has little time left before its rate counts.
    mutating func hurry(_ rest: Moment.Span, at now: Moment) {
        clock.hurry(rest, received: received, at: now)
    }

    /// Takes no more: the rest of the body does not come, or comes too slowly.
    mutating func fail() {
        progress = .failed
    }
}
