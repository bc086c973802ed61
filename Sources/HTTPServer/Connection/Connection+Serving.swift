import HTTPTypes
import Logging

/// Requests, from their heads to the end of their handlers.
extension Connection {
    /// Takes up the request whose head has come.
    func begin(_ head: RequestHead) {
        let number = machine.requests
        let exchange = RequestExchange(self, number: number)
        var query = QueryParameters(items: [])
        if isSurplus, context.census.promote() { isSurplus = false }
        var problem = isSurplus ? Problem.tooManyConnections : nil
        if let text = head.query {
            do throws(Problem) { query = try QueryParameters(query: text) } catch { problem = error }
        }
        let body: RequestBody =
            switch head.framing {
            case .none: .empty
            case .length(let length): RequestBody(source: .exchange(exchange), contentLength: length)
            case .chunked: RequestBody(source: .exchange(exchange), contentLength: nil)
            }
        let given = head.requestID.flatMap { context.acceptsRequestID($0) ? $0 : nil }
        let request = Request(
            head, query: query, body: body, id: given ?? head.trace?.traceID ?? loop.makeRequestID(), from: peer,
            transport.clientCertificate, notes: exchange)
        inbox = BodyInbox()
        if head.framing == .none { inbox.end() }
        current = CurrentRequest(
            number: number, request: request, exchange: exchange, began: .now, problem: problem)
    }

    /// Content of the request's body has come.
    func receive(_ piece: [UInt8], isLast: Bool) {
        current?.bytesReceived += piece.count
        inbox.append(piece)
        if isLast { inbox.end() }
        waits.resume(.content)
    }

    /// Runs the handler of the current request, if it does not run yet, until it has to wait for the first time.
    func startHandler() {
        guard let starting = current, !starting.hasStarted, isOpen else { return }
        starting.hasStarted = true
        if let problem = starting.problem { return handlerEnded(starting.number, problem) }
        let task = Self.run(context.handler, starting.request, starting.exchange, on: loop)
        starting.task = task
        if !isOpen { task.cancel() }
    }

    /// A task of its own, not of this actor, that prefers the loop and begins on it at once.
    private nonisolated static func run(
        _ handler: @escaping @Sendable (Request, ResponseWriter) async throws -> Void, _ request: Request,
        _ exchange: RequestExchange, on loop: EventLoop
    ) -> Task<Void, Never> {
        Task.immediate(executorPreference: loop) { await exchange.run(request, handler) }
    }

    /// The handler has returned or thrown.
    func handlerEnded(_ number: Int, _ failure: (any Error)?) {
        guard let ending = current, ending.number == number else { return }
        if isOpen {
            if !machine.hasResponse { respond(to: ending.request, failure) }
            follow(machine.endExchange(at: .now))
        }
        report(isComplete: isOpen)
        current = nil
        pumpLater()
    }

    /// Answers for a handler that has not.
    private func respond(to request: Request, _ failure: (any Error)?) {
        let problem: Problem
        switch failure {
        case let known as Problem: problem = known
        case is CancellationError, is ConnectionClosed: problem = .cancelled
        default:
            context.logger.error(
                "request failed: \(failure.map { "\($0)" } ?? "the handler sent no response")",
                metadata: ["request_id": "\(request.id)", "path": "\(request.path)"])
            problem = .internalError
        }
        let response = problem.response(requestID: request.id)
        guard case .bytes(let content) = response.body else { return }
        do { try sendWhole(machine.requests, response, content) } catch { abort() }
    }

    /// Answers a request that cannot be served; the connection ends with it.
    func refuse(_ error: RequestError, isHead: Bool) {
        let problem = error.problem
        let id = loop.makeRequestID()
        let content = problem.json(requestID: id)
        let plan = ResponsePlan(
            status: problem.status.code, length: .known(content.count), isHead: isHead, minorVersion: 1, mayKeep: false)
        append(
            ResponseHeadEncoder(
                status: problem.status, headers: problem.response(requestID: id).headers, plan: plan, requestID: id,
                date: loop.dateField()))
        if plan.sendsContent { output.append(content) }
        context.onRequestEnd?(
            RequestSummary(
                method: nil, path: nil, status: problem.status, bytesReceived: 0,
                bytesSent: plan.sendsContent ? content.count : 0, duration: .zero, requestID: id, remoteAddress: peer,
                isComplete: true))
        pumpLater()
    }

    private func report(isComplete: Bool) {
        guard let current, let onRequestEnd = context.onRequestEnd else { return }
        var summary = RequestSummary(
            method: current.request.method, path: current.request.path, route: current.exchange.route,
            status: current.status, bytesReceived: current.bytesReceived, bytesSent: current.bytesSent,
            duration: (.now - current.began).duration, requestID: current.request.id,
            trace: current.request.trace, remoteAddress: peer, isComplete: isComplete)
        summary.annotations = current.exchange.annotations
        onRequestEnd(summary)
    }
}
