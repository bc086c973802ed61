import Dispatch
import JobStore
import Synchronization

/// Tells those who follow a job how it stands, whenever that changes.
///
/// There is one picture of a job, the latest: it is taken once a change, whoever many follow, and shared. A follower
/// is a number and a continuation. One that is slow misses pictures in between and never the last; nothing is kept for
/// it.
final class JobFeed: Sendable {
    /// Takes a picture of a job.
    typealias Load = @Sendable () async throws -> JobView?
    /// Takes a picture of a job without waiting; nil where that cannot be.
    typealias Glance = @Sendable () -> JobView?

    /// What a follower waits for.
    enum News {
        /// The job as it is now; later than what the follower has seen.
        case snapshot(JobSnapshot)
        /// There was none in the time given, or the service stops.
        case none
        case failure(any Error)
    }

    private struct Channel {
        let glance: Glance
        let load: Load
        var followers = 0
        /// Counts the changes since somebody follows the job.
        var sequence: UInt64 = 1
        var latest: JobSnapshot?
        var isLoading = false
        var waiters: [UInt64: Waiter] = [:]
    }

    private struct Waiter {
        let continuation: CheckedContinuation<News, Never>
        let seen: UInt64
        let tick: Int
        /// Whether changes before the job's end are no news.
        let isForEnd: Bool
    }

    private struct State {
        var channels: [String: Channel] = [:]
        /// Who is to be woken at which time; one timer each.
        var alarms: [Int: [UInt64: String]] = [:]
        var nextNumber: UInt64 = 0
        var isDraining = false
    }

    /// Deadlines are rounded up to this, so that many share a timer.
    private static let tick = Duration.milliseconds(25)

    private let state = Mutex(State())
    private let epoch = ContinuousClock.now
    private let queue = DispatchQueue(label: "job-feed")

    /// Begins to follow a job.
    ///
    /// - Parameters:
    ///   - glance: takes a picture of the job where it is at hand, which saves a task.
    ///   - load: takes a picture of the job in any case; either is asked once a change for all followers.
    func follow(_ job: String, glance: @escaping Glance = { nil }, load: @escaping Load) -> JobFollower {
        state.withLock { $0.channels[job, default: Channel(glance: glance, load: load)].followers += 1 }
        return JobFollower(job, self)
    }

    /// Says that a job changed.
    ///
    /// - Parameter isEnd: whether that may be its end; those who wait for nothing else are left alone where it is not.
    /// - Complexity: O(1) where nobody follows the job.
    func notify(_ job: String, isEnd: Bool = true) {
        let isToLoad = state.withLock { state in
            guard let index = state.channels.index(forKey: job) else { return false }
            state.channels.values[index].sequence += 1
            let isWaitedFor = state.channels.values[index].waiters.values.contains { isEnd || !$0.isForEnd }
            return Self.beginLoading(job, in: &state, isWaitedFor: isWaitedFor)
        }
        if isToLoad { load(job) }
    }

    /// Ends all waiting, now and from now on: the service stops.
    func drain() {
        let waiters = state.withLock { state -> [Waiter] in
            state.isDraining = true
            let all = state.channels.values.flatMap(\.waiters.values)
            for job in state.channels.keys { state.channels[job]?.waiters = [:] }
            state.alarms = [:]
            return all
        }
        for waiter in waiters { waiter.continuation.resume(returning: .none) }
    }

    /// How many wait for news; for tests.
    var waiterCount: Int { state.withLock { $0.channels.values.reduce(0) { $0 + $1.waiters.count } } }

    /// How many jobs are followed; for tests.
    var channelCount: Int { state.withLock { $0.channels.count } }

    fileprivate func unfollow(_ job: String) {
        state.withLock { state in
            guard let followers = state.channels[job]?.followers else { return }
            if followers > 1 { state.channels[job]?.followers = followers - 1 } else { state.channels[job] = nil }
        }
    }

    fileprivate func news(
        _ job: String, after seen: UInt64, until deadline: ContinuousClock.Instant, isForEnd: Bool
    ) async -> News {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait(number, job, after: seen, until: deadline, isForEnd: isForEnd, $0) }
        } onCancel: {
            wake(number, of: job)
        }
    }

    private func wait(
        _ number: UInt64, _ job: String, after seen: UInt64, until deadline: ContinuousClock.Instant, isForEnd: Bool,
        _ continuation: CheckedContinuation<News, Never>
    ) {
        let tick = Int(((deadline - epoch) / Self.tick).rounded(.up))
        let isOver = Task.isCancelled || deadline <= .now
        let (news, isToLoad, isNewAlarm) = state.withLock { state -> (News?, Bool, Bool) in
            guard let channel = state.channels[job], !state.isDraining, !Task.isCancelled else {
                return (News.none, false, false)
            }
            if let latest = channel.latest, latest.sequence > seen, latest.sequence == channel.sequence {
                return (.snapshot(latest), false, false)
            }
            // Somebody whose time is over still gets what has changed.
            if isOver, channel.sequence <= seen { return (News.none, false, false) }
            state.channels[job]?.waiters[number] = Waiter(
                continuation: continuation, seen: seen, tick: tick, isForEnd: isForEnd)
            let isNewAlarm = !isOver && state.alarms[tick] == nil
            if !isOver { state.alarms[tick, default: [:]][number] = job }
            return (nil, Self.beginLoading(job, in: &state, isWaitedFor: channel.sequence > seen), isNewAlarm)
        }
        if let news { return continuation.resume(returning: news) }
        if isNewAlarm {
            let delay = max(.zero, epoch + Self.tick * tick - .now) / .seconds(1)
            queue.asyncAfter(deadline: .now() + delay) { [weak self] in self?.ring(tick) }
        }
        if isToLoad { load(job) }
        // A cancel that came before the waiter was there found nobody to wake.
        if Task.isCancelled { wake(number, of: job) }
    }

    private static func beginLoading(_ job: String, in state: inout State, isWaitedFor: Bool) -> Bool {
        guard isWaitedFor, state.channels[job]?.isLoading == false else { return false }
        state.channels[job]?.isLoading = true
        return true
    }

    private func load(_ job: String) {
        let found = state.withLock { state in state.channels[job].map { ($0.glance, $0.load, $0.sequence) } }
        guard let (glance, load, sequence) = found else { return }
        if let view = glance() { return publish(.snapshot(JobSnapshot(sequence: sequence, view: view)), of: job) }
        Task {
            do {
                let view = try await load()
                self.publish(.snapshot(JobSnapshot(sequence: sequence, view: view)), of: job)
            } catch {
                self.publish(.failure(error), of: job)
            }
        }
    }

    /// Hands news to all who wait for them, and looks again when the job changed meanwhile.
    private func publish(_ news: News, of job: String) {
        let (waiters, isToLoad) = state.withLock { state -> ([Waiter], Bool) in
            guard var channel = state.channels[job] else { return ([], false) }
            var told: [UInt64: Waiter] = [:]
            swap(&told, &channel.waiters)
            if case .snapshot(let snapshot) = news {
                channel.latest = snapshot
                let rest = told.filter { $0.value.seen >= snapshot.sequence }
                if !rest.isEmpty {
                    channel.waiters = rest
                    for number in rest.keys { told[number] = nil }
                }
            }
            let isBehind = channel.waiters.values.contains { $0.seen < channel.sequence }
            channel.isLoading = isBehind
            state.channels[job] = channel
            for (number, waiter) in told { Self.forgetAlarm(number, waiter.tick, in: &state) }
            return (Array(told.values), isBehind)
        }
        for waiter in waiters { waiter.continuation.resume(returning: news) }
        if isToLoad { load(job) }
    }

    private func wake(_ number: UInt64, of job: String) {
        let waiter = state.withLock { state -> Waiter? in
            guard let waiter = state.channels[job]?.waiters.removeValue(forKey: number) else { return nil }
            Self.forgetAlarm(number, waiter.tick, in: &state)
            return waiter
        }
        waiter?.continuation.resume(returning: .none)
    }

    private static func forgetAlarm(_ number: UInt64, _ tick: Int, in state: inout State) {
        state.alarms[tick]?[number] = nil
    }

    private func ring(_ tick: Int) {
        let waiters = state.withLock { state in
            (state.alarms.removeValue(forKey: tick) ?? [:]).compactMap { number, job in
                state.channels[job]?.waiters.removeValue(forKey: number)
            }
        }
        for waiter in waiters { waiter.continuation.resume(returning: .none) }
    }
}

/// One who follows a job, until it goes.
final class JobFollower: Sendable {
    private let job: String
    private let feed: JobFeed

    fileprivate init(_ job: String, _ feed: JobFeed) {
        (self.job, self.feed) = (job, feed)
    }

    deinit { feed.unfollow(job) }

    /// Waits for a picture later than the one numbered `seen`; 0 for the first, which comes at once.
    ///
    /// - Parameter isForEnd: whether only the job's end is waited for; other pictures may come all the same.
    /// - Returns: `.none` when there is none by `deadline`, when the task is cancelled or the service stops.
    func news(
        after seen: UInt64, until deadline: ContinuousClock.Instant, isForEnd: Bool = false
    ) async -> JobFeed.News {
        await feed.news(job, after: seen, until: deadline, isForEnd: isForEnd)
    }
}

/// A job at one moment, encoded at most once a format.
final class JobSnapshot: Sendable {
    /// Grows from picture to picture.
    let sequence: UInt64
    /// Nil when there is no such job.
    let view: JobView?
    private let encoded = Mutex<[EventFormat: [UInt8]]>([:])

    init(sequence: UInt64, view: JobView?) {
        (self.sequence, self.view) = (sequence, view)
    }

    /// The event that this is.
    var message: JobEventMessage {
        guard let view else { return .gone }
        return view.job.state.isTerminal ? .done(view) : .progress(view)
    }

    /// The event as bytes.
    func bytes(_ format: EventFormat) throws -> [UInt8] {
        try encoded.withLock { encoded in
            if let bytes = encoded[format] { return bytes }
            let bytes = try format.bytes(message)
            encoded[format] = bytes
            return bytes
        }
    }
}
