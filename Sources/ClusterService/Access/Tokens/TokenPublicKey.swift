import COpenSSL

/// A public key of a key set (RFC 7517).
///
/// `@unchecked Sendable` is sound: OpenSSL's key does not change once it is made, and verifying with one from several
/// threads is allowed (EVP_PKEY's documentation on threads).
final class TokenPublicKey: @unchecked Sendable {
    let identifier: String?
    let algorithm: TokenAlgorithm
    let pointer: OpaquePointer

    /// Reads a key.
    ///
    /// - Returns: nil for one that signs no tokens here: another type or curve, RSA of less than 2048 bits, one for
    ///   encryption (`use`, `key_ops`), or for another algorithm.
    init?(_ json: JSONValue) {
        func bytes(_ name: String) -> [UInt8]? { json.text(name).flatMap { Base64URL.decode($0) } }
        let encoded: [UInt8]
        switch (json.text("kty"), json.text("crv")) {
        case ("RSA", _):
            guard let modulus = bytes("n"), let exponent = bytes("e"), modulus.first != 0,
                (256...1_024).contains(modulus.count), (1...8).contains(exponent.count)
            else { return nil }
            algorithm = .rs256
            encoded = DER.sequence(
                DER.sequence([0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00])
                    + DER.bitString(DER.sequence(DER.integer(modulus) + DER.integer(exponent))))
        case ("EC", "P-256"):
            guard let x = bytes("x"), let y = bytes("y"), x.count == 32, y.count == 32 else { return nil }
            algorithm = .es256
            encoded = DER.sequence(
                DER.sequence([
                    0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
                    0x03, 0x01, 0x07,
                ]) + DER.bitString([0x04] + x + y))
        case ("OKP", "Ed25519"):
            guard let x = bytes("x"), x.count == 32 else { return nil }
            algorithm = .edDSA
            encoded = DER.sequence(DER.sequence([0x06, 0x03, 0x2B, 0x65, 0x70]) + DER.bitString(x))
        default: return nil
        }
        guard json.isMissing("use", or: "sig"), json.isMissing("alg", or: algorithm.rawValue), json.mayVerify else {
            return nil
        }
        let key = encoded.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_PUBKEY(nil, &start, buffer.count)
        }
        guard let key else { return nil }
        pointer = key
        identifier = json.text("kid")
    }

    deinit { EVP_PKEY_free(pointer) }
}

extension JSONValue {
    /// Whether a member is not there, or is this text.
    fileprivate func isMissing(_ name: String, or text: String) -> Bool { self[name] == nil || self.text(name) == text }

    /// Whether a key's `key_ops` (RFC 7517, section 4.3), if it has them, allow to verify signatures.
    fileprivate var mayVerify: Bool {
        guard let operations = self["key_ops"] else { return true }
        guard case .array(let items) = operations else { return false }
        return items.contains(.string("verify"))
    }

    /// A member that is text.
    func text(_ name: String) -> String? {
        if case .string(let text)? = self[name] { text } else { nil }
    }
}
