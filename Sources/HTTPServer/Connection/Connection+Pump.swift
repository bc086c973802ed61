import Logging

/// Moves octets: from the socket to the state machine, and from the output to the socket.
extension Connection {
    /// How often one connection may fill the loop's buffer before others have their turn.
    static let readsPerTurn = 4
    /// How much a handler takes from the socket at once: as much as stays in a processor's own cache while it is used.
    static let longestRead = 256 << 10

    /// Reads, serves and writes until nothing more can be done now.
    func pump() {
        guard !isPumping, isOpen else { return }
        isPumping = true
        let now = Moment.now
        if machine.isHandshaking && canRead { shakeHands(now) }
        let lastRequest = machine.requests + machine.limits.pipelinedRequests
        var reads = 0
        while isOpen, machine.wantsInput, !isReadByHandler, reads < Self.readsPerTurn {
            if mustWriteFirst { flush(now) }
            if mustWriteFirst || (machine.isBetweenRequests && machine.requests >= lastRequest) { break }
            if stash.position < stash.bytes.count {
                feedStash(now, lastRequest)
            } else if canRead {
                reads += 1
                readSocket(now, lastRequest)
            } else {
                break
            }
        }
        flush(now)
        isPumping = false
        let hasInput = canRead || stash.position < stash.bytes.count
        if isReadByHandler {
            if canRead { waits.resume(.content) }
        } else if hasInput && machine.wantsInput && !mustWriteFirst {
            pumpLater()
        }
        rearm()
    }

    /// Whether the handler reads the socket itself, as long as there is something of the body to come.
    var isReadByHandler: Bool { current?.readsSocket == true }

    /// Whether so much of earlier answers is unwritten that no further request is taken.
    private var mustWriteFirst: Bool {
        machine.isBetweenRequests && output.count >= machine.limits.bufferedResponse
    }

    /// Goes on with the handshake, on the connection's loop like all else: who accepts waits for nobody's keys.
    private func shakeHands(_ now: Moment) {
        switch transport.handshake() {
        case .complete:
            // The first request may have come along with the end of the handshake.
            (canRead, readAwaits) = (true, .readable)
            machine.handshakeEnded(at: now)
        case .blocked(let readiness): (canRead, readAwaits) = (false, readiness)
        case .failed(let failure):
            context.logger.debug("no TLS with \(peer): \(failure)")
            context.onConnectionEvent?(.handshakeFailed(peer, reason: failure.description))
            follow(machine.handshakeFailed(failure, at: now))
        }
    }

    private func readSocket(_ now: Moment, _ lastRequest: Int) {
        let buffer = loop.readBuffer.with { $0.bytes }
        guard let count = read(into: buffer, now) else { return }
        let octets = UnsafeRawBufferPointer(buffer).bindMemory(to: UInt8.self)
        let bytes = UnsafeBufferPointer(rebasing: octets[..<count])
        var position = 0
        feed(bytes.span, &position, now, lastRequest)
        if position < count && isOpen { stash = (Array(bytes[position...]), 0) }
    }

    /// Takes octets from the socket, and follows what comes in their place.
    ///
    /// - Returns: How many came, or nil when none did.
    func read(into buffer: UnsafeMutableRawBufferPointer, _ now: Moment) -> Int? {
        switch transport.read(into: buffer) {
        case .bytes(let count, let isDrained):
            // The end of the input makes no event of its own when it came along with octets.
            if isDrained && !hasUnreadEnd { canRead = false }
            return count
        case .blocked(let readiness):
            (canRead, readAwaits) = (false, readiness)
        case .end:
            canRead = false
            follow(machine.endOfInput(at: now))
        case .failed:
            follow(machine.close())
        }
        return nil
    }

    /// Feeds what was left over; it is taken out first because a handler may run meanwhile.
    private func feedStash(_ now: Moment, _ lastRequest: Int) {
        let bytes = stash.bytes
        var position = stash.position
        stash = ([], 0)
        feed(bytes.span, &position, now, lastRequest)
        if position < bytes.count && isOpen { stash = (bytes, position) }
    }

    /// Hands octets to the state machine and starts handlers, until the octets or the readiness to take them end.
    private func feed(
        _ bytes: Span<UInt8>, _ position: inout Int, _ now: Moment, _ lastRequest: Int
    ) {
        while position < bytes.count && machine.wantsInput {
            if mustWriteFirst || (machine.isBetweenRequests && machine.requests >= lastRequest) { return }
            let step = machine.receive(bytes, from: &position, at: now)
            if case .content(let range, let isLast) = step {
                receive(bytes.extracting(range).withUnsafeBufferPointer { Array($0) }, isLast: isLast)
            } else {
                follow(step)
            }
            // What has come of the body is in place before the handler asks for it.
            if position == bytes.count || !machine.wantsInput { startHandler() }
        }
    }

    /// Writes what there is, as far as the client takes it.
    private func flush(_ now: Moment) {
        guard isOpen, canWrite else { return }
        var taken = 0
        switch output.write(to: transport, taken: &taken) {
        case nil: follow(machine.outputDrained(at: now))
        case .blocked(let readiness):
            (canWrite, writeAwaits) = (false, readiness)
            machine.outputBlocked(taken: taken, at: now)
        case .failed, .bytes: follow(machine.close(reset: true))
        }
        if output.count <= machine.limits.bufferedResponse / 2 { waits.resume(.room) }
    }
}
