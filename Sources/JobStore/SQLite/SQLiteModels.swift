import Foundation
import GRDB

/// Models in SQL.
///
/// Each function is the body of one transaction.
enum SQLiteModels {
    private static let columns = "id, job, created_at, expires_at, content, sequence, tenant"

    private static let selectByID = "SELECT \(columns) FROM model WHERE id = ? AND withdrawn = 0"

    private static let selectPage = """
        SELECT \(columns) FROM model WHERE sequence < ? AND withdrawn = 0 ORDER BY sequence DESC LIMIT ?
        """

    private static let selectPageOfTenant = """
        SELECT \(columns) FROM model WHERE tenant = ? AND sequence < ? AND withdrawn = 0 ORDER BY sequence DESC LIMIT ?
        """

    private static let withdraw = "UPDATE model SET withdrawn = 1 WHERE id = ? AND withdrawn = 0"

    /// A withdrawn model goes as soon as no job's result shows it.
    private static let deleteUnused = """
        DELETE FROM model WHERE id = ? AND withdrawn = 1 AND NOT EXISTS (SELECT 1 FROM job WHERE job.model = model.id)
        """

    static func model(_ db: Database, _ id: String) throws -> StoredModel? {
        try Row.fetchOne(db.cachedStatement(sql: selectByID), arguments: [id]).map(decode)
    }

    static func page(_ db: Database, tenant: String?, below bound: Int64, limit: Int) throws -> ModelPage {
        let rows =
            if let tenant {
                try Row.fetchAll(
                    db.cachedStatement(sql: selectPageOfTenant), arguments: [tenant, bound, limit + 1])
            } else {
                try Row.fetchAll(db.cachedStatement(sql: selectPage), arguments: [bound, limit + 1])
            }
        let page = rows.prefix(limit)
        return ModelPage(
            models: page.map(decode),
            nextCursor: rows.count > page.count ? page.last.map { PageCursor(sequence: $0[5]).text } : nil)
    }

    static func delete(_ db: Database, _ id: String) throws -> Bool {
        try db.cachedStatement(sql: withdraw).execute(arguments: [id])
        let existed = db.changesCount == 1
        try dropIfUnused(db, id)
        return existed
    }

    static func dropIfUnused(_ db: Database, _ id: String) throws {
        try db.cachedStatement(sql: deleteUnused).execute(arguments: [id])
    }

    private static func decode(_ row: Row) -> StoredModel {
        StoredModel(
            id: row[0], job: row[1], tenant: row[6], createdAt: Date(milliseconds: row[2]),
            expiresAt: (row[3] as Int64?).map { Date(milliseconds: $0) }, content: row[4])
    }
}
