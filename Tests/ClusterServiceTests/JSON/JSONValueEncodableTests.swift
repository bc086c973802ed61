import AttentionClustering
import Foundation
import Testing

@testable import ClusterService

@Suite struct JSONValueEncodableTests {
    private struct Sample: Codable, Equatable {
        enum Choice: Codable, Equatable {
            case plain
            case number(Double)
            case named(rows: [[Double]], note: String?)
        }

        var counts: [Int] = [3, -4]
        var seed = UInt64.max
        var small: Int32 = -7
        var single: Float = 0.1
        var singles: [Float] = [0.1, -Float.leastNonzeroMagnitude, 16_777_216]
        var rows: [[Float]] = [[], [0.2, 1e38]]
        var ratio = 0.1 + 0.2
        var tiny = Double.leastNonzeroMagnitude
        var isOn = true
        var text = "a \"b\"\n\u{1} é"
        var missing: String?
        var gaps: [Double?] = [1, nil]
        var choices: [Choice] = [.plain, .number(-2.5), .named(rows: [[1, 2], []], note: nil)]
        var labels = ["k": "v"]
    }

    @Test func theDecoderReadsWhatWasEncoded() throws {
        let bytes = try JSONValue(encoding: Sample()).bytes
        #expect(try JSONDecoder().decode(Sample.self, from: Data(bytes)) == Sample())
    }

    @Test func itSaysWhatTheFoundationEncoderSays() throws {
        let theirs = try JSONEncoder().encode(Sample())
        let ours = Data(try JSONValue(encoding: Sample()).bytes)
        let (left, right) = try (
            JSONSerialization.jsonObject(with: theirs) as? NSDictionary,
            JSONSerialization.jsonObject(with: ours) as? NSDictionary
        )
        #expect(left != nil && left == right)
    }

    @Test(arguments: [Refinement.spherical, .diagonal, .tied, .full, .none])
    func aModelComesBackAsItWas(refinement: Refinement) throws {
        let points = try Points(values: [0, 0, 0, 1, 1, 0, 9, 9, 9, 8, 8, 9, 4, 4], count: 7, dimension: 2)
        var options = FitOptions()
        options.clusterCount = 2
        options.refinement = refinement
        let stored = StoredClusterModel(
            model: try AttentionHeads.fit(points, options: options).model, columns: ["x", "y"], parameters: "{}")
        #expect(try StoredClusterModel(Data(try JSONValue(encoding: stored).bytes)) == stored)
    }

    @Test(arguments: [Double.nan, .infinity])
    func aNumberThatJSONCannotSayIsRefused(value: Double) {
        #expect(throws: EncodingError.self) { try JSONValue(encoding: [value]) }
        #expect(throws: EncodingError.self) { try JSONValue(encoding: [1, Float(value)]) }
        #expect(throws: EncodingError.self) { try JSONValue(encoding: ["x": value]) }
    }
}
