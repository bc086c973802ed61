import Foundation
import JobStore
import Testing

@testable import ClusterService

@Suite struct WebhookScheduleTests {
    private let due = Date(timeIntervalSince1970: 1_000_000)
    private let schedule = WebhookSchedule()

    private func pause(_ number: Int, _ answer: WebhookAnswer = .failure("x"), chance: Double = 0.5) -> Double? {
        let attempt = schedule.next(after: answer, number: number, dueAt: due, now: due, chance: chance)
        guard case .retry(let time) = attempt.next else { return nil }
        return time.timeIntervalSince(due)
    }

    @Test func pausesGrowAndVary() throws {
        #expect((1...9).map { pause($0) } == [5, 30, 120, 600, 1_800, 3_600, 7_200, 7_200, 7_200])
        let (least, most) = (try #require(pause(3, chance: 0)), try #require(pause(3, chance: 1)))
        #expect(abs(least - 96) < 1e-6 && abs(most - 144) < 1e-6)
    }

    @Test func attemptsGoOnForADay() {
        func next(_ hours: Double) -> WebhookAttempt.Next {
            schedule.next(
                after: .failure("x"), number: 12, dueAt: due, now: due.addingTimeInterval(3_600 * hours), chance: 0.5
            ).next
        }
        #expect(next(21.9) != .giveUp)
        #expect(next(22.1) == .giveUp)
    }

    @Test(arguments: [200, 204, 299])
    func successEndsIt(status: Int) {
        let attempt = schedule.next(
            after: .status(status, retryAfter: nil), number: 1, dueAt: due, now: due, chance: 0)
        #expect(attempt == WebhookAttempt(status: status, error: nil, next: .delivered))
    }

    @Test(arguments: [100, 301, 302, 307, 400, 404, 429, 500, 503])
    func anyOtherStatusIsTriedAgain(status: Int) throws {
        let attempt = schedule.next(
            after: .status(status, retryAfter: nil), number: 1, dueAt: due, now: due, chance: 0.5)
        #expect(attempt.status == status && attempt.next == .retry(due.addingTimeInterval(5)))
        #expect(try #require(attempt.error).contains("\(status)"))
    }

    @Test func goneGivesUpAndRetryAfterIsHonoured() {
        #expect(pause(1, .status(410, retryAfter: 5)) == nil)
        #expect(pause(1, .status(503, retryAfter: 90)) == 90)
        #expect(pause(3, .status(503, retryAfter: 9)) == 120)
        // A receiver cannot put it off until the day is over.
        #expect(pause(1, .status(503, retryAfter: 86_401)) == 7_200)
    }
}
