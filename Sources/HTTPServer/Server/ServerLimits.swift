/// What a server allows its clients, and for how long it waits for them.
///
/// Deadlines are absolute: an octet a second does not move them. ``settings`` has every limit by its name, for command
/// lines and for documents that show what is in force.
public struct ServerLimits: Sendable, Equatable {
    /// The longest request line in bytes, without its CR LF; longer is a 414 (8 KiB).
    public var requestLine = 8 << 10

    /// The longest header section in bytes; longer is a 431 (32 KiB).
    public var headerSection = 32 << 10

    /// The most header fields; more are a 431 (100).
    public var headerFields = 100

    /// The longest line of a chunk's size and extensions in bytes; longer is a 400 (256).
    public var chunkLine = 256

    /// The longest trailer section in bytes; longer is a 400 (8 KiB).
    public var trailerSection = 8 << 10

    /// The time for a TLS handshake, from the connection on; close (5 s).
    public var handshakeTimeout: Duration = .seconds(5)

    /// The time for a whole head; 408 (10 s).
    ///
    /// It counts from the head's first octet; for the first request of a connection from the connection on, or from the
    /// end of its TLS handshake.
    public var headTimeout: Duration = .seconds(10)

    /// The time for a body before its length counts; 408 (30 s).
    ///
    /// The clock stands still while the server itself does not read.
    public var bodyTimeout: Duration = .seconds(30)

    /// The slowest body in bytes a second, beyond ``bodyTimeout`` (64 KiB).
    public var bodyBytesPerSecond = 64 << 10

    /// How long a client may take nothing of what is written to it before it is cut off (30 s).
    public var writeStallTimeout: Duration = .seconds(30)

    /// The time that a client may keep answers waiting before what it takes counts; close (30 s).
    ///
    /// The clock stands still, and recovers, while nothing waits to be sent: a stream of events is not cut for its age.
    public var responseTimeout: Duration = .seconds(30)

    /// The slowest reader in bytes a second, beyond ``responseTimeout`` (4 KiB).
    public var responseBytesPerSecond = 4 << 10

    /// How long a connection may be idle between requests (30 s).
    public var idleTimeout: Duration = .seconds(30)

    /// The most requests on one connection; the last says `Connection: close` (1,000).
    public var requestsPerConnection = 1_000

    /// How much of a body nobody read is discarded, after the response, to keep the connection (256 KiB).
    public var drainedBody = 256 << 10

    /// How long octets are discarded after a closing response, so that the client can read it (2 s).
    public var lingerTimeout: Duration = .seconds(2)

    /// How many pipelined requests of one connection are answered before others have their turn (20).
    public var pipelinedRequests = 20

    /// How much of a body waits in memory for its handler before the socket is no longer read (128 KiB).
    public var bufferedBody = 128 << 10

    /// How much waits to be sent before a handler's writes suspend and further requests wait (64 KiB).
    public var bufferedResponse = 64 << 10

    /// The most connections that are served at a time (16,384).
    ///
    /// An eighth more, 64 at most, are answered with 503 and `Retry-After`, and closed; the rest waits in the system's
    /// backlog.
    public var connections = 16_384

    /// The most connections at a time of one IPv4 address or IPv6 /64 network; more are reset (16,384).
    ///
    /// As many as there may be in all, since behind a proxy all clients have one address: lower it where they have not.
    public var connectionsPerAddress = 16_384

    /// How many connections the system keeps until they are accepted (1,024).
    public var backlog = 1_024

    /// How long a server that stops waits for requests in flight before it breaks them off (30 s).
    public var shutdownTimeout: Duration = .seconds(30)

    /// What is left, once the server stops, for a head that has begun, and for a body or a reader before its rate
    /// counts (2 s).
    public var hurriedTimeout: Duration = .seconds(2)

    /// The default limits.
    public init() {}
}
