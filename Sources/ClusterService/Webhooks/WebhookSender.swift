import Dispatch
import Foundation
import HTTPServer
import JobStore
import Logging
import Synchronization

/// Posts the news of ended jobs to those who asked for them, until they have been told or a day is over.
final class WebhookSender: Sendable {
    private let store: any WebhookStore
    private let addresses: AddressGuard
    private let body: @Sendable (Job) -> [UInt8]
    private let metrics: WorkMetrics
    private let logger: Logger
    private let tls = WebhookTLS()
    private let schedule = WebhookSchedule()
    // Threads of its own: a receiver that does not answer holds one for seconds.
    private let queue = DispatchQueue(label: "webhooks", attributes: .concurrent)
    /// What the store holds, so that showing a job needs no second look into it.
    private let book = Mutex<[String: Webhook]>([:])
    private let lanes = Mutex(WebhookLanes())
    /// Rings when a post is over.
    private let landed = Bell()
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let isStopping = Atomic(false)
    private let now: @Sendable () -> Date

    /// How many are taken from the store at a time.
    private static let batch = 16
    /// How long a sender that died keeps a webhook from the next one.
    private static let lease = Duration.seconds(60)
    private static let interval = Duration.milliseconds(500)

    /// - Parameters:
    ///   - now: the store's clock.
    ///   - body: what is posted of a job.
    init(
        store: any WebhookStore, addresses: AddressGuard, metrics: WorkMetrics, logger: Logger,
        now: @escaping @Sendable () -> Date, body: @escaping @Sendable (Job) -> [UInt8]
    ) {
        (self.store, self.addresses, self.metrics, self.logger, self.body) = (store, addresses, metrics, logger, body)
        self.now = now
    }

    /// Sends what is due from now on.
    func start() async throws {
        let stored = try await store.webhooks()
        book.withLock { $0 = stored }
        let sending = Task { [weak self] in
            while !Task.isCancelled, let sender = self {
                do {
                    if try await sender.takeDue() == Self.batch { continue }
                } catch is CancellationError {
                    return
                } catch {
                    sender.logger.error("cannot look at the webhooks: \(error)")
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
        task.withLock { $0 = sending }
    }

    /// Sends no more: what has not begun is sent after the next start.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        task.withLock { $0?.cancel() }
        lanes.withLock { $0.clear() }
    }

    /// Waits until what is under way has been answered and that is stored, as long as a post may take; after ``stop()``.
    func land() async {
        let landing = Task { await settle() }
        let (done, continuation) = AsyncStream.makeStream(of: Void.self)
        Task {
            await landing.value
            continuation.yield()
        }
        if await !waitForChange(done, timeout: WebhookConnection.patience) {
            logger.warning("webhooks are still under way at the end; they are sent again after the next start")
        }
    }

    /// A job was submitted with a webhook.
    func add(_ target: WebhookTarget, of job: String) { book.withLock { $0[job] = Webhook(target) } }

    /// The webhook of a job as it is now, if it has one.
    func webhook(of job: Job) -> Webhook? { book.withLock { $0[job.id] }?.current(for: job) }

    /// Forgets jobs that are gone.
    func forget(_ jobs: some Sequence<String> & Sendable) {
        book.withLock { book in for job in jobs { book[job] = nil } }
    }

    /// How many webhooks there are in each state of delivery; of jobs that still run, waiting.
    var counts: [Webhook.State: Int] {
        book.withLock { $0.values.reduce(into: [:]) { $0[$1.state, default: 0] += 1 } }
    }

    /// Why an address cannot be a webhook's; nil when it can.
    func fault(_ url: String) -> String? {
        do throws(WebhookURL.Fault) {
            let url = try WebhookURL(url)
            guard WebhookConnection.literalAddresses(url.host).allSatisfy(addresses.permits),
                !url.isLocalHost || addresses.permitsLoopback
            else {
                return "is an address that webhooks may not be sent to: it is private, local or otherwise special; "
                    + "the operator can allow it with --webhook-allow"
            }
            return nil
        } catch {
            return error.detail
        }
    }

    /// Takes what is due from the store and begins to send it, as far as places are free.
    ///
    /// - Returns: how much the store gave out.
    private func takeDue() async throws -> Int {
        let isOpen = book.withLock { $0.values.contains { [.waiting, .pending].contains($0.state) } }
        // What is due is the store's to say, by its own clock.
        guard isOpen, try await store.nextWebhookAttempt() != nil else { return 0 }
        let due = try await store.claimWebhooks(limit: Self.batch, lease: Self.lease)
        lanes.withLock { lanes in
            for one in due {
                let host = (try? WebhookURL(one.webhook.target.url).receiver) ?? ""
                lanes.add(WebhookLanes.Post(due: one, host: host))
            }
        }
        sendNext()
        return due.count
    }

    /// Sends what is due, and waits until that is done.
    ///
    /// - Returns: how much that was.
    func sendDue() async throws -> Int {
        let count = try await takeDue()
        await settle()
        return count
    }

    /// Waits until no post is under way.
    private func settle() async {
        while !lanes.withLock({ $0.isEmpty }) { await landed.wait(timeout: Self.interval) }
    }

    private func sendNext() {
        while let post = lanes.withLock({ $0.next() }) {
            Task {
                let isAnswered = await send(post.due)
                lanes.withLock { $0.end(post, isAnswered: isAnswered) }
                sendNext()
                landed.ring()
            }
        }
    }

    /// - Returns: whether the receiver answered, whatever it said.
    private func send(_ due: DueWebhook) async -> Bool {
        var isAnswered = true
        do {
            // It may have been taken again just before the last attempt was stored.
            guard book.withLock({ $0[due.job]?.state }) != .delivered, let job = try await store.job(due.job) else {
                return isAnswered
            }
            let answer = await answer(due, job)
            if case .failure = answer { isAnswered = false }
            let now = now()
            let attempt = schedule.next(
                after: answer, number: due.webhook.attempts + 1, dueAt: due.webhook.dueAt ?? now, now: now,
                chance: .random(in: 0...1))
            let webhook = try await record(attempt, of: due.job)
            book.withLock { $0[due.job] = webhook }
            metrics.webhookTried(attempt)
            if let error = attempt.error {
                let end = attempt.next == .giveUp ? "; giving up" : ""
                logger.warning("the webhook of job \(due.job) was not delivered: \(error)\(end)")
            }
        } catch {
            logger.error("cannot store what became of the webhook of job \(due.job): \(error)")
        }
        return isAnswered
    }

    /// Takes down an attempt, again and again where the store cannot just now: what was delivered is not to be sent anew.
    private func record(_ attempt: WebhookAttempt, of job: String) async throws -> Webhook? {
        while true {
            do {
                return try await store.recordWebhook(job, attempt)
            } catch let error as JobStoreError where error.isPassing && !isStopping.load(ordering: .relaxed) {
                logger.error("cannot store what became of the webhook of job \(job); trying again: \(error)")
                try await Task.sleep(for: Self.interval)
            }
        }
    }

    private func answer(_ due: DueWebhook, _ job: Job) async -> WebhookAnswer {
        guard let url = try? WebhookURL(due.webhook.target.url),
            let signature = WebhookSignature(secret: due.webhook.target.secret)
        else { return .failure("the address or the secret is of another version") }
        let body = self.body(job)
        let (id, timestamp) = ("msg_\(job.id)_\(job.state.rawValue)", Int(Date().timeIntervalSince1970))
        // The post is a part of its own of the trace that the job came with.
        let trace = job.traceParent.flatMap { TraceContext($0) }.map { ["traceparent: \($0.child())"] } ?? []
        let head =
            ([
                "POST \(url.target) HTTP/1.1", "Host: \(url.authority)", "User-Agent: clusterd/\(Engine.version)",
                "Content-Type: application/json", "Content-Length: \(body.count)", "Connection: close",
                "webhook-id: \(id)", "webhook-timestamp: \(timestamp)",
                "webhook-signature: \(signature.field(id: id, timestamp: timestamp, body: body))",
            ] + trace + ["", ""]).joined(separator: "\r\n")
        let request = Array(head.utf8) + body
        return await withCheckedContinuation { continuation in
            queue.async { [addresses, tls] in
                let connection = WebhookConnection(
                    url: url, addresses: addresses, deadline: .now + WebhookConnection.patience, tls: tls)
                continuation.resume(returning: connection.send(request))
            }
        }
    }
}
