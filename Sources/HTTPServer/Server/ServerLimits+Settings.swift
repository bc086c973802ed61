import Glibc
public import Logging

extension ServerLimits {
    /// Every limit by its name.
    public static let settings: [LimitSetting<ServerLimits>] = [
        .count("request_line_bytes", \.requestLine, least: 16),
        .count("header_bytes", \.headerSection, least: 16),
        .count("header_fields", \.headerFields),
        .count("chunk_line_bytes", \.chunkLine, least: 16),
        .count("trailer_bytes", \.trailerSection, least: 2),
        .time("handshake_timeout_seconds", \.handshakeTimeout),
        .time("head_timeout_seconds", \.headTimeout),
        .time("body_timeout_seconds", \.bodyTimeout),
        .count("body_bytes_per_second", \.bodyBytesPerSecond),
        .time("write_stall_timeout_seconds", \.writeStallTimeout),
        .time("response_timeout_seconds", \.responseTimeout),
        .count("response_bytes_per_second", \.responseBytesPerSecond),
        .time("idle_timeout_seconds", \.idleTimeout),
        .count("requests_per_connection", \.requestsPerConnection),
        .count("drained_body_bytes", \.drainedBody, least: 0),
        .time("linger_timeout_seconds", \.lingerTimeout),
        .count("pipelined_requests", \.pipelinedRequests),
        .count("buffered_body_bytes", \.bufferedBody),
        .count("buffered_response_bytes", \.bufferedResponse),
        .count("connections", \.connections),
        .count("connections_per_address", \.connectionsPerAddress),
        .count("backlog", \.backlog),
        .time("shutdown_timeout_seconds", \.shutdownTimeout),
        .time("hurried_timeout_seconds", \.hurriedTimeout),
    ]

    /// The same limits as far as the system grants them: connections by its descriptors, the backlog by its own limit.
    ///
    /// Raises the process's soft limit of descriptors to what the connections need, as far as the hard limit goes. A
    /// server does this itself when it starts; whoever shows the limits to clients calls it before.
    ///
    /// - Parameter logger: Told when there can be fewer connections than the limits say.
    public func granted(logger: Logger) -> ServerLimits {
        var granted = self
        granted.connections = DescriptorLimit.makeRoom(for: connections)
        granted.connectionsPerAddress = min(connectionsPerAddress, granted.connections)
        granted.backlog = min(backlog, Self.longestBacklog ?? backlog)
        if granted.connections < connections {
            logger.warning(
                "the limit of open files leaves room for \(granted.connections) connections; raise it for more")
        }
        return granted
    }

    /// The most connections that the system keeps for any socket.
    private static var longestBacklog: Int? {
        let descriptor = open("/proc/sys/net/core/somaxconn", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 32)
        let count = read(descriptor, &text, text.count)
        return Int(String(decoding: text.prefix(max(0, count)).prefix(while: ByteClass.isDigit), as: UTF8.self))
    }
}
