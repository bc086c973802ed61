import CLinux

/// What a descriptor is ready for, as the system reports it.
struct Readiness: OptionSet, Equatable {
    let rawValue: UInt32

    static let readable = Readiness(rawValue: clinux_readable)
    static let writable = Readiness(rawValue: clinux_writable)

    /// The peer sends no more; it may still read.
    static let peerClosed = Readiness(rawValue: clinux_peer_closed)

    /// Both directions are shut, or the connection was reset.
    static let hungUp = Readiness(rawValue: clinux_hung_up)
    static let failed = Readiness(rawValue: clinux_failed)
}
