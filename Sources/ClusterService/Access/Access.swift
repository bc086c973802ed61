/// On whose behalf a request is answered, and what it may see and use.
struct Access: Sendable {
    /// Whose things are made, and the only ones that are seen unless ``seesAll``.
    var tenant: String
    /// Whether things of every tenant are seen.
    var seesAll: Bool
    /// Whether the request named the tenant, which only an administrator may.
    var isTenantChosen = false
    var limits = KeyLimits()
    /// Whether what the request has shown is still good; for answers that go on for long.
    var isGood: @Sendable () -> Bool = { true }

    /// A service without keys: everything is seen, and what is made is nobody's in particular.
    static let open = Access(tenant: "", seesAll: true)

    /// What nobody has shown a right to: no tenant can be called so.
    static let nobody = Access(tenant: "@", seesAll: false)

    /// The access of the request that the task answers.
    ///
    /// To be asked before an answer begins: what streams later has been allowed by then, and sees nothing more; only a
    /// stream of events and who waits for a job ask ``isGood`` again.
    @TaskLocal static var current = Access.nobody

    /// The tenant whose things alone are listed; nil for all.
    var listedTenant: String? { seesAll ? nil : tenant }

    /// Whether things of a tenant are seen.
    func sees(_ tenant: String) -> Bool { seesAll || tenant == self.tenant }

    /// What a dataset of this access' tenant is kept as.
    func key(_ name: String) -> String { TenantName.key(name, of: tenant) }
}
