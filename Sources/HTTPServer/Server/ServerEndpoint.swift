import Glibc

/// Somewhere that a server listens: an address and port, a Unix-domain socket, or a socket that was handed to it.
///
/// ```swift
/// var configuration = ServerConfiguration()
/// configuration.endpoints = [.tcp(port: 80), .tcp(host: "::", port: 443, tls: tls), .unix(path: "/run/service.sock")]
/// ```
public struct ServerEndpoint: Sendable, Equatable {
    enum Place: Sendable, Equatable {
        case tcp(host: String, port: Int, sharesPort: Bool)
        case unix(path: String, permissions: UInt32)
        case descriptor(Int32)
    }

    let place: Place

    /// The rules of TLS, or nil for plain HTTP.
    public var tls: TLSConfiguration?

    /// An address or name, as ``ServerConfiguration/host``, and a port, 0 for any free one.
    ///
    /// - Parameter sharesPort: Whether other processes that say so too may listen on the same port; the system spreads
    ///   the clients among them (`SO_REUSEPORT`).
    public static func tcp(
        host: String = "127.0.0.1", port: Int, tls: TLSConfiguration? = nil, sharesPort: Bool = false
    ) -> ServerEndpoint {
        ServerEndpoint(place: .tcp(host: host, port: port, sharesPort: sharesPort), tls: tls)
    }

    /// A Unix-domain socket in the file system, at most 107 bytes of path.
    ///
    /// A socket there that nobody listens on is replaced; the server removes its own when it stops. Its clients have
    /// no address: ``ServerLimits/connectionsPerAddress`` does not count them.
    ///
    /// - Parameter permissions: Who may connect: those who may write to the file.
    public static func unix(path: String, permissions: UInt32 = 0o660, tls: TLSConfiguration? = nil) -> ServerEndpoint {
        ServerEndpoint(place: .unix(path: path, permissions: permissions), tls: tls)
    }

    /// A socket that listens already; the server takes it over and closes it when it stops.
    public static func descriptor(_ descriptor: Int32, tls: TLSConfiguration? = nil) -> ServerEndpoint {
        ServerEndpoint(place: .descriptor(descriptor), tls: tls)
    }

    /// The sockets that systemd has opened for this process (`LISTEN_FDS`, see sd_listen_fds(3)); none without systemd.
    ///
    /// - Parameter tls: The rules for the sockets that the unit calls `https` (`FileDescriptorName=https`).
    /// - Throws: When `LISTEN_FDS` is no number of sockets, or one is called `https` and there are no rules: to serve
    ///   plain HTTP there would be worse than not to serve.
    public static func inherited(tls: TLSConfiguration? = nil) throws(ServerStartError) -> [ServerEndpoint] {
        try inherited(tls: tls) { name in getenv(name).map { String(cString: $0) } }
    }

    /// The same with another environment.
    static func inherited(
        tls: TLSConfiguration?, environment: (String) -> String?
    ) throws(ServerStartError) -> [ServerEndpoint] {
        let firstDescriptor: Int32 = 3
        guard environment("LISTEN_PID") == "\(getpid())", let given = environment("LISTEN_FDS") else { return [] }
        guard let count = Int32(given), (1...1_000).contains(count) else {
            throw ServerStartError(
                path: "inherited sockets", code: EINVAL,
                reason: "LISTEN_FDS is \"\(given)\", not a number from 1 to 1000")
        }
        let names = (environment("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
        var endpoints: [ServerEndpoint] = []
        for index in 0..<count {
            let descriptor = firstDescriptor + index
            let isSecure = Int(index) < names.count && names[Int(index)] == "https"
            guard !isSecure || tls != nil else {
                throw ServerStartError(
                    path: "descriptor \(descriptor)", code: EINVAL,
                    reason: "the socket is called https and there is no certificate; give one or rename the socket")
            }
            endpoints.append(.descriptor(descriptor, tls: isSecure ? tls : nil))
        }
        return endpoints
    }

    /// Where other machines reach the endpoint, a host or address and a port; nil where only this one does.
    ///
    /// A socket that was handed over is looked at, a name is resolved; what cannot be found out counts as reached.
    public var exposedAddress: String? {
        switch place {
        case .unix: return nil
        case .descriptor(let number):
            guard let address = SocketAddress(bound: number) else { return "descriptor \(number)" }
            return address.isLocal ? nil : address.description
        case .tcp(let host, let port, _):
            let addresses = try? ListeningSocket.resolve(host, port)
            return addresses?.allSatisfy(\.isLocal) ?? false ? nil : "\(host):\(port)"
        }
    }

    /// The place as errors name it.
    var hostAndPort: (host: String, port: Int) {
        switch place {
        case .tcp(let host, let port, _): (host, port)
        case .unix(let path, _): (path, 0)
        case .descriptor(let number): ("descriptor \(number)", 0)
        }
    }
}
