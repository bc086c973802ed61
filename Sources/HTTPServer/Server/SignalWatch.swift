import Dispatch
import Glibc

/// Waits for signals, which Dispatch delivers as events so that any code may run for them.
final class SignalWatch: Sendable {
    private let signals: AsyncStream<Int32>
    private let ending: AsyncStream<Int32>.Continuation
    private let queue = DispatchQueue(label: "HTTPServer.signals")

    init(_ numbers: [Int32]) {
        (signals, ending) = AsyncStream.makeStream()
        for number in numbers { Self.watch(number, queue, ending) }
    }

    /// Set here, in no actor's isolation, which a handler would take on.
    private nonisolated static func watch(
        _ number: Int32, _ queue: DispatchQueue, _ signals: AsyncStream<Int32>.Continuation
    ) {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { signals.yield(number) }
        let held = HeldSource(source)
        signals.onTermination = { [previous = signals.onTermination] reason in
            previous?(reason)
            held.cancel()
            signal(number, SIG_DFL)
        }
        source.activate()
    }

    /// Waits for the next signal.
    ///
    /// - Returns: False when there will be none: the watch or the task was cancelled.
    @discardableResult
    func next() async -> Bool {
        for await _ in signals { return true }
        return false
    }

    /// Gives the signals their default effects back.
    func cancel() {
        ending.finish()
    }
}

/// A Dispatch source that is only kept and cancelled, which Dispatch allows from any thread.
private final class HeldSource: @unchecked Sendable {
    // Sound: dispatch_source_cancel is documented as thread-safe, and nothing else is done with the source.
    private let source: any DispatchSourceSignal

    init(_ source: any DispatchSourceSignal) {
        self.source = source
    }

    func cancel() { source.cancel() }
}
