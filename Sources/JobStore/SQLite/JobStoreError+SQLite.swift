import GRDB

/// From SQLite's result codes to codes and messages of ours, with the path and the fix.
extension JobStoreError {
    static func unwritable(_ path: String, reason: String, cause: (any Error)? = nil) -> JobStoreError {
        JobStoreError(
            code: .unwritable,
            message: "the job database \(path) cannot be opened for writing: \(reason);"
                + " its directory must exist and be writable by this user",
            cause: cause)
    }

    static func corrupt(_ path: String, reason: String, cause: (any Error)? = nil) -> JobStoreError {
        JobStoreError(
            code: .corrupt,
            message: "the job database \(path) is damaged or not a database: \(reason);"
                + " move it away and restore a backup or start anew",
            cause: cause)
    }

    static func closed(_ path: String, cause: (any Error)? = nil) -> JobStoreError {
        JobStoreError(code: .closed, message: "the job database \(path) was closed; open it again", cause: cause)
    }

    /// The error to throw for one that came up while the database at `path` was used.
    ///
    /// Errors of ours and cancellations of a read pass unchanged.
    static func wrap(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else {
            if error is JobStoreError || error is CancellationError { return error }
            return JobStoreError(code: .failure, message: "the job database \(path) failed", cause: error)
        }
        let reason = error.message ?? "no reason given"
        // The index of the log could not be made as large as it has to be: the code of a failure, whose reason is room.
        let isFull = error.resultCode == .SQLITE_FULL || error.extendedResultCode == .SQLITE_IOERR_SHMSIZE
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return corrupt(path, reason: reason, cause: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            return JobStoreError(
                code: .locked,
                message: "the job database \(path) is locked by another program: \(reason); close it and try again",
                cause: error)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return unwritable(path, reason: reason, cause: error)
        case _ where isFull:
            return JobStoreError(
                code: .full,
                message: "the disk of the job database \(path) is full; make room, nothing was changed",
                cause: error)
        default:
            return JobStoreError(
                code: .failure, message: "the job database \(path) failed: \(reason)", cause: error)
        }
    }
}
