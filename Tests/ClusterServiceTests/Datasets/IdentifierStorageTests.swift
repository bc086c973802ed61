import AttentionClustering
import Foundation
import PointFormats
import Testing

@testable import ClusterService

/// Identifiers of rows in stored point sets.
@Suite struct IdentifierStorageTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Stores rows of one number whose identifiers are `identifiers`, in calls of `step` rows.
    private func store(_ identifiers: [String], name: String = "key", step: Int = 1_000) throws -> DatasetDescription {
        let writer = try DatasetWriter(directory: directory.path)
        for start in stride(from: 0, to: identifiers.count, by: step) {
            let run = identifiers[start..<min(start + step, identifiers.count)]
            var block = RowIdentifiers()
            for identifier in run { block.append(identifier) }
            try writer.append(block)
            try writer.append(rows: run.indices.map { [Float($0)] })
        }
        let description = try writer.finish(columns: ["x"], identifier: name, warnings: [])
        try writer.publish(as: "\(directory.path)/\(description.digest)")
        return description
    }

    private func file(_ description: DatasetDescription) throws -> DatasetFile {
        try DatasetFile(mapping: "\(directory.path)/\(description.digest)")
    }

    @Test func identifiersComeBackInOrderAndInRuns() throws {
        let identifiers = (0..<30_000).map { "row \($0)" + String(repeating: "é", count: $0 % 40) } + ["", "\"a\",\n"]
        let file = try file(try store(identifiers))
        #expect(file.description.identifier == "key")
        #expect(try file.points.count == identifiers.count)
        var reader = try #require(file.identifiers).reader()
        var found: [String] = []
        for count in [1, 1_023, 5_000, 100_000] { found += reader.next(count) }
        #expect(found == identifiers)
        #expect(reader.next(1).count == 0)
        #expect(try directory.files().allSatisfy { !$0.hasSuffix(".part") })
    }

    @Test func theDigestCoversIdentifiersAndTheirNameHoweverTheyCame() throws {
        let first = try store(["a", "b", "c"])
        #expect(try store(["a", "b", "c"], step: 2).digest == first.digest)
        #expect(try store(["a", "b", "d"]).digest != first.digest)
        #expect(try store(["a", "bc", ""]).digest != first.digest)
        #expect(try store(["a", "b", "c"], name: "other").digest != first.digest)
    }

    @Test func aSetWithoutIdentifiersIsAFileOfVersionOne() throws {
        let writer = try DatasetWriter(directory: directory.path)
        try writer.append(rows: [[1], [2]])
        let description = try writer.finish(columns: nil, warnings: [])
        try writer.publish(as: "\(directory.path)/\(description.digest)")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/\(description.digest)"))
        #expect(bytes[8] == 1 && bytes[48..<64].allSatisfy { $0 == 0 })
        #expect(try file(description).identifiers == nil)
    }

    @Test func aDamagedLengthEndsTheIdentifiersInsteadOfTheProcess() throws {
        let description = try store(["a", "b", "c"])
        let path = "\(directory.path)/\(description.digest)"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[64 + 12] = 0xFF
        try bytes.write(to: URL(fileURLWithPath: path))
        var reader = try #require(try file(description).identifiers).reader()
        #expect(reader.next(3).count == 0)
        bytes[48] = 0xFF
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(throws: StorageError.self) { try file(description) }
    }

    @Test func aDroppedWriterLeavesNothing() throws {
        do {
            let writer = try DatasetWriter(directory: directory.path)
            var block = RowIdentifiers()
            block.append("a")
            try writer.append(block)
            try writer.append(rows: [[1]])
        }
        #expect(try directory.files().isEmpty)
    }
}
