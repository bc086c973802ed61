import CLinux

/// Knows whether the code is running on the thread that an event loop has just now.
final class LoopIdentity: Sendable {
    /// Whether the calling code runs in a turn of the loop.
    var isCurrent: Bool { clinux_thread_mark() == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// Runs a turn of the loop.
    func mark<Result>(_ turn: () -> Result) -> Result {
        clinux_set_thread_mark(UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()))
        defer { clinux_set_thread_mark(nil) }
        return turn()
    }
}

/// A value that is touched in turns of one event loop only.
///
/// Sendable without a lock, and soundly so: every access checks that it happens in a turn of the loop, and turns are
/// blocks of one serial queue, of which never two run at a time.
final class LoopBound<Value>: @unchecked Sendable {
    private let identity: LoopIdentity
    private var value: Value

    init(_ value: Value, to identity: LoopIdentity) {
        self.identity = identity
        self.value = value
    }

    /// Accesses the value; `body` must not lead back here.
    @inline(__always)
    func with<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
        precondition(identity.isCurrent, "a value bound to an event loop was touched from outside it")
        return try body(&value)
    }
}
