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
    public static func inherited(tls: TLSConfiguration? = nil) -> [ServerEndpoint] {
        inherited(tls: tls) { name in getenv(name).map { String(cString: $0) } }
    }

    /// The same with another environment.
    static func inherited(tls: TLSConfiguration?, environment: (String) -> String?) -> [ServerEndpoint] {
        let firstDescriptor: Int32 = 3
        guard environment("LISTEN_PID") == "\(getpid())", let count = environment("LISTEN_FDS").flatMap({ Int32($0) }),
            (1...1_000).contains(count)
        else { return [] }
        let names = (environment("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
        return (0..<count).map { index in
            let isSecure = Int(index) < names.count && names[Int(index)] == "https"
            return .descriptor(firstDescriptor + index, tls: isSecure ? tls : nil)
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
