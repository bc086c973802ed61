public import ArgumentParser
import CLinux
import ClusterService
import Foundation
import Glibc
import HTTPServer
import HTTPTypes
public import Logging

/// `clusterd serve`: the HTTP service.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve clustering over HTTP until SIGTERM or SIGINT.",
        discussion: "Datasets, jobs and results live in the data directory and survive a restart.")

    @Option(
        help: ArgumentHelp(
            "A YAML file of settings, which flags and the environment go before; see clusterd config.",
            valueName: "path"))
    var config: String?

    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(
        help: ArgumentHelp(
            "The port for plain HTTP; 0 takes any free one. (default: 8080, or none beside --tls-port or --unix-socket)",
            valueName: "port"))
    var port: Int?

    @OptionGroup(title: "TLS and Unix-domain sockets")
    var listening: ListeningOptions

    @OptionGroup(title: "Access")
    var access: AccessOptions

    @OptionGroup(title: "Limits")
    var limits: LimitOptions

    @Option(help: ArgumentHelp("Where datasets, jobs and results are kept.", valueName: "path"))
    var dataDir = "./data"

    @Option(
        help: ArgumentHelp(
            "How many jobs run at the same time. (default: the machine's cores but one)", valueName: "number"))
    var workers: Int?

    @OptionGroup(title: "Retention and memory")
    var keeping: KeepingOptions

    @Option(
        help: ArgumentHelp(
            "The least seconds between two checkpoints of a running job, from which it goes on after a crash.",
            valueName: "seconds"))
    var checkpointInterval = 5.0

    @Option(
        help: ArgumentHelp(
            "How long after SIGTERM requests are still taken while /readyz says no, so that balancers look away. "
                + "(default: 0s)", valueName: "time"))
    var drainDelay: TimeSpan?

    @OptionGroup(title: "Webhooks")
    var webhooks: WebhookOptions

    @OptionGroup(title: "Metrics")
    var observing: ObservingOptions

    @Option(help: ArgumentHelp("The least severe messages that are logged: trace … critical.", valueName: "level"))
    var logLevel = Logger.Level.info

    @Option(
        help: ArgumentHelp("How the log is written: text, or json with an object a line.", valueName: "format"))
    var logFormat = LogFormat.text

    func validate() throws {
        guard (0...65_535).contains(port ?? 0) else { throw ValidationError("--port is a number from 0 to 65535") }
        guard (1...1_024).contains(workers ?? 1) else { throw ValidationError("--workers is a number from 1 to 1024") }
        guard (0...86_400).contains(checkpointInterval) else {
            throw ValidationError("--checkpoint-interval is a number of seconds from 0 to 86400")
        }
    }

    func run() async throws {
        try await serve()
        // Threads of Dispatch are still there, and exit() would take apart what they use.
        fflush(nil)
        _exit(EXIT_SUCCESS)
    }

    /// Serves until it is told to stop; what is on the disk is closed when it returns.
    private func serve() async throws {
        clinux_return_freed_memory()
        // It means to read things anew: not while the service starts or stops.
        signal(SIGHUP, SIG_IGN)
        let manager = ServiceManager.systemd
        logFormat.bootstrap(logLevel)
        let logger = Logger(label: "clusterd")
        let settings = try LiveSettings(
            arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)
        let endpoints = try listening.endpoints(host: host, port: port)
        let exposure = Exposure(endpoints, metrics: observing.endpoint)
        let serviceConfiguration = try configuration(exposure, logger)
        try self.access.check(endpoints, metrics: observing.endpoint, dataDirectory: dataDir)
        let service = try await Service(serviceConfiguration)
        let access = AccessLog(logger: logger, format: logFormat)
        var configuration = ServerConfiguration(
            limits: serviceConfiguration.serverLimits, logger: logger,
            onRequestEnd: { summary in
                access.write(summary)
                service.metrics.requestEnded(summary)
            })
        configuration.onConnectionEvent = { service.metrics.connectionChanged($0) }
        configuration.acceptsRequestID = { !SecretShape.isIn($0) }
        configuration.endpoints = endpoints
        let server = Server(configuration)
        let watchdog = manager.watchdog()
        defer { watchdog?.cancel() }
        var metricsServer: Server?
        do {
            metricsServer = try observing.startMetrics(of: service, logger: logger)
            try await server.run(
                onListening: { _ in
                    announce(server.urls, dataDirectory: dataDir)
                    manager.tell(.ready)
                },
                onReloading: { manager.tell(.reloading) },
                onReload: {
                    settings.reload(self, service, server, exposure, logger)
                    manager.tell(.ready)
                },
                onStopping: { [drainDelay] in
                    logger.notice("stopping: finishing requests, running jobs go back to the queue")
                    manager.tell(.stopping)
                    service.leave()
                    try? await Task.sleep(for: .seconds(drainDelay?.seconds ?? 0))
                    service.drain()
                },
                service.router)
        } catch {
            await service.stop()
            await metricsServer?.stop(deadline: .seconds(1))
            throw (error as? ServerStartError).map { ListeningFailure($0, listening) } ?? error
        }
        // The server gave the signal its default effect back.
        signal(SIGHUP, SIG_IGN)
        await service.stop()
        await metricsServer?.stop(deadline: .seconds(1))
    }
}

extension Serve {
    /// How many jobs run at the same time.
    var workerCount: Int { workers ?? max(1, ProcessInfo.processInfo.activeProcessorCount - 1) }

    /// How the service is set up.
    ///
    /// - Parameter exposure: what of it other machines reach.
    func configuration(_ exposure: Exposure, _ logger: Logger) throws -> ServiceConfiguration {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var configuration = ServiceConfiguration(
            dataDirectory: dataDir, workers: workerCount, threadsPerJob: max(1, (cores - 1) / workerCount),
            logger: logger)
        try limits.apply(to: &configuration.serverLimits, &configuration.limits)
        keeping.apply(to: &configuration)
        configuration.serverLimits = configuration.serverLimits.granted(logger: logger)
        configuration.access = access.configuration(exposure)
        configuration.webhooks = webhooks.configuration
        configuration.checkpointInterval = .seconds(checkpointInterval)
        configuration.showsMetrics = observing.metricsPort == nil
        return configuration
    }
}

/// Tells whoever started the service where it is and what to paste next.
private func announce(_ urls: [String], dataDirectory: String) {
    let example = "examples/iris.csv"
    let file = FileManager.default.fileExists(atPath: example) ? example : "points.csv"
    let first = urls.first ?? ""
    let isUnix = first.hasPrefix("unix:")
    let target = isUnix ? "--unix-socket \(first.dropFirst(5)) 'http://localhost" : "'\(first)"
    let text = """
        clusterd \(Engine.version) listens on \(urls.joined(separator: ", ")); data in \(dataDirectory); stop with Ctrl-C
        try: curl --data-binary @\(file) \(target)/v1/cluster?k=3'

        """
    FileHandle.standardOutput.write(Data(text.utf8))
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
