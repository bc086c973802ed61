import HTTPServer
import HTTPTypes
import Testing

@testable import ClusterService

@Suite struct TenancyTests {
    /// A reply without what differs from one request to the next.
    private func shape(_ reply: Reply, _ id: String) -> String {
        "\(reply.status) \(reply.headers[.contentType] ?? "") " + reply.text.replacing(id, with: "ID")
    }

    @Test func whatIsAnothersIsAnsweredAsWhatIsNot() async throws {
        let service = try await TenantService()
        _ = try await service.put("a.csv", service.ada)
        let (job, model) = try await service.finishedJob("a.csv", service.ada)
        let noJob = "job_\(String(repeating: "0", count: job.count - 4))"
        let noModel = "mdl_\(String(repeating: "0", count: model.count - 4))"
        for (method, target, id, missing) in [
            (.get, "/v1/jobs/ID", job, noJob), (.get, "/v1/jobs/ID/events", job, noJob),
            (.get, "/v1/jobs/ID/result", job, noJob), (.get, "/v1/jobs/ID/result/centroids", job, noJob),
            (.get, "/v1/jobs/ID/result/assignments", job, noJob), (.post, "/v1/jobs/ID/cancel", job, noJob),
            (.delete, "/v1/jobs/ID", job, noJob), (.get, "/v1/models/ID", model, noModel),
            (.delete, "/v1/models/ID", model, noModel), (.post, "/v1/models/ID/assign", model, noModel),
            (.get, "/v1/datasets/ID", "a.csv", "b.csv"), (.get, "/v1/datasets/ID/content", "a.csv", "b.csv"),
            (.delete, "/v1/datasets/ID", "a.csv", "b.csv"), (.post, "/v1/datasets/ID/rows", "a.csv", "b.csv"),
            (.get, "/v1/datasets/ada@ID", "a.csv", "b.csv"),
        ] as [(HTTPRequest.Method, String, String, String)] {
            let body = method == .post && !target.hasSuffix("cancel") ? TenantService.points : ""
            let theirs = try await service.test.send(
                method, target.replacing("ID", with: id), service.bob, body: body)
            let none = try await service.test.send(
                method, target.replacing("ID", with: missing), service.bob, body: body)
            #expect(theirs.status == 404, "\(target)")
            #expect(shape(theirs, id) == shape(none, missing), "\(target)")
        }
        let job404 = try await service.test.post("/v1/jobs", json: #"{"dataset":"a.csv","k":2}"#, service.bob)
        #expect(job404.status == 422)
        #expect(try await service.get("/v1/jobs/\(job)", service.ada).status == 200)
        #expect(try await service.get("/v1/models/\(model)", service.ada).status == 200)
    }

    @Test func oneNameInTwoTenantsIsTwoDatasets() async throws {
        let service = try await TenantService()
        #expect(try await service.put("a.csv", service.ada).status == 201)
        #expect(try await service.put("a.csv", service.bob, points: "1\n2\n3\n").status == 201)
        #expect(try await service.get("/v1/datasets/a.csv", service.ada).json["rows"] == .integer(6))
        #expect(try await service.get("/v1/datasets/a.csv", service.bob).json["rows"] == .integer(3))
        #expect(try await service.get("/v1/datasets/a.csv", service.bob).json["name"] == .string("a.csv"))
        #expect(try await service.test.send(.delete, "/v1/datasets/a.csv", service.ada).status == 204)
        #expect(try await service.get("/v1/datasets/a.csv", service.bob).status == 200)
    }

    @Test func contentThatAnotherHasAlreadyIsStoredAsIfItWereNew() async throws {
        let service = try await TenantService()
        let first = try await service.put("a.csv", service.ada)
        let second = try await service.put("a.csv", service.bob)
        #expect(first.status == 201 && second.status == 201)
        #expect(second.json["digest"] == first.json["digest"])
        #expect(second.json["tenant"] == .string("bob"))
        let guarded = try await service.test.send(
            .put, "/v1/datasets/c.csv", service.bob + [.ifNoneMatch: "*"], body: TenantService.points)
        #expect(guarded.status == 201)
    }

    @Test func listsShowWhatIsOnesOwn() async throws {
        let service = try await TenantService()
        _ = try await service.put("a.csv", service.ada)
        _ = try await service.put("b.csv", service.bob)
        let (adas, _) = try await service.finishedJob("a.csv", service.ada)
        let (bobs, _) = try await service.finishedJob("b.csv", service.bob)
        for (key, names, jobs) in [
            (service.ada, ["a.csv"], [adas]), (service.bob, ["b.csv"], [bobs]),
            (service.admin, ["a.csv", "b.csv"], [bobs, adas]),
        ] {
            let datasets = try await service.get("/v1/datasets", key)
            #expect(Self.members("datasets", "name", datasets) == names)
            #expect(Self.members("jobs", "id", try await service.get("/v1/jobs", key)) == jobs)
            #expect(Self.members("models", "job", try await service.get("/v1/models", key)) == jobs)
        }
        #expect(Self.members("jobs", "id", try await service.get("/v1/jobs?dataset=a.csv", service.bob)).isEmpty)
        let listed = try await service.get("/v1/jobs?tenant=ada", service.admin)
        #expect(Self.members("jobs", "tenant", listed) == ["ada"])
    }

    @Test func aPageTokenLeadsNowhereElse() async throws {
        let service = try await TenantService()
        for (name, key) in [("a", service.ada), ("b", service.bob)] {
            _ = try await service.put(name, key)
            for _ in 0..<2 { _ = try await service.finishedJob(name, key) }
        }
        let page = try await service.get("/v1/jobs?page_size=1", service.bob)
        let token = try page.string("next_page_token")
        for (target, key) in [("jobs", service.ada), ("jobs", service.admin), ("models", service.bob)] {
            let other = try await service.get("/v1/\(target)?page_token=\(token)", key)
            #expect(other.status == 422 && other.text.contains("page_token"), "\(target): \(other.text)")
        }
        let next = try await service.get("/v1/jobs?page_token=\(token)", service.bob)
        #expect(Self.members("jobs", "tenant", next) == ["bob"])
        let chosen = try await service.get("/v1/jobs?page_size=1&tenant=ada", service.admin)
        #expect(chosen.headers[named: "Link"]?.contains("tenant=ada") == true)
    }

    @Test func anIdempotencyKeyIsItsTenants() async throws {
        let service = try await TenantService()
        var jobs: Set<String> = []
        for key in [service.ada, service.bob, service.ada] {
            _ = try await service.put("a.csv", key)
            var headers = key
            headers[named: "Idempotency-Key"] = "nightly"
            jobs.insert(
                try await service.test.post("/v1/jobs", json: #"{"dataset":"a.csv","k":2}"#, headers).string("id"))
        }
        #expect(jobs.count == 2)
    }

    @Test func anAdministratorSaysWhoseDatasetWhereSeveralHaveIt() async throws {
        let service = try await TenantService()
        _ = try await service.put("only.csv", service.ada)
        _ = try await service.put("a.csv", service.ada)
        _ = try await service.put("a.csv", service.bob, points: "1\n2\n")
        #expect(try await service.get("/v1/datasets/only.csv", service.admin).json["tenant"] == .string("ada"))
        #expect(try await service.get("/v1/datasets/a.csv", service.admin).problem == "ambiguous-dataset")
        #expect(try await service.get("/v1/datasets/a.csv?tenant=bob", service.admin).json["rows"] == .integer(2))
        #expect(try await service.get("/v1/datasets/a.csv?tenant=x", service.admin).status == 404)
        #expect(try await service.get("/v1/datasets/a.csv?tenant=a@b", service.admin).status == 422)
        #expect(try await service.get("/v1/datasets/a.csv?tenant=bob", service.ada).status == 422)
    }

    @Test func aJobIsTheTenantsWhoseDatasetItUses() async throws {
        let service = try await TenantService()
        _ = try await service.put("a.csv", service.ada)
        let (job, model) = try await service.finishedJob("a.csv", service.admin)
        for target in ["/v1/jobs/\(job)", "/v1/models/\(model)"] {
            #expect(try await service.get(target, service.ada).json["tenant"] == .string("ada"))
            #expect(try await service.get(target, service.bob).status == 404)
        }
        for key in [service.ada, service.admin] {
            #expect(Self.members("jobs", "id", try await service.get("/v1/jobs?dataset=a.csv", key)) == [job])
        }
        #expect(Self.members("jobs", "id", try await service.get("/v1/jobs?dataset=a.csv", service.bob)).isEmpty)
    }

    @Test func outsideARequestNothingIsSeen() {
        #expect(!Access.current.sees("") && !Access.current.sees("ada") && Access.current.listedTenant != nil)
    }

    @Test func whatWasMadeWithoutKeysIsTheAdministrators() async throws {
        let test = try await TestService()
        _ = try await test.send(.put, "/v1/datasets/old.csv", body: TenantService.points)
        let job = try await test.finishedJob(#"{"dataset":"old.csv","k":2}"#)
        let file = KeyFile(directory: test.directory.path)
        let admin = try file.create(name: "root", scope: .admin).key
        let other = try file.create(name: "other", scope: .write).key
        test.service.keys.refresh()
        for target in ["/v1/datasets/old.csv", "/v1/jobs/\(job)", "/v1/jobs/\(job)/result"] {
            #expect(try await test.send(.get, target, [.authorization: "Bearer \(admin)"]).status == 200)
            #expect(try await test.send(.get, target, [.authorization: "Bearer \(other)"]).status == 404)
        }
    }

    private static func members(_ list: String, _ name: String, _ reply: Reply) -> [String] {
        guard case .array(let items)? = reply.json[list] else { return [] }
        return items.compactMap { item in
            if case .string(let text)? = item[name] { text } else { nil }
        }
    }
}
