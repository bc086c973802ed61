import GRDB

/// Version 2: leases, fair order, memory, pauses between attempts, and keys that outlive their job.
extension SQLiteSchema {
    /// Makes the tables anew, because SQLite cannot add the constraints, nor columns before the summary, to those that
    /// are there.
    ///
    /// Runs with foreign keys off, as the migrator does, so that dropping the old table takes nothing with it.
    static func addQueueColumns(_ db: Database) throws {
        try db.execute(sql: jobTable)
        // Numbers of jobs that are gone must not be given out again.
        try db.execute(
            sql: "INSERT INTO sqlite_sequence (name, seq) SELECT 'job_2', seq FROM sqlite_sequence WHERE name = 'job'")
        try db.execute(sql: jobRows)
        try db.execute(sql: "DROP TABLE job")
        try db.execute(sql: "ALTER TABLE job_2 RENAME TO job")
        try db.execute(sql: jobIndexes)
        try db.execute(sql: keyTable)
    }

    private static let jobTable = """
        CREATE TABLE job_2 (
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
            tenant TEXT NOT NULL DEFAULT '',
            turn INTEGER NOT NULL DEFAULT 0 CHECK (turn >= 0),
            memory INTEGER NOT NULL DEFAULT 0 CHECK (memory >= 0),
            available_at INTEGER CHECK (available_at IS NULL OR state NOT IN ('running', 'cancelling')),
            lease_expires_at INTEGER,
            cancel_requested_at INTEGER CHECK (cancel_requested_at IS NOT NULL OR state != 'cancelling'),
            worker TEXT CHECK ((worker IS NOT NULL) = (state IN ('running', 'cancelling'))),
            stop_reason TEXT,
            error TEXT CHECK ((error IS NOT NULL) = (state = 'failed')),
            model TEXT REFERENCES model (id),
            kind TEXT NOT NULL,
            chunk_count INTEGER,
            summary BLOB,
            CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled'))),
            CHECK ((lease_expires_at IS NOT NULL) = (state IN ('running', 'cancelling'))),
            CHECK ((model IS NOT NULL) = (state = 'succeeded')),
            CHECK ((chunk_count IS NOT NULL) = (state = 'succeeded')),
            CHECK ((summary IS NOT NULL) = (state = 'succeeded'))
        ) STRICT;
        """

    /// In version 1 smaller priorities ran first.
    ///
    /// A job that was held when the old program ended has no lease to go on with: it ran out when the job began.
    private static let jobRows = """
        INSERT INTO job_2 (sequence, id, state, revision, created_at, started_at, finished_at, expires_at, retention,
            dataset, dataset_etag, dataset_version, labels, parameters, attempt, releases, maximum_attempts, priority,
            lease_expires_at, cancel_requested_at, worker, stop_reason, error, model, kind, chunk_count, summary)
        SELECT sequence, id, state, revision, created_at, started_at, finished_at, expires_at, retention,
            dataset, dataset_etag, dataset_version, labels, parameters, attempt, releases, maximum_attempts, -priority,
            CASE WHEN worker IS NOT NULL THEN COALESCE(started_at, created_at) END,
            CASE WHEN state = 'cancelling' THEN COALESCE(started_at, created_at) END,
            worker, stop_reason, error, model, kind, chunk_count, summary
        FROM job;
        """

    private static let jobIndexes = """
        -- The queue itself: only what waits, in the order in which it is claimed.
        CREATE INDEX job_queue ON job (priority DESC, turn, sequence) WHERE state = 'queued';
        CREATE INDEX job_queue_by_tenant ON job (tenant, priority, turn) WHERE state = 'queued';
        CREATE INDEX job_by_lease ON job (lease_expires_at) WHERE lease_expires_at IS NOT NULL;
        CREATE INDEX job_by_state ON job (state, sequence);
        CREATE INDEX job_by_dataset ON job (dataset, sequence) WHERE dataset IS NOT NULL;
        CREATE INDEX job_by_dataset_version ON job (dataset_version, state);
        CREATE INDEX job_by_expiry ON job (expires_at) WHERE expires_at IS NOT NULL;
        CREATE UNIQUE INDEX job_by_model ON job (model) WHERE model IS NOT NULL;
        """

    /// A key names its job by id and stays when the job expires.
    private static let keyTable = """
        CREATE TABLE idempotency_key_2 (
            scope TEXT NOT NULL,
            key TEXT NOT NULL,
            digest TEXT NOT NULL,
            job TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL CHECK (expires_at >= created_at),
            PRIMARY KEY (scope, key)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO idempotency_key_2 (scope, key, digest, job, created_at, expires_at)
            SELECT scope, key, digest, job.id, idempotency_key.created_at, idempotency_key.expires_at
            FROM idempotency_key JOIN job ON job.sequence = idempotency_key.job;
        DROP TABLE idempotency_key;
        ALTER TABLE idempotency_key_2 RENAME TO idempotency_key;
        CREATE INDEX idempotency_key_by_job ON idempotency_key (job);
        CREATE INDEX idempotency_key_by_expiry ON idempotency_key (expires_at);
        """
}
