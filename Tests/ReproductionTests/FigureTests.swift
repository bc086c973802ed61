import Foundation
import Testing

@testable import Reproduction

@Suite struct FigureTests {
    static func figure(logarithmic: Bool) -> Figure {
        Figure(
            name: "test", title: "a < b & c", xLabel: "noise level σ", yLabel: "risk", hasLogarithmicY: logarithmic,
            series: [
                Figure.Series(name: "one", points: [(x: 0, y: Band([1, 2])), (x: 3, y: Band([0.01, 0.02]))]),
                Figure.Series("floor", level: 0.5, from: 0, to: 3),
            ])
    }

    @Test func csvHasARowForEachPoint() {
        let lines = Self.figure(logarithmic: false).csv.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[0] == "series,noise_level_σ,mean,low95,high95")
        #expect(lines[1].hasPrefix("\"one\",0.0,1.5,"))
        #expect(lines[4] == "\"floor\",3.0,0.5,0.5,0.5")
    }

    @Test(arguments: [false, true])
    func drawingsAreWellFormedAndStayInside(logarithmic: Bool) throws {
        let document = FigureDrawing(Self.figure(logarithmic: logarithmic)).document
        #expect(document.contains("a &lt; b &amp; c") && document.contains("stroke-dasharray"))
        #expect(document.components(separatedBy: "<polygon").count == 2)
        #expect(document.components(separatedBy: "<polyline").count == 3)
        #expect(!document.contains("nan") && !document.contains("inf"))
        for tag in ["g", "text", "svg"] {
            #expect(
                document.components(separatedBy: "<\(tag) ").count
                    == document.components(separatedBy: "</\(tag)>").count)
        }
        for attribute in document.components(separatedBy: "points=\"").dropFirst() {
            let numbers = try #require(attribute.split(separator: "\"").first)
                .split { $0 == " " || $0 == "," }.compactMap { Double($0) }
            #expect(numbers.count >= 4 && numbers.allSatisfy { (0...760).contains($0) })
        }
    }

    @Test(arguments: [
        ([0.0, 600], false), ([0.05, 1], false), ([0.003, 1.4], true), ([2, 2], false), ([1e-9, 1], true),
    ])
    func ticksAreRoundAndCoverTheValues(values: [Double], logarithmic: Bool) throws {
        let axis = Axis(values: values, isLogarithmic: logarithmic, pixels: (0, 100))
        #expect((2...12).contains(axis.ticks.count))
        for value in values { #expect(axis.range.contains(value)) }
        for tick in axis.ticks { #expect((-1e-9...100 + 1e-9).contains(axis.position(tick))) }
        #expect(axis.ticks.map(axis.position) == axis.ticks.map(axis.position).sorted())
    }

    @Test func labelsHaveNoSurplusDigits() {
        #expect([0, 0.5, 100, 0.001, 2.5, 1e-7].map(Axis.label) == ["0", "0.5", "100", "0.001", "2.5", "1e-07"])
    }
}
