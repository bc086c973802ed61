import CLinux
import Glibc

/// A socket that listens, and the address that it got.
struct ListeningSocket {
    let descriptor: Int32
    let address: SocketAddress
    /// The file that goes with the socket, for a Unix-domain socket of the server's own.
    var ownedPath: String?

    /// Listens on everything that an endpoint stands for.
    static func listen(
        at endpoint: ServerEndpoint, limits: ServerLimits
    ) throws(ServerStartError) -> [ListeningSocket] {
        switch endpoint.place {
        case .tcp(let host, let port, let sharesPort):
            try listen(host: host, port: port, sharesPort: sharesPort, limits: limits)
        case .unix(let path, let permissions): [try listen(path: path, permissions: permissions, limits: limits)]
        case .descriptor(let descriptor): [try adopt(descriptor)]
        }
    }

    /// Closes the socket; a path of its own goes with it.
    func close() {
        if let ownedPath { unlink(ownedPath) }
        Glibc.close(descriptor)
    }

    /// Listens on every address that a host stands for, `localhost` for two; they share the port when any will do.
    private static func listen(
        host: String, port: Int, sharesPort: Bool, limits: ServerLimits
    ) throws(ServerStartError) -> [ListeningSocket] {
        guard (0...65535).contains(port) else {
            throw ServerStartError(
                host: host, port: port, code: EINVAL,
                description: "\(port) is not a port; ports are 0 to 65535")
        }
        var sockets: [ListeningSocket] = []
        do throws(ServerStartError) {
            for var address in try resolve(host, port) {
                if address.port == 0, let first = sockets.first {
                    address = SocketAddress(address: address.address, port: first.address.port)
                }
                sockets.append(try bind(address, host: host, sharesPort: sharesPort, limits: limits))
            }
        } catch {
            for socket in sockets { socket.close() }
            throw error
        }
        return sockets
    }

    static func resolve(_ host: String, _ port: Int) throws(ServerStartError) -> [SocketAddress] {
        if let address = SocketAddress(host: host, port: port) { return [address] }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_ADDRCONFIG
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &found)
        guard code == 0 else {
            throw ServerStartError(unresolved: host, port: port, reason: String(cString: gai_strerror(code)))
        }
        defer { freeaddrinfo(found) }
        var addresses: [SocketAddress] = []
        var next = found
        while let info = next {
            if let raw = info.pointee.ai_addr, let address = SocketAddress(raw) {
                let withPort = SocketAddress(address: address.address, port: port)
                if !addresses.contains(withPort) { addresses.append(withPort) }
            }
            next = info.pointee.ai_next
        }
        guard !addresses.isEmpty else {
            throw ServerStartError(unresolved: host, port: port, reason: "no address of the Internet protocols")
        }
        return addresses
    }

    private static func bind(
        _ address: SocketAddress, host: String, sharesPort: Bool, limits: ServerLimits
    ) throws(ServerStartError) -> ListeningSocket {
        let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(address.family, Int32(type), 0)
        guard descriptor >= 0 else { throw ServerStartError(host: host, port: address.port, code: errno) }
        set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if sharesPort { set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
        // Connections inherit it: heads and bodies are written as one, so that nothing gains from waiting.
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        // Without it the system takes megabytes for a slow reader, and says nothing until a third of them has drained:
        // who reads steadily would look stalled, and an answer sent long before it has arrived.
        set(descriptor, Int32(IPPROTO_TCP), TCP_NOTSENT_LOWAT, unsentOctets)
        if address.family == AF_INET6 {
            // "::" takes IPv4 too; a single address does not.
            set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, host == "::" ? 0 : 1)
        }
        let status = address.withSocketAddress { Glibc.bind(descriptor, $0, $1) }
        guard status == 0, Glibc.listen(descriptor, Int32(clamping: limits.backlog)) == 0,
            let bound = SocketAddress(bound: descriptor)
        else {
            let code = errno
            Glibc.close(descriptor)
            throw ServerStartError(host: host, port: address.port, code: code)
        }
        return ListeningSocket(descriptor: descriptor, address: bound)
    }

    /// The most octets that the system holds for a connection before it has sent them.
    private static let unsentOctets: Int32 = 256 << 10

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
