import ArgumentParser
import ClusterService
import HTTPServer

/// The flags for who may use `clusterd serve`.
struct AccessOptions: ParsableArguments {
    @Flag(help: "Listen where other machines reach it although nobody needs a key: they may do everything.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "A web origin whose pages may call the service, such as https://app.example, or *; may be repeated.",
            valueName: "origin"))
    var corsOrigin: [String] = []

    @Option(
        help: ArgumentHelp(
            "A name that a service on loopback without keys may be called by, besides localhost, or * for any; may be "
                + "repeated.", valueName: "name"))
    var allowedHost: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file with the public keys (JWK Set) of whoever issues tokens (JWT) that are good as well as keys.",
            valueName: "path"))
    var jwks: String?

    @Option(help: ArgumentHelp("What such a token says in \"iss\".", valueName: "text"))
    var jwtIssuer: String?

    @Option(help: ArgumentHelp("What such a token says in \"aud\".", valueName: "text"))
    var jwtAudience: String?

    @Option(
        help: ArgumentHelp("The requests a second of keys that have no limit of their own.", valueName: "number"))
    var keyRequestsPerSecond: Double?

    @Option(help: ArgumentHelp("How many requests of such a key may come at once.", valueName: "number"))
    var keyBurst: Int?

    @Option(help: ArgumentHelp("The unfinished jobs of keys that have no limit of their own.", valueName: "number"))
    var keyJobs: Int?

    @Option(help: ArgumentHelp("The datasets of keys that have no limit of their own.", valueName: "number"))
    var keyDatasets: Int?

    @Option(help: ArgumentHelp("The bytes of datasets of keys that have no limit of their own.", valueName: "bytes"))
    var keyStoredBytes: ByteCount?

    @Option(help: ArgumentHelp("The bytes of a body of keys that have no limit of their own.", valueName: "bytes"))
    var keyBodyBytes: ByteCount?

    func validate() throws {
        for origin in corsOrigin where origin != "*" && origin.wholeMatch(of: #/https?://[^\s/?#,]+/#) == nil {
            throw ValidationError("--cors-origin is an origin such as https://app.example, or *, not \(origin)")
        }
        for name in allowedHost
        where name != "*" && name.wholeMatch(of: #/[A-Za-z0-9._:-]+|\[[0-9A-Fa-f:.]+\](:\d+)?/#) == nil {
            throw ValidationError("--allowed-host is a name such as clusters.example, or *, not \(name)")
        }
        try limits.validate("--key-")
        let parts = [jwks, jwtIssuer, jwtAudience]
        guard parts.allSatisfy({ $0 == nil }) || parts.allSatisfy({ $0?.isEmpty == false }) else {
            throw ValidationError("tokens need all of --jwks, --jwt-issuer and --jwt-audience")
        }
    }

    private var limits: KeyLimits {
        KeyLimits(
            requestsPerSecond: keyRequestsPerSecond, burst: keyBurst, jobs: keyJobs, datasets: keyDatasets,
            storedBytes: keyStoredBytes?.bytes, bodyBytes: keyBodyBytes?.bytes)
    }

    private var tokens: TokenConfiguration? {
        guard let jwks, let jwtIssuer, let jwtAudience else { return nil }
        return TokenConfiguration(keySetPath: jwks, issuer: jwtIssuer, audience: jwtAudience)
    }

    /// - Parameter exposure: what other machines reach.
    func configuration(_ exposure: Exposure) -> AccessConfiguration {
        var configuration = AccessConfiguration()
        configuration.keyLimits = limits
        configuration.origins = corsOrigin
        configuration.tokens = tokens
        // Where others come from elsewhere, or need no check, they call it by names that nobody here knows.
        let isOpen = insecure || allowedHost.contains("*")
        configuration.hosts = isOpen || exposure.service ? nil : allowedHost
        configuration.metricsHosts = isOpen || exposure.metrics ? nil : allowedHost
        return configuration
    }

    /// Refuses to let other machines in where nobody needs a key.
    ///
    /// An endpoint that demands client certificates is let be.
    func check(_ endpoints: [ServerEndpoint], metrics: ServerEndpoint?, dataDirectory: String) throws {
        if let tokens { return try tokens.check() }
        guard !insecure, try KeyFile(directory: dataDirectory).keys().isEmpty else { return }
        let exposed = (endpoints + [metrics].compactMap(\.self)).first { endpoint in
            guard endpoint.exposedAddress != nil else { return false }
            if case .required? = endpoint.tls?.clientCertificates { return false }
            return true
        }
        guard let address = exposed?.exposedAddress else { return }
        throw ValidationError(
            """
            \(address) can be reached from other machines, and there is no key: anybody could read and delete everything. \
            Make one with "clusterd keys create NAME --scope write --data-dir \(dataDirectory)", listen on 127.0.0.1, or \
            say --insecure where only those you trust can connect
            """)
    }
}

/// What other machines reach; found out once, at the start, as the sockets are opened once.
struct Exposure {
    let service: Bool
    let metrics: Bool

    init(_ endpoints: [ServerEndpoint], metrics: ServerEndpoint?) {
        service = endpoints.contains { $0.exposedAddress != nil }
        self.metrics = metrics?.exposedAddress != nil
    }
}

extension KeyLimits {
    /// Refuses numbers that limit nothing or everything.
    func validate(_ prefix: String) throws {
        if let requestsPerSecond, !(requestsPerSecond > 0 && requestsPerSecond.isFinite) {
            throw ValidationError("\(prefix)requests-per-second is a number above 0")
        }
        if burst != nil && requestsPerSecond == nil {
            throw ValidationError("\(prefix)burst needs \(prefix)requests-per-second")
        }
        for (name, value) in [("burst", burst), ("jobs", jobs), ("datasets", datasets)] {
            if let value, value < 1 { throw ValidationError("\(prefix)\(name) is a whole number from 1") }
        }
    }
}
