import Glibc

/// Unix-domain sockets, and sockets that others have opened.
extension ListeningSocket {
    /// Listens on a path in the file system.
    static func listen(path: String, permissions: UInt32, limits: ServerLimits) throws(ServerStartError)
        -> ListeningSocket
    {
        try checkLength(path)
        let address = SocketAddress(unixPath: path)
        try removeAbandoned(address, path)
        let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(AF_UNIX, Int32(type), 0)
        guard descriptor >= 0 else { throw ServerStartError(path: path, code: errno) }
        // Nobody can connect before `listen`, so that nobody gets in under other permissions.
        guard address.withSocketAddress({ Glibc.bind(descriptor, $0, $1) }) == 0, chmod(path, permissions) == 0,
            Glibc.listen(descriptor, Int32(clamping: limits.backlog)) == 0
        else {
            let code = errno
            Glibc.close(descriptor)
            throw ServerStartError(path: path, code: code)
        }
        return ListeningSocket(descriptor: descriptor, address: address, ownedPath: path)
    }

    static func checkLength(_ path: String) throws(ServerStartError) {
        guard !path.isEmpty, path.utf8.count <= SocketAddress.longestPath, !path.utf8.contains(0) else {
            throw ServerStartError(
                path: path, code: ENAMETOOLONG,
                reason: "the path of a Unix-domain socket has 1 to \(SocketAddress.longestPath) bytes")
        }
    }

    /// - Returns: whether there is a socket at the path.
    /// - Throws: where there is something else, which is left alone.
    @discardableResult
    static func checkIsSocket(_ path: String) throws(ServerStartError) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ServerStartError(path: path, code: EEXIST, reason: "there is a file that is no socket")
        }
        return true
    }

    /// Removes the socket of a server that is gone; one that answers is in use, and what is no socket is left alone.
    private static func removeAbandoned(_ address: SocketAddress, _ path: String) throws(ServerStartError) {
        guard try checkIsSocket(path) else { return }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { throw ServerStartError(path: path, code: errno) }
        defer { Glibc.close(probe) }
        let connected = address.withSocketAddress { connect(probe, $0, $1) }
        guard connected != 0, errno == ECONNREFUSED else { throw ServerStartError(path: path, code: EADDRINUSE) }
        unlink(path)
    }

    /// Takes over a socket that listens already.
    static func adopt(_ descriptor: Int32) throws(ServerStartError) -> ListeningSocket {
        let name = "descriptor \(descriptor)"
        var listens: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 else {
            throw ServerStartError(path: name, code: errno)
        }
        guard listens != 0, let address = SocketAddress(bound: descriptor) else {
            throw ServerStartError(path: name, code: EINVAL, reason: "it is no socket that listens")
        }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw ServerStartError(path: name, code: errno) }
        return ListeningSocket(descriptor: descriptor, address: address)
    }
}
