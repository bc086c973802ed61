/// Something with a descriptor on an event loop; all is called on the loop's thread.
protocol Watcher: AnyObject, Sendable {
    /// The descriptor has become ready; told once for each change.
    func becameReady(for readiness: Readiness)

    /// A deadline that was asked for may have passed.
    func deadlinePassed(at now: Moment)

    /// It asked to be called again in this turn of the loop.
    func resume()
}

/// Names a watcher on its loop; never reused while an event for it may be under way.
struct WatcherToken: Equatable {
    let index: Int
    let generation: UInt32

    var rawValue: UInt64 { UInt64(generation) << 32 | UInt64(UInt32(truncatingIfNeeded: index)) }

    init(index: Int, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    init(rawValue: UInt64) {
        index = Int(rawValue & 0xFFFF_FFFF)
        generation = UInt32(rawValue >> 32)
    }
}
