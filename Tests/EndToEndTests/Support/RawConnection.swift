import Foundation
import Glibc

/// A TCP connection that says exactly what it is told to, for what no HTTP client would send.
final class RawConnection {
    private var descriptor: Int32

    /// Connects; reads give up after `timeout` seconds without a byte.
    init(to service: ClusterdService, timeout: Int = 10) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure("socket") }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(service.port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure("connect") }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure("send") }
            rest = rest.dropFirst(count)
        }
    }

    /// Says that nothing more will be sent; answers can still be read.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Breaks the connection off with a reset, as a client that died does.
    func abort() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
        descriptor = -1
    }

    /// Everything up to the end of the connection.
    ///
    /// - Throws: where the service does not close it in time.
    func readToEnd() throws -> Data {
        var data = Data()
        while let piece = try read() { data.append(piece) }
        return data
    }

    /// One response; its content has a `Content-Length`.
    func readResponse() throws -> Answer {
        var data = Data()
        while true {
            if let answer = RawResponse.parse(data) { return answer }
            guard let piece = try read() else { throw Failure("read a whole response, found \(data.count) bytes") }
            data.append(piece)
        }
    }

    /// Some bytes; nil at the end of the connection.
    private func read() throws -> Data? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == ECONNRESET { return nil }
        guard count >= 0 else { throw Failure("read") }
        return count == 0 ? nil : Data(buffer[..<count])
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ operation: String) {
            description = "cannot \(operation): \(String(cString: strerror(errno)))"
        }
    }
}

/// Reads responses from raw bytes.
enum RawResponse {
    /// The first response in `data` that is not an interim one; nil while it is not whole.
    static func parse(_ data: Data) -> Answer? {
        guard let end = data.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        var lines = String(decoding: data[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines.removeFirst().split(separator: " ")
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        if (100..<200).contains(status) { return parse(Data(data[end.upperBound...])) }
        let fields = lines.compactMap { line in
            line.firstIndex(of: ":").map { colon in
                (
                    name: String(line[..<colon]),
                    value: line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                )
            }
        }
        let head = Answer(status: status, fields: fields, body: Data())
        let length = head["Content-Length"].flatMap { Int($0) } ?? 0
        let body = data[end.upperBound...]
        guard body.count >= length else { return nil }
        return Answer(status: status, fields: fields, body: Data(body.prefix(length)))
    }
}
