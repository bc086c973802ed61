import ArgumentParser
import ClusterService
import HTTPServer
import Logging
import Synchronization

/// The settings of a service that runs, which SIGHUP reads anew.
///
/// Some hold from then on, others have to wait for the next start; if any cannot be read, all stay as they are.
final class LiveSettings: Sendable {
    /// What may change while the service runs, besides most limits.
    private static let adjustable: Set<String> = [
        "allowed-host", "cluster-retention", "cors-origin", "key-body-bytes", "key-burst", "key-datasets", "key-jobs",
        "key-lifetime", "key-requests-per-second", "key-stored-bytes", "result-retention",
    ]

    /// Limits that are put to use once: with the listening sockets, and with the database.
    private static let lasting: Set<String> = ["limit backlog", "limit gone_lifetime_seconds"]

    /// Settings that were read anew, and how they differ from those in force.
    struct Fresh {
        let serve: Serve
        /// What holds from now on, as `name=value`.
        let changed: [String]
        /// What differs and needs a restart.
        let waiting: [String]
        /// What all of them are set to.
        fileprivate let texts: [String: [String]]
        fileprivate let isOfBlankFile: Bool
    }

    private let arguments: [String]
    private let environment: [String: String]
    private let inForce: Mutex<InForce>

    private struct InForce {
        var texts: [String: [String]]
        /// Whether there was nothing in the file that they were read from.
        var isOfBlankFile: Bool
    }

    /// - Parameters:
    ///   - arguments: the command line behind the program's name.
    ///   - environment: variables and their values.
    /// - Throws: ``ConfigurationFault``.
    init(arguments: [String], environment: [String: String]) throws {
        self.arguments = arguments
        self.environment = environment
        let settings = try ResolvedSettings(arguments: arguments, environment: environment)
        inForce = Mutex(InForce(texts: Self.texts(settings), isOfBlankFile: settings.blankFile != nil))
    }

    /// Reads all settings anew; they hold once ``use(_:)`` is told so.
    ///
    /// - Throws: ``ConfigurationFault`` saying what is wrong and where.
    func read() throws -> Fresh {
        let settings = try ResolvedSettings(arguments: arguments, environment: environment)
        if let path = settings.blankFile, !inForce.withLock({ $0.isOfBlankFile }) {
            // Somebody is about to write it, or lost it: no limit is to go for that.
            throw ConfigurationFault(
                description:
                    "\(path): there is nothing in the file any more; where all settings are to be the defaults, "
                    + "write {}")
        }
        let flags = arguments.first == "serve" ? Array(arguments.dropFirst()) : arguments
        let serve: Serve
        do { serve = try Serve.parse(try settings.arguments() + flags) } catch let error as ConfigurationFault {
            throw error
        } catch {
            let message = Serve.message(for: error)
            throw ConfigurationFault(description: ([message] + settings.origins(of: message)).joined(separator: "; "))
        }
        let texts = Self.texts(settings)
        return inForce.withLock { state in
            let inForce = state.texts
            var (changed, waiting): ([String], [String]) = ([], [])
            for name in Set(texts.keys).union(inForce.keys).sorted() where texts[name] != inForce[name] {
                guard Self.isAdjustable(name) else {
                    waiting.append(name)
                    continue
                }
                changed.append("\(name)=\(texts[name]?.joined(separator: ",") ?? "default")")
            }
            return Fresh(
                serve: serve, changed: changed, waiting: waiting, texts: texts,
                isOfBlankFile: settings.blankFile != nil)
        }
    }

    /// Notes that settings hold that were read anew, but for those that wait for the next start.
    func use(_ fresh: Fresh) {
        inForce.withLock { inForce in
            for name in Set(fresh.texts.keys).union(inForce.texts.keys) where Self.isAdjustable(name) {
                inForce.texts[name] = fresh.texts[name]
            }
            inForce.isOfBlankFile = fresh.isOfBlankFile
        }
    }

    private static func isAdjustable(_ name: String) -> Bool {
        adjustable.contains(name) || name.hasPrefix("limit ") && !lasting.contains(name)
    }

    /// What each setting is set to, each limit for itself.
    private static func texts(_ settings: ResolvedSettings) -> [String: [String]] {
        var texts: [String: [String]] = [:]
        for value in settings.values {
            guard value.setting.name == "limit" else {
                texts[value.setting.name] = value.texts
                continue
            }
            for text in value.texts where value.source != .byDefault {
                let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
                texts["limit \(parts.first ?? "")"] = Array(parts.dropFirst())
            }
        }
        return texts
    }
}

extension LiveSettings {
    /// Puts what was read anew to use, and says in the log what came of it.
    func reload(
        _ running: Serve, _ service: Service, _ server: Server, _ exposure: Exposure, _ logger: Logger
    ) {
        do {
            let fresh = try read()
            var serve = fresh.serve
            serve.access.insecure = running.access.insecure
            var configuration = try serve.configuration(exposure, logger)
            configuration.serverLimits.backlog = server.configuration.limits.backlog
            service.reload(configuration.limits, server: configuration.serverLimits, configuration.access)
            server.reload(configuration.serverLimits)
            use(fresh)
            let isSame = fresh.changed.isEmpty && fresh.waiting.isEmpty
            logger.notice("settings have been reloaded\(isSame ? ", and are as before" : "")")
            if !fresh.changed.isEmpty { logger.notice("new: \(fresh.changed.joined(separator: " "))") }
            if !fresh.waiting.isEmpty {
                logger.warning("changed, but needs a restart: \(fresh.waiting.joined(separator: ", "))")
            }
        } catch {
            logger.error("settings are kept as they were: \(error)")
        }
    }
}
