import Dispatch
import Glibc
import Synchronization

/// Listens on a port of 127.0.0.1 and answers each post with the next of some texts.
final class WebhookReceiver: Sendable {
    let port: UInt16
    private let socket: Int32
    private let state: Mutex<(answers: [String], requests: [String])>

    struct Unusable: Error {}

    private let isDeaf: Bool

    /// - Parameters:
    ///   - answers: one a connection, the last again and again.
    ///   - isDeaf: whether it answers without having read.
    init(_ answers: String..., isDeaf: Bool = false) throws {
        self.isDeaf = isDeaf
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) | listen(descriptor, 16) | getsockname(descriptor, address, &size)
            }
        }
        guard code == 0 else { throw Unusable() }
        port = UInt16(bigEndian: address.sin_port)
        socket = descriptor
        state = Mutex((answers, []))
        DispatchQueue(label: "receiver").async { [self] in serveAll() }
    }

    /// What was posted so far.
    var requests: [String] { state.withLock { $0.requests } }

    /// Listens no more.
    func stop() {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    private func serveAll() {
        while true {
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { return }
            serve(connection)
            close(connection)
        }
    }

    private func serve(_ connection: Int32) {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !isDeaf {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            text += String(decoding: buffer.prefix(count), as: UTF8.self)
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            let length = text.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
                .flatMap { Int($0.dropFirst(16)) }
            if parts.count == 2, let length, parts[1].utf8.count >= length { break }
        }
        let answer = state.withLock { state in
            state.requests.append(text)
            return state.answers.count > 1 ? state.answers.removeFirst() : state.answers.first ?? ""
        }
        _ = Array(answer.utf8).withUnsafeBytes { bytes in
            send(connection, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }
}
