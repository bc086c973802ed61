import Foundation
import Testing

extension EndToEnd {
    /// The errors that openapi.yaml promises, provoked.
    @Suite struct ContractErrorTests {
        private let plane = Data("x,y\n0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n".utf8)
        private let json = "application/json"
        private let csv = "text/csv"
        /// Nothing that a client sends makes these fail.
        private let infallible: Set = ["getStartPage", "getLiveness", "getReadiness"]

        @Test func everyOperationFailsAsDocumented() async throws {
            try await withService("--workers", "1") { service in
                let session = try ContractSession(service)
                try await failOnUnknownIdentifiers(session)
                try await failOnUnknownParameters(session)
                try await failOnBodies(session)
                try await failOnDatasets(session)
                try await failOnJobs(session)
                let failed = session.seen.filter { $0.value.contains { $0 >= 400 } }.keys
                #expect(Set(failed) == Set(session.document.operations.map(\.id)).subtracting(infallible))
            }
        }

        private func failOnUnknownIdentifiers(_ session: ContractSession) async throws {
            for operation in ["getDataset", "deleteDataset", "getDatasetContent"] {
                let answer = try await session.call(operation, expecting: 404, path: ["name": "nothing"])
                try answer.expectProblem(404, "no-such-dataset")
            }
            for operation in [
                "getJob", "getJobEvents", "deleteJob", "cancelJob", "getResult", "getCentroids", "getAssignments",
            ] {
                let answer = try await session.call(operation, expecting: 404, path: ["id": "job_none"])
                try answer.expectProblem(404, "no-such-job")
            }
            for operation in ["getModel", "deleteModel"] {
                let answer = try await session.call(operation, expecting: 404, path: ["id": "mdl_none"])
                try answer.expectProblem(404, "no-such-model")
            }
            try await session.call(
                "assignPoints", expecting: 404, path: ["id": "mdl_none"], mediaType: csv, body: plane
            ).expectProblem(404, "no-such-model")
        }

        private func failOnUnknownParameters(_ session: ContractSession) async throws {
            for operation in session.document.operations where !infallible.contains(operation.id) {
                let path = Dictionary(
                    operation.parameters.filter { $0.location == "path" }.map { ($0.name, "x") }
                ) { first, _ in first }
                let hasBody = !operation.bodies.isEmpty
                let answer = try await session.call(
                    operation.id, expecting: 422, path: path, query: ["frmat": "json"],
                    mediaType: hasBody ? (operation.bodies[csv] == nil ? json : csv) : nil,
                    body: hasBody ? plane : nil, isDocumented: false)
                try answer.expectProblem(422, "invalid-parameter", mentions: "frmat")
            }
        }

        private func failOnBodies(_ session: ContractSession) async throws {
            let bad: [(status: Int, type: String, mediaType: String, body: String)] = [
                (400, "malformed-points", json, "[[1,2],[3"),
                (415, "unsupported-media-type", "application/xml", "<points/>"),
                (422, "invalid-points", csv, "x,y\n1,2\n3,abc\n"),
                (422, "no-points", csv, ""),
            ]
            for operation in ["cluster", "createDataset", "putDataset"] {
                let path = operation == "putDataset" ? ["name": "bad"] : [:]
                for (status, type, mediaType, body) in bad {
                    let answer = try await session.call(
                        operation, expecting: status, path: path, mediaType: mediaType, body: Data(body.utf8),
                        isDocumented: false)
                    try answer.expectProblem(status, type)
                }
            }
            try await session.call(
                "cluster", expecting: 406, headers: ["Accept": "image/png"], mediaType: csv, body: plane
            ).expectProblem(406, "not-acceptable")
            try await session.call(
                "putDataset", expecting: 422, path: ["name": "-x"], mediaType: csv, body: plane, isDocumented: false
            ).expectProblem(422, "invalid-name")
        }

        private func failOnDatasets(_ session: ContractSession) async throws {
            let name = ["name": "plane"]
            try await session.service.put(plane, as: "plane")
            for (field, value) in [("If-None-Match", "*"), ("If-Match", "\"other\"")] {
                try await session.call(
                    "putDataset", expecting: 412, path: name, headers: [field: value], mediaType: csv, body: plane
                ).expectProblem(412, "precondition-failed")
            }
            for operation in ["getDataset", "getDatasetContent", "deleteDataset"] {
                try await session.call(
                    operation, expecting: 412, path: name, headers: ["If-Match": "\"other\""]
                ).expectProblem(412, "precondition-failed")
            }
            try await session.call(
                "getDatasetContent", expecting: 406, path: name, headers: ["Accept": "image/png"]
            ).expectProblem(406, "not-acceptable")
        }

        private func failOnJobs(_ session: ContractSession) async throws {
            let bad: [(status: Int, type: String, mediaType: String, body: String)] = [
                (400, "malformed-json", json, "{\"dataset\":"),
                (415, "unsupported-media-type", csv, "x"),
                (422, "invalid-parameter", json, "{\"dataset\":\"nothing\"}"),
                (422, "invalid-parameter", json, "{\"dataset\":\"plane\",\"k\":0}"),
                (413, "content-too-large", json, "{\"dataset\":\"\(String(repeating: "x", count: 1 << 20))\"}"),
            ]
            for (status, type, mediaType, body) in bad {
                let answer = try await session.call(
                    "createJob", expecting: status, mediaType: mediaType, body: Data(body.utf8), isDocumented: false)
                try answer.expectProblem(status, type)
            }
            let service = session.service
            try await service.putLongJobPoints(as: "long")
            let long = try await service.startLongJob(on: "long")
            let results = ["getResult", "getCentroids", "getAssignments"]
            for operation in results {
                let answer = try await session.call(operation, expecting: 404, path: ["id": long])
                try answer.expectProblem(404, "result-not-ready")
                #expect(answer["Retry-After"] != nil)
                try await session.call(
                    operation, expecting: 406, path: ["id": long], headers: ["Accept": "image/png"]
                ).expectProblem(406, "not-acceptable")
            }
            try await session.call("deleteJob", expecting: 409, path: ["id": long]).expectProblem(409, "job-active")
            try await session.call("deleteDataset", expecting: 409, path: ["name": "long"])
                .expectProblem(409, "dataset-in-use")
            _ = try await service.curl("/v1/jobs/\(long)/cancel", "-X", "POST")
            _ = try await service.finishedJob(long)
            for operation in results {
                try await session.call(operation, expecting: 409, path: ["id": long]).expectProblem(409, "no-result")
            }
            try await failOnModels(session)
        }

        private func failOnModels(_ session: ContractSession) async throws {
            let id = try await session.service.startJob(["dataset": "plane"])
            let model = ["id": try #require(try await session.service.finishedJob(id)["model"]?.string)]
            let bad: [(status: Int, type: String, mediaType: String, body: String)] = [
                (400, "malformed-points", json, "[[1,2"),
                (415, "unsupported-media-type", "application/xml", "<points/>"),
                (422, "invalid-points", csv, "1,2,3\n4,5,6\n"),
            ]
            for (status, type, mediaType, body) in bad {
                let answer = try await session.call(
                    "assignPoints", expecting: status, path: model, mediaType: mediaType, body: Data(body.utf8),
                    isDocumented: false)
                try answer.expectProblem(status, type)
            }
            try await session.call(
                "assignPoints", expecting: 406, path: model, headers: ["Accept": "image/png"], mediaType: csv,
                body: plane
            ).expectProblem(406, "not-acceptable")
        }
    }
}
