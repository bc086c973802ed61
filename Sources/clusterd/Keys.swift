public import ArgumentParser
public import ClusterService
import Foundation

/// `clusterd keys`: the API keys of a data directory.
struct Keys: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke API keys.",
        discussion: """
            With the first key every request under /v1, and /metrics, needs one. A service that runs on the data \
            directory sees every change within a second.
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    struct Place: ParsableArguments {
        @Option(help: ArgumentHelp("Where datasets, jobs and results are kept.", valueName: "path"))
        var dataDir = "./data"

        var file: KeyFile { KeyFile(directory: dataDir) }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key and print it; it cannot be shown again.")

        @Argument(help: "What the key is called.")
        var name: String

        @Option(help: "read, write (also uploads, jobs and deletion) or admin (also other tenants').")
        var scope: AccessScope

        @Option(help: ArgumentHelp("Whose datasets, jobs and models it sees. (default: the name)", valueName: "name"))
        var tenant: String?

        @Option(
            help: ArgumentHelp(
                "Make no key, but let a client certificate stand for one: URI:… or DNS:… as in its subjectAltName, or "
                    + "its subject (RFC 2253).", valueName: "identity"))
        var certificate: String?

        @Option(
            help: ArgumentHelp("After which time the key is no longer good, such as 12h or 90d.", valueName: "time"))
        var expiresIn: TimeSpan?

        @Option(help: ArgumentHelp("How many requests a second it may send.", valueName: "number"))
        var requestsPerSecond: Double?

        @Option(help: ArgumentHelp("How many requests may come at once. (default: those of a second)", valueName: "n"))
        var burst: Int?

        @Option(help: ArgumentHelp("How many jobs of the tenant may be unfinished.", valueName: "number"))
        var jobs: Int?

        @Option(help: ArgumentHelp("How many datasets the tenant may have.", valueName: "number"))
        var datasets: Int?

        @Option(help: ArgumentHelp("How many bytes the tenant's datasets may take, such as 10GiB.", valueName: "bytes"))
        var storedBytes: ByteCount?

        @Option(help: ArgumentHelp("How many bytes a body may have, such as 64MiB.", valueName: "bytes"))
        var bodyBytes: ByteCount?

        @OptionGroup var place: Place

        private var limits: KeyLimits {
            KeyLimits(
                requestsPerSecond: requestsPerSecond, burst: burst, jobs: jobs, datasets: datasets,
                storedBytes: storedBytes?.bytes, bodyBytes: bodyBytes?.bytes)
        }

        func validate() throws {
            try limits.validate("--")
            guard expiresIn.map({ $0.seconds > 0 }) ?? true else {
                throw ValidationError("--expires-in 0 makes a key that is never good; give a time such as 12h or 90d")
            }
        }

        func run() throws {
            if let certificate {
                let record = try place.file.enter(
                    certificate: certificate, name: name, scope: scope, tenant: tenant,
                    lifetime: expiresIn.map { TimeInterval($0.seconds) }, limits: limits)
                return print(
                    "certificate \(record.certificate ?? "") is \(record.id) (\(record.scope.rawValue), tenant "
                        + "\(record.tenant))")
            }
            let (record, key) = try place.file.create(
                name: name, scope: scope, tenant: tenant, lifetime: expiresIn.map { TimeInterval($0.seconds) },
                limits: limits)
            print(key)
            let text = "key \(record.id) (\(record.scope.rawValue), tenant \(record.tenant)); it is not shown again\n"
            FileHandle.standardError.write(Data(text.utf8))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all keys, without their secrets.")

        @OptionGroup var place: Place

        func run() throws {
            try place.file.checkPlace()
            let uses = place.file.lastUses()
            func text(_ date: Date?) -> String { date.map { $0.formatted(.iso8601) } ?? "-" }
            let rows = try place.file.keys().map { key in
                [
                    key.id, key.name, key.tenant, key.scope.rawValue, text(key.createdAt), text(uses[key.id]),
                    text(key.expiresAt), Self.text(key.limits), key.certificate ?? "-",
                    key.revokedAt != nil ? "revoked" : key.isGood(at: Date()) ? "good" : "expired",
                ]
            }
            print(
                table(
                    [
                        [
                            "ID", "NAME", "TENANT", "SCOPE", "CREATED", "LAST USED", "EXPIRES", "LIMITS", "CERTIFICATE",
                            "STATE",
                        ]
                    ] + rows))
        }

        /// The limits of a key's own as `keys create` takes them.
        private static func text(_ limits: KeyLimits) -> String {
            let all: [(String, String?)] = [
                ("requests-per-second", limits.requestsPerSecond.map { "\($0)" }),
                ("burst", limits.burst.map(String.init)),
                ("jobs", limits.jobs.map(String.init)), ("datasets", limits.datasets.map(String.init)),
                ("stored-bytes", limits.storedBytes.map(String.init)),
                ("body-bytes", limits.bodyBytes.map(String.init)),
            ]
            let own = all.compactMap { name, value in value.map { "\(name)=\($0)" } }
            return own.isEmpty ? "-" : own.joined(separator: ",")
        }

        private func table(_ rows: [[String]]) -> String {
            let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
            return rows.map { row in
                zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
                    .trimmingCharacters(in: .whitespaces)
            }.joined(separator: "\n")
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revoke a key for good.")

        @Argument(help: "The key's id, as the list shows it.")
        var id: String

        @OptionGroup var place: Place

        func run() throws {
            let key = try place.file.revoke(id)
            print("revoked \(key.id) (\(key.name))")
        }
    }
}

extension AccessScope: ExpressibleByArgument {}
