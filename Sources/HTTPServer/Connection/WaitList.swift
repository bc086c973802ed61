/// Tasks that wait for something of a connection.
struct WaitList {
    /// What a task waits for.
    enum Reason {
        /// Content of the request's body.
        case content
        /// Room to write more of the response.
        case room
    }

    private struct Wait {
        let id: Int
        let reason: Reason
        let continuation: CheckedContinuation<Void, any Error>
    }

    private var waits: [Wait] = []
    private var lastID = 0

    /// A name for a wait that is about to begin.
    mutating func makeID() -> Int {
        lastID += 1
        return lastID
    }

    mutating func add(_ id: Int, _ reason: Reason, _ continuation: CheckedContinuation<Void, any Error>) {
        waits.append(Wait(id: id, reason: reason, continuation: continuation))
    }

    /// Lets those that wait for something look again.
    mutating func resume(_ reason: Reason) {
        guard !waits.isEmpty else { return }
        let woken = waits.filter { $0.reason == reason }
        waits.removeAll { $0.reason == reason }
        for wait in woken { wait.continuation.resume() }
    }

    /// Tells one, if it still waits, that its task was cancelled.
    mutating func cancel(_ id: Int) {
        guard let index = waits.firstIndex(where: { $0.id == id }) else { return }
        waits.remove(at: index).continuation.resume(throwing: CancellationError())
    }
}
