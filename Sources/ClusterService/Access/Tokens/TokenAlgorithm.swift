import COpenSSL

/// How a token is signed: the algorithms of RFC 7518 and RFC 8037 that need no shared secret.
enum TokenAlgorithm: String {
    case rs256 = "RS256"
    case es256 = "ES256"
    case edDSA = "EdDSA"

    /// Whether the signature of `message` is that of the key.
    func verifies(_ signature: [UInt8], of message: [UInt8], by key: TokenPublicKey) -> Bool {
        guard key.algorithm == self, let encoded = encoded(signature) else { return false }
        ERR_clear_error()
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        let digest = self == .edDSA ? nil : EVP_sha256()
        return EVP_DigestVerifyInit(context, nil, digest, nil, key.pointer) == 1
            && EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
    }

    /// The signature as OpenSSL takes it; that of ES256 is two numbers of 32 bytes and becomes DER.
    private func encoded(_ signature: [UInt8]) -> [UInt8]? {
        guard self == .es256 else { return signature.isEmpty ? nil : signature }
        guard signature.count == 64 else { return nil }
        return DER.sequence(DER.integer(signature[..<32]) + DER.integer(signature[32...]))
    }
}

/// The few forms of DER (X.690) that keys and signatures need.
enum DER {
    static func sequence(_ content: [UInt8]) -> [UInt8] { tagged(0x30, content) }

    static func bitString(_ content: [UInt8]) -> [UInt8] { tagged(0x03, [0] + content) }

    /// A number that is not negative.
    static func integer(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var digits = Array(bytes.drop { $0 == 0 })
        if digits.first ?? 0x80 >= 0x80 { digits.insert(0, at: 0) }
        return tagged(0x02, digits)
    }

    private static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            switch count {
            case ..<0x80: [UInt8(count)]
            case ..<0x100: [0x81, UInt8(count)]
            default: [0x82, UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
            }
        return [tag] + length + content
    }
}
