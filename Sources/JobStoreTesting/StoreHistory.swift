import Foundation
import JobStore

/// A random but plausible series of calls: mostly on jobs and attempts that exist, sometimes beside them.
struct StoreHistory {
    private(set) var names: [String] = []
    private var submitted = 0
    private var models = 0

    mutating func next(using generator: inout SeededGenerator) -> StoreOperation {
        let operation = draw(using: &generator)
        names.append(operation.name)
        return operation
    }

    private mutating func draw(using generator: inout SeededGenerator) -> StoreOperation {
        // Few jobs at a time, so that the calls meet.
        let id = "job_\(max(1, submitted - Int.random(in: -1...5, using: &generator)))"
        let attempt = Int.random(in: 1...3, using: &generator)
        let model = "mdl_\(max(1, models - Int.random(in: 0...3, using: &generator)))"
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<16:
            submitted += 1
            return .submit(newJob(using: &generator))
        case 16..<33:
            let isIdle = Bool.random(using: &generator)
            return .claim(WorkerRoom(memory: Int.random(in: 0...3, using: &generator), isIdle: isIdle))
        case 33: return .reclaim
        case 34..<36: return .renew(id, attempt: attempt)
        case 36..<42: return .cancel(id)
        case 42..<52:
            let index = Int.random(in: 0...1, using: &generator)
            return .append(id, attempt: attempt, index: index, Data([UInt8.random(in: 0...255, using: &generator)]))
        case 52..<66:
            // Now and then a model id that is taken.
            if Int.random(in: 0..<4, using: &generator) > 0 { models += 1 }
            return .succeed(id, attempt: attempt, model: "mdl_\(max(1, models))")
        case 66..<74:
            let write = HeldWrite.allCases.randomElement(using: &generator) ?? .release
            return .held(write, id, attempt: attempt)
        case 74..<77: return .delete(id)
        case 77..<80: return .deleteModel(model)
        case 80..<82: return .recover
        case 82..<86: return .expire
        case 86..<94: return .look(id, model: model)
        default:
            return .list(
                filter(using: &generator), limit: Int.random(in: 1...5, using: &generator),
                pages: Int.random(in: 1...3, using: &generator))
        }
    }

    private func newJob(using generator: inout SeededGenerator) -> NewJob {
        let name = Int.random(in: 1...3, using: &generator)
        let key =
            Bool.random(using: &generator)
            ? IdempotencyKey(
                key: "k\(Int.random(in: 1...6, using: &generator))", scope: "s",
                digest: "d\(Int.random(in: 1...2, using: &generator))", lifetime: .seconds(60)) : nil
        return .sample(
            dataset: name == 3 ? nil : "d\(name)", version: "v\(Int.random(in: 1...4, using: &generator))",
            labels: ["n": "\(name)", "all": "yes"], kind: name == 3 ? "cluster" : "job",
            maximumAttempts: Int.random(in: 1...4, using: &generator),
            priority: Int.random(in: 0...2, using: &generator),
            tenant: "t\(Int.random(in: 0...2, using: &generator))", memory: Int.random(in: 0...4, using: &generator),
            retention: [nil, .zero, .seconds(15), .seconds(90)].randomElement(using: &generator) ?? nil, key: key)
    }

    private func filter(using generator: inout SeededGenerator) -> JobFilter {
        let some = { (generator: inout SeededGenerator) in Int.random(in: 0..<3, using: &generator) == 0 }
        return JobFilter(
            states: some(&generator) ? [.queued, .succeeded] : nil, dataset: some(&generator) ? "d1" : nil,
            label: some(&generator) ? ("n", "3") : nil, kind: some(&generator) ? "cluster" : nil)
    }
}
