/// The times that a server's limits allow, in the clock's own unit.
struct ConnectionTimes {
    let handshake: Moment.Span
    let head: Moment.Span
    let body: Moment.Span
    let bodyBytesPerSecond: Int
    let writeStall: Moment.Span
    let response: Moment.Span
    let responseBytesPerSecond: Int
    let idle: Moment.Span
    let linger: Moment.Span
    let hurried: Moment.Span

    init(_ limits: ServerLimits) {
        handshake = Moment.Span(limits.handshakeTimeout)
        head = Moment.Span(limits.headTimeout)
        body = Moment.Span(limits.bodyTimeout)
        bodyBytesPerSecond = max(1, limits.bodyBytesPerSecond)
        writeStall = Moment.Span(limits.writeStallTimeout)
        response = Moment.Span(limits.responseTimeout)
        responseBytesPerSecond = max(1, limits.responseBytesPerSecond)
        idle = Moment.Span(limits.idleTimeout)
        linger = Moment.Span(limits.lingerTimeout)
        hurried = Moment.Span(limits.hurriedTimeout)
    }
}
