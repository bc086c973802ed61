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
            return .json(try Self.json(try await model(captures["id"])))
        }
        router.on(.delete, "/v1/models/{id}") { [self] request, captures in
            try request.checkQuery(known: [])
            guard try await store.deleteModel(captures["id"]) else { throw try await missing("model", captures["id"]) }
            return Response(status: .noContent)
        }
        router.on(.post, "/v1/models/{id}/assign", bodyLimit: configuration.limits.datasetBytes) {
            [self] request, captures in
            try await assign(captures["id"], request)
        }
    }

    func model(_ id: String) async throws -> StoredModel {
        guard let model = try await store.model(id) else { throw try await missing("model", id) }
        return model
    }

    private static func json(_ stored: StoredModel) throws -> JSONValue {
        let content = try StoredClusterModel(stored.content)
        let model = content.model
        return .object([
            "id": .string(stored.id),
            "job": .string(stored.job),
            "created_at": Timestamp.json(stored.createdAt),
            "expires_at": Timestamp.json(stored.expiresAt),
            "k": .integer(model.clusterCount),
            "d": .integer(model.dimension),
            "columns": .array(content.columns.map(JSONValue.string)),
            "centroids": ResultSummary.matrix(model.centroids),
            "weights": .array(model.weights.map(JSONValue.number)),
            "heads": ResultSummary.matrix(model.heads),
        ])
    }

    private func listModels(_ request: Request) async throws -> Response {
        try request.checkQuery(known: ["page_size", "page_token"])
        let (size, token) = try Self.page(request.query)
        let page: ModelPage
        do {
            page = try await store.models(limit: size, after: token)
        } catch let error as JobStoreError where error.code == .invalidCursor {
            throw Self.invalidPageToken
        }
        return .json(
            .object([
                "models": .array(try page.models.map(Self.json)), "next_page_token": .string(page.nextCursor ?? ""),
            ]))
    }
}
