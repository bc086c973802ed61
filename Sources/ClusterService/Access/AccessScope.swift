import HTTPServer
import HTTPTypes

/// What the holder of a key may do; each scope includes those before it.
public enum AccessScope: String, Sendable, Codable, CaseIterable, Comparable {
    /// Read everything of the own tenant, and label points with its models.
    case read
    /// Also upload, start and cancel jobs, and delete.
    case write
    /// Also see and change what belongs to other tenants.
    case admin

    private var rank: Int {
        switch self {
        case .read: 0
        case .write: 1
        case .admin: 2
        }
    }

    /// Whether the first allows less.
    public static func < (left: AccessScope, right: AccessScope) -> Bool { left.rank < right.rank }

    /// The least scope that a request needs.
    static func needed(by request: Request) -> AccessScope {
        switch request.method {
        case .get, .head, .options: .read
        case .post where request.path.hasPrefix("/v1/models/") && request.path.hasSuffix("/assign"): .read
        default: .write
        }
    }
}
