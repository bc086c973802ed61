import HTTPServer
import HTTPTypes
import Logging

/// What stands in front of all routes: who asks, whether they may, how often; and the fields of every answer.
struct AccessGate: Sendable {
    let keys: KeyRing
    let tokens: TokenVerifier?
    let rates = RateLimiter()

    /// What anybody may see, by whatever name the service is called; everything else needs a key, also what there is none of.
    private static let openPaths: Set<String> = ["/", "/livez", "/readyz", "/openapi.yaml", "/openapi.json"]

    init(tokens: TokenConfiguration?, keys: KeyRing, logger: Logger) {
        self.keys = keys
        self.tokens = tokens.map { TokenVerifier($0, logger: logger) }
    }

    /// Answers a request, by `next` if it may pass.
    ///
    /// - Parameter rules: what holds at the moment.
    func respond(
        to request: Request, _ rules: AccessRules, _ next: @Sendable (Request) async -> Response
    ) async -> Response {
        let crossOrigin = rules.crossOrigin
        let origin = crossOrigin.allowed(request)
        var response: Response
        var fields: HTTPFields = [:]
        if let origin, CrossOrigin.isPreflight(request) {
            response = CrossOrigin.preflight(origin)
        } else {
            do throws(Problem) {
                if let access = try admit(request, rules, &fields) {
                    let admitted = try Self.admitted(request, access)
                    response = await Access.$current.withValue(admitted.access) { await next(admitted.request) }
                } else {
                    var access = Access.open
                    access.isGood = { [keys] in !keys.isDemanded() }
                    response = await Access.$current.withValue(access) { await next(request) }
                }
            } catch {
                response = error.response(requestID: request.id)
            }
            if let origin { CrossOrigin.allow(origin, in: &response) }
        }
        crossOrigin.vary(&response)
        for field in fields where response.headers[field.name] == nil { response.headers.append(field) }
        Self.secure(&response)
        return response
    }

    /// Who asks; nil where nobody needs to say so.
    ///
    /// - Parameter fields: what the answer is to carry, whatever it is.
    private func admit(
        _ request: Request, _ rules: AccessRules, _ fields: inout HTTPFields
    ) throws(Problem) -> Access? {
        guard tokens != nil || keys.isDemanded() else {
            if !Self.openPaths.contains(request.path) { try rules.browsers.checkHost(of: request) }
            try rules.browsers.checkOrigin(of: request, rules.crossOrigin)
            return nil
        }
        guard !Self.openPaths.contains(request.path), request.method != .options else { return nil }
        let holder = try holder(request, rules)
        for (name, value) in holder.notes { request.annotate(name, value) }
        // Shared caches know Authorization, but not the other field.
        fields[.cacheControl] = "private, no-cache"
        let limits = holder.limits.filled(from: rules.keyLimits)
        if let verdict = rates.take(holder.id, limits) {
            verdict.add(to: &fields)
            guard verdict.isAllowed else { throw .tooManyRequests(retryAfter: verdict.seconds) }
        }
        let needed = AccessScope.needed(by: request)
        guard let scope = holder.scope, scope >= needed else { throw .forbidden(holder.scope, needed: needed) }
        return Access(
            tenant: holder.tenant, seesAll: scope == .admin, limits: limits,
            isGood: { (try? self.holder(request, rules))?.isSame(as: holder) == true })
    }

    /// Who has shown a key, a token or a certificate.
    ///
    /// A key goes before a certificate: it has been chosen for the request.
    private func holder(_ request: Request, _ rules: AccessRules) throws(Problem) -> Holder {
        if let text = Self.credentials(request.headers) {
            do throws(AccessRefusal) { return try holder(of: text) } catch {
                request.annotate("refused", error.reason)
                throw .unauthenticated(isWrong: true)
            }
        }
        guard let certificate = request.clientCertificate else { throw .unauthenticated(isWrong: false) }
        guard let key = keys.key(certificate) else {
            throw .unknownCertificate(CertificateIdentity.all(of: certificate).first)
        }
        // Browsers show certificates without being told to, for whatever page.
        try rules.browsers.checkOrigin(of: request, rules.crossOrigin)
        return Holder(key)
    }

    /// Who has shown a key or a token.
    private func holder(of text: String) throws(AccessRefusal) -> Holder {
        if let key = try keys.key(text) { return Holder(key) }
        guard let tokens else { throw AccessRefusal("it has not the form of a key") }
        let claims = try tokens.claims(text)
        return Holder(
            id: "\(claims.tenant) \(claims.subject)", tenant: claims.tenant, scope: claims.scope,
            limits: KeyLimits(), notes: [("tenant", claims.tenant), ("token", claims.subject)])
    }

    fileprivate struct Holder {
        /// What its requests are counted by.
        let id: String
        let tenant: String
        let scope: AccessScope?
        let limits: KeyLimits
        /// Who it is, for the log.
        let notes: [(String, String)]

        /// Whether what is allowed is so for the same reason and of the same things.
        func isSame(as other: Holder) -> Bool { id == other.id && tenant == other.tenant && scope == other.scope }
    }

    /// The request as its route sees it: within the key's limit, and with the tenant that an administrator chose.
    private static func admitted(
        _ request: Request, _ access: Access
    ) throws(Problem) -> (request: Request, access: Access) {
        var (request, access) = (request, access)
        if access.seesAll, let tenant = request.query["tenant"] {
            guard request.query.values(of: "tenant").count == 1, tenant.isEmpty || TenantName.isValid(tenant) else {
                throw ParameterFault.problem([ParameterFault("tenant", "is the name of one tenant")])
            }
            access.tenant = tenant
            access.seesAll = false
            access.isTenantChosen = true
            request = request.with(
                query: QueryParameters(items: request.query.items.filter { $0.name != "tenant" }))
        }
        if let limit = access.limits.bodyBytes, request.body.isPresent {
            if let length = request.body.contentLength, length > limit { throw .contentTooLarge(limit: limit) }
            request = request.with(body: request.body.limited(to: limit))
        }
        return (request, access)
    }

    /// The key of a request, in `Authorization` (RFC 6750) or `X-API-Key`.
    private static func credentials(_ headers: HTTPFields) -> String? {
        if let value = headers[.authorization] {
            let parts = value.split(separator: " ", omittingEmptySubsequences: true)
            return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : ""
        }
        return headers[named: "X-API-Key"]
    }

    /// Keeps browsers from taking an answer for something else, or running what is in it.
    private static func secure(_ response: inout Response) {
        response.headers[named: "X-Content-Type-Options"] = "nosniff"
        response.headers[named: "Referrer-Policy"] = "no-referrer"
        guard response.headers[named: "Content-Security-Policy"] == nil else { return }
        let isPage = response.headers[.contentType]?.hasPrefix("text/html") ?? false
        response.headers[named: "Content-Security-Policy"] =
            isPage
            ? "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
            : "default-src 'none'; frame-ancestors 'none'"
    }
}

extension AccessGate.Holder {
    fileprivate init(_ key: AccessKey) {
        let notes = [("key", key.name), ("key_id", key.id), ("tenant", key.tenant)]
        self.init(
            id: key.id, tenant: key.tenant, scope: key.scope, limits: key.limits,
            notes: notes + (key.certificate.map { [("certificate", $0)] } ?? []))
    }
}
