/// One member of an `Accept` field: a media range, its parameters and its weight (RFC 9110, section 12.5.1).
struct MediaRange: Equatable {
    var type: String
    var subtype: String
    var parameters: [String: String] = [:]

    /// The weight in thousandths, 0 to 1000; 0 means "not this".
    var quality = 1000

    /// Reads a range and moves to its end; nil for what is not one.
    init?(_ scanner: inout FieldScanner) {
        scanner.skipWhitespace()
        guard let type = scanner.token(), scanner.skip("/"), let subtype = scanner.token() else { return nil }
        self.type = type.asciiLowercased
        self.subtype = subtype.asciiLowercased
        guard self.type != "*" || self.subtype == "*" else { return nil }
        while true {
            scanner.skipWhitespace()
            guard scanner.skip(";") else { return }
            scanner.skipWhitespace()
            guard let name = scanner.token()?.asciiLowercased else { continue }
            guard scanner.skip("="), let value = scanner.word() else { return nil }
            if name == "q" {
                guard let weight = Self.weight(value) else { return nil }
                quality = weight
            } else {
                parameters[name] = value.asciiLowercased
            }
        }
    }

    /// A media type such as `text/csv; header=present`.
    init?(_ text: String) {
        var scanner = FieldScanner(text)
        self.init(&scanner)
    }

    /// How closely the range names a media type: nil when not at all, more for more.
    func specificity(for offer: MediaRange) -> Int? {
        if type == "*" { return parameters.isEmpty ? 0 : nil }
        guard type == offer.type else { return nil }
        if subtype == "*" { return parameters.isEmpty ? 1 : nil }
        guard subtype == offer.subtype,
            parameters.allSatisfy({ offer.parameters[$0.key] == $0.value || isImplied($0.key, $0.value, by: offer) })
        else { return nil }
        return 2 + parameters.count
    }

    /// Whether a parameter asks for what is so whether the type says it or not: all text is UTF-8, and CSV starts with
    /// a header (RFC 4180) unless the offer says otherwise.
    private func isImplied(_ name: String, _ value: String, by offer: MediaRange) -> Bool {
        name == "charset" && (value == "utf-8" || value == "utf8")
            || type == "text" && subtype == "csv" && name == "header" && value == "present"
                && offer.parameters[name] == nil
    }

    /// Thousandths of a `qvalue`: 0, 1, or with up to three decimals.
    static func weight(_ text: String) -> Int? {
        let digits = Array(text.utf8)
        guard let first = digits.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1"), digits.count <= 5
        else { return nil }
        guard digits.count == 1 || digits[1] == UInt8(ascii: ".") else { return nil }
        var thousandths = Int(first - UInt8(ascii: "0")) * 1000
        var scale = 100
        for digit in digits.dropFirst(2) {
            guard ByteClass.isDigit(digit) else { return nil }
            thousandths += Int(digit - UInt8(ascii: "0")) * scale
            scale /= 10
        }
        return thousandths <= 1000 ? thousandths : nil
    }
}

extension String {
    /// The text with ASCII capitals made small and nothing else changed: `lowercased()` would take a Kelvin sign for k.
    var asciiLowercased: String {
        utf8.contains { $0 &- UInt8(ascii: "A") < 26 }
            ? String(decoding: utf8.map(ByteClass.lowercased), as: UTF8.self) : self
    }
}
