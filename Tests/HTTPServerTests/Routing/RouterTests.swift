import HTTPTypes
import Logging
import Testing

@testable import HTTPServer

struct RouterTests {
    private var router: Router {
        var router = Router()
        router.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        router.on(.get, "/") { _, _ in text("root") }
        router.on(.get, "/v1/jobs") { _, _ in text("jobs") }
        router.on(.post, "/v1/jobs", bodyLimit: 5) { request, _ in
            text(String(decoding: try await request.body.collect(upTo: 100), as: UTF8.self))
        }
        router.on(.get, "/v1/jobs/{id}") { request, path in text("job \(path["id"]) by \(request.method.rawValue)") }
        router.on(.get, "/v1/jobs/latest") { _, _ in text("latest") }
        router.on(.get, "/v1/jobs/{id}/result") { _, path in text("result \(path["id"])") }
        router.on(.put, "/v1/{kind}/{name}") { _, path in text("\(path["kind"]) \(path["name"])") }
        router.on(.get, "/days/{day}") { _, path in text("day \(try path("day", as: Int8.self))") }
        router.on(.get, "/flags/{flag}") { _, path in text("flag \(try path("flag", as: Bool.self))") }
        router.on(.get, "/caf\u{E9}") { _, _ in text("composed") }
        router.on(.get, "/fails") { _, _ in throw Unforeseen() }
        router.on(.get, "/refuses") { _, _ in throw Problem.notAcceptable(offered: ["text/csv"]) }
        router.on(.get, "/cancelled") { _, _ in throw CancellationError() }
        return router
    }

    private struct Unforeseen: Error { let secret = "hunter2" }

    private func respond(
        _ method: HTTPRequest.Method, _ path: String, body: RequestBody = .empty
    ) async throws -> (status: Int, text: String, headers: HTTPFields) {
        let response = await router.respond(to: Request(method: method, path: path, body: body))
        let content = String(decoding: try await response.body.collect(), as: UTF8.self)
        return (response.status.code, content, response.headers)
    }

    @Test func routesByMethodAndTemplate() async throws {
        #expect(try await respond(.get, "/").text == "root")
        #expect(try await respond(.get, "/v1/jobs").text == "jobs")
        #expect(try await respond(.get, "/v1/jobs/7").text == "job 7 by GET")
        #expect(try await respond(.get, "/v1/jobs/7/result").text == "result 7")
        #expect(try await respond(.put, "/v1/datasets/points.csv").text == "datasets points.csv")
    }

    @Test func literalsWinOverCapturesAndGiveWayToThem() async throws {
        #expect(try await respond(.get, "/v1/jobs/latest").text == "latest")
        #expect(try await respond(.get, "/v1/jobs/latest/result").text == "result latest")
    }

    @Test func literalsAreComparedByTheirOctets() async throws {
        #expect(try await respond(.get, "/caf%C3%A9").text == "composed")
        #expect(try await respond(.get, "/cafe%CC%81").status == 404)
    }

    @Test(arguments: [("7", 200), ("-128", 200), ("+7", 404), ("007", 404), ("128", 404), ("x", 404), ("7%20", 404)])
    func numbersInPathsAreExact(segment: String, status: Int) async throws {
        #expect(try await respond(.get, "/days/\(segment)").status == status)
    }

    @Test func capturesHaveTypes() async throws {
        #expect(try await respond(.get, "/days/31").text == "day 31")
        #expect(try await respond(.get, "/flags/true").text == "flag true")
        #expect(try await respond(.get, "/flags/1").status == 404)
    }

    @Test func aCaptureThatTheTemplateDoesNotHaveIsAMistakeOfTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = PathCaptures(["id": "7"])["name"] }
        await #expect(processExitsWith: .failure) {
            var router = Router()
            router.on(.get, "/{id}/{id}") { _, _ in Response(status: .ok) }
        }
    }

    @Test func segmentsAreDecodedOneByOne() async throws {
        #expect(try await respond(.get, "/v1/%6Aobs/a%20b%C3%A9").text == "job a bé by GET")
        #expect(try await respond(.get, "/v1/jobs/a+b").text == "job a+b by GET")
    }

    @Test(arguments: [
        ("/v1/jobs/%2e%2e", 404), ("/v1/jobs/..", 404), ("/v1/jobs/../jobs", 404), ("/v1/jobs/.", 404),
        ("/v1/jobs/a%2Fb", 404), ("/v1/jobs/..%2f..%2fetc", 404), ("/v1/jobs/a%5Cb", 404), ("/v1/jobs/a\\b", 404),
        ("/v1/jobs/%00", 400), ("/v1/jobs/%ff", 400), ("/v1/jobs/%", 400), ("/v1/jobs/%c0%ae%c0%ae", 400),
        ("/v1/jobs/", 404), ("/v1/jobs//result", 404), ("//v1/jobs", 404), ("/v1/jobs/7/", 404), ("/nothing", 404),
        ("/%zz", 400),
    ])
    func pathsThatNameNothingAreRefused(path: String, status: Int) async throws {
        #expect(try await respond(.get, path).status == status)
    }

    @Test func anEncodedDotThatIsNoSegmentIsJustADot() async throws {
        #expect(try await respond(.get, "/v1/jobs/a%2Eb").text == "job a.b by GET")
        #expect(try await respond(.get, "/v1/jobs/%252e%252e").text == "job %2e%2e by GET")
    }

    @Test func otherMethodsAre405WithAllow() async throws {
        let (status, _, headers) = try await respond(.delete, "/v1/jobs")
        #expect(status == 405)
        #expect(headers[.allow] == "GET, HEAD, OPTIONS, POST")
        #expect(try await respond(.trace, "/").status == 405)
        #expect(try await respond(.post, "/v1/jobs/7").headers[.allow] == "GET, HEAD, OPTIONS")
    }

    @Test func aKnownMethodWithoutARouteIs405() async throws {
        let query = try #require(HTTPRequest.Method("QUERY"))
        #expect(try await respond(query, "/").status == 405)
    }

    @Test func unknownMethodsAre501() async throws {
        let brew = try #require(HTTPRequest.Method("BREW"))
        let lower = try #require(HTTPRequest.Method("get"))
        #expect(try await respond(brew, "/").status == 501)
        #expect(try await respond(lower, "/").status == 501)
        #expect(try await respond(brew, "/nothing").status == 501)
    }

    @Test func optionsAreAnswered() async throws {
        let (status, content, headers) = try await respond(.options, "/v1/jobs")
        #expect(status == 204)
        #expect(content.isEmpty)
        #expect(headers[.allow] == "GET, HEAD, OPTIONS, POST")
        #expect(try await respond(.options, "*").headers[.allow] == "GET, HEAD, OPTIONS, POST, PUT")
        #expect(try await respond(.options, "/nothing").status == 404)
        #expect(try await respond(.get, "*").status == 400)
    }

    @Test func headGoesToGet() async throws {
        #expect(try await respond(.head, "/v1/jobs/7").text == "job 7 by HEAD")
    }

    @Test func bodiesOverTheRoutesLimitAre413() async throws {
        #expect(try await respond(.post, "/v1/jobs", body: RequestBody(octets("hello"))).text == "hello")
        let (status, content, _) = try await respond(.post, "/v1/jobs", body: RequestBody(octets("hello!")))
        #expect(status == 413)
        #expect(content.contains(#""limit_bytes":5"#))
        let unannounced = RequestBody(source: .memory(SingleUseBytes(octets("hello!"))), contentLength: nil)
        #expect(try await respond(.post, "/v1/jobs", body: unannounced).status == 413)
    }

    @Test func aRouteWithoutABodyLimitSeesNone() async throws {
        var router = Router()
        router.on(.get, "/") { request, _ in text("\(request.body.isPresent)") }
        let response = await router.respond(to: Request(method: .get, path: "/", body: RequestBody(octets("x"))))
        #expect(try await response.body.collect() == octets("false"))
    }

    @Test func problemsAreResponsesAndOtherErrorsAre500WithoutDetails() async throws {
        #expect(try await respond(.get, "/refuses").status == 406)
        let (status, content, _) = try await respond(.get, "/fails")
        #expect(status == 500)
        #expect(!content.contains("hunter2"))
        #expect(content.contains(#""request_id":"local""#))
        #expect(try await respond(.get, "/cancelled").status == 503)
    }

    @Test func aLaterRouteReplacesAnEarlierOne() async throws {
        var router = Router()
        router.on(.get, "/{a}") { _, path in text("first \(path["a"])") }
        router.on(.get, "/{b}") { _, path in text("second \(path["b"])") }
        let response = await router.respond(to: Request(method: .get, path: "/x"))
        #expect(try await response.body.collect() == octets("second x"))
    }

    @Test func aRouterServesOverASocket() async throws {
        try await withServer(router: router) { address in
            let client = try TestClient(address)
            try await client.send("POST /v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nhello!")
            #expect(try await client.response().status == 413)
            let other = try TestClient(address)
            try await other.send("HEAD /v1/jobs HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await other.response(to: "HEAD")["Content-Length"] == "4")
            #expect(try await other.response(to: "OPTIONS").status == 204)
        }
    }
}
