extension String {
    /// The parts of a text between separators, empty ones too.
    ///
    /// Octet by octet: `split` of a String looks for characters, and "=" with a combining mark behind it is another one.
    ///
    /// - Complexity: O(n) in the length of the text.
    func parts(at separator: Unicode.Scalar, maxSplits: Int = .max) -> [String] {
        utf8.split(maxSplits: maxSplits, omittingEmptySubsequences: false) { Unicode.Scalar($0) == separator }
            .map { String(Substring($0)) }
    }
}
