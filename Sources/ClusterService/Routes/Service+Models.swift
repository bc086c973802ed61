import AttentionClustering
import Foundation
import HTTPServer
import HTTPTypes
import JobStore
import PointFormats

extension Service {
    func addModelRoutes(to router: inout Router) {
        router.on(.get, "/v1/models") { [self] request, _ in try await listModels(request) }
        router.on(.get, "/v1/models/{id}") { [self] request, captures in
            try request.checkQuery(known: [])
            return .json(try Self.json(try await model(captures["id"]), isWhole: true))
        }
        router.on(.delete, "/v1/models/{id}") { [self] request, captures in
            try request.checkQuery(known: [])
            _ = try await model(captures["id"])
            guard try await store.deleteModel(captures["id"]) else { throw try await missing("model", captures["id"]) }
            return Response(status: .noContent)
        }
        router.on(.post, "/v1/models/{id}/assign", bodyLimit: self.limits.datasetBytes) {
            [self] request, captures in
            try await assign(captures["id"], request)
        }
    }

    func model(_ id: String) async throws -> StoredModel {
        guard let model = try await store.model(id), Access.current.sees(model.tenant) else {
            throw try await missing("model", id)
        }
        return model
    }

    /// - Parameter isWhole: whether to tell, too, what it takes to label points oneself, which grows with K·d².
    private static func json(_ stored: StoredModel, isWhole: Bool) throws -> JSONValue {
        let content = try StoredClusterModel(stored.content)
        let model = content.model
        let members: [(String, JSONValue)] = [
            ("id", .string(stored.id)),
            ("job", .string(stored.job)),
            ("created_at", Timestamp.json(stored.createdAt)),
            ("expires_at", Timestamp.json(stored.expiresAt)),
            ("k", .integer(model.clusterCount)),
            ("d", .integer(model.dimension)),
            ("columns", .array(content.columns.map(JSONValue.string))),
            ("centroids", ResultSummary.matrix(content.centroids)),
            ("weights", .array(model.weights.map(JSONValue.number))),
            ("heads", ResultSummary.matrix(model.heads)),
        ]
        let details: [(String, JSONValue)] =
            isWhole
            ? [
                ("metric", model.metricJSON),
                ("preprocessing", model.preprocessingJSON),
                ("params", try content.parameters.map { try JSONValue.parse($0.utf8) } ?? .null),
            ] : []
        return JSONValue.object((members + details).map { JSONValue.Member(name: $0.0, value: $0.1) })
            .with(tenant: stored.tenant)
    }

    private func listModels(_ request: Request) async throws -> Response {
        try request.checkQuery(known: ["page_size", "page_token"])
        let access = Access.current
        let list = Self.pages(of: "models", access)
        let (size, cursor) = try page(request.query, of: list)
        let page: ModelPage
        do {
            page = try await store.models(tenant: access.listedTenant, limit: size, after: cursor)
        } catch let error as JobStoreError where error.code == .invalidCursor {
            throw Self.invalidPageToken
        }
        return .json(
            .object([
                "models": .array(try page.models.map { try Self.json($0, isWhole: false) }),
                "next_page_token": .string(page.nextCursor.map { pageTokens.token(for: $0, of: list) } ?? ""),
            ]))
    }
}
