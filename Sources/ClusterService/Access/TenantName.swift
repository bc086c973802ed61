/// Names of tenants and keys, and how a tenant's datasets are told from those of another.
///
/// A dataset is kept as `tenant@name`, one of the empty tenant, to which everything belongs that was made without keys,
/// by its name alone. No name of a dataset or tenant contains `@`.
enum TenantName {
    static let rule = "it has 1 to 64 of the characters A-Z a-z 0-9 . _ - and begins with a letter or digit"

    static func isValid(_ name: String) -> Bool {
        name.utf8.count <= 64 && (try? DatasetEntry.checkName(name)) != nil
    }

    /// What the dataset of a tenant is kept as; nothing is kept as what comes of a name with `@`.
    static func key(_ name: String, of tenant: String) -> String {
        tenant.isEmpty && !name.contains("@") ? name : "\(tenant)@\(name)"
    }

    /// The tenant and the name of what a dataset is kept as.
    static func parts(of key: String) -> (tenant: String, name: String) {
        guard let mark = key.firstIndex(of: "@") else { return ("", key) }
        return (String(key[..<mark]), String(key[key.index(after: mark)...]))
    }
}
