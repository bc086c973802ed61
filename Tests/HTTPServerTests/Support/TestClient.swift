import Dispatch
import Glibc

@testable import HTTPServer

/// A client on a plain socket that says exactly what it is told to, from queues of its own.
final class TestClient: Sendable {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    private let descriptor: Int32
    private let sending = DispatchQueue(label: "client.sending")
    private let receiving = DispatchQueue(label: "client.receiving")
    private let input: ClientInput

    /// How long anything may take.
    static let patience: Int32 = 8_000

    /// Connects, and says something short at once.
    init(_ address: SocketAddress, receiveBuffer: Int32? = nil, saying text: String = "") throws {
        descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
        input = ClientInput(descriptor: descriptor)
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        let status = address.withSocketAddress { connect(descriptor, $0, $1) }
        guard status == 0 else { throw Failed(description: "cannot connect: \(errno)") }
        _ = octets(text).withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    deinit { Glibc.close(descriptor) }

    private func on<Result: Sendable>(
        _ queue: DispatchQueue, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    func send(_ text: String) async throws { try await send(octets(text)) }

    /// Sends octets; an error when the server takes none for the length of the test's patience.
    func send(_ bytes: [UInt8]) async throws {
        try await on(sending) { [descriptor] in
            var rest = bytes[...]
            while !rest.isEmpty {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&waiting, 1, Self.patience) == 1 else { throw Failed(description: "cannot send") }
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                }
                guard count > 0 else { throw Failed(description: "send: \(errno)") }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// How many octets the server takes before it takes none for a while.
    func sendUntilBlocked(_ piece: [UInt8], quiet: Int32 = 300) async throws -> Int {
        try await on(sending) { [descriptor] in
            var sent = 0
            while true {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&waiting, 1, quiet) == 1 else { return sent }
                let count = piece.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                }
                guard count > 0 else { return sent }
                sent += count
            }
        }
    }

    /// The next response, interim ones included.
    func response(to method: String = "GET") async throws -> TestResponse {
        try await on(receiving) { [input] in try input.response(to: method) }
    }

    /// Takes some octets as they come and forgets them.
    func take(_ count: Int) async throws {
        try await on(receiving) { [descriptor] in
            var bytes = [UInt8](repeating: 0, count: count)
            let taken = recv(descriptor, &bytes, count, Int32(MSG_DONTWAIT))
            guard taken > 0 || (taken < 0 && errno == EAGAIN) else { throw Failed(description: "closed") }
        }
    }

    /// What comes until the server closes.
    func rest() async throws -> [UInt8] {
        try await on(receiving) { [input] in try input.rest() }
    }

    /// Whether the server closes within the test's patience, having sent nothing more.
    func isClosed() async throws -> Bool {
        try await rest().isEmpty
    }

    /// Whether nothing comes for a while, nor a close.
    func isQuiet(milliseconds: Int32 = 200) async throws -> Bool {
        try await on(receiving) { [descriptor, input] in
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            return input.isEmpty && poll(&waiting, 1, milliseconds) == 0
        }
    }

    func shutdownWrite() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Leaves with a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        // The descriptor itself stays until this client goes; connecting to nowhere ends the connection at once.
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
    }
}
