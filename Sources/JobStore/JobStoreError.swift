/// What went wrong in a job store: a code for programs, a message for people that names the fix, and the cause.
///
/// ```swift
/// do { _ = try await store.succeed(…) }
/// catch let error as JobStoreError where error.code == .leaseLost { return }  // somebody else has the job now
/// ```
public struct JobStoreError: Error, Sendable {
    /// The kind of failure; more may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the code.
        public let description: String

        /// The database file is not a database, or is damaged.
        public static let corrupt = Code(description: "corrupt")
        /// Another process has the database, or held a lock for too long.
        public static let locked = Code(description: "locked")
        /// The database cannot be opened or written: path, rights, or a read-only disk.
        public static let unwritable = Code(description: "unwritable")
        /// The disk is full.
        public static let full = Code(description: "full")
        /// The file is a database of another program, or of a newer version of this one.
        public static let foreign = Code(description: "foreign")
        /// The store was closed.
        public static let closed = Code(description: "closed")
        /// The disk or the database failed in another way.
        public static let failure = Code(description: "failure")

        /// There is no job of this id.
        public static let unknownJob = Code(description: "unknownJob")
        /// The attempt no longer holds the job: it was re-queued, claimed anew, or ended.
        public static let leaseLost = Code(description: "leaseLost")
        /// The state of the job forbids the step.
        public static let notPossible = Code(description: "notPossible")
        /// A chunk number is missing below the highest one.
        public static let incompleteResult = Code(description: "incompleteResult")
        /// The model id is taken.
        public static let duplicateModel = Code(description: "duplicateModel")
        /// No page gave out this cursor.
        public static let invalidCursor = Code(description: "invalidCursor")
        /// An argument is out of its range.
        public static let invalidArgument = Code(description: "invalidArgument")
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, to what, and what to do about it.
    public let message: String
    /// The error underneath.
    public let cause: (any Error)?

    /// An error.
    public init(code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension JobStoreError: CustomStringConvertible {
    /// Code and message, with the cause where there is one.
    public var description: String {
        cause.map { "\(code): \(message) (\($0))" } ?? "\(code): \(message)"
    }
}

extension JobStoreError {
    /// Whether the same call may succeed later: the disk is full, say, or another program has locked the database.
    public var isPassing: Bool { [.full, .locked, .unwritable, .failure].contains(code) }

    static func unknownJob(_ id: String) -> JobStoreError {
        JobStoreError(code: .unknownJob, message: "there is no job \(id); it may have been deleted or have expired")
    }

    static func leaseLost(_ id: String, attempt: Int, state: JobState, current: Int) -> JobStoreError {
        JobStoreError(
            code: .leaseLost,
            message: "attempt \(attempt) no longer holds job \(id), which is \(state.rawValue) at attempt \(current);"
                + " stop working on it and drop its result")
    }

    static func notPossible(_ id: String, state: JobState, event: JobEvent) -> JobStoreError {
        JobStoreError(
            code: .notPossible, message: "job \(id) is \(state.rawValue), where the event '\(event)' has no meaning")
    }

    static func incompleteResult(_ id: String, found: Int, expected: Int) -> JobStoreError {
        JobStoreError(
            code: .incompleteResult,
            message: "job \(id) has \(found) chunks numbered up to \(expected - 1); write the missing ones first")
    }

    static func duplicateModel(_ id: String) -> JobStoreError {
        JobStoreError(code: .duplicateModel, message: "there is a model \(id) already; use a fresh id")
    }

    static func invalidCursor(_ cursor: String) -> JobStoreError {
        JobStoreError(
            code: .invalidCursor, message: "'\(cursor)' is not a cursor of this listing; begin without one")
    }

    static func invalidArgument(_ message: String) -> JobStoreError {
        JobStoreError(code: .invalidArgument, message: message)
    }

    /// The problem object (RFC 9457) of a job that fails because its workers keep getting lost.
    static func workerLostProblem(attempts: Int) -> String {
        let times = attempts == 1 ? "its only attempt" : "all of its \(attempts) attempts"
        return #"{"type":"/problems/worker-lost","title":"The worker was lost","status":500,"#
            + #""detail":"The process that computed this job ended during \#(times) without getting further. "#
            + #"The job may need more memory than there is: try fewer points or columns, or submit it again."}"#
    }
}
