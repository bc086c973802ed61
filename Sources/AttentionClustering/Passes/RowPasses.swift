internal import Dispatch
internal import Synchronization

/// Runs passes over rows: in parallel, in a fixed order of addition, and stopping soon when told to.
final class RowPasses: Sendable {
    let control: FitControl
    let meter: ProgressMeter
    private let decision = Atomic<Int>(0)  // 0 proceed, 1 finish, 2 cancel; it never falls

    init(control: FitControl = FitControl()) {
        self.control = control
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
            case .finish: 1
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
        let queue = ChunkQueue<Partial>(count: layout.chunkCount)
        let threshold = abandonable ? 1 : 2
        @Sendable func work() {
            let memory = scratch()
            while let index = queue.next() {
                var sum = partial()
                for tile in layout.tiles(of: layout.chunk(index)) {
                    guard self.ask() < threshold else { return queue.stop() }
                    visit(memory, &sum, tile)
                }
                queue.finish(index, with: sum)
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
        return queue.results
    }
}

/// Hands out chunks and collects what they add up to, in order.
private final class ChunkQueue<Partial: Sendable>: Sendable {
    private let count: Int
    private let issued = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let partials: Mutex<[Partial?]>

    init(count: Int) {
        self.count = count
        partials = Mutex([Partial?](repeating: nil, count: count))
    }

    func next() -> Int? {
        let index = issued.add(1, ordering: .relaxed).oldValue
        return index < count && !stopped.load(ordering: .relaxed) ? index : nil
    }

    func stop() { stopped.store(true, ordering: .relaxed) }

    func finish(_ index: Int, with partial: Partial) { partials.withLock { $0[index] = partial } }

    /// Nil when the pass was stopped.
    var results: [Partial]? { stopped.load(ordering: .relaxed) ? nil : partials.withLock { $0.compactMap(\.self) } }
}
