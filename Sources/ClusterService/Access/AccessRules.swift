/// What holds for all requests and may change while the service runs.
struct AccessRules: Sendable {
    /// The limits of keys that have none of their own.
    let keyLimits: KeyLimits
    /// Which pages of other origins may call the service.
    let crossOrigin: CrossOrigin
    /// Which requests of browsers are answered where nobody has to show a key.
    let browsers: BrowserGuard
    /// The same where `/metrics` has a port of its own.
    let metrics: BrowserGuard

    init(_ configuration: AccessConfiguration) {
        keyLimits = configuration.keyLimits
        crossOrigin = CrossOrigin(origins: configuration.origins)
        browsers = BrowserGuard(
            hosts: configuration.hosts,
            advice: "--allowed-host adds a name, and with keys (clusterd keys create) any will do")
        metrics = BrowserGuard(hosts: configuration.metricsHosts, advice: "--allowed-host adds a name")
    }
}
