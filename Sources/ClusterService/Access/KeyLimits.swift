/// What one key may use up; nil is no limit of the key's own.
public struct KeyLimits: Sendable, Codable, Equatable {
    /// How many requests a second are answered in the long run; above 0.
    public var requestsPerSecond: Double?
    /// How many requests may come at once after a pause, at least 1; by default those of one second, at least 1.
    public var burst: Int?
    /// How many jobs of the tenant may be unfinished at a time.
    public var jobs: Int?
    /// How many datasets the tenant may have.
    public var datasets: Int?
    /// How many bytes the tenant's datasets may take together.
    public var storedBytes: Int?
    /// How many bytes the body of a request may have, packed and unpacked.
    public var bodyBytes: Int?

    /// The limits that are given.
    public init(
        requestsPerSecond: Double? = nil, burst: Int? = nil, jobs: Int? = nil, datasets: Int? = nil,
        storedBytes: Int? = nil, bodyBytes: Int? = nil
    ) {
        self.requestsPerSecond = requestsPerSecond
        self.burst = burst
        self.jobs = jobs
        self.datasets = datasets
        self.storedBytes = storedBytes
        self.bodyBytes = bodyBytes
    }

    /// These limits, and those of `other` where there is none.
    ///
    /// A burst goes with its rate: that of `other` is nothing for a rate of these limits' own.
    func filled(from other: KeyLimits) -> KeyLimits {
        KeyLimits(
            requestsPerSecond: requestsPerSecond ?? other.requestsPerSecond,
            burst: burst ?? (requestsPerSecond == nil ? other.burst : nil),
            jobs: jobs ?? other.jobs, datasets: datasets ?? other.datasets,
            storedBytes: storedBytes ?? other.storedBytes, bodyBytes: bodyBytes ?? other.bodyBytes)
    }
}
