import Glibc

/// The number of descriptors that the process may have.
enum DescriptorLimit {
    /// Descriptors for all that is not a client's connection: files, databases, the event loops.
    static let reserve = 256

    /// Raises the soft limit, 1,024 on most systems, to what so many connections need, as far as the hard limit goes.
    ///
    /// - Returns: How many connections there is room for, at most as many as asked for.
    static func makeRoom(for connections: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections }
        let (wanted, overflow) = connections.addingReportingOverflow(reserve)
        let needed = overflow ? rlim_t.max : rlim_t(wanted)
        if limit.rlim_cur < needed && limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = min(needed, limit.rlim_max)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Self.connections(under: Int(clamping: limit.rlim_cur), wanted: connections)
    }

    /// How many connections leave the reserve free, or half of a limit that is smaller than twice the reserve.
    static func connections(under limit: Int, wanted: Int) -> Int {
        max(1, min(wanted, max(limit - reserve, limit / 2)))
    }
}
