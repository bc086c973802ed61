import Foundation
import Glibc
import Synchronization

/// What clients have been shown of a job in training, on file, so that a service that is killed does not show less
/// afterwards.
///
/// Eight bytes that are overwritten in place and not synced: they outlive the process, not the machine, and cost a
/// system call a thousandth of the job. A checkpoint is behind them by its interval. Short jobs leave none.
final class ShownFraction: Sendable {
    /// A job that is over sooner is not worth a file.
    static let leastTime = Duration.milliseconds(250)
    static let suffix = ".shown"

    private struct State {
        var file: Int32?
        var noted: Double
    }

    private let path: String
    private let isOld: Bool
    private let startedAt = ContinuousClock.now
    private let state: Mutex<State>

    /// - Parameters:
    ///   - path: of the file, which is made when there is something to note.
    ///   - isFirstAttempt: whether there can be none yet.
    init(path: String, isFirstAttempt: Bool) {
        self.path = path
        let earlier = isFirstAttempt ? nil : Self.fraction(ofFile: path)
        isOld = earlier != nil
        state = Mutex(State(noted: earlier ?? 0))
    }

    deinit {
        if let file = state.withLock({ $0.file }), file >= 0 { close(file) }
    }

    /// Whether there is a file, or may be.
    var mayHaveFile: Bool { isOld || state.withLock { $0.file != nil } }

    /// Takes down what is about to be shown, where it is more than what was; one that cannot be is done without.
    func note(_ fraction: Double) {
        state.withLock { state in
            // As it is shown: what clients cannot tell from the last is not written.
            guard JobView.shown(fraction) > JobView.shown(state.noted) else { return }
            if state.file == nil {
                guard ContinuousClock.now - startedAt >= Self.leastTime else { return }
                state.file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o640)
            }
            guard let file = state.file, file >= 0 else { return }
            state.noted = fraction
            let bytes = fraction.bitPattern.littleEndian
            _ = withUnsafeBytes(of: bytes) { pwrite(file, $0.baseAddress, $0.count, 0) }
        }
    }

    /// What was noted in a file; nil where there is none, or it says nothing.
    static func fraction(ofFile path: String) -> Double? {
        guard let data = FileManager.default.contents(atPath: path), data.count == 8 else { return nil }
        let bits = data.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        let fraction = Double(bitPattern: bits)
        return (0...1).contains(fraction) ? fraction : nil
    }
}
