import Foundation
import Testing

@testable import PointFormats

/// Numbers whose rounding hangs on a far digit, as `strtof` and `strtod` have them.
@Suite struct HardNumberTests {
    private func parsed<Scalar: DecimalScalar>(_ text: String, as: Scalar.Type) -> Scalar {
        var text = text
        return text.withUTF8 { bytes in
            guard var cursor = bytes.baseAddress else { return .nan }
            let end = cursor + bytes.count
            let value = Decimal.parse(&cursor, end, .lenient, as: Scalar.self)
            return cursor == end ? value : .nan
        }
    }

    /// Compares both signs and both types.
    private func expectExact(_ text: String) {
        for text in [text, "-" + text] {
            let double = parsed(text, as: Double.self)
            if double.bitPattern != strtod(text, nil).bitPattern { Issue.record("\(text) is \(double)") }
            let single = parsed(text, as: Float.self)
            if single.bitPattern != strtof(text, nil).bitPattern { Issue.record("\(text) is \(single) as a Float") }
        }
    }

    @Test func theRecordedOnesHaveTheBitsOfC() throws {
        let file = try #require(Bundle.module.resourceURL?.appending(path: "Data/hard-numbers.txt"))
        let numbers = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(numbers.count > 450)
        for number in numbers { expectExact(String(number)) }
    }

    @Test func midpointsAndTheirNeighboursHaveTheBitsOfC() {
        var random = SmallRandom(seed: 5)
        for number in 0..<5_000 {
            // Small exponents keep the digits few; the recorded ones have the long ones.
            let isDouble = number % 2 == 0
            let bits = isDouble ? random.next() >> 11 | 1 << 52 : random.next() >> 40 | 1 << 23
            var digits = BigDecimal(2 * bits + 1)
            digits.multiply(byTwoToThe: isDouble ? random.below(120) - 110 : random.below(140) - 90)
            expectExact(digits.text)
            expectExact(digits.text + (digits.hasPoint ? "0000001" : ".0000001"))
            expectExact(digits.below)
        }
    }

    @Test func randomDecimalsHaveTheBitsOfC() {
        var random = SmallRandom(seed: 6)
        for _ in 0..<100_000 {
            var text = String(random.next() >> UInt64(random.below(60)))
            if random.below(4) == 0 { text += String(random.next()) }
            let point = random.below(text.utf8.count + 1)
            text.insert(".", at: text.index(text.startIndex, offsetBy: point))
            if random.below(3) > 0 { text += "e\(random.below(700) - 370)" }
            expectExact(text)
        }
    }

    @Test func everyPrintedDoubleReadsBackAsItself() {
        var random = SmallRandom(seed: 7)
        for _ in 0..<100_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            let back = parsed(value.description, as: Double.self)
            if back.bitPattern != value.bitPattern { Issue.record("\(value) comes back as \(back)") }
        }
    }

    @Test func everyWidePowerIsTheOneOfItsExponent() {
        #expect(WidePower.table.count == 2 * (WidePower.highest - WidePower.lowest + 1))
        for exponent in WidePower.lowest...WidePower.highest {
            let power = WidePower.nearest(1, exponent)
            #expect(power == strtod("1e\(exponent)", nil), "10 to the \(exponent)")
        }
    }
}

/// A decimal number of any length: digits and how many of them stand behind the point.
private struct BigDecimal {
    /// From the last digit to the first.
    private var digits: [UInt8]
    private var decimals = 0

    init(_ value: UInt64) { digits = String(value).utf8.reversed().map { $0 - 0x30 } }

    mutating func multiply(byTwoToThe exponent: Int) {
        for _ in 0..<abs(exponent) { multiply(by: exponent > 0 ? 2 : 5) }
        if exponent < 0 { decimals -= exponent }
    }

    private mutating func multiply(by factor: UInt8) {
        var carry: UInt8 = 0
        for index in digits.indices {
            let product = digits[index] * factor + carry
            digits[index] = product % 10
            carry = product / 10
        }
        if carry > 0 { digits.append(carry) }
    }

    var hasPoint: Bool { decimals > 0 }

    var text: String {
        let padding = [UInt8](repeating: 0, count: max(0, decimals + 1 - digits.count))
        var text = (digits + padding).reversed().map { String($0) }.joined()
        if hasPoint { text.insert(".", at: text.index(text.endIndex, offsetBy: -decimals)) }
        return text
    }

    /// A little less than the number: the last digit, which is never 0 in an odd number times a power of five, one less
    /// and nines behind it.
    var below: String {
        var less = self
        guard let index = less.digits.firstIndex(where: { $0 > 0 }) else { return text }
        less.digits[index] -= 1
        for place in 0..<index { less.digits[place] = 9 }
        return less.text + (hasPoint ? "9999999" : ".9999999")
    }
}
