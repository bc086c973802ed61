import Foundation
import Testing

extension EndToEnd {
    /// Every operation of openapi.yaml against the running service.
    @Suite struct ContractTests {
        private let plane = Data("x,y\n0,0\n0,1\n1,0\n9,9\n9,8\n8,9\n".utf8)
        private let csv = "text/csv"
        private let json = "application/json"

        @Test func everyOperationAnswersAsDocumented() async throws {
            try await withService("--workers", "1") { service in
                let session = try ContractSession(service)
                try await callOperations(session)
                try await callDatasets(session)
                let job = try await callJobs(session)
                try await callResults(session, job)
                try await callModels(session, "mdl_\(job.dropFirst(4))")
                #expect(Set(session.document.operations.map(\.id)) == Set(session.seen.keys))
            }
        }

        private func callOperations(_ session: ContractSession) async throws {
            try await session.call("getStartPage", expecting: 200)
            try await session.call("getInformation", expecting: 200)
            for operation in ["getContract", "getContractAsJSON"] {
                let tag = try #require(try await session.call(operation, expecting: 200)["ETag"])
                try await session.call(operation, expecting: 304, headers: ["If-None-Match": tag])
            }
            try await session.call("getLiveness", expecting: 200)
            try await session.call("getReadiness", expecting: 200)
            try await session.call("getMetrics", expecting: 200)
            try await session.call("cluster", expecting: 200, mediaType: csv, body: plane)
            let answer = try await session.call(
                "cluster", expecting: 200,
                query: [
                    "k": "3", "seed": "7", "standardize": "true", "preprocessing": "lift", "solver": "gradient",
                    "refinement": "spherical", "lambda": "0.5", "rho": "0.25", "context_length": "20",
                    "learning_rate": "0.05", "max_steps": "50", "tolerance": "0.001", "max_iterations": "20",
                    "time_budget_seconds": "30", "columns": "x,y", "labels": "team=ml,run=7", "format": "csv",
                    "header": "true", "delimiter": "comma",
                ], headers: ["Prefer": "wait=30"], mediaType: csv, body: plane)
            #expect(answer["Preference-Applied"] == "wait=30")
            #expect(answer.mediaType == csv)
            try await session.call(
                "cluster", expecting: 202, headers: ["Prefer": "respond-async"], mediaType: csv, body: plane)
        }

        private func callDatasets(_ session: ContractSession) async throws {
            let name = ["name": "plane.csv"]
            let created = try await session.call(
                "putDataset", expecting: 201, path: name,
                query: ["header": "auto", "delimiter": ",", "columns": "0,1"],
                headers: ["If-None-Match": "*"], mediaType: csv, body: plane)
            let tag = try #require(created["ETag"])
            try await session.call(
                "putDataset", expecting: 200, path: name, headers: ["If-Match": tag], mediaType: csv, body: plane)
            try await session.call("listDatasets", expecting: 200)
            try await session.call("getDataset", expecting: 200, path: name)
            try await session.call("getDataset", expecting: 304, path: name, headers: ["If-None-Match": tag])
            // Each format has a tag of its own.
            for format in ["json", "csv", "npy", "arrow"] {
                let whole = try await session.call(
                    "getDatasetContent", expecting: 200, path: name, query: ["format": format])
                let known = try #require(whole["ETag"])
                try await session.call(
                    "getDatasetContent", expecting: 304, path: name, query: ["format": format],
                    headers: ["If-None-Match": known])
                guard format == "npy" else { continue }
                try await session.call(
                    "getDatasetContent", expecting: 206, path: name, query: ["format": format],
                    headers: ["Range": "bytes=1-5", "If-Range": known])
            }
            let made = try await session.call("createDataset", expecting: 201, mediaType: csv, body: plane)
            let other = try #require(try made.json()["name"]?.string)
            #expect(made["Location"] == "/v1/datasets/\(other)")
            try await session.call(
                "appendRows", expecting: 200, path: ["name": other], headers: ["If-Match": tag], mediaType: csv,
                body: plane)
            try await session.call("deleteDataset", expecting: 204, path: ["name": other], headers: ["If-Match": "*"])
        }

        /// - Returns: the id of a succeeded job.
        private func callJobs(_ session: ContractSession) async throws -> String {
            let body = Data(#"{"dataset":"plane.csv","k":2,"columns":["x",1],"labels":{"team":"ml"}}"#.utf8)
            let created = try await session.call(
                "createJob", expecting: 201, headers: ["Idempotency-Key": "\"first\""], mediaType: json, body: body)
            let id = try #require(try created.json()["id"]?.string)
            #expect(created["Location"] == "/v1/jobs/\(id)")
            let repeated = try await session.call(
                "createJob", expecting: 201, headers: ["Idempotency-Key": "\"first\""], mediaType: json, body: body)
            #expect(repeated["Idempotent-Replayed"] == "true")
            let done = try await session.call(
                "getJob", expecting: 200, path: ["id": id], headers: ["Prefer": "wait=30"])
            #expect(try done.json()["state"] == "succeeded")
            let tag = try #require(done["ETag"])
            try await session.call("getJob", expecting: 304, path: ["id": id], headers: ["If-None-Match": tag])
            try await session.call("cancelJob", expecting: 200, path: ["id": id])
            try await session.call("getJobEvents", expecting: 200, path: ["id": id])
            try await session.call(
                "getJobEvents", expecting: 200, path: ["id": id], headers: ["Accept": "application/x-ndjson"])

            try await session.service.putLongJobPoints(as: "long")
            let long = try await session.service.startLongJob(on: "long")
            let running = try await session.call("getJob", expecting: 200, path: ["id": long])
            #expect(running["Retry-After"] != nil)
            try await session.call(
                "listJobs", expecting: 200,
                query: [
                    "state": "running,queued,succeeded", "dataset": "plane.csv", "label": "team=ml", "page_size": "1",
                ])
            let page = try await session.call("listJobs", expecting: 200, query: ["page_size": "1"])
            let token = try #require(try page.json()["next_page_token"]?.string)
            #expect(page["Link"] != nil)
            try await session.call("listJobs", expecting: 200, query: ["page_size": "1", "page_token": token])
            try await session.call("cancelJob", expecting: 202, path: ["id": long])
            _ = try await session.service.finishedJob(long)
            try await session.call("getJob", expecting: 200, path: ["id": long])
            try await session.call("deleteJob", expecting: 204, path: ["id": long])
            return id
        }

        private func callResults(_ session: ContractSession, _ job: String) async throws {
            for operation in ["getResult", "getCentroids", "getAssignments"] {
                try await session.call(operation, expecting: 200, path: ["id": job])
                try await session.call(operation, expecting: 200, path: ["id": job], query: ["format": "csv"])
            }
        }

        private func callModels(_ session: ContractSession, _ model: String) async throws {
            let page = try await session.call("listModels", expecting: 200, query: ["page_size": "1"])
            let token = try #require(try page.json()["next_page_token"]?.string)
            try await session.call("listModels", expecting: 200, query: ["page_token": token])
            try await session.call("getModel", expecting: 200, path: ["id": model])
            try await session.call("assignPoints", expecting: 200, path: ["id": model], mediaType: csv, body: plane)
            try await session.call(
                "assignPoints", expecting: 200, path: ["id": model], query: ["format": "csv", "columns": "x,y"],
                mediaType: csv, body: plane)
            try await session.call("deleteModel", expecting: 204, path: ["id": model])
        }

        @Test func everyMediaTypeOfPointsIsUnderstood() async throws {
            try await withService { service in
                let session = try ContractSession(service)
                let points = SamplePoints.blobs(2, of: 5, dimension: 2)
                let tabs = String(decoding: points.csv, as: UTF8.self).replacing(",", with: "\t")
                let samples = [
                    csv: points.csv, "text/tab-separated-values": Data(tabs.utf8), json: points.json,
                    "application/x-ndjson": points.ndjson, "application/x-npy": points.npy,
                    "application/vnd.apache.arrow.stream": points.arrow,
                    "application/vnd.apache.arrow.file": points.arrow, "application/octet-stream": points.npy,
                    "application/x-www-form-urlencoded": points.csv,
                ]
                let documented = try #require(session.document["cluster"]).bodies.keys
                #expect(Set(samples.keys).union(["multipart/form-data"]) == Set(documented))
                let form = try await service.curl(
                    "/v1/cluster", "-F", "file=@-;filename=points.csv", input: points.csv)
                #expect(try form.json()["n"] == 10, "\(form.text)")
                for (mediaType, body) in samples {
                    let answer = try await session.call("cluster", expecting: 200, mediaType: mediaType, body: body)
                    #expect(try answer.json()["n"] == 10, "\(mediaType)")
                }
                let formats = try await service.curl("/v1").json()["formats"]
                #expect(Set(try #require(formats?["in"]?.strings)).isSubset(of: Set(documented)))
            }
        }

        @Test func theExamplesOfTheDocumentWork() async throws {
            try await withService { service in
                let session = try ContractSession(service)
                let bodies = session.document.root["components"]?["requestBodies"]?["Points"]?["content"]
                var count = 0
                for (mediaType, content) in bodies?.members ?? [:] {
                    for (name, example) in content["examples"]?.members ?? [:] {
                        let value = try #require(example["value"], "\(name)")
                        let body = Data((value.string ?? "\(value)").utf8)
                        try await session.call("cluster", expecting: 200, mediaType: mediaType, body: body)
                        count += 1
                    }
                }
                #expect(count >= 3)
                try await service.put(SamplePoints.blobs(3, of: 10, dimension: 2).csv, as: "points.csv")
                let job = session.document.root["paths"]?["/v1/jobs"]?["post"]?["requestBody"]?["content"]?[json]
                let example = try #require(job?["examples"]?["threeClusters"]?["value"])
                try await session.call("createJob", expecting: 201, mediaType: json, body: Data("\(example)".utf8))
            }
        }

        @Test func pathsHaveTheDocumentedMethodsAndNoOthers() async throws {
            try await withService { service in
                let document = try OpenAPIDocument()
                for (path, operations) in Dictionary(grouping: document.operations, by: \.path) {
                    var methods = Set(operations.map(\.method)).union(["OPTIONS"])
                    if methods.contains("GET") { methods.insert("HEAD") }
                    let target = path.replacing(#/\{\w+\}/#, with: "x")
                    let answer = try await service.curl(target, "-X", "PATCH")
                    try answer.expectProblem(405, "method-not-allowed")
                    #expect(Set(answer["Allow"]?.components(separatedBy: ", ") ?? []) == methods, "\(path)")
                }
            }
        }
    }
}
