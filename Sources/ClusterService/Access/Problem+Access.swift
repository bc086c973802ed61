import HTTPServer
import HTTPTypes

extension Problem {
    /// 401: there is no key, or none that is good.
    ///
    /// - Parameter isWrong: whether there is one.
    static func unauthenticated(isWrong: Bool) -> Problem {
        let error = isWrong ? ", error=\"invalid_token\"" : ""
        return Problem(
            .unauthorized, type: "/problems/unauthenticated",
            title: isWrong ? "The key is not good" : "A key is needed",
            detail: isWrong
                ? "the key is unknown, has expired or was revoked; ask the service's operator for another "
                    + "(clusterd keys create)"
                : "send a key as \"Authorization: Bearer ack_…\" or \"X-API-Key: ack_…\"; the service's operator makes "
                    + "one with clusterd keys create",
            headers: [.wwwAuthenticate: "Bearer realm=\"clusterd\"\(error)"])
    }

    /// 401: the client's certificate is good, but stands for nobody.
    static func unknownCertificate(_ identity: String?) -> Problem {
        Problem(
            .unauthorized, type: "/problems/unauthenticated", title: "The certificate is not known here",
            detail: "the service's operator enters a client certificate with clusterd keys create NAME --certificate "
                + "'\(identity?.prefix(256) ?? "…")'; a key will do as well",
            headers: [.wwwAuthenticate: "Bearer realm=\"clusterd\""])
    }

    /// 403: the key allows less than the request needs.
    static func forbidden(_ scope: AccessScope?, needed: AccessScope) -> Problem {
        Problem(
            .forbidden, type: "/problems/insufficient-scope", title: "The key does not allow this",
            detail: "this needs a key of scope \"\(needed.rawValue)\", yours has \"\(scope?.rawValue ?? "none")\"",
            members: ["scope": .string(needed.rawValue)],
            headers: [
                .wwwAuthenticate:
                    "Bearer realm=\"clusterd\", error=\"insufficient_scope\", scope=\"\(needed.rawValue)\""
            ])
    }

    /// 429: requests come faster than the key allows.
    static func tooManyRequests(retryAfter seconds: Int) -> Problem {
        Problem(
            .tooManyRequests, type: "/problems/too-many-requests", title: "Requests come too fast",
            detail: "the key's requests a second are used up; send it again in \(seconds) s",
            headers: [.retryAfter: "\(seconds)"])
    }

    /// 429: the tenant has as many unfinished jobs as the key allows.
    static func tooManyJobs(_ limit: Int) -> Problem {
        Problem(
            .tooManyRequests, type: "/problems/too-many-jobs", title: "Too many jobs are not done",
            detail: "there may be \(limit) at a time; wait for one, or cancel it, and send it again",
            headers: [.retryAfter: "5"])
    }

    /// 409: an administrator means one of several datasets.
    static func ambiguousDataset(_ name: String, tenants: [String]) -> Problem {
        Problem(
            .conflict, type: "/problems/ambiguous-dataset", title: "Several tenants have such a dataset",
            detail: "say whose \"\(name.prefix(128))\" with ?tenant=: "
                + tenants.prefix(20).map { "\"\($0)\"" }.joined(separator: ", "))
    }
}
