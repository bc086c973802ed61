import Foundation
import Testing

extension EndToEnd {
    /// What `POST /v1/cluster` answers, in every format.
    @Suite struct ResultTests {
        private let iris = LabelledSet.iris

        @Test func theResultIsCompleteAndConsistent() async throws {
            try await withService { service in
                let result = try await service.curl("/v1/cluster?k=3", "--data-binary", "@\(iris.file)").json()
                let rows = try iris.csvRows()
                let labels = try #require(result["assignments"]?.ints)
                let centroids = try #require(result["centroids"]?.rows)
                let sizes = try #require(result["sizes"]?.ints)
                let distances = try #require(result["distances"]?.doubles)
                #expect(result["columns"] == ["sepal_length", "sepal_width", "petal_length", "petal_width"])
                #expect(result["n"] == 150 && result["d"] == 4 && result["k"] == 3)
                #expect(sizes == (0..<3).map { cluster in labels.count { $0 == cluster } })
                #expect(sizes == sizes.sorted(by: >))
                #expect(centroids.allSatisfy { $0.count == 4 })
                for (row, label) in labels.enumerated() {
                    let distance = distance(rows[row], centroids[label])
                    #expect(abs(distance - distances[row]) < 1e-4, "row \(row)")
                }
                let inertia = try #require(result["metrics"]?["inertia"]?.double)
                #expect(abs(inertia - distances.reduce(0) { $0 + $1 * $1 }) < 1e-3 * inertia)
                let weights = try #require(result["weights"]?.doubles)
                #expect(abs(weights.reduce(0, +) - 1) < 1e-6)
                let heads = try #require(result["heads"]?.rows)
                #expect(heads.count == 3)
                for head in heads { #expect(abs(head.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6) }
                let confidence = try #require(result["confidence"]?.doubles)
                #expect(confidence.allSatisfy { $0 > 0.33 && $0 <= 1 })
            }
        }

        private func distance(_ point: [Float], _ center: [Double]) -> Double {
            zip(point, center).reduce(0) { sum, pair in
                let difference = Double(pair.0) - pair.1
                return sum + difference * difference
            }.squareRoot()
        }

        @Test func theSameRequestGivesTheSameBytes() async throws {
            try await withService { service in
                var texts: [String] = []
                for _ in 0..<3 {
                    let answer = try await service.curl("/v1/cluster?k=3&seed=5", "--data-binary", "@\(iris.file)")
                    #expect(answer.status == 200)
                    texts.append(answer.text.replacing(#/"(job|mdl)_[0-9a-z]+"/#, with: "\"\""))
                }
                #expect(texts[0].contains(#""model":"","job":"""#))
                #expect(texts[0] == texts[1])
                #expect(texts[0] == texts[2])
            }
        }

        @Test func theFormatOfTheBodyDoesNotMatter() async throws {
            try await withService { service in
                let points = SamplePoints(rows: try iris.csvRows())
                let columns =
                    #"{"columns":["a","b","c","d"],"points":\#(String(decoding: points.json, as: UTF8.self))}"#
                let split = columns.replacing(#""points""#, with: #""index":[],"data""#)
                var clusterings: [[JSON?]] = []
                for body in [
                    points.csv, points.json, points.ndjson, points.npy, points.arrow, Data(columns.utf8),
                    Data(split.utf8),
                ] {
                    let answer = try await service.curl("/v1/cluster?k=3", "--data-binary", "@-", input: body)
                    let result = try answer.json()
                    clusterings.append(["assignments", "centroids", "metrics", "distances"].map { result[$0] })
                }
                #expect(clusterings[0][0]?.array?.count == 150)
                for other in clusterings.dropFirst() { #expect(other == clusterings[0]) }
            }
        }

        @Test func csvIsTheInputWithThreeColumnsMore() async throws {
            try await withService { service in
                let json = try await service.curl("/v1/cluster?k=3", "--data-binary", "@\(iris.file)").json()
                let labels = try #require(json["assignments"]?.ints)
                let answer = try await service.curl(
                    "/v1/cluster?k=3", "-H", "Accept: text/csv", "--data-binary", "@\(iris.file)")
                #expect(answer.mediaType == "text/csv")
                let lines = answer.text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
                #expect(lines.count == 151)
                #expect(
                    lines[0] == [
                        "sepal_length", "sepal_width", "petal_length", "petal_width", "cluster", "distance",
                        "confidence",
                    ])
                #expect(lines.dropFirst().map { $0.prefix(4).compactMap { Float($0) } } == (try iris.csvRows()))
                #expect(lines.dropFirst().map { Int($0[4]) } == labels)
                let other = try await service.curl("/v1/cluster?k=3&format=csv", "--data-binary", "@\(iris.file)")
                #expect(other.body == answer.body)
            }
        }

        @Test func acceptChoosesByQuality() async throws {
            try await withService { service in
                for (accept, mediaType) in [
                    ("text/csv;q=0.9, application/json;q=0.8", "text/csv"), ("text/csv;q=0.2, */*", "application/json"),
                    ("application/*", "application/json"), ("text/*;q=0.1", "text/csv"),
                ] {
                    let answer = try await service.curl(
                        "/v1/cluster?k=3", "-H", "Accept: \(accept)", "--data-binary", "@\(iris.file)")
                    #expect(answer.mediaType == mediaType, "\(accept)")
                }
            }
        }

        @Test func columnsAreChosenByNameOrIndex() async throws {
            try await withService { service in
                let byName = try await service.curl(
                    "/v1/cluster?k=3&columns=petal_width,petal_length", "--data-binary", "@\(iris.file)"
                ).json()
                #expect(byName["columns"] == ["petal_width", "petal_length"])
                let byIndex = try await service.curl("/v1/cluster?k=3&columns=3,2", "--data-binary", "@\(iris.file)")
                    .json()
                #expect(byIndex["assignments"] == byName["assignments"])
                #expect(byIndex["centroids"] == byName["centroids"])
            }
        }

        @Test func aPointOfWeightThreeCountsAsThreeEqualPoints() async throws {
            try await withService { service in
                let weighted = Data("x,n,y\n0,3,0\n1,1,0\n9,1,9\n9,2,8\n5,0,5\n".utf8)
                let repeated = Data("x,y\n0,0\n0,0\n0,0\n1,0\n9,9\n9,8\n9,8\n".utf8)
                let asked = "/v1/cluster?k=2&refinement=spherical"
                let one = try await service.curl("\(asked)&weight_column=n", "--data-binary", "@-", input: weighted)
                    .json()
                let chosen = try await service.curl(
                    "\(asked)&columns=x,y&weight_column=n", "--data-binary", "@-", input: weighted
                ).json()
                let many = try await service.curl(asked, "--data-binary", "@-", input: repeated).json()
                #expect(one["columns"] == ["x", "y"] && one["n"] == 5)
                #expect(chosen["centroids"] == one["centroids"])
                let centroids = try [one, many].map { result in
                    try #require(result["centroids"]?.rows).sorted { $0[0] < $1[0] }.flatMap(\.self)
                }
                for (own, other) in zip(centroids[0], centroids[1]) { #expect(abs(own - other) < 1e-3) }
                let bad = try await service.curl(
                    "\(asked)&weight_column=n", "--data-binary", "@-", input: Data("x,n\n0,1\n1,-2\n".utf8))
                #expect(bad.status == 422 && bad.text.contains("row 2"))
                let both = try await service.curl(
                    "\(asked)&columns=x,n&weight_column=n", "--data-binary", "@-", input: weighted)
                #expect(both.status == 422 && both.text.contains("weight_column"))
            }
        }

        @Test func standardizingTakesTheUnitsOut() async throws {
            try await withService { service in
                var points = SamplePoints.blobs(2, of: 50, dimension: 2, spacing: 4)
                var random = LinearCongruentialGenerator(state: 3)
                // A third column that says nothing, in units that make it look like everything.
                for index in points.rows.indices {
                    points.rows[index].append(Float.random(in: -900...900, using: &random))
                }
                var agreements: [Double] = []
                for standardize in [true, false] {
                    let answer = try await service.curl(
                        "/v1/cluster?k=2&refinement=spherical&standardize=\(standardize)", "--data-binary", "@-",
                        input: points.csv)
                    let labels = try #require(try answer.json()["assignments"]?.ints)
                    agreements.append(adjustedRandIndex(labels, points.labels))
                }
                #expect(agreements[0] > 0.9 && agreements[1] < 0.5)
            }
        }

        @Test func whatIsNotDoneInTimeBecomesAJob() async throws {
            try await withService { service in
                // Points of length about 1, as heads without preprocessing want them; no tolerance, so training goes on.
                var points = SamplePoints.blobs(4, of: 2_000, dimension: 20)
                points.rows = points.rows.map { row in row.map { $0 / 10 } }
                let query =
                    "k=4&solver=gradient&preprocessing=none&tolerance=0&max_steps=10000000&time_budget_seconds=1.5"
                let answer = try await service.curl(
                    "/v1/cluster?\(query)", "-H", "Prefer: wait=0", "--data-binary", "@-", input: points.npy)
                #expect(answer.status == 202)
                #expect(answer["Preference-Applied"] == "wait=0")
                let id = try #require(try answer.json()["id"]?.string)
                #expect(answer["Location"] == "/v1/jobs/\(id)")
                let job = try await service.finishedJob(id)
                #expect(job["state"] == "succeeded")
                #expect(job["stop_reason"] == "time_budget")
                #expect(job["expires_at"]?.string != nil)
                let result = try await service.curl("/v1/jobs/\(id)/result").json()
                #expect(result["stop_reason"] == "time_budget")
                #expect(adjustedRandIndex(try #require(result["assignments"]?.ints), points.labels) > 0.99)
            }
        }

        @Test func aLargeResultIsStreamedWhole() async throws {
            try await withService { service in
                let points = SamplePoints.blobs(3, of: 30_000, dimension: 2)
                let answer = try await service.curl(
                    "/v1/cluster?k=3&format=csv", "-H", "Prefer: wait=50", "--data-binary", "@-", input: points.npy)
                #expect(answer.status == 200)
                let labels = answer.text.split(separator: "\n").dropFirst().compactMap { line in
                    Int(line.split(separator: ",")[2])
                }
                #expect(labels.count == 90_000)
                #expect(adjustedRandIndex(labels, points.labels) > 0.99)
            }
        }
    }
}
