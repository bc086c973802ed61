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
    /// - Returns: nil unless issuer and audience are those given, `exp` is there and not past, `nbf` has come, and
    ///   `tenant`, or else `sub`, is the name of a tenant.
    init?(_ json: JSONValue, issuer: String, audience: String, now: Date) {
        guard json.text("iss") == issuer, Self.strings(json["aud"]).contains(audience),
            let subject = json.text("sub"), !subject.isEmpty, let expiry = Self.date(json["exp"]),
            now < expiry.addingTimeInterval(Self.skew)
        else { return nil }
        if let notBefore = json["nbf"] {
            guard let date = Self.date(notBefore), date.addingTimeInterval(-Self.skew) <= now else { return nil }
        }
        if let named = json["tenant"] {
            guard case .string(let tenant) = named else { return nil }
            self.tenant = tenant
        } else {
            tenant = subject
        }
        guard TenantName.isValid(tenant) else { return nil }
        self.subject = subject
        expiresAt = expiry.addingTimeInterval(Self.skew)
        scope = Self.strings(json["scope"]).flatMap { $0.split(separator: " ") }
            .compactMap { AccessScope(rawValue: String($0)) }.max()
    }

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
