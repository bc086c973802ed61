import Synchronization

/// Bytes in memory that can be read once, as the content of a connection can.
final class SingleUseBytes: Sendable {
    private enum State {
        case unread([UInt8])
        case read
        case ended
    }

    private let state: Mutex<State>

    init(_ bytes: [UInt8]) {
        state = Mutex(.unread(bytes))
    }

    /// The bytes at the first call, nil at the second, an error from then on.
    func take() throws -> [UInt8]? {
        try state.withLock { state in
            switch state {
            case .unread(let bytes):
                state = .read
                return bytes
            case .read:
                state = .ended
                return nil
            case .ended:
                throw BodyAlreadyRead()
            }
        }
    }
}

/// The content of a request was read a second time, or after its response had ended.
public struct BodyAlreadyRead: Error, CustomStringConvertible {
    /// What happened, for a log.
    public var description: String { "the request's body was read twice, or after the request had ended" }
}
