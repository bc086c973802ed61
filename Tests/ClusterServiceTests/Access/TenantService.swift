import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

/// A service with keys: of two tenants, of an administrator, and of one who may only read.
struct TenantService {
    let test: TestService
    let file: KeyFile
    let ada: HTTPFields
    let bob: HTTPFields
    let reader: HTTPFields
    let admin: HTTPFields

    init(
        _ limits: KeyLimits = KeyLimits(), _ change: @escaping (inout AccessConfiguration) -> Void = { _ in }
    ) async throws {
        let directory = try TemporaryDirectory()
        let file = KeyFile(directory: directory.path)
        func make(_ name: String, _ scope: AccessScope, _ tenant: String? = nil) throws -> HTTPFields {
            let key = try file.create(name: name, scope: scope, tenant: tenant, limits: limits).key
            return [.authorization: "Bearer \(key)"]
        }
        ada = try make("ada", .write)
        bob = try make("bob", .write)
        reader = try make("reader", .read, "ada")
        admin = try make("root", .admin)
        self.file = file
        test = try await TestService(directory, access: change)
    }

    static let points = "x,y\n0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n"

    func put(_ name: String, _ key: HTTPFields, points: String = points) async throws -> Reply {
        try await test.send(.put, "/v1/datasets/\(name)", key, body: points)
    }

    func get(_ target: String, _ key: HTTPFields) async throws -> Reply { try await test.send(.get, target, key) }

    /// Starts a job and waits for its end.
    func finishedJob(_ dataset: String, _ key: HTTPFields) async throws -> (job: String, model: String) {
        var headers = key
        headers[.prefer] = "wait=30"
        let reply = try await test.post("/v1/jobs", json: #"{"dataset":"\#(dataset)","k":2}"#, headers)
        try #require(reply.json["state"] == .string("succeeded"), "\(reply.text)")
        return (try reply.string("id"), try reply.string("model"))
    }
}

extension HTTPFields {
    static func + (left: HTTPFields, right: HTTPFields) -> HTTPFields {
        var fields = left
        fields.append(contentsOf: right)
        return fields
    }
}
