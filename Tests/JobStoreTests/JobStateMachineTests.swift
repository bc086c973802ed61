import JobStoreTesting
import Testing

@testable import JobStore

/// What one event does to a machine in one state.
struct Transition: Sendable, CustomTestStringConvertible {
    let from: JobState
    let event: JobEvent
    let to: JobState
    let action: JobAction

    var testDescription: String { "\(from) + \(event)" }
}

@Suite struct JobStateMachineTests {
    /// Every state × event that changes or answers anything, in attempt 1 of 3; all others are refused.
    static let moves: [Transition] = [
        Transition(from: .queued, event: .claimed, to: .running, action: .start),
        Transition(from: .queued, event: .cancelRequested, to: .cancelled, action: .end),

        Transition(from: .running, event: .succeeded, to: .succeeded, action: .publish),
        Transition(from: .running, event: .failed, to: .failed, action: .end),
        Transition(from: .running, event: .cancelRequested, to: .cancelling, action: .askToStop),
        Transition(from: .running, event: .released, to: .queued, action: .requeue),
        Transition(from: .running, event: .workerLost, to: .queued, action: .requeue),

        Transition(from: .running, event: .progressed, to: .running, action: .ignore),

        Transition(from: .cancelling, event: .progressed, to: .cancelling, action: .ignore),
        Transition(from: .cancelling, event: .succeeded, to: .succeeded, action: .publish),
        Transition(from: .cancelling, event: .failed, to: .failed, action: .end),
        Transition(from: .cancelling, event: .cancelRequested, to: .cancelling, action: .ignore),
        Transition(from: .cancelling, event: .cancelConfirmed, to: .cancelled, action: .end),
        Transition(from: .cancelling, event: .released, to: .cancelled, action: .end),
        Transition(from: .cancelling, event: .workerLost, to: .cancelled, action: .end),

        Transition(from: .succeeded, event: .cancelRequested, to: .succeeded, action: .ignore),
        Transition(from: .failed, event: .cancelRequested, to: .failed, action: .ignore),
        Transition(from: .cancelled, event: .cancelRequested, to: .cancelled, action: .ignore),
    ]

    /// The whole table: 6 states × 8 events.
    static var table: [Transition] {
        JobState.allCases.flatMap { state in
            JobEvent.allCases.map { event in
                moves.first { $0.from == state && $0.event == event }
                    ?? Transition(from: state, event: event, to: state, action: .refuse)
            }
        }
    }

    @Test(arguments: table)
    func everyEventLeadsWhereTheTableSays(_ transition: Transition) {
        var machine = JobStateMachine(state: transition.from, attempt: 1, maximumAttempts: 3)
        #expect(machine.handle(transition.event) == transition.action)
        #expect(machine.state == transition.to)
    }

    @Test func theTableCoversEveryStateAndEvent() {
        #expect(Self.table.count == 48)
        #expect(Set(Self.moves.map(\.testDescription)).count == Self.moves.count)
    }

    @Test(arguments: table.filter { $0.action == .refuse || $0.action == .ignore })
    func aRefusedOrIgnoredEventChangesNothing(_ transition: Transition) {
        let before = JobStateMachine(state: transition.from, attempt: 2, releases: 1, maximumAttempts: 3)
        var after = before
        after.handle(transition.event)
        #expect(after == before)
    }

    @Test(arguments: JobState.allCases.filter(\.isTerminal), JobEvent.allCases)
    func aTerminalStateNeverChanges(_ state: JobState, _ event: JobEvent) {
        var machine = JobStateMachine(state: state, attempt: 1, maximumAttempts: 3)
        machine.handle(event)
        #expect(machine.state == state)
    }

    @Test func aLostWorkerFailsTheJobOnceItsAttemptsRanOut() {
        var machine = JobStateMachine(maximumAttempts: 2)
        machine.handle(.claimed)
        #expect(machine.handle(.workerLost) == .requeue)
        machine.handle(.claimed)
        #expect(!machine.hasAttemptsLeft)
        #expect(machine.handle(.workerLost) == .giveUp)
        #expect(machine.state == .failed)
    }

    @Test func aReleaseDoesNotCountAgainstTheAttempts() {
        var machine = JobStateMachine(maximumAttempts: 1)
        for attempt in 1...10 {
            machine.handle(.claimed)
            #expect(machine.attempt == attempt)
            #expect(machine.handle(.released) == .requeue)
        }
        machine.handle(.claimed)
        #expect(machine.handle(.workerLost) == .giveUp)
    }

    @Test func progressForgivesTheAttemptsBeforeIt() {
        var machine = JobStateMachine(maximumAttempts: 2)
        for _ in 0..<10 {
            machine.handle(.claimed)
            machine.handle(.progressed)
            #expect(machine.handle(.workerLost) == .requeue)
        }
        machine.handle(.claimed)
        #expect(machine.handle(.workerLost) == .giveUp)
    }

    @Test func progressThatForgivesNothingIsIgnored() {
        var machine = JobStateMachine(maximumAttempts: 2)
        machine.handle(.claimed)
        #expect(machine.handle(.progressed) == .ignore)
        machine.handle(.workerLost)
        machine.handle(.claimed)
        #expect(machine.handle(.progressed) == .forgive)
        #expect(machine.handle(.progressed) == .ignore)
    }

    @Test func anAttemptNumberIsNeverUsedTwice() {
        var machine = JobStateMachine(maximumAttempts: 100)
        var seen: Set<Int> = []
        for round in 0..<50 {
            machine.handle(.claimed)
            #expect(seen.insert(machine.attempt).inserted)
            machine.handle(round.isMultiple(of: 2) ? .released : .workerLost)
        }
    }

    @Test func everyRandomWalkEndsWhereItFirstBecameTerminal() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2_000 {
            var machine = JobStateMachine(maximumAttempts: Int.random(in: 1...3, using: &generator))
            var end: JobState?
            for _ in 0..<20 {
                guard let event = JobEvent.allCases.randomElement(using: &generator) else { continue }
                machine.handle(event)
                if let end { #expect(machine.state == end) }
                if machine.state.isTerminal { end = machine.state }
                #expect(machine.attempt - machine.releases <= machine.maximumAttempts)
                #expect((0...machine.attempt).contains(machine.releases))
            }
        }
    }

    @Test(arguments: JobState.allCases)
    func aStateIsAtMostOneOfHeldAndTerminal(_ state: JobState) {
        #expect(!(state.isHeld && state.isTerminal))
        #expect((!state.isHeld && !state.isTerminal) == (state == .queued))
    }
}
