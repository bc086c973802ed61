import AttentionClustering
import Foundation
import PointFormats
import Testing

@testable import ClusterService

@Suite struct DatasetWriterTests {
    private let rows: [[Float]] = [[1, -2.5], [3, 4], [-7, 0.1]]

    private func write(_ pieces: [[[Float]]], columns: [String]? = nil) throws -> (DatasetDescription, DatasetFile) {
        let directory = try TemporaryDirectory()
        let writer = try DatasetWriter(directory: directory.path)
        for piece in pieces { try writer.append(rows: piece) }
        let description = try writer.finish(columns: columns, warnings: [])
        let path = "\(directory.path)/file.points"
        try writer.publish(as: path)
        return (description, try DatasetFile(mapping: path))
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        let (description, file) = try write([rows], columns: ["x", "y"])
        #expect(file.description == description)
        #expect(try file.points.rows == rows)
        #expect(description.rows == 3 && description.dimension == 2 && description.byteCount == 24)
        #expect(description.columnNames == ["x", "y"])
    }

    @Test func statisticsAreThoseOfTheColumns() throws {
        let (description, _) = try write([rows])
        #expect(description.statistics.map(\.min) == [-7, -2.5])
        #expect(description.statistics.map(\.max) == [3, 4])
        #expect(abs(description.statistics[0].mean + 1) < 1e-12)
        #expect(abs(description.statistics[1].mean - (-2.5 + 4 + Double(Float(0.1))) / 3) < 1e-12)
        #expect(!description.isConstant)
        #expect(try write([[[5, 6], [5, 6]]]).0.isConstant)
        #expect(try !write([[[5, 6], [5, 7]]]).0.isConstant)
    }

    @Test func theDigestDependsOnValuesShapeAndNamesOnly() throws {
        let digest = try write([rows]).0.digest
        #expect(digest.count == 64)
        #expect(try write(rows.map { [$0] }).0.digest == digest)
        #expect(try write([rows], columns: ["x", "y"]).0.digest != digest)
        #expect(try write([rows.map { $0.map { $0 + 1 } }]).0.digest != digest)
        let flat = rows.flatMap(\.self)
        #expect(try write([flat.map { [$0] }]).0.digest != digest)
        #expect(try write([[flat]]).0.digest != digest)
    }

    @Test func columnsWithoutNamesAreNumbered() throws {
        #expect(try write([rows]).0.columnNames == ["x1", "x2"])
    }

    @Test func manyRowsGoThroughTheBuffer() throws {
        let block = (0..<500).map { row in (0..<64).map { Float(row * 64 + $0) } }
        let (description, file) = try write(Array(repeating: block, count: 8))
        #expect(description.rows == 4_000)
        #expect(try file.points[3_999] == block[499])
        #expect(try file.points[500] == block[0])
    }

    /// Rows at an odd address, as they lie in a body.
    private func append(_ rows: [Float], dimension: Int, to writer: DatasetWriter) throws {
        let bytes = [0] + rows.withUnsafeBytes(Array.init)
        try bytes.withUnsafeBytes {
            try writer.append(
                packed: UnsafeRawBufferPointer(rebasing: $0[1...]), of: .float32, dimension: dimension)
        }
    }

    @Test(arguments: [1, 2, 19, 40]) func packedRowsAreKeptAsOthersAre(dimension: Int) throws {
        let numbers = (0..<dimension * 30).map { Float($0 * 7_919 % 1_000) / 8 - 50 }
        let directory = try TemporaryDirectory()
        let (plain, packed) = (
            try DatasetWriter(directory: directory.path), try DatasetWriter(directory: directory.path)
        )
        try numbers.withUnsafeBufferPointer { try plain.append($0, dimension: dimension) }
        try append(Array(numbers[..<(dimension * 11)]), dimension: dimension, to: packed)
        try append(Array(numbers[(dimension * 11)...]), dimension: dimension, to: packed)
        #expect(try packed.finish(columns: nil, warnings: []) == plain.finish(columns: nil, warnings: []))
    }

    @Test(arguments: [1, 2, 19]) func packedDoublesAreKeptAsOthersAre(dimension: Int) throws {
        let numbers = (0..<dimension * 30).map { Double($0 * 7_919 % 1_000) / 7 - 50 }
        let directory = try TemporaryDirectory()
        let plain = try DatasetWriter(directory: directory.path, type: .float64)
        let packed = try DatasetWriter(directory: directory.path, type: .float64)
        try numbers.withUnsafeBufferPointer { try plain.append($0, dimension: dimension) }
        // At an odd address.
        let bytes = [0] + numbers.withUnsafeBytes(Array.init)
        for part in [1..<1 + dimension * 8 * 11, 1 + dimension * 8 * 11..<bytes.count] {
            try bytes.withUnsafeBytes {
                try packed.append(
                    packed: UnsafeRawBufferPointer(rebasing: $0[part]), of: .float64, dimension: dimension)
            }
        }
        let description = try packed.finish(columns: nil, warnings: [])
        #expect(try description == plain.finish(columns: nil, warnings: []))
        #expect(description.statistics.map(\.min).min() == numbers.min())
        #expect(description.statistics.map(\.max).max() == numbers.max())
    }

    @Test func aLongFileIsWhole() throws {
        let directory = try TemporaryDirectory()
        let writer = try DatasetWriter(directory: directory.path)
        let block = (0..<1 << 20).map { Float($0 % 4_099) }
        for _ in 0..<9 { try append(block, dimension: 16, to: writer) }
        try append(Array(block[..<48]), dimension: 16, to: writer)
        let description = try writer.finish(columns: nil, warnings: [])
        let path = "\(directory.path)/file.points"
        try writer.publish(as: path)
        let file = try DatasetFile(mapping: path)
        #expect(file.description == description && description.rows == 9 << 16 | 3)
        #expect(try file.findDigest() == description.digest)
        #expect(try file.points[9 << 16 | 2] == Array(block[32..<48]))
    }

    @Test func aDroppedWriterLeavesNothing() throws {
        let directory = try TemporaryDirectory()
        do {
            let writer = try DatasetWriter(directory: directory.path)
            try writer.append(rows: rows)
            #expect(try directory.files().count == 1)
        }
        #expect(try directory.files() == [])
        do {
            let writer = try DatasetWriter(directory: directory.path)
            try writer.append(rows: rows)
            _ = try writer.finish(columns: nil, warnings: [])
        }
        #expect(try directory.files() == [])
    }
}
