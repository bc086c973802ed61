import Foundation
import Testing

extension EndToEnd {
    /// What succeeded jobs learned, and labels of new points.
    @Suite struct ModelTests {
        private let iris = LabelledSet.iris.file

        /// Runs `body` with a service, a succeeded job on iris and its model.
        private func withModel(
            _ body: (_ service: ClusterdService, _ job: String, _ model: String) async throws -> Void
        ) async throws {
            try await withService { service in
                _ = try await service.curl("/v1/datasets/", "-T", iris)
                let id = try await service.startJob(["dataset": "iris.csv", "k": 3, "standardize": true])
                let model = try #require(try await service.finishedJob(id)["model"]?.string)
                try await body(service, id, model)
            }
        }

        @Test func aModelSaysWhatWasLearned() async throws {
            try await withModel { service, job, id in
                let model = try await service.curl("/v1/models/\(id)").json()
                #expect(model["id"] == .string(id) && model["job"] == .string(job))
                let result = try await service.curl("/v1/jobs/\(job)/result").json()
                for name in ["k", "d", "columns", "centroids", "weights", "heads"] {
                    #expect(model[name] == result[name], "\(name)")
                }
                // A list leaves out what grows with K·d².
                let brief = try #require(model.members).filter {
                    !["metric", "preprocessing", "params"].contains($0.key)
                }
                let list = try await service.curl("/v1/models").json()
                #expect(list == ["models": [.object(brief)], "next_page_token": ""])
            }
        }

        @Test func theTrainingPointsGetTheirLabelsAgain() async throws {
            try await withModel { service, job, id in
                let assigned = try await service.curl("/v1/models/\(id)/assign", "--data-binary", "@\(iris)")
                let trained = try await service.curl("/v1/jobs/\(job)/result/assignments")
                #expect(assigned.status == 200)
                #expect(try assigned.json() == (try trained.json()))
                let csv = try await service.curl("/v1/models/\(id)/assign?format=csv", "--data-binary", "@\(iris)")
                #expect(csv.body == (try await service.curl("/v1/jobs/\(job)/result?format=csv").body))
            }
        }

        @Test func pointsMustFitTheModel() async throws {
            try await withModel { service, _, id in
                let body = Data("a,b,c,d,e\n1,2,3,4,5\n".utf8)
                let wide = try await service.curl("/v1/models/\(id)/assign", "--data-binary", "@-", input: body)
                try wide.expectProblem(422, "invalid-points", mentions: "4 columns")
                let chosen = try await service.curl(
                    "/v1/models/\(id)/assign?columns=a,b,c,d", "--data-binary", "@-", input: body)
                #expect(try chosen.json()["n"] == 1)
                let text = Data("1,2,3,4\n1,2,x,4\n".utf8)
                let answer = try await service.curl("/v1/models/\(id)/assign", "--data-binary", "@-", input: text)
                try answer.expectProblem(422, "invalid-points")
                #expect(try answer.json()["errors"]?[0]?["line"] == 2)
                #expect(try answer.json()["errors"]?[0]?["column"] == 3)
            }
        }

        @Test func theResultOutlivesItsModel() async throws {
            try await withModel { service, job, id in
                #expect(try await service.curl("/v1/models/\(id)", "-X", "DELETE").status == 204)
                try await service.curl("/v1/models/\(id)").expectProblem(404, "no-such-model")
                try await service.curl("/v1/models/\(id)", "-X", "DELETE").expectProblem(404, "no-such-model")
                try await service.curl("/v1/models/\(id)/assign", "--data-binary", "@\(iris)")
                    .expectProblem(404, "no-such-model")
                #expect(try await service.curl("/v1/models").json()["models"] == [])
                #expect(try await service.curl("/v1/jobs/\(job)/result").json()["n"] == 150)
            }
        }

        @Test func theModelOutlivesItsJob() async throws {
            try await withModel { service, job, id in
                let labels = try await service.curl("/v1/jobs/\(job)/result/assignments").json()
                #expect(try await service.curl("/v1/jobs/\(job)", "-X", "DELETE").status == 204)
                try await service.curl("/v1/jobs/\(job)/result").expectProblem(404, "no-such-job")
                let assigned = try await service.curl("/v1/models/\(id)/assign", "--data-binary", "@\(iris)")
                #expect(try assigned.json() == labels)
            }
        }
    }
}
