import HTTPTypes
import Logging

/// One client's connection: the effects that follow from the decisions of its state machine.
///
/// An actor whose executor is the event loop that the connection lives on. The socket, the octets in both directions
/// and the tasks that wait for them are here; ``ConnectionStateMachine`` says what becomes of them.
actor Connection {
    nonisolated let loop: EventLoop
    nonisolated let peer: SocketAddress
    let context: ConnectionContext
    let transport: any Transport
    var machine: ConnectionStateMachine
    private let opened: Moment
    /// Whether it is one too many, whose first request is refused.
    var isSurplus: Bool

    // Octets.
    var output = OutputBuffer()
    /// Octets that were read but belong to a request that cannot be served yet, and how many of them are done with.
    var stash: (bytes: [UInt8], position: Int) = ([], 0)
    var canRead = false
    var canWrite = true
    /// What lets a blocked read or write go on: with TLS one may wait for the readiness of the other.
    var readAwaits = Readiness.readable
    var writeAwaits = Readiness.writable
    /// Whether the client has closed its half: reading goes on until the end is seen.
    var hasUnreadEnd = false

    // The request being served.
    var current: CurrentRequest?
    var inbox = BodyInbox()
    var waits = WaitList()

    // The loop.
    private var token: WatcherToken?
    private var isClosed = false
    private var willResume = false
    var isPumping = false
    /// The earliest time for which the loop's wheel knows this connection.
    private var armedDeadline: Moment?

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init(
        _ transport: sending any Transport, peer: SocketAddress, loop: EventLoop, context: ConnectionContext,
        isSurplus: Bool = false
    ) {
        self.loop = loop
        self.peer = peer
        self.context = context
        self.transport = transport
        opened = .now
        self.isSurplus = isSurplus
        var limits = context.limits
        if isSurplus { limits.requestsPerConnection = 1 }
        machine = ConnectionStateMachine(limits: limits, isSecure: transport.isSecure, at: .now)
    }

    var isOpen: Bool { !isClosed }

    /// Starts to watch the socket; the system tells at once what it is ready for.
    func open() {
        do throws(SystemError) {
            token = try loop.watch(transport.descriptor, self)
            context.onConnectionEvent?(.opened(peer))
            rearm()
        } catch {
            context.logger.error("a connection cannot be watched: \(error)")
            abort()
        }
    }

    /// Takes no further requests.
    func stop() {
        // What has come is served and what is written leaves before an idle connection is closed.
        pump()
        follow(machine.stop(at: .now))
        pumpLater()
    }

    /// Breaks the connection off.
    func abort() {
        follow(machine.close(reset: true))
    }

    /// Does what a step of the state machine asks for, but for content, which comes with octets.
    func follow(_ step: ConnectionStateMachine.Step) {
        switch step {
        case .wait, .content: break
        case .begin(let head): begin(head)
        case .bodyEnd:
            inbox.end()
            waits.resume(.content)
        case .bodyFailed(let error):
            inbox.fail(error)
            waits.resume(.content)
        case .refuse(let error, let isHead): refuse(error, isHead: isHead)
        case .shutdownWrite:
            transport.shutdownWrite()
            pumpLater()
        case .close(let reset): close(reset: reset)
        }
    }

    private func close(reset: Bool) {
        guard !isClosed else { return }
        isClosed = true
        if let token { loop.forget(token) }
        transport.close(reset: reset)
        context.census.leave(peer, isSurplus: isSurplus)
        context.onConnectionEvent?(.closed(peer, requests: machine.requests, duration: (.now - opened).duration))
        output = OutputBuffer()
        stash = ([], 0)
        current?.task?.cancel()
        waits.resume(.content)
        waits.resume(.room)
    }

    /// Pumps in this turn of the loop, unless the pump is running already.
    func pumpLater() {
        guard !isPumping, !willResume, !isClosed else { return }
        willResume = true
        loop.resumeLater(self)
    }

    /// Makes sure that the loop looks at this connection when its deadline has come.
    func rearm() {
        guard let token, !isClosed, let deadline = machine.deadline else { return }
        if let armedDeadline, armedDeadline <= deadline { return }
        armedDeadline = deadline
        loop.schedule(token, deadline: deadline)
    }
}

extension Connection: Watcher {
    nonisolated func becameReady(for readiness: Readiness) {
        assumeIsolated { $0.handle(readiness) }
    }

    nonisolated func deadlinePassed(at now: Moment) {
        assumeIsolated { $0.handleDeadline(now) }
    }

    nonisolated func resume() {
        assumeIsolated { connection in
            connection.willResume = false
            connection.pump()
        }
    }

    private func handle(_ readiness: Readiness) {
        // Reset, or closed in both directions: nobody is left to answer. A client that closed its own half is served.
        guard readiness.isDisjoint(with: [.failed, .hungUp]) else { return follow(machine.close()) }
        if readiness.contains(.peerClosed) { hasUnreadEnd = true }
        if hasUnreadEnd || !readiness.isDisjoint(with: readAwaits) { canRead = true }
        if !readiness.isDisjoint(with: writeAwaits) { canWrite = true }
        pump()
    }

    private func handleDeadline(_ now: Moment) {
        armedDeadline = nil
        follow(machine.expire(at: now))
        pump()
    }
}
