internal import Dispatch
internal import Synchronization

/// Runs passes over rows: in parallel, in a fixed order of addition, and stopping soon when told to.
final class RowPasses: Sendable {
    let control: FitControl
    let meter: ProgressMeter
    let journal: FitJournal
    private let decision = Atomic<Int>(0)  // 0 proceed, 1 finish, 2 cancel; it never falls

    init(control: FitControl = FitControl(), journal: FitJournal = .none) {
        self.control = control
        self.journal = journal
        meter = ProgressMeter(report: control.report)
        SerialBLAS.configure()
    }

    /// Whether the fit shall end with what it has.
    var isFinishing: Bool { decision.load(ordering: .relaxed) == 1 }

    /// Asks whether to go on.
    ///
    /// - Returns: false when the fit shall end with what it has.
    /// - Throws: `CancellationError` when it shall end with nothing.
    func proceed() throws -> Bool {
        let now = ask()
        guard now < 2 else { throw CancellationError() }
        return now == 0
    }

    private func ask() -> Int {
        let known = decision.load(ordering: .relaxed)
        let answer =
            switch control.decide() {
            case .proceed: 0
            // What was done before an interruption is not undone because the time is over.
            case .finish: journal.isReplaying ? 0 : 1
            case .cancel: 2
            }
        guard answer > known else { return known }
        return max(answer, decision.max(answer, ordering: .relaxed).oldValue)
    }

    /// Visits every tile of every chunk and returns what the chunks added up, in order.
    ///
    /// - Parameters:
    ///   - abandonable: whether the pass may end early when the fit shall finish; otherwise only cancelling ends it.
    ///   - scratch: makes memory that one thread reuses from tile to tile.
    ///   - partial: makes what one chunk adds up in.
    ///   - visit: works on one tile.
    /// - Returns: nil when the pass was abandoned.
    func run<Partial: Sendable, Scratch>(
        _ layout: RowLayout, abandonable: Bool, scratch: @Sendable () -> Scratch, partial: @Sendable () -> Partial,
        visit: @Sendable (Scratch, inout Partial, Range<Int>) -> Void
    ) throws -> [Partial]? {
        try sum(
            layout, abandonable: abandonable, scratch: scratch, partial: { [partial()] },
            add: { $0.append(contentsOf: $1) }, start: []
        ) { visit($0, &$1[0], $2) }
    }

    /// Visits every tile of every chunk and returns the sum of what the chunks added up, from first to last.
    ///
    /// Chunks are added as soon as all before them are, so that few sums are held at a time.
    ///
    /// - Parameters:
    ///   - add: adds the second sum to the first.
    ///   - start: what to add to; nil for what `partial` makes.
    /// - Returns: nil when the pass was abandoned.
    func sum<Partial: Sendable, Scratch>(
        _ layout: RowLayout, abandonable: Bool, scratch: @Sendable () -> Scratch, partial: @Sendable () -> Partial,
        add: @Sendable (inout Partial, Partial) -> Void, start: Partial? = nil,
        visit: @Sendable (Scratch, inout Partial, Range<Int>) -> Void
    ) throws -> Partial? {
        if layout.chunkCount == 1 {
            guard
                let sum = try single(
                    layout, abandonable: abandonable, memory: scratch(), partial: partial(), visit: visit)
            else { return nil }
            guard var total = start else { return sum }
            add(&total, sum)
            return total
        }
        let queue = ChunkQueue<Partial>(count: layout.chunkCount, total: start ?? partial())
        let threshold = abandonable ? 1 : 2
        @Sendable func work() {
            let memory = scratch()
            while let index = queue.next() {
                var sum = partial()
                for tile in layout.tiles(of: layout.chunk(index)) {
                    guard self.ask() < threshold else { return queue.stop() }
                    visit(memory, &sum, tile)
                }
                queue.finish(index, with: sum, add: add)
                self.meter.chunkDone(of: layout.chunkCount)
            }
        }
        let workers = min(max(1, control.threads), layout.chunkCount)
        if workers <= 1 {
            work()
        } else {
            DispatchQueue.concurrentPerform(iterations: workers) { _ in work() }
        }
        guard decision.load(ordering: .relaxed) < 2 else { throw CancellationError() }
        return queue.result
    }

    /// The pass over the only chunk.
    private func single<Partial, Scratch>(
        _ layout: RowLayout, abandonable: Bool, memory: Scratch, partial: Partial,
        visit: (Scratch, inout Partial, Range<Int>) -> Void
    ) throws -> Partial? {
        var sum = partial
        for tile in layout.tiles(of: layout.chunk(0)) {
            let now = ask()
            guard now < 2 else { throw CancellationError() }
            if abandonable, now > 0 { return nil }
            visit(memory, &sum, tile)
        }
        return sum
    }
}

/// Hands out chunks and adds up what they come to, in order.
private final class ChunkQueue<Partial: Sendable>: Sendable {
    private struct State {
        var total: Partial
        /// The first chunk that is not added yet.
        var next = 0
        /// Chunks done before all of those in front of them.
        var waiting: [Int: Partial] = [:]
    }

    private let count: Int
    private let issued = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let state: Mutex<State>

    init(count: Int, total: Partial) {
        self.count = count
        state = Mutex(State(total: total))
    }

    func next() -> Int? {
        let index = issued.add(1, ordering: .relaxed).oldValue
        return index < count && !stopped.load(ordering: .relaxed) ? index : nil
    }

    func stop() { stopped.store(true, ordering: .relaxed) }

    func finish(_ index: Int, with partial: Partial, add: (inout Partial, Partial) -> Void) {
        state.withLock { state in
            guard index == state.next else {
                state.waiting[index] = partial
                return
            }
            add(&state.total, partial)
            state.next += 1
            while let more = state.waiting.removeValue(forKey: state.next) {
                add(&state.total, more)
                state.next += 1
            }
        }
    }

    /// Nil when the pass was stopped.
    var result: Partial? { stopped.load(ordering: .relaxed) ? nil : state.withLock { $0.total } }
}
