import Foundation
import HTTPTypes
import Testing

@testable import HTTPServer

struct ProblemTests {
    private func object(_ problem: Problem, requestID: String? = nil) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(problem.json(requestID: requestID)))
        return try #require(value as? [String: Any])
    }

    @Test func theObjectHasTheMembersOfRFC9457() throws {
        let object = try object(Problem.notFound("nothing here"), requestID: "r1")
        #expect(object["type"] as? String == "/problems/not-found")
        #expect(object["title"] as? String == "Not found")
        #expect(object["status"] as? Int == 404)
        #expect(object["detail"] as? String == "nothing here")
        #expect(object["request_id"] as? String == "r1")
        #expect(object["errors"] == nil)
    }

    @Test func placesAreListedUpToTwenty() throws {
        let places = (1...25).map { Problem.Place(line: $0, column: 2, parameter: "x", detail: "bad") }
        let problem = Problem(
            .unprocessableContent, type: "/problems/x", title: "X", detail: "d",
            errors: [Problem.Place(detail: "only this")] + places)
        let errors = try #require(try object(problem)["errors"] as? [[String: Any]])
        #expect(errors.count == 20)
        #expect(errors[0].keys.sorted() == ["detail"])
        #expect(errors[1]["line"] as? Int == 1)
        #expect(errors[1]["column"] as? Int == 2)
        #expect(errors[1]["parameter"] as? String == "x")
    }

    @Test func furtherMembersAreThere() throws {
        let problem = Problem(
            .badRequest, type: "/problems/x", title: "X", detail: "d",
            members: [
                "limit_bytes": .integer(-5), "name": .string("n"), "list": .strings(["a", "b"]), "yes": .boolean(true),
            ])
        let object = try object(problem)
        #expect(object["limit_bytes"] as? Int == -5)
        #expect(object["name"] as? String == "n")
        #expect(object["list"] as? [String] == ["a", "b"])
        #expect(object["yes"] as? Bool == true)
    }

    @Test func anyTextIsEscapedSoThatItComesBack() throws {
        let text = "\"\\/\u{8}\u{C}\n\r\t\0\u{1F}\u{7F}é😀\u{2028}</script>"
        #expect(try object(Problem.notFound(text))["detail"] as? String == text)
    }

    @Test func theResponseCarriesTheProblemAndItsFields() async throws {
        let problem = Problem.methodNotAllowed(.put, allowed: [.get, .head])
        let response = problem.response(requestID: "r1")
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(response.headers[.allow] == "GET, HEAD")
        #expect(try await response.body.collect() == problem.json(requestID: "r1"))
    }

    @Test func requestErrorsHaveTheStatusesOfTheStandard() {
        let expected: [(RequestError, Int)] = [
            (.malformed("x"), 400), (.methodTooLong, 501), (.connectNotImplemented, 501),
            (.targetTooLong(limit: 1), 414),
            (.headerSectionTooLarge(limit: 1), 431), (.tooManyFields(limit: 1), 431), (.versionNotSupported, 505),
            (.codingNotImplemented("x"), 501), (.bodyTooLong, 413), (.expectationFailed, 417), (.misdirected, 421),
            (.headTimeout, 408), (.bodyTimeout, 408), (.incompleteBody, 400),
        ]
        for (error, status) in expected { #expect(error.problem.status.code == status, "\(error)") }
    }
}
