/// What comes in: octets, their end, and time passing.
extension ConnectionStateMachine {
    /// Reads on in octets of the connection.
    ///
    /// - Parameters:
    ///   - bytes: Octets, in order.
    ///   - position: Where to begin in them; afterwards, what has not been read. What is left over belongs to a request
    ///     that cannot be served yet.
    mutating func receive(_ bytes: Span<UInt8>, from position: inout Int, at now: Moment) -> Step {
        switch state {
        case .awaiting, .readingHead: return receiveHead(bytes, &position, now)
        case .exchange(var exchange):
            defer { if case .exchange = state { state = .exchange(exchange) } }
            return Self.receiveBody(&exchange.intake, bytes, &position, &trailers, now)
        case .draining(let intake, let allowance): return drain(intake, allowance, bytes, &position, now)
        case .lingering:
            position = bytes.count
            return .wait
        case .handshaking, .finishing, .closed: return .wait
        }
    }

    private mutating func receiveHead(_ bytes: Span<UInt8>, _ position: inout Int, _ now: Moment) -> Step {
        do throws(RequestError) {
            if let head = try parser.parse(bytes, from: &position) { return begin(head, at: now) }
        } catch {
            return refuse(error)
        }
        if case .awaiting(let until) = state, parser.hasBegun {
            // The first head's time began with the connection.
            let end = requests == 0 ? until : now + times.head
            state = .readingHead(until: isStopping ? min(end, now + times.hurried) : end)
        }
        return .wait
    }

    private static func receiveBody(
        _ intake: inout BodyIntake, _ bytes: Span<UInt8>, _ position: inout Int, _ trailers: inout TrailerFields,
        _ now: Moment
    ) -> Step {
        guard intake.isReceiving else { return .wait }
        do throws(RequestError) {
            if let content = try intake.decode(bytes, from: &position, &trailers, at: now) {
                return .content(content, isLast: !intake.isReceiving)
            }
        } catch {
            return .bodyFailed(error)
        }
        return intake.isReceiving ? .wait : .bodyEnd
    }

    private mutating func drain(
        _ intake: BodyIntake, _ allowance: Int, _ bytes: Span<UInt8>, _ position: inout Int, _ now: Moment
    ) -> Step {
        var intake = intake
        let start = position
        while intake.isReceiving && position < bytes.count {
            do throws(RequestError) {
                let content = try intake.decode(bytes, from: &position, &trailers, at: now)
                intake.consume(content?.count ?? 0, at: now)
            } catch {
                return finish()
            }
        }
        let left = allowance - (position - start)
        if !intake.isReceiving { return awaitNext(at: now) }
        guard left > 0 else {
            return finish()
        }
        state = .draining(intake, allowance: left)
        return .wait
    }

    /// The client has sent its last octet; it may still read.
    mutating func endOfInput(at now: Moment) -> Step {
        noteEndOfInput()
        switch state {
        case .handshaking: return close()
        case .awaiting:
            // Answers to earlier requests may still be unwritten.
            return finish()
        case .readingHead: return refuse(.malformed("the connection ended within the request's head"))
        case .exchange(var exchange):
            guard exchange.intake.isReceiving else { return .wait }
            exchange.intake.fail()
            state = .exchange(exchange)
            return .bodyFailed(.incompleteBody)
        case .draining: return finish()
        case .lingering: return close()
        case .finishing, .closed: return .wait
        }
    }

    /// Gives up what has run out of time.
    mutating func expire(at now: Moment) -> Step {
        guard let deadline, deadline <= now else { return .wait }
        if let writeDeadline, writeDeadline <= now { return close(reset: true) }
        switch state {
        case .handshaking: return close()
        case .awaiting: return finish()
        case .readingHead: return refuse(.headTimeout)
        case .exchange(var exchange):
            exchange.intake.fail()
            state = .exchange(exchange)
            return .bodyFailed(.bodyTimeout)
        case .draining: return finish()
        case .lingering: return close()
        case .finishing, .closed: return .wait
        }
    }
}
