import Dispatch
import Foundation
import Glibc
import Synchronization

/// A thread for one job at a time, that gives way to the threads that serve requests.
///
/// A thread of its own and not a queue's: a queue's threads serve others afterwards, and would stay as slow for them.
final class TrainingThread: Sendable {
    /// How nice the thread is (`setpriority(2)`): requests are answered in time however many jobs compute.
    private static let niceness: CInt = 10

    private let work = Mutex<[@Sendable () -> Void]>([])
    private let arrival = DispatchSemaphore(value: 0)
    private let isOver = Atomic(false)

    /// Starts the thread.
    init(name: String) {
        let thread = Thread { [self] in
            // Linux counts niceness by thread. Where it is refused the thread just is not nice.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.niceness)
            while true {
                arrival.wait()
                let next = work.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                if let next { next() } else if isOver.load(ordering: .acquiring) { return }
            }
        }
        thread.name = name
        // As much as a main thread has.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Runs `body` there and returns what it returns.
    func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            work.withLock { $0.append { continuation.resume(returning: body()) } }
            arrival.signal()
        }
    }

    /// Ends the thread after what it was given so far.
    func end() {
        isOver.store(true, ordering: .releasing)
        arrival.signal()
    }
}
