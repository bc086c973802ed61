import Glibc

/// Whether a server could listen, found out without listening.
extension ServerEndpoint {
    /// Resolves the host, looks at the place of a Unix-domain socket, and reads the files of TLS.
    ///
    /// Whether a port is taken is not asked: a server that runs has its own.
    ///
    /// - Throws: ``ServerStartError`` for what would keep a server from listening here, and for a certificate that no
    ///   client would take today.
    public func check() throws(ServerStartError) {
        switch place {
        case .tcp(let host, let port, _): _ = try ListeningSocket.resolve(host, port)
        case .unix(let path, _): try Self.checkSocket(path)
        case .descriptor(let descriptor):
            guard SocketAddress(bound: descriptor) != nil else {
                throw ServerStartError(path: "descriptor \(descriptor)", code: EBADF)
            }
        }
        do throws(TLSConfigurationError) { try tls?.check() } catch { throw ServerStartError(self, error) }
    }

    /// Whether two want the same port of the same address; never for port 0, or where both share it.
    public func collides(with other: ServerEndpoint) -> Bool {
        switch (place, other.place) {
        case (.unix(let path, _), .unix(let otherPath, _)): return path == otherPath
        case (.tcp(let host, let port, let shares), .tcp(let otherHost, let otherPort, let otherShares)):
            guard port != 0, port == otherPort, !(shares && otherShares) else { return false }
            func addresses(_ host: String) -> [SocketAddress] { (try? ListeningSocket.resolve(host, port)) ?? [] }
            let (ours, others) = (addresses(host), addresses(otherHost))
            return ours.contains { address in
                others.contains { $0 == address || address.takesAll(of: $0) || $0.takesAll(of: address) }
            }
        default: return false
        }
    }

    private static func checkSocket(_ path: String) throws(ServerStartError) {
        try ListeningSocket.checkLength(path)
        let directory = path.utf8.lastIndex(of: 0x2F).map { String(path[...$0]) } ?? "."
        guard access(directory, W_OK | X_OK) == 0 else {
            let reason = "\(directory): \(String(cString: strerror(errno)))"
            throw ServerStartError(path: path, code: errno, reason: reason)
        }
        try ListeningSocket.checkIsSocket(path)
    }
}

extension SocketAddress {
    /// Whether this stands for every address of the other's family: `0.0.0.0`, or `::`, which takes IPv4 too.
    fileprivate func takesAll(of other: SocketAddress) -> Bool {
        switch (address, other.address) {
        case (.v4(0), .v4), (.v6(0, 0, _), .v4), (.v6(0, 0, _), .v6): true
        default: false
        }
    }
}
