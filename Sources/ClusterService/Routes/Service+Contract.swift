import HTTPServer
import HTTPTypes

extension Service {
    func addContractRoutes(to router: inout Router) {
        router.on(.get, "/openapi.yaml") { request, _ in try Self.contract(.yaml, request) }
        router.on(.get, "/openapi.json") { request, _ in try Self.contract(try ContractDocument.json.get(), request) }
    }

    private static func contract(_ document: ContractDocument, _ request: Request) throws -> Response {
        try request.checkQuery(known: [])
        let known = try request.headers.entityTagCondition(.ifNoneMatch)
        let headers: HTTPFields = [
            .eTag: document.entityTag?.description ?? "", .cacheControl: "no-cache",
            .vary: "Accept-Encoding",
        ]
        guard known?.holdsForIfNoneMatch(document.entityTag) ?? true else {
            return Response(status: .notModified, headers: headers)
        }
        return .bytes(document.bytes, mediaType: document.mediaType, headers: headers).packed(for: request)
    }
}
