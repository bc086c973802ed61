import Glibc

/// An address of the Internet protocols and a port, or the path of a Unix-domain socket.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address proper, as the octets on the wire.
    enum Host: Sendable, Hashable {
        case v4(UInt32)
        case v6(high: UInt64, low: UInt64, scope: UInt32)
        case unix(String)
    }

    let address: Host

    /// The port, 0 to 65535; 0 for a Unix-domain socket.
    public let port: Int

    init(address: Host, port: Int) {
        self.address = address
        self.port = port
    }

    /// The address of a Unix-domain socket; the path of a client's is empty as a rule.
    init(unixPath path: String) {
        self.init(address: .unix(path), port: 0)
    }

    /// A client of a protocol without addresses known here.
    static let unknown = SocketAddress(unixPath: "")

    /// Whether this is a Unix-domain socket.
    public var isUnix: Bool {
        if case .unix = address { true } else { false }
    }

    /// Whether only this machine reaches it: 127.0.0.0/8, `::1` or a Unix-domain socket.
    public var isLocal: Bool {
        switch address {
        case .v4(let bits): bits >> 24 == 127
        case .v6(let high, let low, _): high == 0 && low == 1
        case .unix: true
        }
    }

    /// 127.0.0.1, port 0.
    public static let loopback = SocketAddress(address: .v4(0x7F00_0001), port: 0)

    /// Creates an address from its text, such as `127.0.0.1` or `::1`; nil when it is neither of IPv4 nor of IPv6.
    public init?(host: String, port: Int) {
        guard (0...65535).contains(port) else { return nil }
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, host, &v4) == 1 {
            self.init(address: .v4(UInt32(bigEndian: v4.s_addr)), port: port)
        } else if inet_pton(AF_INET6, host, &v6) == 1 {
            self.init(address: Self.host(of: v6, scope: 0), port: port)
        } else {
            return nil
        }
    }

    /// The address without the port, such as `127.0.0.1` or `::1`, or the path.
    public var host: String {
        switch address {
        case .v4(let bits):
            return (0..<4).map { String((bits >> (24 - 8 * $0)) & 0xFF) }.joined(separator: ".")
        case .v6(let high, let low, let scope):
            var octets = in6_addr()
            withUnsafeMutableBytes(of: &octets) { bytes in
                bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(AF_INET6, &octets, &text, socklen_t(text.count)) != nil else { return "::" }
            let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return scope == 0 ? name : "\(name)%\(scope)"
        case .unix(let path): return path
        }
    }

    /// The address as a URL's authority writes it: `127.0.0.1:8080`, `[::1]:8080`; or `unix:` and the path.
    public var description: String {
        switch address {
        case .v4: "\(host):\(port)"
        case .v6: "[\(host)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// The part of the address that one client is counted by: IPv4 whole, IPv6 its /64 network; nil for none.
    var network: Host? {
        switch address {
        case .v4: address
        case .v6(let high, _, _): .v6(high: high, low: 0, scope: 0)
        case .unix: nil
        }
    }

    /// An IPv6 address, or the IPv4 address that it maps (`::ffff:a.b.c.d`).
    static func host(of octets: in6_addr, scope: UInt32) -> Host {
        let (high, low) = withUnsafeBytes(of: octets) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        if high == 0 && low >> 32 == 0xFFFF { return .v4(UInt32(truncatingIfNeeded: low)) }
        return .v6(high: high, low: low, scope: scope)
    }
}
