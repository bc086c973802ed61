import Synchronization

/// Counts the connections of a server, in all and by address, against its limits.
final class ConnectionCensus: Sendable {
    private struct State {
        var limit: Int
        var limitPerNetwork: Int
        var total = 0
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
            if state.total < state.limit { return true }
            state.whenRoom[ObjectIdentifier(listener)] = whenRoom
            return false
        }
    }

    /// Counts a connection, unless its network has as many as it may.
    func admit(_ address: SocketAddress) -> Bool {
        state.withLock { state in
            if let network = address.network {
                let count = state.byNetwork[network, default: 0]
                guard count < state.limitPerNetwork else { return false }
                state.byNetwork[network] = count + 1
            }
            state.total += 1
            return true
        }
    }

    /// Counts a connection no more.
    func leave(_ address: SocketAddress) {
        let (whenRoom, whenEmpty) = state.withLock { state in
            state.total -= 1
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
