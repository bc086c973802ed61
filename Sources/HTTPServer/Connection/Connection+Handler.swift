import HTTPTypes

/// What the handler of the current request asks for.
extension Connection {
    // MARK: The request's body

    /// Takes the next piece of the body, if there is one; asks the client for it, if that has not been done.
    func takePiece(_ number: Int) throws -> BodyInbox.Taken {
        let taken = try takeWaiting(number)
        if let current, current.readsSocket {
            current.readsSocket = false
            pumpLater()
        }
        return taken
    }

    /// Takes the next of the body: what waits, or else what the socket has, read straight into `room`.
    func takeContent(_ number: Int, into room: UnsafeMutableRawBufferPointer) throws -> TakenContent {
        // Octets that the pump holds, or has left over, come before those of the socket. It reads no further from here
        // on: it would have more by the time that the handler has taken what waits.
        let reads = !isPumping && stash.position >= stash.bytes.count && machine.hasPlainBody
        if reads, let current, current.number == number { current.readsSocket = true }
        let taken = try takeWaiting(number)
        let now = Moment.now
        guard reads, case .nothingYet = taken, let remaining = machine.plainBody(at: now) else {
            return .waiting(taken)
        }
        let part = UnsafeMutableRawBufferPointer(rebasing: room.prefix(min(remaining, Self.longestRead)))
        guard canRead, let count = read(into: part, now) else {
            rearm()
            return .waiting(.nothingYet)
        }
        current?.bytesReceived += count
        if machine.passBody(count, at: now) { inbox.end() }
        return .filled(count)
    }

    private func takeWaiting(_ number: Int) throws -> BodyInbox.Taken {
        guard isOpen else { throw ConnectionClosed() }
        guard current?.number == number else { throw BodyAlreadyRead() }
        let now = Moment.now
        if machine.requestBody(at: now) {
            output.append(ResponseHeadEncoder.continueResponse)
            pumpLater()
        }
        let taken = try inbox.take()
        switch taken {
        case .piece(let piece):
            let wantedInput = machine.wantsInput
            machine.consumeBody(piece.count, at: now)
            if machine.wantsInput && !wantedInput { pumpLater() }
        case .end: current?.exchange.note(trailers: machine.trailers.fields)
        case .nothingYet: break
        }
        return taken
    }

    /// Returns when something of the body has come, or its end, or that of the connection.
    func waitForContent(_ number: Int) async throws {
        try await wait(for: .content) {
            $0.isOpen && $0.current?.number == number && $0.inbox.hasNothing && !($0.canRead && $0.isReadByHandler)
        }
    }

    // MARK: The response

    /// Sends a response whose content is in memory.
    func sendWhole(_ number: Int, _ response: Response, _ content: [UInt8]) throws {
        let plan = try startResponse(number, response, .known(content.count))
        if plan.sendsContent && !content.isEmpty {
            _ = machine.writeContent(content.count)
            current?.bytesSent += content.count
            output.append(content)
        }
        _ = machine.endResponse()
        pumpLater()
    }

    /// Sends the head of a response whose content follows.
    ///
    /// - Returns: Whether content is to follow.
    func startStream(_ number: Int, _ response: Response, _ length: Int?) throws -> Bool {
        guard length ?? 0 >= 0 else { throw ContentLengthMismatch() }
        let plan = try startResponse(number, response, length.map { .known($0) } ?? .unknown)
        current?.isChunked = plan.framing == .chunked && plan.sendsContent
        pumpLater()
        return plan.sendsContent
    }

    /// Sends a piece of content.
    ///
    /// - Returns: Whether the handler has to wait until the client has taken some.
    func writeContent(_ number: Int, _ piece: [UInt8]) throws -> Bool {
        guard isOpen, let writing = current, writing.number == number else { throw ConnectionClosed() }
        guard machine.writeContent(piece.count) else { throw ContentLengthMismatch() }
        current?.bytesSent += piece.count
        if writing.isChunked { output.append { ResponseHeadEncoder.appendChunkSize(piece.count, to: &$0) } }
        output.append(piece)
        if writing.isChunked { output.append { $0.append(contentsOf: "\r\n".utf8) } }
        pumpLater()
        return output.count > machine.limits.bufferedResponse
    }

    /// Ends a response whose content was sent in pieces.
    func endStream(_ number: Int, trailers: HTTPFields) throws {
        guard isOpen, let ending = current, ending.number == number else { throw ConnectionClosed() }
        guard machine.endResponse() else { throw ContentLengthMismatch() }
        if ending.isChunked { output.append { ResponseHeadEncoder.appendLastChunk(trailers, to: &$0) } }
        pumpLater()
    }

    /// Returns when the client has taken enough for more to be written.
    func waitForRoom(_ number: Int) async throws {
        try await wait(for: .room) {
            $0.isOpen && $0.current?.number == number && $0.output.count > $0.machine.limits.bufferedResponse / 2
        }
        guard isOpen else { throw ConnectionClosed() }
    }

    private func startResponse(_ number: Int, _ response: Response, _ length: ResponseLength) throws -> ResponsePlan {
        guard isOpen, let answering = current, answering.number == number else { throw ConnectionClosed() }
        var length = length
        if answering.request.method == .head, length == .known(0),
            let stated = response.headers[.contentLength].flatMap({ Int($0) }), stated >= 0
        {
            length = .known(stated)
        }
        let asksClose = response.headers[.connection]?.asciiLowercased == "close"
        guard let plan = machine.startResponse(status: response.status.code, length: length, asksClose: asksClose)
        else { throw ResponseAlreadySent() }
        current?.status = response.status
        append(
            ResponseHeadEncoder(
                status: response.status, headers: response.headers, plan: plan, requestID: answering.request.id,
                date: loop.dateField()))
        return plan
    }

    func append(_ head: ResponseHeadEncoder) {
        output.append { head.write(to: &$0) }
    }

    // MARK: Waiting

    /// Suspends the handler's task until it is woken, if `isBlocked` holds.
    private func wait(
        for reason: WaitList.Reason, while isBlocked: (isolated Connection) -> Bool
    ) async throws {
        guard isBlocked(self) else { return }
        let id = waits.makeID()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waits.add(id, reason, continuation)
                }
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.waits.cancel(id) } }
        }
    }
}
