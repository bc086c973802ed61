import CEpoll
import Dispatch
import Glibc

/// `event-sources <port> each|epoll`: a Dispatch read source for each connection, or one over an epoll descriptor that
/// watches them all. Everything else is the same: one serial queue, one read, one write of a fixed answer.
@main
struct EventSources {
    static func main() {
        guard CommandLine.arguments.count == 3, let port = UInt16(CommandLine.arguments[1]) else { exit(2) }
        signal(SIGPIPE, SIG_IGN)
        let listener = listen(on: port)
        let queue = DispatchQueue(label: "connections")
        let server = Server(listener: listener, queue: queue, usesEpoll: CommandLine.arguments[2] == "epoll")
        server.start()
        withExtendedLifetime(server) { dispatchMain() }
    }

    private static func listen(on port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0, Glibc.listen(descriptor, 1024) == 0 else { exit(1) }
        return descriptor
    }
}

/// Sound without a lock: everything after `start` happens on one serial queue.
private final class Server: @unchecked Sendable {
    private static let answer = Array(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nhello, world\n".utf8)

    private let listener: Int32
    private let queue: DispatchQueue
    private let poller: Int32?
    private var sources: [Int32: any DispatchSourceRead] = [:]
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var ready = [Int32](repeating: 0, count: 256)

    init(listener: Int32, queue: DispatchQueue, usesEpoll: Bool) {
        self.listener = listener
        self.queue = queue
        poller = usesEpoll ? cepoll_create() : nil
    }

    func start() {
        watch(listener) { $0.accept() }
        if let poller { watch(poller) { $0.drain(poller) } }
    }

    private func watch(_ descriptor: Int32, _ handle: @escaping @Sendable (Server) -> Void) {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { handle(self) }
        sources[descriptor] = source
        source.activate()
    }

    private func accept() {
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            if let poller { _ = cepoll_add(poller, descriptor) } else { watch(descriptor) { $0.serve(descriptor) } }
        }
    }

    private func drain(_ poller: Int32) {
        while true {
            let count = Int(cepoll_take(poller, &ready, Int32(ready.count)))
            guard count > 0 else { return }
            for index in 0..<count { serve(ready[index]) }
        }
    }

    /// One request comes in one piece from the client of this comparison.
    private func serve(_ descriptor: Int32) {
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 && errno == EAGAIN { return }
            guard count > 0 else { return end(descriptor) }
            if buffer[count - 1] == UInt8(ascii: "\n") {
                _ = Self.answer.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
            if count < buffer.count { return }
        }
    }

    private func end(_ descriptor: Int32) {
        if let source = sources.removeValue(forKey: descriptor) {
            source.setCancelHandler { close(descriptor) }
            source.cancel()
        } else {
            close(descriptor)
        }
    }
}
