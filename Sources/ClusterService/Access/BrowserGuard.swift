import Glibc
import HTTPServer
import HTTPTypes

/// Keeps web pages from using the service through the browser of somebody who may use it without showing a key.
///
/// A page of any origin may have a browser send simple requests to loopback, though not read the answers (CORS guards
/// those); and a page whose name is made to point to loopback is of the service's own origin (DNS rebinding).
struct BrowserGuard: Sendable {
    /// The names, besides loopback's, that requests may be meant for; nil where any will do.
    let hosts: [String]?
    /// How another name is made one of them.
    let advice: String

    /// - Parameter hosts: names or addresses, with or without a port, which does not count.
    init(hosts: [String]?, advice: String) {
        self.hosts = hosts?.map { Self.host(of: $0).lowercased() }
        self.advice = advice
    }

    /// Refuses a request that is meant for another host, as one is that comes by way of DNS rebinding.
    ///
    /// No page is behind a Unix-domain socket, and no browser leaves the host out.
    func checkHost(of request: Request) throws(Problem) {
        guard let hosts, !request.remoteAddress.isUnix, let authority = request.authority, !authority.isEmpty,
            !Self.isLoopback(Self.host(of: authority))
        else { return }
        let host = Self.host(of: authority).lowercased()
        guard hosts.contains(host) else { throw .unknownHost(host, advice) }
    }

    /// Refuses a request that changes something and that a page of a foreign origin has sent.
    func checkOrigin(of request: Request, _ crossOrigin: CrossOrigin) throws(Problem) {
        guard ![.get, .head, .options].contains(request.method), crossOrigin.allowed(request) == nil else { return }
        guard let origin = request.headers[named: "Origin"] else {
            let site = request.headers[named: "Sec-Fetch-Site"]
            guard site == "cross-site" || site == "same-site" else { return }
            throw .foreignOrigin(nil)
        }
        let isOwn = ["http://", "https://"].contains { scheme in
            request.authority.map { "\(scheme)\($0)".lowercased() == origin.lowercased() } ?? false
        }
        guard isOwn else { throw .foreignOrigin(origin) }
    }

    /// The host in `host:port` or `[address]:port`, an address without its brackets.
    private static func host(of authority: String) -> String {
        // An address of IPv6 as people write it, which no Host field has.
        if authority.utf8.count(where: { $0 == 0x3A }) > 1, !authority.hasPrefix("[") { return authority }
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        let host = authority.prefix { $0 != ":" }
        // The root of all names, with which a name is the same.
        return String(host.hasSuffix(".") ? host.dropLast() : host)
    }

    private static func isLoopback(_ host: String) -> Bool {
        let name = host.lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        var short = in_addr()
        if inet_pton(AF_INET, host, &short) == 1 { return UInt32(bigEndian: short.s_addr) >> 24 == 127 }
        var long = in6_addr()
        guard inet_pton(AF_INET6, host, &long) == 1 else { return false }
        return withUnsafeBytes(of: &long) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
    }
}

extension Problem {
    /// 421: nobody calls this service by such a name (RFC 9110, section 15.5.20).
    ///
    /// - Parameter advice: how the name is made one of the service's.
    static func unknownHost(_ host: String, _ advice: String) -> Problem {
        Problem(
            HTTPResponse.Status(code: 421, reasonPhrase: "Misdirected Request"), type: "/problems/unknown-host",
            title: "The service has another name",
            detail:
                "where nobody needs a key, a service on loopback answers to localhost and loopback addresses, not to "
                + "\"\(host.prefix(128))\", so that no page gets in by DNS rebinding; \(advice)")
    }

    /// 403: a page of an origin that is not allowed would change something.
    static func foreignOrigin(_ origin: String?) -> Problem {
        Problem(
            .forbidden, type: "/problems/foreign-origin", title: "Pages of this origin may not change anything",
            detail: origin.map { "a page of \($0.prefix(128)) has sent this; --cors-origin allows an origin" }
                ?? "a page of another site has sent this (Sec-Fetch-Site); --cors-origin allows an origin")
    }
}
