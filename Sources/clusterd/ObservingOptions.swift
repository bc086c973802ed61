import ArgumentParser
import ClusterService
import HTTPServer
import Logging

/// The flags for what others may see of `clusterd serve` while it runs.
struct ObservingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A port of its own for /metrics, which then is on no other; 0 takes any free one.", valueName: "port"))
    var metricsPort: Int?

    @Option(
        help: ArgumentHelp(
            "The address of the port for /metrics; where other machines reach it, /metrics needs a key.",
            valueName: "address"))
    var metricsHost = "127.0.0.1"

    func validate() throws {
        guard (0...65_535).contains(metricsPort ?? 0) else {
            throw ValidationError("--metrics-port is a number from 0 to 65535")
        }
    }

    /// Where `/metrics` is alone; nil where it is beside the other routes.
    var endpoint: ServerEndpoint? { metricsPort.map { .tcp(host: metricsHost, port: $0) } }

    /// Serves `/metrics` on its own port, if it is to have one.
    func startMetrics(of service: Service, logger: Logger) throws -> Server? {
        guard let metricsPort, let endpoint else { return nil }
        var configuration = ServerConfiguration(host: metricsHost, port: metricsPort, eventLoops: 1, logger: logger)
        configuration.limits.connections = 64
        let server = Server(configuration)
        do {
            try server.start(service.metricsRouter(isGuarded: endpoint.exposedAddress != nil))
        } catch {
            throw ListeningFailure(description: "\(error); choose another with --metrics-port or --metrics-host")
        }
        logger.notice("metrics are at \(server.urls.map { "\($0)/metrics" }.joined(separator: ", "))")
        return server
    }
}
