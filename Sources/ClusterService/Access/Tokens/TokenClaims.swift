import Foundation

/// What a token says of its holder, once its signature holds.
struct TokenClaims: Sendable, Equatable {
    /// The most by which clocks may differ, 60 s.
    static let skew: TimeInterval = 60

    let subject: String
    let tenant: String
    /// The widest scope it grants; nil for none.
    let scope: AccessScope?
    let expiresAt: Date

    /// Reads the claims (RFC 7519, section 4).
    ///
    /// - Throws: ``AccessRefusal`` unless issuer and audience are those given, `exp` is there and not past, `nbf` has
    ///   come, and `tenant`, or else `sub`, is the name of a tenant.
    init(_ json: JSONValue, issuer: String, audience: String, now: Date) throws(AccessRefusal) {
        guard json.text("iss") == issuer else {
            throw AccessRefusal("the token's iss is \(Self.quoted(json["iss"])), not that of --jwt-issuer")
        }
        guard Self.strings(json["aud"]).contains(audience) else {
            throw AccessRefusal("the token's aud is \(Self.quoted(json["aud"])), not that of --jwt-audience")
        }
        guard let subject = json.text("sub"), !subject.isEmpty else { throw AccessRefusal("the token has no sub") }
        guard let expiry = Self.date(json["exp"]) else { throw AccessRefusal("the token has no exp") }
        guard now < expiry.addingTimeInterval(Self.skew) else { throw .expired }
        if let notBefore = json["nbf"] {
            guard let date = Self.date(notBefore), date.addingTimeInterval(-Self.skew) <= now else {
                throw AccessRefusal("the token's nbf has not come; compare the clocks")
            }
        }
        let source = json["tenant"] == nil ? "sub" : "tenant"
        guard let tenant = json.text(source), TenantName.isValid(tenant) else {
            throw AccessRefusal(
                "the token's \(source) is \(Self.quoted(json[source])), which is no name of a tenant: \(TenantName.rule)"
                    + (source == "sub" ? "; let the issuer put one into a claim \"tenant\"" : ""))
        }
        self.tenant = tenant
        self.subject = subject
        expiresAt = expiry.addingTimeInterval(Self.skew)
        scope = Self.strings(json["scope"]).flatMap { $0.split(separator: " ") }
            .compactMap { AccessScope(rawValue: String($0)) }.max()
    }

    /// A claim for the log, and not more of it than anybody reads.
    private static func quoted(_ value: JSONValue?) -> String { value.map { String($0.text.prefix(128)) } ?? "missing" }

    private static func strings(_ value: JSONValue?) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let values): values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        default: []
        }
    }

    private static func date(_ value: JSONValue?) -> Date? {
        switch value {
        case .integer(let seconds): Date(timeIntervalSince1970: TimeInterval(seconds))
        case .number(let seconds) where seconds.isFinite: Date(timeIntervalSince1970: seconds)
        default: nil
        }
    }
}

extension AccessRefusal {
    /// A token whose time is over.
    static let expired = AccessRefusal("the token has expired")
}
