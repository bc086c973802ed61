import COpenSSL
import Foundation
import Glibc

/// One post to one address: resolved, checked, connected to what was checked, answered, closed.
///
/// A client of its own, because an address that was checked has to be the one that is connected to: whoever resolves the
/// name a second time may be given another. Blocks its thread, ten seconds at most beside the name lookup; follows no
/// redirect; reads no more than the head of the answer.
struct WebhookConnection {
    let url: WebhookURL
    let addresses: AddressGuard
    let deadline: ContinuousClock.Instant
    let tls: WebhookTLS

    /// How long a post may take.
    static let patience = Duration.seconds(10)

    struct Failure: Error {
        let reason: String
    }

    /// Sends a request and reads the head of the answer.
    func send(_ request: [UInt8]) -> WebhookAnswer {
        do {
            let socket = try connected()
            defer { close(socket) }
            var stream = WebhookStream(socket: socket, deadline: deadline)
            defer { stream.end() }
            if url.isSecure { try stream.secure(with: tls, host: url.host) }
            try stream.write(request)
            var head: [UInt8] = []
            while true {
                let piece = try stream.read(WebhookResponse.headLimit - head.count)
                head += piece
                if let answer = WebhookResponse.answer(head, now: Date()) { return answer }
                if piece.isEmpty { throw Failure(reason: "closed the connection without an answer") }
            }
        } catch let failure as Failure {
            return .failure(failure.reason)
        } catch {
            return .failure("\(error)")
        }
    }

    /// A socket that is connected to the first address that may be called and answers.
    private func connected() throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(url.host, "\(url.port)", &hints, &list)
        guard code == 0 else {
            throw Failure(reason: "the name \(url.host) is not found: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(list) }
        var problem = "\(url.host) has no address"
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let bytes = Self.address(entry) else { continue }
            guard addresses.permits(bytes) else {
                problem = "\(url.host) is at \(Self.text(bytes)), an address that webhooks may not be sent to"
                continue
            }
            do {
                return try connect(to: entry)
            } catch let failure as Failure {
                problem = failure.reason
            }
        }
        throw Failure(reason: problem)
    }

    private func connect(to entry: addrinfo) throws -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(entry.ai_family, flags, 0)
        guard descriptor >= 0 else { throw Failure(reason: "no socket: \(Self.errorText(errno))") }
        do {
            if Glibc.connect(descriptor, entry.ai_addr, entry.ai_addrlen) != 0 {
                guard errno == EINPROGRESS else { throw Failure(reason: "does not connect: \(Self.errorText(errno))") }
                try WebhookStream.wait(descriptor, POLLOUT, until: deadline)
                var code: Int32 = 0
                var size = socklen_t(MemoryLayout<Int32>.size)
                getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
                guard code == 0 else { throw Failure(reason: "does not connect: \(Self.errorText(code))") }
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// The 4 or 16 bytes of an address that was found.
    private static func address(_ entry: addrinfo) -> [UInt8]? {
        guard let address = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin_addr) { Array($0) }
            }
        case AF_INET6:
            return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin6_addr) { Array($0) }
            }
        default: return nil
        }
    }

    /// The addresses that a host means by itself, without asking anybody; empty for a name.
    static func literalAddresses(_ host: String) -> [[UInt8]] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var (next, found) = (list, [[UInt8]]())
        while let entry = next?.pointee {
            next = entry.ai_next
            if let bytes = address(entry) { found.append(bytes) }
        }
        return found
    }

    private static func text(_ bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: 64)
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
}
