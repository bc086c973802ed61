import ArgumentParser
import HTTPServer

/// The flags for where `clusterd serve` listens besides its plain port.
struct ListeningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The port for HTTPS; 0 takes any free one.", valueName: "port"))
    var tlsPort: Int?

    @Option(
        help: ArgumentHelp("PEM file with the certificate and its chain; SIGHUP reads it anew.", valueName: "path"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("PEM file with the certificate's private key.", valueName: "path"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "PEM file with the authorities of client certificates, which are asked for; clusterd keys create "
                + "--certificate says who they stand for.", valueName: "path"))
    var tlsClientCa: String?

    @Option(
        help: ArgumentHelp(
            "Whether there is no session without a client certificate: required, or optional. (default: required)",
            valueName: "demand"))
    var tlsClientCert: ClientCertificateDemand?

    @Option(
        help: ArgumentHelp("A path to listen on with plain HTTP; its owner and group may connect.", valueName: "path"))
    var unixSocket: String?

    @Flag(
        help: "Let other processes that say so too listen on the same ports; the system spreads clients (SO_REUSEPORT)."
    )
    var sharePorts = false

    func validate() throws {
        guard (0...65_535).contains(tlsPort ?? 0) else {
            throw ValidationError("--tls-port is a number from 0 to 65535")
        }
        let isAny = tlsPort != nil || tlsCert != nil || tlsKey != nil || tlsClientCa != nil
        guard tlsClientCert == nil || tlsClientCa != nil else {
            throw ValidationError("--tls-client-cert needs --tls-client-ca")
        }
        guard !isAny || tlsCert != nil && tlsKey != nil else {
            throw ValidationError("TLS needs both --tls-cert and --tls-key")
        }
    }

    private var tls: TLSConfiguration? {
        guard let tlsCert, let tlsKey else { return nil }
        return TLSConfiguration(
            certificateFile: tlsCert, keyFile: tlsKey,
            clientCertificates: tlsClientCa.map((tlsClientCert ?? .required).rule) ?? .ignored)
    }

    /// Everything to listen on; sockets that systemd hands over come in place of the plain port.
    ///
    /// The plain port has to be asked for beside another: whoever sets up TLS does not expect 8080 to be open as well.
    func endpoints(host: String, port: Int?) throws(ServerStartError) -> [ServerEndpoint] {
        var endpoints = try ServerEndpoint.inherited(tls: tls)
        if let port = plainPort(port, besides: endpoints) {
            endpoints.append(.tcp(host: host, port: port, sharesPort: sharePorts))
        }
        let hasSecure = endpoints.contains { $0.tls != nil }
        if let securePort, tlsPort != nil || !hasSecure {
            endpoints.append(.tcp(host: host, port: securePort, tls: tls, sharesPort: sharePorts))
        }
        if let unixSocket { endpoints.append(.unix(path: unixSocket)) }
        return endpoints
    }

    /// The port for plain HTTP; nil where there is none.
    ///
    /// - Parameter inherited: the sockets that systemd hands over.
    func plainPort(_ port: Int?, besides inherited: [ServerEndpoint] = []) -> Int? {
        port ?? (inherited.isEmpty && tls == nil && unixSocket == nil ? 8080 : nil)
    }

    /// The port for HTTPS, where no socket that systemd hands over is for it; nil without a certificate.
    var securePort: Int? { tls == nil ? nil : tlsPort ?? 8443 }
}

/// Whether clients have to show certificates, where they are asked for them.
enum ClientCertificateDemand: String, ExpressibleByArgument, CaseIterable {
    /// There is no session without one.
    case required
    /// Who has none shows a key.
    case optional

    /// The rule for certificates of the authorities in a file.
    func rule(_ file: String) -> TLSConfiguration.ClientCertificates {
        switch self {
        case .required: .required(authorityFile: file)
        case .optional: .optional(authorityFile: file)
        }
    }
}
