import JobStore

/// Which posts may go now: many at a time, but few to the same host, and one at a time to a host that did not answer
/// the last time, so that it holds up only its own.
struct WebhookLanes {
    /// How many posts are under way at a time.
    static let concurrency = 16
    /// How many of them to one host that answers.
    static let concurrencyOfHost = 4
    /// How many more may wait for a host; what comes beyond is left to the store, which gives it out again later.
    static let waitingForHost = 64

    /// A post and whom it goes to.
    struct Post: Sendable, Equatable {
        let due: DueWebhook
        let host: String
    }

    private var waiting: [Post] = []
    /// How many posts are under way, by host.
    private var flying: [String: Int] = [:]
    /// Hosts that did not answer the last time.
    private var silent: Set<String> = []
    /// How many of them are remembered.
    private static let silentLimit = 10_000
    /// The jobs whose posts wait or are under way.
    private var jobs: Set<String> = []

    /// How many posts are under way.
    private(set) var flyingCount = 0

    /// Whether nothing waits and nothing is under way.
    var isEmpty: Bool { jobs.isEmpty }

    /// Lets a post wait for its turn, unless it is here already or too many wait for its host.
    mutating func add(_ post: Post) {
        guard waiting.count(where: { $0.host == post.host }) < Self.waitingForHost, jobs.insert(post.due.job).inserted
        else { return }
        waiting.append(post)
    }

    /// The first post in line whose host has room; it is under way from now on.
    ///
    /// - Returns: nil when there is none, or all places are taken.
    /// - Complexity: O(waiting).
    mutating func next() -> Post? {
        guard flyingCount < Self.concurrency,
            let index = waiting.firstIndex(where: {
                flying[$0.host, default: 0] < (silent.contains($0.host) ? 1 : Self.concurrencyOfHost)
            })
        else { return nil }
        let post = waiting.remove(at: index)
        flying[post.host, default: 0] += 1
        flyingCount += 1
        return post
    }

    /// A post is over.
    ///
    /// - Parameter isAnswered: whether there was an answer, whatever it said.
    mutating func end(_ post: Post, isAnswered: Bool) {
        jobs.remove(post.due.job)
        if isAnswered {
            silent.remove(post.host)
        } else {
            if silent.count >= Self.silentLimit { silent.removeAll() }
            silent.insert(post.host)
        }
        flyingCount -= 1
        let left = flying[post.host, default: 1] - 1
        flying[post.host] = left > 0 ? left : nil
    }

    /// Forgets what has not begun.
    mutating func clear() {
        for post in waiting { jobs.remove(post.due.job) }
        waiting = []
    }
}
