/// Who may use the service, and what all keys may use up that have no limits of their own.
public struct AccessConfiguration: Sendable {
    /// The limits of keys that have none of their own.
    public var keyLimits = KeyLimits()
    /// The web origins whose pages may call the service, such as `https://app.example`; `*` for all; none by default.
    public var origins: [String] = []
    /// The names, besides those and the addresses of loopback, by which the service may be called while nobody needs a
    /// key; nil for any.
    ///
    /// For a service that listens on loopback alone: whoever calls it by another name has been sent there by a page.
    public var hosts: [String]?
    /// The same for `/metrics` on a port of its own that nobody needs a key for.
    public var metricsHosts: [String]?
    /// Whose tokens are good as well as keys; nil for nobody's.
    ///
    /// Where there is an issuer, nobody gets in without a token or a key.
    public var tokens: TokenConfiguration?

    /// Keys as they are in the data directory, no other origins.
    public init() {}
}
