import Foundation
import HTTPServer
import JobStore

/// When a post that failed is tried again, and when no more.
struct WebhookSchedule: Sendable {
    /// Seconds from an attempt to the next; the last one repeats.
    private static let pauses = [5.0, 30, 120, 600, 1_800, 3_600, 7_200]
    /// A receiver may put the next attempt off by no more, so that one that asks for too much is told nevertheless.
    private static let longestPause = 7_200.0
    /// How much a pause is made shorter or longer by chance, so that many do not come at the same time.
    private static let spread = 0.2
    /// How long after the job's end attempts go on.
    private static let patience = 86_400.0

    /// What an attempt leads to.
    ///
    /// - Parameters:
    ///   - number: of the attempt, from 1.
    ///   - dueAt: when the job ended.
    ///   - chance: evenly distributed from 0 to 1.
    func next(
        after answer: WebhookAnswer, number: Int, dueAt: Date, now: Date, chance: Double
    ) -> WebhookAttempt {
        switch answer {
        case .status(let status, _) where (200..<300).contains(status):
            return WebhookAttempt(status: status, error: nil, next: .delivered)
        case .status(let status, let retryAfter):
            let error = Self.reason(status)
            guard status != 410 else { return WebhookAttempt(status: status, error: error, next: .giveUp) }
            return WebhookAttempt(
                status: status, error: error,
                next: retry(number, dueAt: dueAt, now: now, chance: chance, atLeast: retryAfter ?? 0))
        case .failure(let reason):
            return WebhookAttempt(
                status: nil, error: reason, next: retry(number, dueAt: dueAt, now: now, chance: chance, atLeast: 0))
        }
    }

    private func retry(
        _ number: Int, dueAt: Date, now: Date, chance: Double, atLeast: Double
    ) -> WebhookAttempt.Next {
        let pause = Self.pauses[min(max(number, 1), Self.pauses.count) - 1]
        let varied = pause * (1 + Self.spread * (2 * chance - 1))
        let time = now.addingTimeInterval(max(varied, min(atLeast, Self.longestPause)))
        return time.timeIntervalSince(dueAt) > Self.patience ? .giveUp : .retry(time)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 300..<400: "answered \(status), a redirect, which is not followed"
        case 410: "answered 410, so it is not told again"
        default: "answered \(status)"
        }
    }
}

/// How a post was answered.
enum WebhookAnswer: Sendable, Equatable {
    /// With a status, and perhaps with the seconds to wait before the next attempt.
    case status(Int, retryAfter: Double?)
    /// Not at all, with the reason.
    case failure(String)
}
