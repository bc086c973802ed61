import Synchronization

/// Counts the connections of a server, in all and by address, against its limits.
final class ConnectionCensus: Sendable {
    /// What becomes of a connection.
    enum Admission {
        /// It is served.
        case served
        /// It is one of the few beyond the limit whose first request is answered with 503.
        case surplus
        /// Its network has as many as it may.
        case refused
    }

    /// How many connections are accepted beyond a limit, so that clients hear of it; more wait in the backlog.
    static func surplus(beyond limit: Int) -> Int { min(64, max(2, limit / 8)) }

    private struct State {
        var limit: Int
        var limitPerNetwork: Int
        var served = 0
        /// Those beyond the limit; they take no place of others.
        var surplus = 0
        var total: Int { served + surplus }
        var byNetwork: [SocketAddress.Host: Int] = [:]
        var whenRoom: [ObjectIdentifier: @Sendable () -> Void] = [:]
        var whenEmpty: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(limits: ServerLimits) {
        state = Mutex(State(limit: limits.connections, limitPerNetwork: limits.connectionsPerAddress))
    }

    /// Counts against other limits from now on; connections that are too many stay until they end.
    func use(_ limits: ServerLimits) {
        let whenRoom = state.withLock { state in
            state.limit = limits.connections
            state.limitPerNetwork = limits.connectionsPerAddress
            defer { state.whenRoom = [:] }
            return state.whenRoom.values
        }
        // Listeners that wait look again; those for which there is still no room wait on.
        for call in whenRoom { call() }
    }

    /// The number of connections.
    var count: Int { state.withLock { $0.total } }

    /// Whether another connection may be accepted; if not, `whenRoom` is called once one has gone.
    ///
    /// Of several calls for one listener the last counts.
    func hasRoom(for listener: AnyObject, orWhenThereIs whenRoom: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            if state.served < state.limit || state.surplus < Self.surplus(beyond: state.limit) { return true }
            state.whenRoom[ObjectIdentifier(listener)] = whenRoom
            return false
        }
    }

    /// Counts a connection, unless its network has as many as it may.
    func admit(_ address: SocketAddress) -> Admission {
        state.withLock { state in
            if let network = address.network {
                let count = state.byNetwork[network, default: 0]
                // A limit that all together reach as soon is none of one network: whoever is one too many hears so.
                guard count < state.limitPerNetwork || state.limitPerNetwork >= state.limit else { return .refused }
                state.byNetwork[network] = count + 1
            }
            guard state.served < state.limit else {
                state.surplus += 1
                return .surplus
            }
            state.served += 1
            return .served
        }
    }

    /// Lets a connection beyond the limit be one of those that are served, where there is room by now.
    func promote() -> Bool {
        state.withLock { state in
            guard state.served < state.limit else { return false }
            state.served += 1
            state.surplus -= 1
            return true
        }
    }

    /// Counts a connection no more.
    func leave(_ address: SocketAddress, isSurplus: Bool = false) {
        let (whenRoom, whenEmpty) = state.withLock { state in
            if isSurplus { state.surplus -= 1 } else { state.served -= 1 }
            if let network = address.network {
                let count = state.byNetwork[network, default: 1] - 1
                state.byNetwork[network] = count > 0 ? count : nil
            }
            let whenRoom = state.whenRoom.values
            state.whenRoom = [:]
            guard state.total == 0 else { return (whenRoom, [CheckedContinuation<Void, Never>]()) }
            let whenEmpty = state.whenEmpty
            state.whenEmpty = []
            return (whenRoom, whenEmpty)
        }
        for call in whenRoom { call() }
        for continuation in whenEmpty { continuation.resume() }
    }

    /// Returns once there is no connection.
    func untilEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                if state.total > 0 { state.whenEmpty.append(continuation) }
                return state.total == 0
            }
            if isEmpty { continuation.resume() }
        }
    }
}
