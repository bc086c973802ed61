import Foundation
import JobStore
import Synchronization

/// Random histories: whatever happens, in whatever order, both drivers give the same answers.
///
/// The driver in memory is the oracle: it is short enough to be right by inspection.
enum AgreementScenarios {
    /// All of them.
    static let all: [JobStoreScenario] =
        []
        + (1...12).map { seed in
            JobStoreScenario("randomHistoriesHaveTheSameAnswersAsInMemory(\(seed))") {
                try await randomHistoriesHaveTheSameAnswersAsInMemory(seed, $0)
            }
        }

    static func randomHistoriesHaveTheSameAnswersAsInMemory(
        _ seed: UInt64, _ driver: StoreUnderTest
    ) async throws {
        let clock = TestClock()
        var fixtures: [StoreFixture] = []
        for driver in [StoreUnderTest.memory, driver] {
            fixtures.append(
                try await driver.open(
                    clock: clock, tombstoneLifetime: .seconds(40), identifiers: Self.numberedIdentifiers()))
        }
        var generator = SeededGenerator(seed: seed)
        var history = StoreHistory()
        for step in 0..<250 {
            clock.advance(seconds: Double(Int.random(in: 0...4, using: &generator)))
            let operation = history.next(using: &generator)
            var answers: [String] = []
            for fixture in fixtures { answers.append(await operation.answer(of: fixture.store)) }
            try expect(Set(answers).count == 1, "step \(step), \(operation): \(answers)")
        }
        let used = Set(history.names)
        try expect(used.count == StoreOperation.nameCount, "the history was too short to use every operation: \(used)")
    }

    private static func numberedIdentifiers() -> @Sendable (Date) -> String {
        let counter = Counter()
        return { _ in "job_\(counter.next())" }
    }
}

private final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}

/// One call with its arguments.
enum StoreOperation: Sendable {
    case submit(NewJob)
    case claim(WorkerRoom)
    case cancel(String)
    case append(String, attempt: Int, index: Int, Data)
    case succeed(String, attempt: Int, model: String)
    case renew(String, attempt: Int)
    case reclaim
    case held(HeldWrite, String, attempt: Int)
    case delete(String)
    case deleteModel(String)
    case recover
    case expire
    case look(String, model: String)
    case list(JobFilter, limit: Int, pages: Int)

    static let nameCount = 14

    var name: String {
        let text = String(describing: self)
        return String(text.prefix { $0 != "(" })
    }

    /// What a store answers, errors by their code and message included, as text that can be compared.
    func answer(of store: any JobStore) async -> String {
        do {
            return String(describing: try await perform(on: store))
        } catch let error as JobStoreError {
            return error.description
        } catch {
            return "unexpected: \(error)"
        }
    }

    private func perform(on store: any JobStore) async throws -> Any {
        switch self {
        case .submit(let job): return Facts(try await store.submit(job))
        case .claim(let room):
            return Facts(try await store.claimNext(worker: "w", lease: .seconds(20), room: room) as Any)
        case .renew(let id, let attempt):
            let held = HeldAttempt(job: id, attempt: attempt)
            return Facts(try await store.renew([held], lease: .seconds(20))[id] as Any)
        case .reclaim: return try await store.reclaim()
        case .cancel(let id): return Facts(try await store.requestCancel(id) as Any)
        case .append(let id, let attempt, let index, let data):
            return try await store.appendResultChunk(id, attempt: attempt, index: index, data: data)
        case .succeed(let id, let attempt, let model):
            return Facts(
                try await store.succeed(
                    id, attempt: attempt, summary: Data(id.utf8), modelID: model, model: Data(model.utf8),
                    stopReason: "converged"))
        case .held(let write, let id, let attempt):
            return try await write.perform(on: store, id, attempt: attempt)
        case .delete(let id): return try await store.delete(id)
        case .deleteModel(let id): return try await store.deleteModel(id)
        case .recover: return try await store.recover()
        case .expire:
            let report = try await store.expire()
            return Facts([report.jobs, report.models, report.freedDatasetVersions.sorted()])
        case .look(let id, let model):
            return Facts([
                try await store.job(id) as Any, try await store.isExpired(id), try await store.summary(id) as Any,
                try await store.resultChunk(id, index: 0) as Any, try await store.model(model) as Any,
                try await store.isExpired(model), try await store.counts().sorted { $0.key.rawValue < $1.key.rawValue },
                try await store.datasetVersionsInUse(among: ["v1", "v2", "v3", "v4"]).sorted(),
                try await store.activeJobs(usingDataset: "d1"),
            ])
        case .list(let filter, let limit, let pages):
            var shown: [[Job]] = []
            var models: [[StoredModel]] = []
            var cursors: (jobs: String?, models: String?)
            for _ in 0..<pages {
                let page = try await store.jobs(matching: filter, limit: limit, after: cursors.jobs)
                let modelPage = try await store.models(limit: limit, after: cursors.models)
                (shown, models) = (shown + [page.jobs], models + [modelPage.models])
                cursors = (page.nextCursor, modelPage.nextCursor)
            }
            return Facts([shown, models, cursors.jobs == nil, cursors.models == nil])
        }
    }
}

/// Prints values with every field and dictionaries in a fixed order.
private struct Facts: CustomStringConvertible {
    let description: String

    init(_ value: Any) {
        var text = ""
        Self.write(value, to: &text)
        description = text
    }

    private static func write(_ value: Any, to text: inout String) {
        if let labels = value as? [String: String] {
            text += labels.sorted { $0.key < $1.key }.description
            return
        }
        if let data = value as? Data {
            text += data.base64EncodedString()
            return
        }
        let mirror = Mirror(reflecting: value)
        if mirror.children.isEmpty || value is Date || value is Duration {
            text += "\(value)"
            return
        }
        text += "\(mirror.subjectType)("
        for child in mirror.children {
            text += (child.label ?? "") + ":"
            write(child.value, to: &text)
            text += ","
        }
        text += ")"
    }
}
