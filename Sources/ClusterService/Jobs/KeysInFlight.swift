import HTTPServer
import HTTPTypes
import JobStore
import Synchronization

/// The idempotency keys whose first requests are being read now, and are not in the store yet.
final class KeysInFlight: Sendable {
    private let keys = Mutex<Set<String>>([])

    /// Runs `body` as the only request under its key.
    ///
    /// - Throws: `Problem` 409 when another one runs.
    func only<Value>(_ key: String, _ body: () async throws -> Value) async throws -> Value {
        guard keys.withLock({ $0.insert(key).inserted }) else {
            throw Problem(
                .conflict, type: "/problems/idempotency-key-in-flight",
                title: "A request under this idempotency key is being answered",
                detail: "send it again in a moment to get the answer of the first", headers: [.retryAfter: "1"])
        }
        defer { keys.withLock { _ = $0.remove(key) } }
        return try await body()
    }
}
