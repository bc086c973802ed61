import COpenSSL
import Foundation

/// Page tokens as clients get them: where a page of a list ended, for nobody to read and good for that list alone.
///
/// A cursor is the number of a job among those of all tenants; open, it would tell each how busy the others are.
/// AES-256-GCM with a key of the data directory's own, so that a token outlives a restart.
struct PageTokens: Sendable {
    private static let nonceLength = 12
    private static let tagLength = 16
    /// What all cursors are filled up to, as their length says how large they are.
    private static let cursorLength = 16

    private let key: [UInt8]

    /// Reads the key of a data directory, and makes one where there is none.
    ///
    /// - Throws: `StorageError` where it cannot be stored.
    init(directory: String) throws {
        let path = "\(directory)/page-key"
        if let data = FileManager.default.contents(atPath: path), data.count == 32 {
            key = Array(data)
        } else {
            key = (0..<32).map { _ in UInt8.random(in: 0...255) }
            try FileDescriptor.replace(path, with: key, directory: directory, mode: 0o600)
        }
    }

    /// The token for a cursor of a list.
    ///
    /// - Parameter list: which one it is, and whose.
    func token(for cursor: String, of list: String) -> String {
        let nonce = (0..<Self.nonceLength).map { _ in UInt8.random(in: 0...255) }
        let filling = [UInt8](repeating: 0, count: max(0, Self.cursorLength - cursor.utf8.count))
        var tag = [UInt8](repeating: 0, count: Self.tagLength)
        guard let sealed = run(Array(cursor.utf8) + filling, nonce, list, &tag, encrypting: true) else { return "" }
        return Base64URL.encode(nonce + sealed + tag)
    }

    /// The cursor in a token; nil for what is none of the list's.
    func cursor(in token: String, of list: String) -> String? {
        guard let bytes = Base64URL.decode(token), bytes.count > Self.nonceLength + Self.tagLength else { return nil }
        var tag = Array(bytes.suffix(Self.tagLength))
        let sealed = Array(bytes[Self.nonceLength..<(bytes.count - Self.tagLength)])
        let nonce = Array(bytes[..<Self.nonceLength])
        return run(sealed, nonce, list, &tag, encrypting: false).map {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// - Returns: nil where the tag is not that of the rest.
    private func run(
        _ bytes: [UInt8], _ nonce: [UInt8], _ list: String, _ tag: inout [UInt8], encrypting: Bool
    ) -> [UInt8]? {
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        let isEncrypting: Int32 = encrypting ? 1 : 0
        let length = Int32(Self.tagLength)
        let about = Array(list.utf8)
        var output = [UInt8](repeating: 0, count: bytes.count)
        var (count, rest): (Int32, Int32) = (0, 0)
        guard EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, key, nonce, isEncrypting) == 1,
            encrypting || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, length, &tag) == 1,
            EVP_CipherUpdate(context, nil, &count, about, Int32(about.count)) == 1,
            EVP_CipherUpdate(context, &output, &count, bytes, Int32(bytes.count)) == 1,
            EVP_CipherFinal_ex(context, &output, &rest) == 1,
            !encrypting || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, length, &tag) == 1
        else { return nil }
        return output
    }
}
