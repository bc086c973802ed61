import Foundation
import PointFormats
import Testing

/// Files that NumPy, pandas, pyarrow and DuckDB wrote; `Data/make.py` makes them.
@Suite struct RecordedFilesTests {
    private static let directory = Bundle.module.resourceURL?.appending(path: "Data")

    /// The files of points, by name.
    static let names: [String] = {
        let files = directory.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) } ?? []
        return files.filter { $0.hasPrefix("full.") || $0.hasPrefix("whole.") }.filter { !$0.hasSuffix(".bits") }
            .sorted()
    }()

    private func data(_ name: String) throws -> [UInt8] {
        let directory = try #require(Self.directory)
        return Array(try Data(contentsOf: directory.appending(path: name)))
    }

    /// The doubles that the file's table holds.
    private func table(of name: String) throws -> [Double] {
        let lines = String(decoding: try data("\(name.prefix { $0 != "." }).bits"), as: UTF8.self)
        return try lines.split(separator: "\n").map {
            Double(bitPattern: try #require(UInt64($0, radix: 16)))
        }
    }

    private func options(_ name: String, _ type: NumberType) -> DecodingOptions {
        decodingOptions {
            $0.numberType = type
            if name.contains("-id.") { $0.identifierColumn = .name("id") }
        }
    }

    @Test func thereAreFilesOfEveryWriter() {
        #expect(Self.names.count >= 38)
        for writer in ["npy", "savetxt", "pandas", "pyarrow", "duckdb"] {
            #expect(Self.names.contains { $0.contains(writer) }, "\(writer)")
        }
    }

    @Test(arguments: names)
    func everyNumberIsReadToTheLastBit(name: String) throws {
        let expected = try table(of: name)
        let body = try data(name)
        let double = decode(body, nil, options(name, .float64))
        #expect(double.error == nil, "\(name)")
        #expect(double.bits == expected.map(\.bitPattern), "\(name)")
        let single = decode(body, nil, options(name, .float32))
        #expect(single.bits == expected.map { Double(Float($0)).bitPattern }, "\(name)")
        #expect(single.summary?.rows == 5 && single.summary?.schema.dimension == 3, "\(name)")
        if !name.hasSuffix(".npy"), !name.contains("values"), !name.contains("savetxt.csv"), !name.contains("spaces") {
            #expect(single.summary?.schema.columns == ["x", "y", "z"], "\(name)")
        }
    }

    @Test(arguments: names)
    func whereAFileIsCutMakesNoDifference(name: String) throws {
        let body = try data(name)
        let whole = decode(body, nil, options(name, .float32))
        for cut in 0...body.count {
            let outcome = decode(body, nil, options(name, .float32), cuts: [cut])
            if outcome != whole { Issue.record("\(name) cut at \(cut): \(outcome)") }
        }
        #expect(decode(body, nil, options(name, .float32), cuts: Array(0...body.count)) == whole)
    }

    @Test func pandasIdentifiersComeAsTheyWere() throws {
        var decoder = PointDecoder(format: nil, options: options("full.pandas-id.csv", .float64))
        var sink = IdentifierArray()
        try data("full.pandas-id.csv").withUnsafeBytes { try decoder.feed($0, into: &sink) }
        _ = try decoder.finish(into: &sink)
        #expect(sink.identifiers == ["a", "b, c", "d\"e", "f", "g"])
    }

    private struct IdentifierArray: PointSink {
        var identifiers: [String] = []
        mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) {}
        mutating func append(_ identifiers: RowIdentifiers) { self.identifiers += Array(identifiers) }
    }
}
