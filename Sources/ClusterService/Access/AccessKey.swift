import COpenSSL
public import Foundation

/// What is stored of an API key: everything but its secret; or of a client certificate that stands in a key's place.
///
/// A key is `ack_<id>_<secret>`: an id of 64 bits, which is no secret, and 256 bits from the system's generator, both in
/// hexadecimal. So long a random secret cannot be guessed, so that a salted SHA-256 of it is enough, and cheap.
public struct AccessKey: Sendable, Codable, Equatable {
    /// The public part of the key, 16 hexadecimal digits.
    public let id: String
    /// What its owner calls it.
    public let name: String
    /// Whose datasets, jobs and models it sees.
    public let tenant: String
    /// What it allows.
    public let scope: AccessScope
    /// When it was made.
    public let createdAt: Date
    /// When it ceases to be good; nil for never.
    public let expiresAt: Date?
    /// When it was revoked; nil while it is good.
    public internal(set) var revokedAt: Date?
    /// What its holder may use up.
    public let limits: KeyLimits
    /// Who the client certificate is for that is as good as a key, as ``CertificateIdentity`` writes it; nil for a key.
    public let certificate: String?
    let salt: String
    let hash: String

    /// Makes a key.
    ///
    /// - Returns: what is stored, and the key, which is nowhere afterwards.
    static func make(
        name: String, tenant: String, scope: AccessScope, expiresAt: Date?, limits: KeyLimits, now: Date
    ) throws -> (record: AccessKey, key: String) {
        let (id, salt, secret) = (try random(8), try random(16), try random(32))
        let record = AccessKey(
            id: id, name: name, tenant: tenant, scope: scope, createdAt: now, expiresAt: expiresAt, limits: limits,
            certificate: nil, salt: salt, hash: hash(secret[...], salt: salt))
        return (record, "ack_\(id)_\(secret)")
    }

    /// What is stored of a client certificate, which has no secret that could be kept.
    static func make(
        name: String, tenant: String, scope: AccessScope, expiresAt: Date?, limits: KeyLimits, now: Date,
        certificate: String
    ) throws -> AccessKey {
        AccessKey(
            id: try random(8), name: name, tenant: tenant, scope: scope, createdAt: now, expiresAt: expiresAt,
            limits: limits, certificate: certificate, salt: "", hash: "")
    }

    /// The id and the secret of a key; nil for what is no key.
    static func parts(of key: String) -> (id: String, secret: Substring)? {
        let parts = key.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "ack", parts[1].utf8.count == 16, parts[2].utf8.count == 64 else {
            return nil
        }
        return (String(parts[1]), parts[2])
    }

    /// Whether the secret is that of the key, in a time that does not depend on where it differs.
    func holds(_ secret: Substring) -> Bool {
        guard certificate == nil else { return false }
        let found = Array(Self.hash(secret, salt: salt).utf8)
        let known = Array(hash.utf8)
        return found.count == known.count && CRYPTO_memcmp(found, known, known.count) == 0
    }

    /// Whether the key is good at a time.
    public func isGood(at now: Date) -> Bool { revokedAt == nil && expiresAt.map { now < $0 } ?? true }

    private static func hash(_ secret: Substring, salt: String) -> String {
        ContentDigest.of(Array("\(salt)\(secret)".utf8))
    }

    /// Random bytes as hexadecimal digits.
    private static func random(_ count: Int) throws -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else {
            throw AccessFileError("the system gives no random bytes; try again")
        }
        return Hexadecimal.text(bytes)
    }
}

/// What is wrong with a key that is to be made, or with the file of keys.
public struct AccessFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and how to put it right.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
