import HTTPServer
import HTTPTypes
import Synchronization

/// A token bucket for each key.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
    }

    /// What a bucket says of a request.
    struct Verdict: Equatable {
        let isAllowed: Bool
        /// How many more requests may come at once.
        let remaining: Int
        /// Whole seconds until the bucket is full again; for a request that is refused, until it holds a token.
        let seconds: Int
        let burst: Int
        /// Whole seconds in which an empty bucket fills.
        let window: Int

        /// `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10).
        func add(to fields: inout HTTPFields) {
            fields[named: "RateLimit-Policy"] = "\"requests\";q=\(burst);w=\(window)"
            fields[named: "RateLimit"] = "\"requests\";r=\(remaining);t=\(seconds)"
        }
    }

    /// How many buckets are kept before old ones are let go.
    private static let capacity = 10_000

    private let buckets = Mutex<[String: Bucket]>([:])

    /// Takes a token from a key's bucket; nil where its requests are not limited.
    func take(_ key: String, _ limits: KeyLimits, now: ContinuousClock.Instant = .now) -> Verdict? {
        guard let rate = limits.requestsPerSecond, rate > 0 else { return nil }
        // What counts as a `Double` comes back as an `Int`.
        let burst = min(1 << 50, max(1, limits.burst ?? Int(min(rate, 1e9).rounded(.up))))
        return buckets.withLock { buckets in
            if buckets.count >= Self.capacity, buckets[key] == nil {
                // Who has been away for so long has a full bucket, or nearly.
                buckets = buckets.filter { now - $0.value.filledAt < .seconds(60) }
            }
            var bucket = buckets[key] ?? Bucket(tokens: Double(burst), filledAt: now)
            bucket.tokens = min(Double(burst), bucket.tokens + (now - bucket.filledAt) / .seconds(1) * rate)
            bucket.filledAt = now
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            buckets[key] = bucket
            let missing = isAllowed ? Double(burst) - bucket.tokens : 1 - bucket.tokens
            return Verdict(
                isAllowed: isAllowed, remaining: Int(bucket.tokens), seconds: Self.wholeSeconds(missing / rate),
                burst: burst, window: Self.wholeSeconds(Double(burst) / rate))
        }
    }

    /// At least one, and no more than a day.
    private static func wholeSeconds(_ seconds: Double) -> Int { Int(min(86_400, max(1, seconds.rounded(.up)))) }
}
