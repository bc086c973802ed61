import HTTPTypes

/// One request and its response, as far as the connection's decisions need to know them.
struct ExchangeState {
    enum ResponseProgress: Equatable {
        case notStarted
        /// `remaining` is nil when the length was not announced.
        case open(remaining: Int?)
        case ended
    }

    enum Expectation: Equatable {
        case none
        /// The client waits for a 100 or for a final status.
        case awaited
    }

    let isHead: Bool
    let minorVersion: Int
    let keepsAlive: Bool
    var intake: BodyIntake
    var expectation: Expectation
    var response = ResponseProgress.notStarted
    var keepsConnection = false

    init(_ head: RequestHead, limits: ServerLimits, times: ConnectionTimes) {
        isHead = head.method == .head
        minorVersion = head.minorVersion
        keepsAlive = head.keepsAlive
        intake = BodyIntake(head.framing, limits: limits, times: times)
        expectation = head.expectsContinue ? .awaited : .none
    }
}
