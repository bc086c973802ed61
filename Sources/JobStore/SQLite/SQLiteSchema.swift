import GRDB

/// The tables on disk and how older files become newer ones.
///
/// The invariants of the contract are `CHECK` constraints, so that no code, present or future, and nobody at an `sqlite3`
/// prompt can store a job that breaks them. Times are whole milliseconds since 1970.
enum SQLiteSchema {
    /// Marks a file as ours ("acJS"), so that another program's database is not taken for a job store.
    static let applicationID = 0x6163_4a53

    /// All versions of the schema, oldest first.
    ///
    /// A migration that was released is never edited: add the next.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: jobs, results, models") { db in
            try db.execute(sql: jobTables)
            try db.execute(sql: resultTables)
            try db.execute(sql: upkeepTables)
        }
        migrator.registerMigration("2: leases, fair order, memory, keys that outlive jobs", migrate: addQueueColumns)
        migrator.registerMigration("3: webhooks") { db in try db.execute(sql: SQLiteWebhooks.tables) }
        migrator.registerMigration("4: traces") { db in try db.execute(sql: traceTable) }
        migrator.registerMigration("5: tenants") { db in try db.execute(sql: tenantColumns) }
        migrator.registerMigration("6: secrets of webhooks that are over") { db in
            try db.execute(sql: SQLiteWebhooks.eraseSecrets)
        }
        return migrator
    }

    /// Whose models and expired ids are, as jobs have had it since version 2; what was there before is nobody's.
    private static let tenantColumns = """
        ALTER TABLE model ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
        ALTER TABLE tombstone ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
        CREATE INDEX job_by_tenant ON job (tenant, sequence);
        CREATE INDEX job_active_by_tenant ON job (tenant) WHERE finished_at IS NULL;
        CREATE INDEX model_by_tenant ON model (tenant, sequence);
        """

    /// Jobs and their labels.
    ///
    /// `sequence` is the order of submission; AUTOINCREMENT never gives a number out twice, on which page cursors rely.
    /// The summary comes last, so that reading the other columns of a row does not touch its overflow pages.
    private static let jobTables = """
        CREATE TABLE job (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL CHECK (
                state IN ('queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled')),
            revision INTEGER NOT NULL CHECK (revision >= 1),
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            finished_at INTEGER,
            expires_at INTEGER CHECK (expires_at IS NULL OR finished_at IS NOT NULL),
            retention INTEGER CHECK (retention >= 0),
            dataset TEXT,
            dataset_etag TEXT,
            dataset_version TEXT NOT NULL,
            labels TEXT NOT NULL,
            parameters TEXT NOT NULL,
            attempt INTEGER NOT NULL CHECK (attempt >= 0),
            releases INTEGER NOT NULL CHECK (releases BETWEEN 0 AND attempt),
            maximum_attempts INTEGER NOT NULL CHECK (maximum_attempts >= 1),
            priority INTEGER NOT NULL,
            worker TEXT CHECK ((worker IS NOT NULL) = (state IN ('running', 'cancelling'))),
            stop_reason TEXT,
            error TEXT CHECK ((error IS NOT NULL) = (state = 'failed')),
            model TEXT REFERENCES model (id),
            kind TEXT NOT NULL,
            chunk_count INTEGER,
            summary BLOB,
            CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled'))),
            CHECK ((model IS NOT NULL) = (state = 'succeeded')),
            CHECK ((chunk_count IS NOT NULL) = (state = 'succeeded')),
            CHECK ((summary IS NOT NULL) = (state = 'succeeded'))
        ) STRICT;

        -- The queue itself: only what waits, in the order in which it is claimed.
        CREATE INDEX job_queue ON job (priority, sequence) WHERE state = 'queued';
        CREATE INDEX job_by_state ON job (state, sequence);
        CREATE INDEX job_by_dataset ON job (dataset, sequence) WHERE dataset IS NOT NULL;
        CREATE INDEX job_by_dataset_version ON job (dataset_version, state);
        CREATE INDEX job_by_expiry ON job (expires_at) WHERE expires_at IS NOT NULL;
        CREATE UNIQUE INDEX job_by_model ON job (model) WHERE model IS NOT NULL;

        -- Only for finding jobs by label; the labels of a job are read from its row.
        CREATE TABLE job_label (
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            job INTEGER NOT NULL REFERENCES job (sequence) ON DELETE CASCADE,
            PRIMARY KEY (name, value, job)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX job_label_by_job ON job_label (job);
        """

    /// A model outlives the record of its job; a deleted one is only withdrawn while its job's result still shows it.
    private static let resultTables = """
        CREATE TABLE model (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            job TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER,
            withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
            content BLOB NOT NULL
        ) STRICT;
        CREATE INDEX model_by_expiry ON model (expires_at) WHERE expires_at IS NOT NULL;

        CREATE TABLE result_chunk (
            job INTEGER NOT NULL REFERENCES job (sequence) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number >= 0),
            data BLOB NOT NULL,
            PRIMARY KEY (job, number)
        ) STRICT;
        """

    /// A table of its own: few jobs have a trace, and a column behind the summary would be read through all its pages.
    private static let traceTable = """
        CREATE TABLE job_trace (
            job INTEGER PRIMARY KEY REFERENCES job (sequence) ON DELETE CASCADE,
            traceparent TEXT NOT NULL
        ) STRICT;
        """

    private static let upkeepTables = """
        CREATE TABLE idempotency_key (
            scope TEXT NOT NULL,
            key TEXT NOT NULL,
            digest TEXT NOT NULL,
            job INTEGER NOT NULL REFERENCES job (sequence) ON DELETE CASCADE,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL CHECK (expires_at >= created_at),
            PRIMARY KEY (scope, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_key_by_job ON idempotency_key (job);
        CREATE INDEX idempotency_key_by_expiry ON idempotency_key (expires_at);

        -- What expired, so that its address can answer 410 Gone for a while.
        CREATE TABLE tombstone (
            id TEXT NOT NULL PRIMARY KEY,
            expired_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX tombstone_by_age ON tombstone (expired_at);
        """
}
