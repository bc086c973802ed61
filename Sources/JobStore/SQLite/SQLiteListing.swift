import Foundation
import GRDB

/// Questions about many jobs at once, in SQL.
enum SQLiteListing {
    static func jobs(_ db: Database, _ filter: JobFilter, below bound: Int64, limit: Int) throws -> JobPage {
        var conditions = ["sequence < ?"]
        var arguments: StatementArguments = [bound]
        if let states = filter.states {
            conditions.append("state IN (\(databaseQuestionMarks(count: states.count)))")
            arguments += StatementArguments(states.map(\.rawValue))
        }
        if let dataset = filter.dataset {
            conditions.append("dataset = ?")
            arguments += [dataset]
        }
        if let label = filter.label {
            conditions.append("sequence IN (SELECT job FROM job_label WHERE name = ? AND value = ?)")
            arguments += [label.name, label.value]
        }
        if let kind = filter.kind {
            conditions.append("kind = ?")
            arguments += [kind]
        }
        if let tenant = filter.tenant {
            conditions.append("tenant = ?")
            arguments += [tenant]
        }
        // One row more than the page shows whether there is a next one.
        arguments += [limit + 1]
        let rows = try JobRow.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(JobRow.columns) FROM job WHERE \(conditions.joined(separator: " AND ")) \
                    ORDER BY sequence DESC LIMIT ?
                    """),
            arguments: arguments)
        let page = rows.prefix(limit)
        return JobPage(
            jobs: page.map(\.job),
            nextCursor: rows.count > page.count ? page.last.map { PageCursor(sequence: $0.sequence).text } : nil)
    }

    static let counts: @Sendable (Database) throws -> [JobState: Int] = { db in
        try Row.fetchAll(db.cachedStatement(sql: "SELECT state, COUNT(*) FROM job GROUP BY state"))
            .reduce(into: [:]) { counts, row in
                if let state = JobState(rawValue: row[0]) { counts[state] = row[1] }
            }
    }

    static let selectOldestQueued = """
        SELECT created_at FROM job INDEXED BY job_by_state WHERE state = 'queued' ORDER BY sequence LIMIT 1
        """

    static let oldestQueued: @Sendable (Database) throws -> Date? = { db in
        try Int64.fetchOne(db.cachedStatement(sql: selectOldestQueued)).map { Date(milliseconds: $0) }
    }

    static func activeJobs(_ db: Database, usingDataset name: String) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: "SELECT COUNT(*) FROM job WHERE dataset = ? AND state IN ('queued', 'running', 'cancelling')"),
            arguments: [name]) ?? 0
    }

    static let selectVersionInUse = """
        SELECT 1 FROM job INDEXED BY job_by_dataset_version \
        WHERE dataset_version = ? AND state IN ('queued', 'running', 'cancelling', 'succeeded') LIMIT 1
        """

    static func datasetVersionsInUse(_ db: Database, among versions: Set<String>) throws -> Set<String> {
        let statement = try db.cachedStatement(sql: selectVersionInUse)
        return try versions.filter { try Int.fetchOne(statement, arguments: [$0]) != nil }
    }
}
