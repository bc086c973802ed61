import ArgumentParser
import ClusterService
import Foundation
import Glibc
import HTTPServer

/// `clusterd check`: whether `serve` could start, without starting it.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check settings, data directory, job database and TLS files without starting anything.",
        discussion: "Takes the flags of serve. Says what it looked at; exits with 78 when something is wrong.")

    @OptionGroup
    var serve: Serve

    func run() throws {
        // That it is run at all says that the settings could be read.
        print("settings: fine")
        var faults = 0
        func look(_ what: String, _ check: () throws -> String) {
            do { print("\(what): \(try check())") } catch {
                faults += 1
                print("\(what): WRONG: \(error)")
            }
        }
        look("data directory \(serve.dataDir)") { try Self.directory(serve.dataDir) }
        look("keys") { try Self.keys(serve.dataDir) }
        look("jobs") { try Service.examineJobs(in: serve.dataDir) }
        look("listening") { try Self.endpoints(serve) }
        guard faults == 0 else { throw ExitCode(78) }
    }

    private static func directory(_ path: String) throws -> String {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            // It is made at the start, so what has to be writable is the nearest folder that is there.
            var parent = URL(fileURLWithPath: path).deletingLastPathComponent()
            while !FileManager.default.fileExists(atPath: parent.path), parent.path != "/" {
                parent.deleteLastPathComponent()
            }
            guard let reason = reasonAgainst(makingADirectoryIn: parent.path) else { return "will be made" }
            throw ConfigurationFault(
                description: "it is not there and cannot be made in \(parent.path): \(reason)")
        }
        guard isDirectory.boolValue else { throw ConfigurationFault(description: "it is no directory") }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            throw ConfigurationFault(
                description: "this user may not read and write it: \(String(cString: strerror(errno)))")
        }
        if let reason = reasonAgainst(makingADirectoryIn: path) {
            throw ConfigurationFault(description: "nothing can be made in it: \(reason)")
        }
        return Service.isRunning(in: path) ? "in use by a clusterd that runs" : "fine"
    }

    private static func keys(_ directory: String) throws -> String {
        let file = KeyFile(directory: directory)
        try file.check()
        let keys = try file.keys()
        let good = keys.count { $0.isGood(at: Date()) }
        return keys.isEmpty ? "none" : "\(keys.count), of which \(good) \(good == 1 ? "is" : "are") good"
    }

    /// Why no directory can be made in another; nil where one can.
    ///
    /// Makes one and removes it: permissions say nothing of file systems that are not for files, such as /proc.
    private static func reasonAgainst(makingADirectoryIn parent: String) -> String? {
        var name = Array("\(parent)/.clusterd-check-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { return String(cString: strerror(errno)) }
        rmdir(name)
        return nil
    }

    private static func endpoints(_ serve: Serve) throws -> String {
        let endpoints = try serve.listening.endpoints(host: serve.host, port: serve.port)
        let all = endpoints + [serve.observing.endpoint].compactMap(\.self)
        for endpoint in all { try endpoint.check() }
        for (index, endpoint) in all.enumerated() where all[..<index].contains(where: endpoint.collides) {
            throw ConfigurationFault(
                description: "--port, --tls-port and --metrics-port have to differ where their addresses are the same")
        }
        try serve.access.check(endpoints, metrics: serve.observing.endpoint, dataDirectory: serve.dataDir)
        let secure = endpoints.count { $0.tls != nil }
        return "\(endpoints.count) \(endpoints.count == 1 ? "place" : "places"), \(secure) with TLS"
    }
}
