/// Why a key, a token or a certificate is not good: for the log, not for whoever has shown it.
///
/// Nothing of what was shown is in it but what is known here, or what a signature has vouched for.
struct AccessRefusal: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
