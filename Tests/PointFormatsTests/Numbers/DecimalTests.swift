import Testing

@testable import PointFormats

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite struct DecimalTests {
    /// What C says, which rounds exactly.
    private func expected(_ text: String) -> UInt32 { strtof(text, nil).bitPattern }

    private func parsed(_ text: String, _ grammar: Decimal.Grammar = .lenient) -> Float {
        var text = text
        return text.withUTF8 { bytes in
            guard var cursor = bytes.baseAddress, !bytes.isEmpty else { return .nan }
            let end = cursor + bytes.count
            let value = Decimal.parse(&cursor, end, grammar, as: Float.self)
            return cursor == end ? value : .nan
        }
    }

    private func expectExact(_ text: String) {
        let value = parsed(text)
        if value.bitPattern != expected(text) { Issue.record("\(text) is \(value), not \(strtof(text, nil))") }
    }

    @Test(arguments: [
        "0", "0.0", "0e5", "1", "10", "0.1", "0.3", "123456789", "1e10", "1e-10", "5e-324",
        // Around the largest number, and the halfway point beyond which there is none.
        "3.4028234663852886e38", "3.4028235677973362e38", "3.4028235677973366e38", "3.4028235677973367e38", "3.5e38",
        "340282356779733661637539395458142568447", "340282356779733661637539395458142568448", "1e39", "1e400",
        "9e99999",
        // Around the least normal and the least subnormal numbers.
        "1.17549435e-38", "1.1754943e-38", "1.1754942807573643e-38", "1.17549421069244107548702944484928734882e-38",
        "1.4e-45", "7.006492321624085e-46", "7.006492321624086e-46", "7.1e-46", "1e-46", "1e-400", "4.2e-45", "1e-65",
        "9999999999999999999e-64", "9999999999999999999e-65", "9999999999999999999e-66",
        // Ties, and their neighbours by one digit far behind.
        "16777217", "16777217.0", "16777217.00000000000000000000001", "16777216.99999999999999999999999", "16777219",
        "33554434", "33554431", "4294967168", "4294967424", "0.500000029802322387695312500000000000000000001",
        "0.5000000298023223876953125", "0.50000002980232238769531249999999999999999",
        // Famous for breaking readers.
        "2.2250738585072011e-308", "8.589934591e9", "1.000000059604644775390625", "1.000000059604644775390624",
        "1.000000059604644775390626", "1.00000017881393421514957253748434595763683319091796875001",
        "1.00000017881393432617187499", "1.00000017881393432617187500", "1.00000017881393432617187501",
        "1090544144181609348835077142190", "1.1754943508e-38", "7.0064923216240853546186479164495e-46",
        "0.000000000000000000000000000000000000011754943508222875079687365372222456778186655567720875215087517062784",
        "00000000000000000000000000000000000000000000000000000001e5", "1.234567890123456789012345678901234567890",
        "9223372036854775807", "18446744073709551615", "18446744073709551616", "99999999999999999999999999999999999999",
    ])
    func hardNumbersHaveTheBitsOfStrtof(text: String) {
        expectExact(text)
        expectExact("-" + text)
    }

    @Test func randomDecimalsHaveTheBitsOfStrtof() {
        var random = SmallRandom(seed: 1)
        for _ in 0..<100_000 {
            var text = String(random.next() >> (random.below(60)))
            let point = random.below(text.utf8.count + 1)
            text.insert(".", at: text.index(text.startIndex, offsetBy: point))
            if random.below(2) == 0 { text += "e\(random.below(90) - 55)" }
            expectExact(text)
        }
    }

    @Test func shortDecimalsHaveTheBitsOfStrtof() {
        var random = SmallRandom(seed: 2)
        for _ in 0..<100_000 {
            expectExact("\(random.below(2) == 0 ? "-" : "")\(random.below(1000)).\(random.below(1_000_000))")
        }
    }

    @Test func everyPrintedFloatReadsBackAsItself() {
        var random = SmallRandom(seed: 3)
        for _ in 0..<100_000 {
            let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            guard value.isFinite else { continue }
            let back = parsed(value.description)
            if back.bitPattern != value.bitPattern { Issue.record("\(value) comes back as \(back)") }
        }
    }

    /// The midpoint of two neighbours needs one bit more than a `Float` has, and a `Double` holds it exactly.
    @Test func midpointsGoToTheEvenNeighbourAndADigitBehindThemDecides() {
        var random = SmallRandom(seed: 4)
        for _ in 0..<20_000 {
            let low = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()) & 0x7FFF_FFFF)
            guard low.isFinite, low.nextUp.isFinite else { continue }
            let middle = (Double(low) + Double(low.nextUp)) / 2
            expectExact("\(middle)")
            expectExact("\(middle.nextUp)")
            expectExact("\(middle.nextDown)")
        }
    }

    @Test(arguments: [
        "", "-", "+", ".", "e5", "-.", "1e", "1e+", "1.5.", "1..2", "--1", "+-1", "1 ", " 1", "0x10", "1_000", "1,5",
        "nan",
        "inf", "infinity", "-inf", "1f", "½", "1e5.0", "1d5",
    ])
    func whatIsNoNumberIsNotANumber(text: String) {
        #expect(parsed(text).isNaN)
        #expect(parsed(text, .json).isNaN)
    }

    @Test(arguments: ["+1", ".5", "5.", "007", "-.5", "00", "-01", "1.e5", "5.e-1"])
    func csvAllowsMoreThanJSON(text: String) {
        expectExact(text)
        #expect(parsed(text, .json).isNaN)
    }

    @Test(arguments: ["1E5", "1e+05", "0e0", "-0.0E-0", "0.5e1"])
    func jsonAllowsAllItsOwnNumbers(text: String) {
        #expect(parsed(text, .json).bitPattern == expected(text))
    }

    @Test func powersOfTenAreTheNearestDoubles() {
        #expect(PowersOfTen.table.count == PowersOfTen.highest - PowersOfTen.lowest + 1)
        for (index, power) in PowersOfTen.table.enumerated() {
            #expect(power == strtod("1e\(PowersOfTen.lowest + index)", nil))
        }
    }
}
