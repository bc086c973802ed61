internal import Synchronization

/// The questions that a fit has asked so far and the answers: what a ``FitCheckpoint`` is made from.
///
/// A fit's stages run one after the other, so the i-th question is the same in every run. Questions are asked on the
/// fit's own thread; those inside another question are part of its answer. Nothing is recorded once the fit is told to
/// finish, because what is skipped then would be missing from the list.
final class FitJournal: Sendable {
    /// What is asked.
    enum Question: Int {
        case seeds, training, refinement, clusterCount
    }

    enum Content: Sendable {
        case value(any CheckpointValue)
        case bytes([UInt8])

        var size: Int {
            switch self {
            case .value(let value): value.checkpointSize
            case .bytes(let bytes): bytes.count
            }
        }
    }

    private struct State {
        var entries: [(key: UInt64, isComplete: Bool, content: Content)] = []
        /// How many questions have been asked.
        var asked = 0
        var isInsideQuestion = false
        var isClosed = false
        /// What ``FitJournal/fingerprint`` came to, once it was needed.
        var fingerprint: UInt64?
    }

    private let checkpoints: FitCheckpoints?
    private let fingerprint: @Sendable () -> UInt64
    private let state = Mutex(State())
    private let replays = Atomic<Bool>(false)

    /// A journal of a fit whose checkpoints nobody wants.
    static let none = FitJournal(nil, fingerprint: 0)

    /// - Parameter fingerprint: a digest of what the answers depend on besides the points; taken where a checkpoint is
    ///   made or gone on from, which short fits never do.
    init(_ checkpoints: FitCheckpoints?, fingerprint: @autoclosure @escaping @Sendable () -> UInt64) {
        self.checkpoints = checkpoints
        self.fingerprint = fingerprint
        guard let resume = checkpoints?.resume, resume.fingerprint == fingerprint() else { return }
        state.withLock { state in
            state.entries = resume.entries.map { entry in
                (entry.key, entry.isComplete, .bytes(Array(resume.bytes[entry.range])))
            }
        }
        replays.store(!resume.entries.isEmpty, ordering: .relaxed)
    }

    /// Whether there are answers that have not been asked for yet.
    var isReplaying: Bool { replays.load(ordering: .relaxed) }

    /// Asks a question.
    ///
    /// - Parameters:
    ///   - key: a digest of all that tells this question from others of its kind.
    ///   - isUsable: whether an answer has the right shape.
    ///   - work: finds the answer, from the beginning or from a state that was recorded, and gives the function it is
    ///     handed the states that it could be continued from.
    func ask<Answer: CheckpointValue>(
        _ question: Question, key: NumberDigest, passes: RowPasses, isUsable: (Answer) -> Bool = { _ in true },
        work: (_ state: Answer?, _ record: (Answer) -> Void) throws -> Answer
    ) throws -> Answer {
        guard checkpoints != nil, let index = begin() else { return try work(nil) { _ in } }
        defer { state.withLock { $0.isInsideQuestion = false } }
        var key = key
        key.add(question.rawValue)
        var known: Answer?
        if let entry = recorded(index, key: key.value), case .bytes(let bytes) = entry.content {
            var reader = CheckpointReader(bytes)
            if let answer = try? Answer(from: &reader), reader.isAtEnd, isUsable(answer) {
                if entry.isComplete { return answer }
                known = answer
            } else {
                forget(from: index)
            }
        }
        let answer = try work(known) { state in
            if !passes.isFinishing, checkpoints?.isWanted() == true {
                self.record(state, at: index, key: key.value, isComplete: false)
                self.save()
            }
        }
        guard !passes.isFinishing else {
            state.withLock { $0.isClosed = true }
            return answer
        }
        record(answer, at: index, key: key.value, isComplete: true)
        if checkpoints?.isWanted() == true { save() }
        return answer
    }

    /// The number of the next question; nil when it is part of another or the journal is closed.
    private func begin() -> Int? {
        state.withLock { state in
            guard !state.isInsideQuestion, !state.isClosed else { return nil }
            state.isInsideQuestion = true
            state.asked += 1
            replays.store(state.asked < state.entries.count, ordering: .relaxed)
            return state.asked - 1
        }
    }

    /// What was recorded of a question; where another was asked, it and what follows is forgotten.
    private func recorded(_ index: Int, key: UInt64) -> (key: UInt64, isComplete: Bool, content: Content)? {
        let entry = state.withLock { index < $0.entries.count ? $0.entries[index] : nil }
        guard let entry else { return nil }
        if entry.key != key { forget(from: index) } else if !entry.isComplete { forget(from: index + 1) }
        return entry.key == key ? entry : nil
    }

    private func forget(from index: Int) {
        state.withLock { $0.entries.removeSubrange(min(index, $0.entries.count)...) }
        replays.store(false, ordering: .relaxed)
    }

    private func record(_ value: some CheckpointValue, at index: Int, key: UInt64, isComplete: Bool) {
        state.withLock { state in
            state.entries.removeSubrange(min(index, state.entries.count)...)
            state.entries.append((key, isComplete, .value(value)))
        }
    }

    private func save() {
        guard let checkpoints else { return }
        let (entries, known) = state.withLock { ($0.entries, $0.fingerprint) }
        guard entries.reduce(0, { $0 + $1.content.size }) <= checkpoints.maximumBytes else { return }
        let fingerprint = known ?? fingerprint()
        state.withLock { $0.fingerprint = fingerprint }
        checkpoints.save(FitCheckpoint(fingerprint: fingerprint, entries: entries))
    }
}

extension Points {
    /// A digest of options, of weights and of the shape of these points.
    func fingerprint(with options: some Sendable, weights: [Double]? = nil) -> UInt64 {
        var digest = NumberDigest()
        digest.add("\(options)")
        digest.add(count)
        digest.add(dimension)
        if let weights { digest.add(weights) }
        return digest.value
    }
}
