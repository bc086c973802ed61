import CLinux
import Glibc

/// Addresses as the system's calls take and give them.
extension SocketAddress {
    var family: Int32 {
        switch address {
        case .v4: AF_INET
        case .v6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// The most bytes that a path of a Unix-domain socket may have, beside its final NUL.
    static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Reads an address that the system has filled in; nil for one of another family.
    init?(_ pointer: UnsafePointer<sockaddr>) {
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET:
            self = pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                SocketAddress(
                    address: .v4(UInt32(bigEndian: $0.pointee.sin_addr.s_addr)),
                    port: Int(UInt16(bigEndian: $0.pointee.sin_port)))
            }
        case AF_INET6:
            self = pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                SocketAddress(
                    address: Self.host(of: $0.pointee.sin6_addr, scope: $0.pointee.sin6_scope_id),
                    port: Int(UInt16(bigEndian: $0.pointee.sin6_port)))
            }
        default: return nil
        }
    }

    /// The path in a storage that the system has filled in, empty for a socket without one, as clients' are.
    private static func path(in storage: sockaddr_storage) -> String {
        withUnsafeBytes(of: storage) { bytes in
            let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? MemoryLayout<sa_family_t>.size
            let room = bytes[start..<min(bytes.count, start + longestPath)]
            return String(decoding: room.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The address of a storage that the system has filled in.
    init?(_ storage: sockaddr_storage) {
        if Int32(storage.ss_family) == AF_UNIX {
            self.init(unixPath: Self.path(in: storage))
            return
        }
        let address = withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { SocketAddress($0) }
        }
        guard let address else { return nil }
        self = address
    }

    /// The address that a socket is bound to.
    init?(bound descriptor: Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { return nil }
        self.init(storage)
    }

    /// Calls a closure with the address as the system takes it.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        switch address {
        case .v4(let bits):
            var v4 = sockaddr_in()
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = in_port_t(port).bigEndian
            v4.sin_addr.s_addr = bits.bigEndian
            return Self.pass(&v4, body)
        case .v6(let high, let low, let scope):
            var v6 = sockaddr_in6()
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = in_port_t(port).bigEndian
            v6.sin6_scope_id = scope
            withUnsafeMutableBytes(of: &v6.sin6_addr) { octets in
                octets.storeBytes(of: high.bigEndian, as: UInt64.self)
                octets.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return Self.pass(&v6, body)
        case .unix(let path):
            var unix = sockaddr_un()
            unix.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: path.utf8.prefix(Self.longestPath)) }
            return Self.pass(&unix, body)
        }
    }

    private static func pass<Address, Result>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
