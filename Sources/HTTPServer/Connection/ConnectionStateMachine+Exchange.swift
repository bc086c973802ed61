/// What the handler of a request does.
extension ConnectionStateMachine {
    /// The handler asks for the request's body.
    ///
    /// - Returns: Whether a 100 has to be written now: the client waits for it and has sent nothing.
    mutating func requestBody(at now: Moment) -> Bool {
        guard case .exchange(var exchange) = state, exchange.expectation == .awaited else { return false }
        exchange.expectation = .none
        exchange.intake.start(at: now)
        state = .exchange(exchange)
        return exchange.intake.isReceiving && exchange.intake.received == 0 && exchange.response == .notStarted
    }

    /// The handler has taken so much of the request's body.
    mutating func consumeBody(_ count: Int, at now: Moment) {
        guard case .exchange(var exchange) = state else { return }
        exchange.intake.consume(count, at: now)
        state = .exchange(exchange)
    }

    /// Whether content is to come as it is, without chunks.
    var hasPlainBody: Bool {
        guard case .exchange(let exchange) = state, case .receiving(.length) = exchange.intake.progress else {
            return false
        }
        return true
    }

    /// The handler asks for content that has not come, to have it in memory of its own.
    ///
    /// - Returns: How much of the body can be read there; nil when the octets have to be decoded first.
    mutating func plainBody(at now: Moment) -> Int? {
        guard !inputEnded, case .exchange(var exchange) = state, let remaining = exchange.intake.plainRemaining else {
            return nil
        }
        exchange.intake.start(at: now)
        state = .exchange(exchange)
        return remaining
    }

    /// So much of what ``plainBody(at:)`` announced has gone to the handler's memory.
    ///
    /// - Returns: Whether the body is complete.
    mutating func passBody(_ count: Int, at now: Moment) -> Bool {
        guard case .exchange(var exchange) = state else { return false }
        exchange.intake.pass(count, at: now)
        state = .exchange(exchange)
        return !exchange.intake.isReceiving
    }

    /// The handler responds.
    ///
    /// - Returns: How to frame the response, or nil when there is one already.
    mutating func startResponse(status: Int, length: ResponseLength, asksClose: Bool) -> ResponsePlan? {
        guard case .exchange(var exchange) = state, exchange.response == .notStarted else { return nil }
        let mayKeep =
            exchange.keepsAlive && !asksClose && !isStopping && !inputEnded
            && requests < limits.requestsPerConnection && canDrain(exchange)
        let plan = ResponsePlan(
            status: status, length: length, isHead: exchange.isHead, minorVersion: exchange.minorVersion,
            mayKeep: mayKeep)
        exchange.keepsConnection = plan.keepsConnection
        if case .length(let length) = plan.framing, plan.sendsContent {
            exchange.response = .open(remaining: length)
        } else {
            exchange.response = .open(remaining: plan.sendsContent ? nil : 0)
        }
        state = .exchange(exchange)
        return plan
    }

    /// Whether what is left of the request's body can be discarded to keep the connection.
    ///
    /// A client that still waits for a 100 may send the body or not: nothing after it could be told apart.
    private func canDrain(_ exchange: ExchangeState) -> Bool {
        switch exchange.intake.progress {
        case .complete: true
        case .failed: false
        case .receiving(let decoder):
            exchange.expectation == .none && (decoder.remaining ?? 0) <= limits.drainedBody
        }
    }

    /// The handler writes content of its response.
    ///
    /// - Returns: False when it is more than was announced, or there is no response to write to.
    mutating func writeContent(_ count: Int) -> Bool {
        guard case .exchange(var exchange) = state, case .open(let remaining) = exchange.response else { return false }
        if let remaining {
            guard count <= remaining else { return false }
            exchange.response = .open(remaining: remaining - count)
            state = .exchange(exchange)
        }
        return true
    }

    /// The handler has written all of its response.
    ///
    /// - Returns: False when that is less than was announced, so that the connection must be broken off.
    mutating func endResponse() -> Bool {
        guard case .exchange(var exchange) = state, case .open(let remaining) = exchange.response,
            (remaining ?? 0) == 0
        else { return false }
        exchange.response = .ended
        state = .exchange(exchange)
        return true
    }

    /// Whether a response has begun.
    var hasResponse: Bool {
        guard case .exchange(let exchange) = state else { return true }
        return exchange.response != .notStarted
    }

    /// The handler has returned; its response decides what is next.
    mutating func endExchange(at now: Moment) -> Step {
        guard case .exchange(var exchange) = state else { return .wait }
        guard exchange.response == .ended else { return close(reset: true) }
        switch exchange.intake.progress {
        case .complete where exchange.keepsConnection && !isStopping:
            return awaitNext(at: now)
        case .receiving where exchange.keepsConnection && !isStopping:
            exchange.intake.consume(exchange.intake.unread, at: now)
            exchange.intake.start(at: now)
            state = .draining(exchange.intake, allowance: limits.drainedBody)
            return .wait
        case .complete, .receiving, .failed:
            return finish()
        }
    }
}
