import Glibc

/// A server could not start to listen.
public struct ServerStartError: Error, CustomStringConvertible, Equatable {
    /// The address that was asked for.
    public let host: String

    /// The port that was asked for.
    public let port: Int

    /// The system's number of the error (`errno`), `EINVAL` for TLS files that cannot be used, 0 when the address could
    /// not even be resolved.
    public let code: Int32

    /// What went wrong and what to do about it.
    public let description: String

    init(host: String, port: Int, code: Int32, description: String) {
        self.host = host
        self.port = port
        self.code = code
        self.description = description
    }

    init(host: String, port: Int, code: Int32) {
        let reason =
            switch code {
            case EADDRINUSE: "port \(port) on \(host) is already in use"
            case EACCES: "no permission to listen on port \(port) of \(host); ports below 1024 need privileges"
            case EADDRNOTAVAIL: "\(host) is not an address of this machine"
            case EAFNOSUPPORT: "this machine does not support the address family of \(host)"
            case EMFILE, ENFILE: "there are no file descriptors left to listen on \(host) port \(port)"
            default: "cannot listen on port \(port) of \(host): \(String(cString: strerror(code)))"
            }
        self.init(host: host, port: port, code: code, description: reason)
    }

    /// An error at a Unix-domain socket, or at a socket that was handed over.
    init(path: String, code: Int32, reason: String? = nil) {
        let reason = reason ?? (code == EADDRINUSE ? "another server listens there" : String(cString: strerror(code)))
        self.init(host: path, port: 0, code: code, description: "cannot listen on \(path): \(reason)")
    }

    init(_ endpoint: ServerEndpoint, _ error: TLSConfigurationError) {
        let (host, port) = endpoint.hostAndPort
        self.init(host: host, port: port, code: EINVAL, description: "cannot set up TLS: \(error)")
    }

    init(unresolved host: String, port: Int, reason: String) {
        self.init(
            host: host, port: port, code: 0,
            description: "\(host) is neither an address nor a known name (\(reason))")
    }
}
