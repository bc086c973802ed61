import COpenSSL

/// The protocol that client and server agree upon in the handshake (ALPN, RFC 7301).
enum ApplicationProtocol {
    private static let name = Array("http/1.1".utf8)

    /// Where the name of this server's protocol stands in a client's list; nil when the client does not speak it.
    static func find(in list: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        var position = 0
        while position < list.count {
            let start = position + 1
            let end = start + Int(list[position])
            guard end <= list.count else { return nil }
            if list[start..<end].elementsEqual(name) { return UnsafeBufferPointer(rebasing: list[start..<end]) }
            position = end
        }
        return nil
    }

    /// Chooses `http/1.1`, or ends the handshake: a client that speaks only other protocols would misread the answers.
    static let select: SSL_CTX_alpn_select_cb_func = { _, chosen, chosenCount, list, count, _ in
        guard let found = find(in: UnsafeBufferPointer(start: list, count: Int(count))) else {
            return SSL_TLSEXT_ERR_ALERT_FATAL
        }
        chosen?.pointee = found.baseAddress
        chosenCount?.pointee = UInt8(found.count)
        return SSL_TLSEXT_ERR_OK
    }
}
