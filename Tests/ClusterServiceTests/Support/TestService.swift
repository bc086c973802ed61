import Foundation
import HTTPServer
import HTTPTypes
import Logging
import Testing

@testable import ClusterService

/// A service in a directory of its own, called without a socket.
struct TestService {
    let directory: TemporaryDirectory
    let service: Service
    private let router: Router

    /// - Parameter workers: how many jobs run at once.
    init(
        workers: Int = 1, memoryBudget: Int? = nil, _ change: (inout ServiceLimits) -> Void = { _ in }
    ) async throws {
        let directory = try TemporaryDirectory()
        try await self.init(directory, workers: workers, memoryBudget: memoryBudget, change)
    }

    init(
        _ directory: TemporaryDirectory, workers: Int = 1, memoryBudget: Int? = nil,
        access: (inout AccessConfiguration) -> Void = { _ in }, _ change: (inout ServiceLimits) -> Void = { _ in }
    ) async throws {
        var configuration = ServiceConfiguration(
            dataDirectory: directory.path, workers: workers, threadsPerJob: 1, logger: .silent)
        if let memoryBudget { configuration.memoryBudget = memoryBudget }
        access(&configuration.access)
        change(&configuration.limits)
        self.directory = directory
        service = try await Self.start(configuration)
        router = service.router
    }

    /// Starts a service; one that was stopped a moment ago may still hold the directory.
    private static func start(_ configuration: ServiceConfiguration) async throws -> Service {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            do {
                return try await Service(configuration)
            } catch {
                let isHeld = ["another clusterd", "another store"].contains { error.description.contains($0) }
                guard isHeld, ContinuousClock.now < deadline else { throw error }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Sends a request; a body that is text is sent as such.
    func send(
        _ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields = [:], body: String = ""
    ) async throws -> Reply {
        let parts = target.split(separator: "?", maxSplits: 1)
        let request = Request(
            method: method, path: String(parts[0]), query: try QueryParameters(query: parts.count > 1 ? parts[1] : ""),
            headers: headers, body: RequestBody(Array(body.utf8)))
        let response = await router.respond(to: request)
        return Reply(
            status: response.status.code, headers: response.headers,
            text: String(decoding: try await response.body.collect(), as: UTF8.self))
    }

    func post(_ target: String, json: String, _ headers: HTTPFields = [:]) async throws -> Reply {
        var headers = headers
        headers[.contentType] = "application/json"
        return try await send(.post, target, headers, body: json)
    }

    /// Starts a job that trains until it is stopped, and waits until it runs.
    func startLongJob() async throws -> String {
        // More than 16 coordinates: every step reads the points again.
        let rows = (0..<2_000).map { row in (0..<20).map { "\((row * 7 + $0 * row * row) % 13)" }.joined(separator: ",")
        }
        let stored = try await send(.put, "/v1/datasets/long", body: rows.joined(separator: "\n") + "\n")
        try #require(stored.status == 201, "\(stored.text)")
        let json = """
            {"dataset":"long","k":3,"solver":"gradient","preprocessing":"none","tolerance":0,"max_steps":10000000}
            """
        let id = try await post("/v1/jobs", json: json).string("id")
        for _ in 0..<1_000 {
            if try await send(.get, "/v1/jobs/\(id)").json["state"] == .string("running") { return id }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Reply.Missing(description: "the job does not start")
    }

    /// Starts a job and waits for its end.
    func finishedJob(_ json: String) async throws -> String {
        let id = try await post("/v1/jobs", json: json).string("id")
        let job = try await send(.get, "/v1/jobs/\(id)", [.prefer: "wait=30"])
        try #require(job.json["done"] == .bool(true), "\(job.text)")
        return id
    }
}

/// What the router answered.
struct Reply {
    let status: Int
    let headers: HTTPFields
    let text: String

    /// The content, or null where it is no JSON.
    var json: JSONValue { (try? JSONValue.parse(text.utf8)) ?? .null }

    /// The kind of problem.
    var problem: String? {
        guard headers[.contentType] == "application/problem+json", case .string(let type)? = json["type"] else {
            return nil
        }
        return String(type.dropFirst("/problems/".count))
    }

    /// A member that must be text.
    func string(_ name: String) throws -> String {
        guard case .string(let text)? = json[name] else {
            throw Missing(description: "\(name) is no text in \(self.text)")
        }
        return text
    }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }
}

extension Logger {
    /// Says nothing.
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
