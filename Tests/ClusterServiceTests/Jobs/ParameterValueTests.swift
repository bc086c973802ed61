import AttentionClustering
import Testing

@testable import ClusterService

@Suite struct ParameterValueTests {
    @Test(arguments: [("7", 7), ("007", 7), ("0", 0), ("-3", -3)])
    func plainWholeNumbersAreRead(text: String, number: Int) throws {
        #expect(try ParameterValue.text(text).integer(-10...10, "is small") == number)
    }

    @Test(arguments: [
        "+7", " 7", "7 ", "0x7", "7.0", "7e0", "", "seven", "\u{FF17}", "11", "-11", "99999999999999999999",
    ])
    func otherTextsAreNoWholeNumbers(text: String) {
        let error = #expect(throws: ParameterValue.Mismatch.self) {
            try ParameterValue.text(text).integer(-10...10, "is small")
        }
        #expect(error?.detail.hasPrefix("is small; found ") == true)
    }

    @Test func jsonMustBeOfTheRightType() throws {
        #expect(try ParameterValue.json(.integer(7)).integer(1...9, "") == 7)
        for value in [JSONValue.string("7"), .bool(true), .null, .array([.integer(7)])] {
            #expect(throws: ParameterValue.Mismatch.self) { try ParameterValue.json(value).integer(1...9, "") }
            #expect(throws: ParameterValue.Mismatch.self) { try ParameterValue.json(value).unsigned("") }
            #expect(throws: ParameterValue.Mismatch.self) { try ParameterValue.json(value).number("") { _ in true } }
        }
    }

    @Test func seedsCoverAllOfUInt64() throws {
        #expect(try ParameterValue.text("18446744073709551615").unsigned("") == .max)
        #expect(try ParameterValue.json(.unsigned(.max)).unsigned("") == .max)
        #expect(try ParameterValue.json(.integer(5)).unsigned("") == 5)
        for value in [
            ParameterValue.text("18446744073709551616"), .text("-1"), .json(.integer(-1)), .json(.number(1e30)),
        ] {
            #expect(throws: ParameterValue.Mismatch.self) { try value.unsigned("") }
        }
    }

    @Test(arguments: [("0.5", 0.5), ("1e-3", 0.001), ("2", 2), ("-0.5", -0.5), ("1E2", 100)])
    func numbersAreRead(text: String, number: Double) throws {
        #expect(try ParameterValue.text(text).number("") { _ in true } == number)
    }

    @Test(arguments: ["nan", "inf", "-inf", "1e999", "0x1p3", "+1", "1,5", "", "infinity", " 1"])
    func whatIsNotFiniteAndPlainIsNoNumber(text: String) {
        #expect(throws: ParameterValue.Mismatch.self) { try ParameterValue.text(text).number("") { _ in true } }
    }

    @Test func numbersKeepTheirBounds() {
        #expect(throws: ParameterValue.Mismatch.self) { try ParameterValue.text("0").number("is above 0") { $0 > 0 } }
        #expect(throws: ParameterValue.Mismatch.self) { try ParameterValue.json(.integer(0)).number("") { $0 > 0 } }
    }

    @Test func truthValuesAreWords() throws {
        for value in [ParameterValue.text("true"), .text("1"), .json(.bool(true))] { #expect(try value.bool()) }
        for value in [ParameterValue.text("false"), .text("0"), .json(.bool(false))] { #expect(try !value.bool()) }
        for value in [ParameterValue.text("yes"), .text("True"), .text(""), .json(.integer(1)), .json(.string("true"))]
        {
            #expect(throws: ParameterValue.Mismatch.self) { try value.bool() }
        }
    }

    @Test func aChoiceNamesAllThereAre() throws {
        #expect(try ParameterValue.text("fixed_point").choice(Solver.self) == .fixedPoint)
        let error = #expect(throws: ParameterValue.Mismatch.self) {
            try ParameterValue.json(.string("Gradient")).choice(Solver.self)
        }
        #expect(error?.detail == #"is one of fixed_point, gradient; found "Gradient""#)
    }

    @Test func whatIsShownIsShort() {
        let text = String(repeating: "x", count: 10_000)
        #expect(ParameterValue.text(text).shown.count < 50)
        #expect(ParameterValue.json(.array(Array(repeating: .string(text), count: 9))).shown.count < 50)
    }
}
