import Glibc

/// Octets as they are, over a TCP socket.
final class TCPTransport: Transport {
    let descriptor: Int32
    var isSecure: Bool { false }

    /// Takes over a non-blocking socket.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    func handshake() -> TransportHandshake { .complete }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> TransportRead {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count, isDrained: count < buffer.count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return .blocked(on: .readable)
            default: return .failed
            }
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, isMoreComing: Bool) -> TransportWrite {
        let flags = Int32(MSG_NOSIGNAL) | (isMoreComing ? Int32(MSG_MORE) : 0)
        while true {
            let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return .blocked(on: .writable)
            default: return .failed
            }
        }
    }

    func shutdownWrite() {
        _ = Glibc.shutdown(descriptor, Int32(SHUT_WR))
    }

    func close(reset: Bool) {
        if reset {
            var linger = linger(l_onoff: 1, l_linger: 0)
            _ = setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        }
        _ = Glibc.close(descriptor)
    }
}
