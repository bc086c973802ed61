public import HTTPServer
import HTTPTypes
import JobStore

extension Service {
    /// All operations of the contract, `openapi.yaml`.
    public var router: Router {
        var router = Router()
        router.logger = configuration.logger
        router.problem = Self.problem(storing:)
        router.front = front
        addInfoRoutes(to: &router)
        if configuration.showsMetrics { addMetricsRoute(to: &router) }
        addContractRoutes(to: &router)
        addClusterRoutes(to: &router)
        addDatasetRoutes(to: &router)
        addJobRoutes(to: &router)
        addEventRoutes(to: &router)
        addResultRoutes(to: &router)
        addModelRoutes(to: &router)
        return router
    }

    /// What stands in front of routes: who may pass, and the fields of every answer.
    ///
    /// Of every router of the service's: a key has one rate for all.
    var front: @Sendable (Request, _ routes: @Sendable (Request) async -> Response) async -> Response {
        { [self] request, routes in await gate.respond(to: request, accessRules, routes) }
    }
}

extension Service {
    /// The answer where the disk or the database cannot take what a request needs; nil for other errors.
    static func problem(storing error: any Error) -> Problem? {
        switch error {
        case let error as StorageError where error.isOutOfSpace: return .storageFull
        case let error as JobStoreError where error.code == .full: return .storageFull
        case let error as JobStoreError where error.isPassing:
            return Problem(
                .serviceUnavailable, type: "/problems/storage-unavailable", title: "The job database cannot be written",
                detail: "nothing was changed; send the request again later", headers: [.retryAfter: "5"])
        case let error as JobStoreError where error.code == .corrupt:
            return Problem(
                .serviceUnavailable, type: "/problems/storage-unavailable", title: "The job database is damaged",
                detail: "the service's operator has to put a backup in its place", headers: [.retryAfter: "30"])
        case let error as StorageError:
            return Problem(
                .serviceUnavailable, type: "/problems/storage-unavailable", title: "The data directory cannot be used",
                detail: "nothing was changed; the service's operator has to look after it: \(error.reason)",
                headers: [.retryAfter: "30"])
        default: return nil
        }
    }
}

extension Problem {
    /// 507: nothing more can be stored.
    static let storageFull = Problem(
        HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), type: "/problems/storage-full",
        title: "The disk is full",
        detail:
            "nothing was stored; delete datasets that are no longer needed or free space on the disk, and send it again"
    )
}
