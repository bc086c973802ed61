import HTTPTypes
import Testing

@testable import HTTPServer

/// Every state and every event: the step that follows and the state after it.
struct ConnectionStateMachineTableTests {
    typealias Step = ConnectionStateMachine.Step
    typealias Start = MachineFixture.Start

    enum Event: String, CaseIterable {
        case octets, endOfInput, expire, stop, outputDrained, endExchange, close
        case handshakeEnded, handshakeRefused, plainHTTP, clientLeft

        /// Events of the handshake are nothing to any other state.
        var isOfHandshake: Bool {
            switch self {
            case .handshakeEnded, .handshakeRefused, .plainHTTP, .clientLeft: true
            default: false
            }
        }
    }

    private static let late = MachineFixture.seconds(1000)
    private static let begin = MachineFixture.begin

    private static func apply(_ event: Event, to machine: inout ConnectionStateMachine) -> Step {
        let bytes = octets("*")
        var position = 0
        return switch event {
        case .octets: machine.receive(bytes.span, from: &position, at: late)
        case .endOfInput: machine.endOfInput(at: late)
        case .expire: machine.expire(at: late)
        case .stop: machine.stop(at: begin)
        case .outputDrained: machine.outputDrained(at: late)
        case .endExchange: machine.endExchange(at: late)
        case .handshakeEnded: ended(&machine)
        case .handshakeRefused: machine.handshakeFailed(.refused("no shared cipher"), at: late)
        case .plainHTTP: machine.handshakeFailed(.plainHTTP, at: late)
        case .clientLeft: machine.handshakeFailed(.gone, at: late)
        case .close: machine.close()
        }
    }

    private static func ended(_ machine: inout ConnectionStateMachine) -> Step {
        machine.handshakeEnded(at: late)
        return .wait
    }

    private static let cut = Step.refuse(.malformed("the connection ended within the request's head"), isHead: false)
    private static let short = Step.bodyFailed(.incompleteBody)
    private static let broken = Step.close(reset: true)
    private static let gone = Step.close(reset: false)

    /// Rows are states; columns are the events but `close`, which closes from everywhere.
    private static let table: [Start: [Event: (Step, String)]] = [
        .handshaking: [
            .octets: (.wait, "handshaking"), .endOfInput: (gone, "closed"), .expire: (gone, "closed"),
            .stop: (gone, "closed"), .outputDrained: (.wait, "handshaking"), .endExchange: (.wait, "handshaking"),
            .handshakeEnded: (.wait, "awaiting"), .handshakeRefused: (.shutdownWrite, "lingering"),
            .plainHTTP: (.refuse(.notSecure, isHead: false), "finishing"), .clientLeft: (gone, "closed"),
        ],
        .awaiting: [
            .octets: (.wait, "readingHead"), .endOfInput: (.wait, "finishing"), .expire: (.wait, "finishing"),
            .stop: (gone, "closed"), .outputDrained: (.wait, "awaiting"), .endExchange: (.wait, "awaiting"),
        ],
        .readingHead: [
            .octets: (.wait, "readingHead"), .endOfInput: (cut, "finishing"),
            .expire: (.refuse(.headTimeout, isHead: false), "finishing"), .stop: (.wait, "readingHead"),
            .outputDrained: (.wait, "readingHead"), .endExchange: (.wait, "readingHead"),
        ],
        .exchange: [
            .octets: (.wait, "exchange"), .endOfInput: (.wait, "exchange"), .expire: (.wait, "exchange"),
            .stop: (.wait, "exchange"), .outputDrained: (.wait, "exchange"), .endExchange: (broken, "closed"),
        ],
        .receivingBody: [
            .octets: (.content(0..<1, isLast: false), "exchange"), .endOfInput: (short, "exchange"),
            .expire: (.bodyFailed(.bodyTimeout), "exchange"), .stop: (.wait, "exchange"),
            .outputDrained: (.wait, "exchange"), .endExchange: (broken, "closed"),
        ],
        .expectingContinue: [
            .octets: (.content(0..<1, isLast: false), "exchange"), .endOfInput: (short, "exchange"),
            .expire: (.wait, "exchange"), .stop: (.wait, "exchange"), .outputDrained: (.wait, "exchange"),
            .endExchange: (broken, "closed"),
        ],
        .failedBody: [
            .octets: (.wait, "exchange"), .endOfInput: (.wait, "exchange"), .expire: (.wait, "exchange"),
            .stop: (.wait, "exchange"), .outputDrained: (.wait, "exchange"), .endExchange: (broken, "closed"),
        ],
        .responding: [
            .octets: (.wait, "exchange"), .endOfInput: (.wait, "exchange"), .expire: (.wait, "exchange"),
            .stop: (.wait, "exchange"), .outputDrained: (.wait, "exchange"), .endExchange: (broken, "closed"),
        ],
        .responded: [
            .octets: (.wait, "exchange"), .endOfInput: (.wait, "exchange"), .expire: (.wait, "exchange"),
            .stop: (.wait, "exchange"), .outputDrained: (.wait, "exchange"), .endExchange: (.wait, "awaiting"),
        ],
        .draining: [
            .octets: (.wait, "draining"), .endOfInput: (.wait, "finishing"), .expire: (.wait, "finishing"),
            .stop: (.wait, "finishing"), .outputDrained: (.wait, "draining"), .endExchange: (.wait, "draining"),
        ],
        .finishing: [
            .octets: (.wait, "finishing"), .endOfInput: (.wait, "finishing"), .expire: (.wait, "finishing"),
            .stop: (.wait, "finishing"), .outputDrained: (.shutdownWrite, "lingering"),
            .endExchange: (.wait, "finishing"),
        ],
        .lingering: [
            .octets: (.wait, "lingering"), .endOfInput: (gone, "closed"), .expire: (gone, "closed"),
            .stop: (.wait, "lingering"), .outputDrained: (.wait, "lingering"), .endExchange: (.wait, "lingering"),
        ],
        .closed: [
            .octets: (.wait, "closed"), .endOfInput: (.wait, "closed"), .expire: (.wait, "closed"),
            .stop: (.wait, "closed"), .outputDrained: (.wait, "closed"), .endExchange: (.wait, "closed"),
        ],
    ]

    @Test(arguments: Start.allCases)
    func everyEventLeadsWhereTheTableSays(start: Start) throws {
        let row = try #require(Self.table[start])
        for event in Event.allCases where event != .close {
            var machine = MachineFixture(start).machine
            let unmoved = event.isOfHandshake && start != .handshaking ? (Step.wait, machine.stateName) : nil
            let (step, state) = try #require(row[event] ?? unmoved)
            #expect(Self.apply(event, to: &machine) == step, "\(start), \(event)")
            #expect(machine.stateName == state, "\(start), \(event)")
        }
    }

    @Test(arguments: Start.allCases)
    func closingClosesFromEverywhereAndForGood(start: Start) {
        var machine = MachineFixture(start).machine
        #expect(Self.apply(.close, to: &machine) == Self.gone)
        for event in Event.allCases where event != .close {
            #expect(Self.apply(event, to: &machine) == .wait)
            #expect(machine.isClosed)
            #expect(!machine.wantsInput)
            #expect(machine.deadline == nil)
        }
    }

    @Test(arguments: Start.allCases.filter { $0 != .closed })
    func aStalledWriteBreaksOffFromEverywhere(start: Start) {
        var machine = MachineFixture(start).machine
        machine.outputBlocked(taken: 0, at: MachineFixture.begin)
        #expect(machine.deadline.map { $0 <= MachineFixture.seconds(30) } == true)
        #expect(machine.expire(at: MachineFixture.seconds(1.5)) == .wait)
        // What else has run out by then gives way to the client that reads nothing.
        #expect(machine.expire(at: Self.late) == Self.broken)
        #expect(machine.isClosed)
    }

    /// What the handler does to a connection that is not in an exchange has no effect.
    @Test(arguments: Start.allCases)
    func aHandlerReachesOnlyItsOwnExchange(start: Start) {
        var machine = MachineFixture(start).machine
        let isExchange = machine.stateName == "exchange"
        let hadResponse = machine.hasResponse
        let plan = machine.startResponse(status: 200, length: .known(0), asksClose: false)
        #expect((plan != nil) == (isExchange && !hadResponse))
        if !isExchange {
            let before = machine.stateName
            #expect(machine.requestBody(at: Self.late) == false)
            #expect(machine.writeContent(1) == false)
            #expect(machine.endResponse() == false)
            machine.consumeBody(0, at: Self.late)
            #expect(machine.stateName == before)
        }
    }
}
