import HTTPTypes
import Testing

@testable import HTTPServer

/// Random histories of a connection, checked against what must hold in each of them.
struct ConnectionStateMachineRandomTests {
    private struct History {
        var machine: ConnectionStateMachine
        var now = MachineFixture.begin
        var begun = 0
        var responded = 0
        var isLast = false
        var violations: [String] = []

        init() {
            var limits = ServerLimits()
            limits.bufferedBody = 16
            limits.drainedBody = 32
            limits.requestsPerConnection = 3
            machine = ConnectionStateMachine(limits: limits, at: now)
        }

        mutating func note(_ step: ConnectionStateMachine.Step, duringExchange: Bool) {
            switch step {
            case .begin:
                begun += 1
                if isLast { violations.append("a request after the last one") }
                if duringExchange { violations.append("a request within another") }
            case .refuse, .shutdownWrite, .close: isLast = true
            case .content, .bodyEnd, .bodyFailed:
                if !duringExchange { violations.append("a body outside an exchange") }
            case .wait: break
            }
            if machine.isClosed && (machine.wantsInput || machine.deadline != nil) {
                violations.append("alive after its end")
            }
            if begun > 3 { violations.append("more requests than allowed") }
            if responded > begun { violations.append("more responses than requests") }
        }
    }

    private static let pieces = [
        RecordedMessages.curl, RecordedMessages.post, RecordedMessages.chunked,
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n",
        "0123456789", "\r\n", "GET", "3\r\nabc\r\n", "0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    ].map(octets)

    private func act(_ history: inout History, _ generator: inout SeededGenerator) {
        let isExchange = history.machine.stateName == "exchange"
        switch Int.random(in: 0..<14, using: &generator) {
        case 0..<5:
            let bytes = Self.pieces.randomElement(using: &generator) ?? []
            var position = 0
            while position < bytes.count && history.machine.wantsInput {
                let before = (position, history.machine.stateName)
                let wasExchange = history.machine.stateName == "exchange"
                let step = history.machine.receive(bytes.span, from: &position, at: history.now)
                history.note(step, duringExchange: wasExchange)
                if before == (position, history.machine.stateName) && step == .wait {
                    history.violations.append("no progress in \(before.1)")
                    return
                }
            }
        case 5: history.note(history.machine.endOfInput(at: history.now), duringExchange: isExchange)
        case 6:
            history.now = history.now + .milliseconds(Int.random(in: 1...20_000, using: &generator))
            history.note(history.machine.expire(at: history.now), duringExchange: isExchange)
        case 7 where Int.random(in: 0..<4, using: &generator) == 0:
            history.note(history.machine.stop(at: history.now), duringExchange: isExchange)
        case 8:
            if history.machine.requestBody(at: history.now), !isExchange { history.violations.append("100 outside") }
        case 9..<12:
            let length = Int.random(in: 0...1, using: &generator)
            if let plan = history.machine.startResponse(status: 200, length: .known(length), asksClose: false) {
                history.responded += 1
                if !plan.keepsConnection { history.isLast = true }
            }
            if length == 1 { _ = history.machine.writeContent(1) }
            _ = history.machine.endResponse()
            if history.machine.stateName == "exchange" {
                history.note(history.machine.endExchange(at: history.now), duringExchange: true)
            }
        case 12: history.machine.outputBlocked(taken: Int.random(in: 0...1, using: &generator), at: history.now)
        default: history.note(history.machine.outputDrained(at: history.now), duringExchange: isExchange)
        }
    }

    @Test func noHistoryBreaksTheRules() async {
        var generator = SeededGenerator(seed: 2026)
        var served = 0
        var closed = 0
        for number in 0..<5_000 {
            if number % 250 == 0 { await Task.yield() }
            var history = History()
            for _ in 0..<30 { act(&history, &generator) }
            if !history.violations.isEmpty { Issue.record("history \(number): \(history.violations)") }
            served += history.responded
            if history.machine.isClosed { closed += 1 }
        }
        #expect(served > 2_000)
        #expect(closed > 500)
    }

    /// Left alone, every connection without a running handler ends by its own deadlines.
    @Test func everyConnectionEndsByItself() {
        var generator = SeededGenerator(seed: 7)
        for number in 0..<2_000 {
            var history = History()
            for _ in 0..<15 { act(&history, &generator) }
            if history.machine.stateName == "exchange" { _ = history.machine.endExchange(at: history.now) }
            for _ in 0..<10 {
                guard !history.machine.isClosed else { break }
                if let deadline = history.machine.deadline { _ = history.machine.expire(at: deadline) }
                if history.machine.stateName == "finishing" { _ = history.machine.outputDrained(at: history.now) }
            }
            if !history.machine.isClosed { Issue.record("history \(number) stays in \(history.machine.stateName)") }
        }
    }
}
