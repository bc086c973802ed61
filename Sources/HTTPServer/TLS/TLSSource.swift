import Synchronization

/// The present TLS context of an endpoint, which a reload replaces; connections keep the one they began with.
final class TLSSource: Sendable {
    private let configuration: TLSConfiguration
    private let current: Mutex<TLSContext>

    init(_ configuration: TLSConfiguration) throws(TLSConfigurationError) {
        self.configuration = configuration
        current = Mutex(try TLSContext(configuration))
    }

    var context: TLSContext { current.withLock { $0 } }

    /// Reads the files anew, without putting them to use.
    func read() throws(TLSConfigurationError) -> TLSContext { try TLSContext(configuration) }

    /// Uses a context for connections from now on.
    func use(_ context: TLSContext) {
        current.withLock { $0 = context }
    }
}
