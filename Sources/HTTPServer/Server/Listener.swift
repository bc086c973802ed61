import CLinux
import Glibc
import Logging

/// Accepts connections on one listening socket and spreads them over the event loops.
///
/// Beyond the limit of connections a few are accepted that are answered with 503. After those, and when the system has no
/// descriptors left, it stops to accept: clients wait in the backlog, and nothing spins.
final class Listener: Watcher {
    /// How many connections are accepted before the loop's others have their turn.
    private static let acceptsPerTurn = 64

    /// How long accepting rests when the system has no descriptor or memory for a connection.
    private static let rest = Moment.Span.milliseconds(200)

    /// How long the log is spared the same warning.
    private static let quiet = Moment.Span.milliseconds(10_000)

    private struct State {
        var token: WatcherToken?
        var isOpen = true
        var nextLoop = 0
        /// When the log may be told again that the system is without resources.
        var nextWarning = Moment.now
    }

    let socket: ListeningSocket
    private let tls: TLSSource?
    private let loop: EventLoop
    private let loops: [EventLoop]
    private let context: ConnectionContext
    private let state: LoopBound<State>

    /// The loop that accepts is the first one.
    init(
        _ socket: ListeningSocket, tls: TLSSource?, loops: [EventLoop], on loop: EventLoop, context: ConnectionContext
    ) {
        self.socket = socket
        self.tls = tls
        self.loops = loops
        self.loop = loop
        self.context = context
        state = LoopBound(State(), to: loop.identity)
    }

    /// Where clients reach it: a URL, or the path of a Unix-domain socket.
    var url: String {
        if socket.address.isUnix { return socket.address.description }
        return (tls == nil ? "http://" : "https://") + socket.address.description
    }

    /// Starts to accept.
    func open() throws(SystemError) {
        let token = try loop.watch(socket.descriptor, self)
        state.with { $0.token = token }
    }

    /// Stops to accept; clients that wait are refused.
    func close() {
        let token = state.with { state in
            defer { (state.token, state.isOpen) = (nil, false) }
            return state.isOpen ? state.token : nil
        }
        guard let token else { return }
        loop.forget(token)
        socket.close()
    }

    func becameReady(for readiness: Readiness) { accept() }

    func deadlinePassed(at now: Moment) { accept() }

    func resume() { accept() }

    private func accept() {
        for _ in 0..<Self.acceptsPerTurn {
            guard let token = state.with({ $0.isOpen ? $0.token : nil }) else { return }
            guard hasRoom() else { return }
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let descriptor = clinux_accept(socket.descriptor, &storage, &length)
            if descriptor >= 0 {
                admit(descriptor, SocketAddress(storage) ?? .unknown)
                continue
            }
            switch errno {
            case EAGAIN, EWOULDBLOCK: return
            case EMFILE, ENFILE, ENOBUFS, ENOMEM:
                return rest(token, SystemError(code: errno))
            // What befell one client in the backlog is no trouble of the listener's.
            default: continue
            }
        }
        loop.resumeLater(self)
    }

    private func hasRoom() -> Bool {
        context.census.hasRoom(for: self) { [self] in loop.execute { self.accept() } }
    }

    /// Tries again in a while, and says so now and then.
    private func rest(_ token: WatcherToken, _ error: SystemError) {
        context.onConnectionEvent?(.acceptFailed(code: error.code))
        let now = Moment.now
        let mayWarn = state.with { state in
            guard now >= state.nextWarning else { return false }
            state.nextWarning = now + Self.quiet
            return true
        }
        if mayWarn { context.logger.warning("cannot accept connections: \(error); trying again") }
        loop.schedule(token, deadline: now + Self.rest)
    }

    private func makeConnection(
        _ descriptor: Int32, _ peer: SocketAddress, on loop: EventLoop, isSurplus: Bool
    ) -> Connection {
        guard let tls else {
            return Connection(
                TCPTransport(descriptor: descriptor), peer: peer, loop: loop, context: context, isSurplus: isSurplus)
        }
        return Connection(
            TLSTransport(descriptor: descriptor, context: tls.context), peer: peer, loop: loop, context: context,
            isSurplus: isSurplus)
    }

    private func admit(_ descriptor: Int32, _ peer: SocketAddress) {
        let admission = context.census.admit(peer)
        switch admission {
        case .served: break
        case .surplus: context.onConnectionEvent?(.surplus(peer))
        case .refused:
            context.onConnectionEvent?(.refused(peer))
            return TCPTransport(descriptor: descriptor).close(reset: true)
        }
        let target = state.with { state in
            defer { state.nextLoop = (state.nextLoop + 1) % loops.count }
            return loops[state.nextLoop]
        }
        let connection = makeConnection(descriptor, peer, on: target, isSurplus: admission == .surplus)
        if target === loop {
            connection.assumeIsolated { $0.open() }
        } else {
            target.execute { connection.assumeIsolated { $0.open() } }
        }
    }
}
