/// Which jobs a listing shows; an empty filter shows all.
public struct JobFilter: Sendable {
    /// Only jobs in one of these states; nil for all.
    public var states: Set<JobState>?
    /// Only jobs on the dataset of this name; nil for all.
    public var dataset: String?
    /// Only jobs that carry this label with this value; nil for all.
    public var label: (name: String, value: String)?
    /// Only jobs of this kind; nil for all.
    public var kind: String?
    /// Only jobs of this tenant; nil for all.
    public var tenant: String?

    /// A filter; every part that is left out lets all jobs pass.
    public init(
        states: Set<JobState>? = nil,
        dataset: String? = nil,
        label: (name: String, value: String)? = nil,
        kind: String? = nil,
        tenant: String? = nil
    ) {
        self.states = states
        self.dataset = dataset
        self.label = label
        self.kind = kind
        self.tenant = tenant
    }

    /// Whether a listing under this filter shows the job.
    func matches(_ job: Job) -> Bool {
        if let states, !states.contains(job.state) { return false }
        if let dataset, job.dataset != dataset { return false }
        if let label, job.labels[label.name] != label.value { return false }
        if let kind, job.kind != kind { return false }
        if let tenant, job.tenant != tenant { return false }
        return true
    }
}

/// A page of jobs, newest first.
public struct JobPage: Sendable, Equatable {
    /// The jobs of this page.
    public let jobs: [Job]
    /// Where the next page begins; nil at the end.
    ///
    /// Opaque. Stays valid while jobs come and go: the pages that follow show every older job that still exists, once.
    public let nextCursor: String?

    /// A page.
    public init(jobs: [Job], nextCursor: String?) {
        self.jobs = jobs
        self.nextCursor = nextCursor
    }
}
