import Foundation
import Logging
import Synchronization

/// Where bearer tokens come from that the service trusts.
public struct TokenConfiguration: Sendable {
    /// A file with the issuer's public keys, a JWK Set (RFC 7517); looked at again when it changed.
    public var keySetPath: String
    /// What `iss` must say.
    public var issuer: String
    /// What `aud` must say, or have among others.
    public var audience: String

    /// A trusted issuer.
    public init(keySetPath: String, issuer: String, audience: String) {
        self.keySetPath = keySetPath
        self.issuer = issuer
        self.audience = audience
    }

    /// Whether the file of keys can be used.
    ///
    /// - Throws: ``AccessFileError`` naming the file and what is wrong with it.
    public func check() throws(AccessFileError) { _ = try TokenVerifier.keys(in: keySetPath) }
}

/// Verifies JSON Web Tokens (RFC 7519, by the advice of RFC 8725): signed by a key of the set, for that key's algorithm
/// alone, from one issuer for one audience.
final class TokenVerifier: Sendable {
    private struct State {
        var keys: [TokenPublicKey] = []
        var watch: FileWatch
        /// Tokens that were verified, by digest: a signature costs a hundred times what a digest does.
        var verified: [String: TokenClaims] = [:]
        /// How often the keys were read.
        var generation = 0
    }

    private static let capacity = 1_024
    /// No token is longer; a head of the request has not much more room.
    private static let longestToken = 8_192

    private let configuration: TokenConfiguration
    private let logger: Logger
    private let state: Mutex<State>

    init(_ configuration: TokenConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        state = Mutex(State(watch: FileWatch(configuration.keySetPath)))
    }

    /// The claims of a token.
    ///
    /// - Throws: ``AccessRefusal`` where it is not good.
    func claims(_ token: String, now: Date = Date()) throws(AccessRefusal) -> TokenClaims {
        guard token.utf8.count <= Self.longestToken else {
            throw AccessRefusal("the token is longer than \(Self.longestToken) bytes")
        }
        let digest = ContentDigest.of(Array(token.utf8))
        let (keys, known, generation) = state.withLock { state in
            look(&state)
            return (state.keys, state.verified[digest], state.generation)
        }
        if let known {
            guard now < known.expiresAt else { throw .expired }
            return known
        }
        let claims = try TokenClaims(
            try Self.payload(of: token, signedBy: keys), issuer: configuration.issuer,
            audience: configuration.audience, now: now)
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.verified.count >= Self.capacity { state.verified.removeAll(keepingCapacity: true) }
            state.verified[digest] = claims
        }
        return claims
    }

    /// The payload of a token whose signature holds.
    private static func payload(
        of token: String, signedBy keys: [TokenPublicKey]
    ) throws(AccessRefusal) -> JSONValue {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = object(parts[0]), let signature = Base64URL.decode(parts[2]) else {
            throw AccessRefusal("it has the form neither of a key nor of a token")
        }
        guard head["crit"] == nil, head["b64"] == nil else {
            throw AccessRefusal("the token's head has crit or b64, which nothing here understands")
        }
        guard let algorithm = head.text("alg").flatMap(TokenAlgorithm.init(rawValue:)) else {
            throw AccessRefusal("the token's alg is none of RS256, ES256 and EdDSA")
        }
        guard let key = try key(of: head, algorithm, among: keys) else {
            throw AccessRefusal("the token's kid is no \(algorithm.rawValue) key of the key set")
        }
        guard algorithm.verifies(signature, of: Array("\(parts[0]).\(parts[1])".utf8), by: key) else {
            throw AccessRefusal("the token's signature does not hold")
        }
        guard let payload = object(parts[1]) else { throw AccessRefusal("the token's claims are no JSON object") }
        return payload
    }

    /// The key that the head names; without a name, the only one there is for the algorithm.
    ///
    /// The algorithm is the key's: a token cannot choose another for it.
    private static func key(
        of head: JSONValue, _ algorithm: TokenAlgorithm, among keys: [TokenPublicKey]
    ) throws(AccessRefusal) -> TokenPublicKey? {
        var fitting = keys.filter { $0.algorithm == algorithm }
        if let name = head["kid"] {
            guard case .string(let name) = name else { return nil }
            fitting = fitting.filter { $0.identifier?.utf8.elementsEqual(name.utf8) ?? false }
        }
        guard fitting.count <= 1 else {
            throw AccessRefusal("several \(algorithm.rawValue) keys of the key set fit the token, which names none")
        }
        return fitting.first
    }

    private static func object(_ part: Substring) -> JSONValue? {
        guard let bytes = Base64URL.decode(part), let value = try? JSONValue.parse(bytes),
            case .object(let members) = value,
            Set(members.map(\.name)).count == members.count
        else { return nil }
        return value
    }

    /// The keys of a set that sign tokens.
    static func keys(in path: String) throws(AccessFileError) -> [TokenPublicKey] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw AccessFileError("cannot read the key set \(path); name a file with a JWK Set by --jwks")
        }
        guard let value = try? JSONValue.parse(data), case .array(let items)? = value["keys"] else {
            throw AccessFileError("\(path) is no JWK Set; it is an object with a list \"keys\" (RFC 7517)")
        }
        let keys = items.compactMap { TokenPublicKey($0) }
        guard !keys.isEmpty else {
            throw AccessFileError(
                "\(path) has no key that signs tokens here: RSA of 2048 bits or more, EC P-256, or OKP Ed25519")
        }
        return keys
    }

    private func look(_ state: inout State) {
        guard state.watch.hasChanged(now: .now) else { return }
        // What an older set let in is verified anew.
        state.verified = [:]
        state.generation += 1
        do {
            state.keys = try Self.keys(in: configuration.keySetPath)
        } catch {
            state.keys = []
            logger.error("no token is good: \(error)")
        }
    }
}
