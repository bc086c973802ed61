import HTTPServer
import JobStore

extension Service {
    /// Takes the webhook out of a request's members.
    ///
    /// - Returns: nil when there is none.
    /// - Throws: `Problem` 422 naming what cannot be used.
    func webhook(from members: inout [JSONValue.Member]) throws -> WebhookTarget? {
        guard let index = members.firstIndex(where: { $0.name == "webhook" }) else { return nil }
        let value = members.remove(at: index).value
        func fault(_ name: String, _ detail: String) -> Problem {
            ParameterFault.problem([ParameterFault(name, detail)])
        }
        guard !members.contains(where: { $0.name == "webhook" }) else {
            throw fault("webhook", "is given twice; give it once")
        }
        if case .null = value { return nil }
        guard configuration.webhooks.areSent else {
            throw fault("webhook", "cannot be used: this service was started with --no-webhooks")
        }
        guard case .object(let parts) = value, case .string(let url)? = value["url"],
            case .string(let secret)? = value["secret"]
        else { throw fault("webhook", "is an object with a url and a secret, both strings") }
        if let other = parts.first(where: { !["url", "secret"].contains($0.name) }) {
            throw ParameterFault.problem([.unknown("webhook.\(other.name)", among: ["webhook.url", "webhook.secret"])])
        }
        guard parts.count == 2 else { throw fault("webhook", "has each member once") }
        if let detail = webhooks.fault(url) { throw fault("webhook.url", detail) }
        guard WebhookSignature(secret: secret) != nil else {
            throw fault("webhook.secret", "is whsec_ and 24 to 64 random bytes in base64 (Standard Webhooks)")
        }
        return WebhookTarget(url: url, secret: secret)
    }
}

/// Whether and where webhooks are sent.
public struct WebhookConfiguration: Sendable {
    /// Whether jobs may have one.
    public var areSent = true
    /// Blocks of addresses that may be called although they are private, local or otherwise special.
    public var allowed: [AddressBlock] = []

    /// Webhooks to public addresses.
    public init() {}
}

extension Webhook {
    /// What clients see of it: all but the secret.
    var json: JSONValue {
        .object([
            "url": .string(target.url),
            "state": .string(state.rawValue),
            "attempts": .integer(attempts),
            "last_status": lastStatus.map(JSONValue.integer) ?? .null,
            "last_error": .string(orNull: lastError),
            "next_attempt_at": Timestamp.json(nextAttemptAt),
            "delivered_at": Timestamp.json(deliveredAt),
        ])
    }
}
