public import Foundation
import Glibc

/// The API keys of a data directory, `keys.json`; a service that runs sees a change within a second.
///
/// Written whole and replaced by rename, under a lock, so that commands and services do not get into each other's way.
public struct KeyFile: Sendable {
    private struct Content: Codable {
        var keys: [AccessKey] = []
    }

    let path: String
    private let directory: String
    private var usagePath: String { "\(directory)/keys-used.json" }

    /// The keys of a data directory, which need not be there.
    public init(directory: String) {
        self.directory = directory
        path = "\(directory)/keys.json"
    }

    /// All keys, in the order they were made, those that were revoked too; none without a file.
    ///
    /// - Throws: ``AccessFileError`` naming the file where it cannot be read.
    public func keys() throws(AccessFileError) -> [AccessKey] {
        do {
            return try Self.decoder.decode(Content.self, from: Data(contentsOf: URL(fileURLWithPath: path))).keys
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return []
        } catch {
            throw AccessFileError("cannot read the keys in \(path): \(error); restore the file or its permissions")
        }
    }

    /// When each key was last used, by id, as far as a service has written it down.
    public func lastUses() -> [String: Date] {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: usagePath)) else { return [:] }
        return (try? Self.decoder.decode([String: Date].self, from: data)) ?? [:]
    }

    /// Makes a key and stores what is kept of it.
    ///
    /// - Parameters:
    ///   - name: 1 to 64 of the characters A-Z a-z 0-9 . _ -, beginning with a letter or digit.
    ///   - tenant: whose things it sees, written like a name; by default the name.
    ///   - lifetime: after which it is no longer good; nil for ever.
    /// - Returns: the record, and the key itself, which cannot be had again.
    /// - Throws: ``AccessFileError``.
    public func create(
        name: String, scope: AccessScope, tenant: String? = nil, lifetime: TimeInterval? = nil,
        limits: KeyLimits = KeyLimits()
    ) throws(AccessFileError) -> (record: AccessKey, key: String) {
        let tenant = try Self.tenant(tenant, of: name)
        return try changing(isNew: true) { keys in
            let now = Date()
            let made = try AccessKey.make(
                name: name, tenant: tenant, scope: scope, expiresAt: lifetime.map(now.addingTimeInterval),
                limits: limits, now: now)
            keys.append(made.record)
            return made
        }
    }

    /// Enters a client certificate, which from then on is as good as a key.
    ///
    /// - Parameters:
    ///   - certificate: who it is for: `URI:…`, `DNS:…` or the subject as RFC 2253 writes it.
    ///   - name: as of a key, and so the others.
    /// - Throws: ``AccessFileError``, also where one that is good says the same.
    public func enter(
        certificate: String, name: String, scope: AccessScope, tenant: String? = nil, lifetime: TimeInterval? = nil,
        limits: KeyLimits = KeyLimits()
    ) throws(AccessFileError) -> AccessKey {
        let tenant = try Self.tenant(tenant, of: name)
        guard let identity = CertificateIdentity.parse(certificate) else {
            throw AccessFileError("the certificate \"\(certificate)\": \(CertificateIdentity.rule)")
        }
        return try changing(isNew: true) { keys in
            let now = Date()
            if let known = keys.first(where: { $0.certificate == identity && $0.isGood(at: now) }) {
                throw AccessFileError("\(identity) is entered as \(known.id) (\(known.name)); revoke that first")
            }
            let record = try AccessKey.make(
                name: name, tenant: tenant, scope: scope, expiresAt: lifetime.map(now.addingTimeInterval),
                limits: limits, now: now, certificate: identity)
            keys.append(record)
            return record
        }
    }

    /// The tenant of a key, by default one of its name.
    private static func tenant(_ tenant: String?, of name: String) throws(AccessFileError) -> String {
        guard TenantName.isValid(name) else { throw AccessFileError("the name \"\(name)\": \(TenantName.rule)") }
        let tenant = tenant ?? name
        guard TenantName.isValid(tenant) else { throw AccessFileError("the tenant \"\(tenant)\": \(TenantName.rule)") }
        return tenant
    }

    /// Revokes a key for good; it stays in the list.
    ///
    /// - Parameter id: the id, or the whole key.
    /// - Returns: the record as it is now.
    /// - Throws: ``AccessFileError`` where there is no such key.
    public func revoke(_ id: String) throws(AccessFileError) -> AccessKey {
        let id = AccessKey.parts(of: id)?.id ?? id
        try checkPlace()
        return try changing { keys in
            guard let index = keys.firstIndex(where: { $0.id == id }) else {
                throw AccessFileError("no key has the id \"\(id)\"; clusterd keys list shows them")
            }
            keys[index].revokedAt = keys[index].revokedAt ?? Date()
            return keys[index]
        }
    }

    /// Whether the directory is one of a service's.
    ///
    /// - Throws: ``AccessFileError`` where it is not there, or has nothing in it that a service keeps.
    public func checkPlace() throws(AccessFileError) {
        let isPlace = ["keys.json", "jobs.sqlite", "datasets"].contains {
            FileManager.default.fileExists(atPath: "\(directory)/\($0)")
        }
        guard !isPlace else { return }
        let isThere = FileManager.default.fileExists(atPath: directory)
        throw AccessFileError(
            "\(directory) is \(isThere ? "no data directory" : "not there"); name the service's by --data-dir")
    }

    /// Whether the file, if it is there, can be read and is its owner's alone.
    ///
    /// - Throws: ``AccessFileError`` naming the file and the fix.
    public func check() throws(AccessFileError) {
        _ = try keys()
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return }
        throw AccessFileError(
            "\(path) has mode \(String(status.st_mode & 0o777, radix: 8)), so that others get at it: chmod 600 \(path)")
    }

    /// Writes down when keys were last used.
    func note(lastUses: [String: Date]) throws {
        let all = self.lastUses().merging(lastUses) { max($0, $1) }
        try write(Self.encoder.encode(all), to: usagePath)
    }

    /// Reads the keys, changes and stores them, while no other command does.
    ///
    /// - Parameter isNew: whether the directory is made where it is missing.
    private func changing<Value>(
        isNew: Bool = false, _ change: (inout [AccessKey]) throws -> Value
    ) throws(AccessFileError) -> Value {
        do {
            if isNew { try FileDescriptor.makeDirectory(directory) }
            let lock = try FileDescriptor(
                opening: "\(directory)/keys.lock", flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
            giveToOwner(lock.path)
            guard flock(lock.number, LOCK_EX) == 0 else { throw StorageError("lock", lock.path) }
            var content = Content(keys: try keys())
            let value = try change(&content.keys)
            try write(Self.encoder.encode(content), to: path)
            return value
        } catch {
            throw error as? AccessFileError ?? AccessFileError("cannot write \(path): \(error)")
        }
    }

    private func write(_ data: Data, to path: String) throws {
        try FileDescriptor.replace(path, with: Array(data), directory: directory, mode: 0o600)
        giveToOwner(path)
    }

    /// A service must be able to read what its administrator wrote: a file is its owner's whose directory it is.
    ///
    /// Never what a link points to, which that owner may have put there.
    private func giveToOwner(_ path: String) {
        var status = stat()
        if geteuid() == 0, stat(directory, &status) == 0 { _ = lchown(path, status.st_uid, status.st_gid) }
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }
}
