import Synchronization

/// Bytes that one task writes while another reads them, through a file: the reader waits for the writer, the writer for
/// a reader that is far behind.
///
/// A client that sends its whole body before it reads the answer would otherwise be waited for while it waits itself. One
/// that never reads cannot fill the disk.
final class FollowedSpool: Sendable {
    /// The most bytes that are read at once.
    private static let pieceSize = 64 * 1024
    /// A file that was read to its end is emptied once it is so long.
    private static let emptyingLength = 1 << 20

    private struct State {
        var written = 0
        var read = 0
        var hasEnded = false
        var isAbandoned = false
        var failure: (any Error)?
        var reader: CheckedContinuation<Void, Never>?
        var writer: CheckedContinuation<Void, Never>?

        /// Takes the reader out when there is something to tell it.
        mutating func woken() -> CheckedContinuation<Void, Never>? {
            guard read < written || hasEnded else { return nil }
            return reader.take()
        }
    }

    private let file: SpoolFile
    private let room: Int
    private let state = Mutex(State())

    /// - Parameter room: how many bytes may wait for the reader before the writer does.
    init(_ file: SpoolFile, room: Int = 1 << 30) {
        self.file = file
        self.room = room
    }

    /// Writes bytes behind those before, piece by piece as there is room.
    ///
    /// - Throws: `CancellationError` when nobody reads any more, or what keeps the file from taking them.
    func append(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let (offset, count) = try await reserve(min(rest.count, Self.pieceSize))
            try file.write(Array(rest.prefix(count)), at: offset)
            rest = rest.dropFirst(count)
            wake { $0.written += count }
        }
    }

    /// Waits for room.
    ///
    /// - Returns: where in the file it is, and how many bytes, at most `count`: the file is written round and round.
    private func reserve(_ count: Int) async throws -> (offset: Int, count: Int) {
        while true {
            // Only the writer moves `written`, so the place is its own until it says that the bytes are there.
            let (offset, free) = try state.withLock { state in
                if state.isAbandoned { throw CancellationError() }
                if state.read == state.written, state.written >= Self.emptyingLength {
                    try file.removeAll()
                    state.read = 0
                    state.written = 0
                }
                let offset = state.written % room
                return (offset, min(count, room - (state.written - state.read), room - offset))
            }
            if free > 0 { return (offset, free) }
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    state.writer = continuation
                    return state.isAbandoned || state.written - state.read < room ? state.writer.take() : nil
                }?.resume()
            }
        }
    }

    /// Says that nothing follows, or that it cannot.
    func finish(_ failure: (any Error)? = nil) {
        wake {
            $0.hasEnded = true
            $0.failure = failure
        }
    }

    /// The next bytes, as soon as there are some; nil at the end.
    ///
    /// - Throws: what ``finish(_:)`` was given, behind the last bytes.
    func next() async throws -> [UInt8]? {
        while true {
            let (offset, count, hasEnded, failure) = state.withLock {
                let place = $0.read % room
                return (place, min($0.written - $0.read, Self.pieceSize, room - place), $0.hasEnded, $0.failure)
            }
            if count > 0 {
                let bytes = try file.read(count, at: offset)
                state.withLock { state in
                    state.read += count
                    return state.written - state.read < room ? state.writer.take() : nil
                }?.resume()
                return bytes
            }
            if hasEnded {
                if let failure { throw failure }
                return nil
            }
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    state.reader = continuation
                    return state.woken()
                }?.resume()
            }
        }
    }

    /// Says that nobody reads any more: the writer must not wait.
    func abandon() {
        state.withLock { state in
            state.isAbandoned = true
            return state.writer.take()
        }?.resume()
    }

    private func wake(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            return state.woken()
        }?.resume()
    }
}
