import Synchronization

/// Bytes that one task writes while another reads them, through a file: the reader waits for the writer, the writer for
/// nobody.
///
/// A client that sends its whole body before it reads the answer would otherwise be waited for while it waits itself.
final class FollowedSpool: Sendable {
    /// The most bytes that are read at once.
    private static let pieceSize = 64 * 1024
    /// A file that was read to its end is emptied once it is so long.
    private static let emptyingLength = 1 << 20

    private struct State {
        var written = 0
        var read = 0
        var hasEnded = false
        var failure: (any Error)?
        var reader: CheckedContinuation<Void, Never>?

        /// Takes the reader out when there is something to tell it.
        mutating func woken() -> CheckedContinuation<Void, Never>? {
            guard read < written || hasEnded else { return nil }
            return reader.take()
        }
    }

    private let file: SpoolFile
    private let state = Mutex(State())

    init(_ file: SpoolFile) { self.file = file }

    /// Writes bytes behind those before.
    func append(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { return }
        // Only the writer moves `written`, so the place is its own until it says that the bytes are there.
        let offset = try state.withLock { state in
            if state.read == state.written, state.written >= Self.emptyingLength {
                try file.removeAll()
                state.read = 0
                state.written = 0
            }
            return state.written
        }
        try file.write(bytes, at: offset)
        wake { $0.written += bytes.count }
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
                ($0.read, min($0.written - $0.read, Self.pieceSize), $0.hasEnded, $0.failure)
            }
            if count > 0 {
                let bytes = try file.read(count, at: offset)
                state.withLock { $0.read += count }
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

    private func wake(_ change: (inout State) -> Void) {
        state.withLock { state in
            change(&state)
            return state.woken()
        }?.resume()
    }
}
