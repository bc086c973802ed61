import HTTPTypes
import Logging
import Synchronization

@testable import HTTPServer

/// A server on a free port for the length of a test.
func withServer(
    _ adjust: (inout ServerConfiguration) -> Void = { _ in },
    handler: @escaping @Sendable (Request, ResponseWriter) async throws -> Void,
    test: (SocketAddress) async throws -> Void
) async throws {
    var configuration = ServerConfiguration(port: 0, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    adjust(&configuration)
    let server = Server(configuration)
    let addresses = try server.start(handler)
    do {
        try await test(addresses[0])
    } catch {
        await server.stop(deadline: .zero)
        throw error
    }
    await server.stop(deadline: .zero)
}

/// A server for a router.
func withServer(
    _ adjust: (inout ServerConfiguration) -> Void = { _ in }, router: Router,
    test: (SocketAddress) async throws -> Void
) async throws {
    try await withServer(
        adjust, handler: { request, writer in try await writer.send(await router.respond(to: request)) }, test: test)
}

/// A plain text response.
func text(_ content: String, status: HTTPResponse.Status = .ok) -> Response {
    Response(status: status, headers: [.contentType: "text/plain"], body: .bytes(octets(content)))
}

/// Something that happens once and is waited for.
final class Flag: Sendable {
    private struct State {
        var isRaised = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var isRaised: Bool { state.withLock { $0.isRaised } }

    func raise() {
        let waiting = state.withLock { state in
            state.isRaised = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isRaised = state.withLock { state in
                if !state.isRaised { state.waiting.append(continuation) }
                return state.isRaised
            }
            if isRaised { continuation.resume() }
        }
    }

    /// Whether it is raised within some time.
    func isRaised(within limit: Duration) async -> Bool {
        let end = ContinuousClock.now + limit
        while !isRaised && ContinuousClock.now < end { try? await Task.sleep(for: .milliseconds(5)) }
        return isRaised
    }
}

/// Values gathered from any thread.
final class Gathered<Value: Sendable>: Sendable {
    private let storage = Mutex<[Value]>([])

    var values: [Value] { storage.withLock { $0 } }

    func append(_ value: Value) { storage.withLock { $0.append(value) } }
}
