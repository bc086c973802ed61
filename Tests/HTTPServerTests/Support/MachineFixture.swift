import HTTPTypes

@testable import HTTPServer

/// A connection's state machine brought into a given state, on a clock that starts at 0.
struct MachineFixture {
    enum Start: String, CaseIterable {
        case handshaking, awaiting, readingHead, exchange, receivingBody, expectingContinue, failedBody, responding,
            responded
        case draining, finishing, lingering, closed
    }

    static let begin = Moment(nanoseconds: 0)
    static let limits = ServerLimits()

    static func seconds(_ count: Double) -> Moment { Moment(nanoseconds: Int(count * 1e9)) }

    var machine: ConnectionStateMachine

    init(limits: ServerLimits = Self.limits, isSecure: Bool = false) {
        machine = ConnectionStateMachine(limits: limits, isSecure: isSecure, at: Self.begin)
    }

    init(_ start: Start) {
        self.init(isSecure: start == .handshaking)
        switch start {
        case .handshaking, .awaiting: break
        case .readingHead: receive("GET / HT")
        case .exchange: receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        case .receivingBody: receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
        case .expectingContinue:
            receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n")
        case .failedBody:
            receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            receive("x")
        case .responding:
            self.init(.exchange)
            _ = machine.startResponse(status: 200, length: .known(5), asksClose: false)
        case .responded:
            self.init(.responding)
            _ = machine.writeContent(5)
            _ = machine.endResponse()
        case .draining:
            self.init(.receivingBody)
            respond()
        case .finishing: receive("BAD\r\n")
        case .lingering:
            self.init(.finishing)
            _ = machine.outputDrained(at: Self.begin)
        case .closed: _ = machine.close()
        }
    }

    /// Feeds octets until the machine wants no more of them; the steps that were not `.wait`.
    @discardableResult
    mutating func receive(_ text: String, at now: Moment = Self.begin) -> [ConnectionStateMachine.Step] {
        let bytes = octets(text)
        var position = 0
        var steps: [ConnectionStateMachine.Step] = []
        while position < bytes.count && machine.wantsInput {
            let step = machine.receive(bytes.span, from: &position, at: now)
            if step != .wait { steps.append(step) }
        }
        return steps
    }

    /// Answers the request with an empty 200 and returns from its handler.
    @discardableResult
    mutating func respond(status: Int = 200, asksClose: Bool = false, at now: Moment = Self.begin)
        -> ConnectionStateMachine.Step
    {
        _ = machine.startResponse(status: status, length: .known(0), asksClose: asksClose)
        _ = machine.endResponse()
        return machine.endExchange(at: now)
    }

    var stateName: String { machine.stateName }
}

extension ConnectionStateMachine {
    /// The state without what belongs to it.
    var stateName: String {
        switch state {
        case .handshaking: "handshaking"
        case .awaiting: "awaiting"
        case .readingHead: "readingHead"
        case .exchange: "exchange"
        case .draining: "draining"
        case .finishing: "finishing"
        case .lingering: "lingering"
        case .closed: "closed"
        }
    }
}
