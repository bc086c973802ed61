import Foundation
import HTTPServer
import Logging
import Synchronization

/// The keys of the data directory as the running service knows them.
///
/// Looks at the file's identity at most once a second, when a request comes, and reads it when that changed. Keys are
/// demanded from the first key on, also from one that was revoked, and for as long as the service runs even if the file
/// should vanish: nobody opens a service by losing a file.
final class KeyRing: Sendable {
    private struct State {
        var keys: [String: AccessKey] = [:]
        /// The records of client certificates, by whom they are for; several where the earlier are no longer good.
        var certificates: [String: [AccessKey]] = [:]
        var isDemanded = false
        var watch: FileWatch
        var lastUses: [String: Date] = [:]
    }

    private let file: KeyFile
    private let logger: Logger
    private let state: Mutex<State>

    init(_ file: KeyFile, logger: Logger) {
        self.file = file
        self.logger = logger
        state = Mutex(State(watch: FileWatch(file.path)))
        refresh()
    }

    /// Whether requests need a key.
    func isDemanded(now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            look(&state, now)
            return state.isDemanded
        }
    }

    /// Looks at the file now.
    func refresh() {
        state.withLock { state in
            state.watch.lookNext()
            look(&state, .now)
        }
    }

    /// The record of a key that is good; nil for what has not the form of a key.
    func key(_ text: String, now: Date = Date()) throws(AccessRefusal) -> AccessKey? {
        guard let (id, secret) = AccessKey.parts(of: text) else { return nil }
        let found = state.withLock { state in
            look(&state, .now)
            return state.keys[id]
        }
        guard let key = found else { throw AccessRefusal("no key has this id") }
        guard key.holds(secret) else { throw AccessRefusal("another secret than that of key \(id)") }
        guard key.isGood(at: now) else {
            throw AccessRefusal("key \(id) \(key.revokedAt == nil ? "has expired" : "was revoked")")
        }
        state.withLock { $0.lastUses[id] = now }
        return key
    }

    /// The record of a client certificate that is good; nil where none of its names has one.
    func key(_ certificate: ClientCertificate, now: Date = Date()) -> AccessKey? {
        let identities = CertificateIdentity.all(of: certificate)
        return state.withLock { state in
            look(&state, .now)
            for identity in identities {
                guard let key = state.certificates[identity]?.first(where: { $0.isGood(at: now) }) else { continue }
                state.lastUses[key.id] = now
                return key
            }
            return nil
        }
    }

    /// Writes down which keys were used since the last time.
    func saveLastUses() {
        let uses = state.withLock { state in
            defer { state.lastUses = [:] }
            return state.lastUses
        }
        guard !uses.isEmpty else { return }
        do {
            try file.note(lastUses: uses)
        } catch {
            logger.warning("cannot note when keys were last used: \(error)")
        }
    }

    private func look(_ state: inout State, _ now: ContinuousClock.Instant) {
        guard state.watch.hasChanged(now: now) else { return }
        do {
            let keys = try file.keys()
            if keys.isEmpty && state.isDemanded {
                logger.error("\(file.path) is gone; no key is good until it is back")
            }
            state.keys = Dictionary(keys.map { ($0.id, $0) }) { $1 }
            state.certificates = [:]
            for key in keys {
                if let certificate = key.certificate { state.certificates[certificate, default: []].append(key) }
            }
            state.isDemanded = state.isDemanded || !keys.isEmpty
        } catch {
            // Whoever had a key keeps it out of reach: what cannot be read might have revoked it.
            logger.error("\(error)")
            state.keys = [:]
            state.certificates = [:]
            state.isDemanded = true
        }
    }
}
