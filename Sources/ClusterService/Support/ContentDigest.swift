import COpenSSL

/// The functions of a ``ContentDigest`` (FIPS 180-4), by their names in HTTP.
enum DigestAlgorithm: String, CaseIterable, Sendable {
    case sha256 = "sha-256"
    case sha512 = "sha-512"

    /// How many bytes a digest has.
    var length: Int { self == .sha256 ? 32 : 64 }
}

/// A digest, by SHA-256 unless said otherwise, that is fed piece by piece (FIPS 180-4, by OpenSSL's EVP).
///
/// `@unchecked Sendable` is sound: it cannot be copied, so that its one owner alone uses the context.
struct ContentDigest: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer?

    init(_ algorithm: DigestAlgorithm = .sha256) {
        context = EVP_MD_CTX_new()
        EVP_DigestInit_ex(context, algorithm == .sha256 ? EVP_sha256() : EVP_sha512(), nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes to what is digested.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// The digest of everything added, as hexadecimal digits: 64 of them for SHA-256.
    consuming func hexadecimal() -> String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        EVP_DigestFinal_ex(context, &digest, &length)
        return Hexadecimal.text(digest.prefix(Int(length)))
    }

    /// The digest of one piece.
    static func of(_ bytes: [UInt8]) -> String {
        var digest = ContentDigest()
        bytes.withUnsafeBytes { digest.update($0) }
        return digest.hexadecimal()
    }
}

/// Bytes as hexadecimal digits.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
