import Glibc
import HTTPServer

/// Why `clusterd serve` cannot listen, and by which flag that is changed.
struct ListeningFailure: Error, CustomStringConvertible {
    let description: String

    init(description: String) { self.description = description }

    init(_ error: ServerStartError, _ options: ListeningOptions) {
        let flag: String? =
            switch error.code {
            case _ where error.host == options.unixSocket: "--unix-socket"
            case 0, EADDRNOTAVAIL, EAFNOSUPPORT: "--host"
            case EADDRINUSE, EACCES: options.tlsPort == error.port ? "--tls-port" : "--port"
            default: nil
            }
        description = flag.map { "\(error); choose another with \($0)" } ?? "\(error)"
    }
}
