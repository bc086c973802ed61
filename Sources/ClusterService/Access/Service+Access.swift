import HTTPServer
import JobStore

extension Service {
    /// What a dataset is kept as that a request names.
    ///
    /// An administrator who does not say whose means the own one, else the only one of that name.
    ///
    /// - Throws: `Problem` 409 where several tenants have one.
    func datasetKey(_ name: String) throws -> String {
        let access = Access.current
        let own = access.key(name)
        guard access.seesAll, datasets.entry(own) == nil else { return own }
        let found = datasets.entries().filter { TenantName.parts(of: $0.name).name == name }
        guard found.count <= 1 else {
            throw Problem.ambiguousDataset(name, tenants: found.map(\.tenant))
        }
        return found.first?.name ?? own
    }

    /// The job of that id, if the request may see it.
    func visibleJob(_ id: String) async throws -> Job? {
        guard let job = try await store.job(id), Access.current.sees(job.tenant) else { return nil }
        return job
    }

    /// The most bytes that a body may have once it is unpacked.
    func bodyLimit(_ limit: Int) -> Int { min(limit, Access.current.limits.bodyBytes ?? limit) }

    /// What an upload may take of the tenant's room; nil where the tenant has no limit of its own.
    ///
    /// - Parameter previous: what the upload replaces.
    func tenantQuota(replacing previous: DatasetEntry?) -> StorageQuota? {
        let access = Access.current
        guard let limit = access.limits.storedBytes else { return nil }
        return StorageQuota(
            limit: limit, used: Self.storedBytes(besides: previous, in: datasets, access),
            overdraft: DatasetStore.overdraft(limit, limits), parent: datasets.quota)
    }

    /// Makes sure that a dataset does not take its tenant beyond its limit, however many uploads end at a time.
    ///
    /// - Throws: `StorageQuotaExceeded`, or ``TooManyDatasets``.
    static func checkRoom(
        for content: DatasetDescription, replacing previous: DatasetEntry?, in datasets: DatasetStore, _ access: Access
    ) throws {
        if previous == nil { try checkCount(in: datasets, access) }
        guard let limit = access.limits.storedBytes else { return }
        let others = storedBytes(besides: previous, in: datasets, access)
        guard others + datasets.storedBytes(of: content) <= limit else { throw StorageQuotaExceeded(limit: limit) }
    }

    /// Makes sure that a request's tenant may have one more dataset.
    ///
    /// - Throws: ``TooManyDatasets``.
    static func checkCount(in datasets: DatasetStore, _ access: Access) throws {
        guard let limit = access.limits.datasets, datasets.count(of: access.tenant) >= limit else { return }
        throw TooManyDatasets(limit: limit)
    }

    /// What the other datasets take of the tenant whose dataset is replaced, or else of the request's own.
    private static func storedBytes(
        besides previous: DatasetEntry?, in datasets: DatasetStore, _ access: Access
    ) -> Int {
        datasets.storedBytes(of: previous?.tenant ?? access.tenant, besides: previous?.name)
    }
}

extension JSONValue {
    /// An object that says whose it is, unless it is nobody's in particular.
    func with(tenant: String) -> JSONValue {
        guard !tenant.isEmpty, case .object(let members) = self else { return self }
        return .object(members + [Member(name: "tenant", value: .string(tenant))])
    }
}
