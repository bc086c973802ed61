import AttentionClustering
import Foundation
import Glibc
import Testing

@testable import ClusterService

@Suite struct DatasetFileTests {
    private let directory: TemporaryDirectory
    private let bytes: Data

    init() throws {
        directory = try TemporaryDirectory()
        let writer = try DatasetWriter(directory: directory.path)
        try writer.append(rows: [[1, 2], [3, 4], [5, 6]])
        _ = try writer.finish(columns: ["x", "y"], warnings: [])
        try writer.publish(as: "\(directory.path)/good")
        bytes = try Data(contentsOf: URL(fileURLWithPath: "\(directory.path)/good"))
    }

    private func open(_ bytes: Data) throws -> DatasetFile {
        let path = "\(directory.path)/changed"
        try bytes.write(to: URL(fileURLWithPath: path))
        return try DatasetFile(mapping: path)
    }

    @Test func theWholeFileIsRead() throws {
        #expect(try open(bytes).points.rows == [[1, 2], [3, 4], [5, 6]])
    }

    @Test func aFileCutShortIsRefused() {
        for length in [0, 1, 63, 64, 70, 88, bytes.count - 1] {
            let error = #expect(throws: StorageError.self, "\(length)") { try open(bytes.prefix(length)) }
            #expect(error?.code == EINVAL)
        }
    }

    @Test func aFileWithMoreBehindItsEndIsRefused() {
        #expect(throws: StorageError.self) { try open(bytes + Data([0])) }
    }

    @Test func aDamagedHeadIsRefused() {
        // Magic, version, type, rows, dimension, offset and length of the description.
        for offset in [0, 7, 8, 12, 16, 20, 23, 24, 31, 32, 39, 40, 47] {
            var changed = bytes
            changed[offset] ^= 0x81
            #expect(throws: StorageError.self, "byte \(offset)") { try open(changed) }
        }
    }

    @Test func aDamagedDescriptionIsRefused() throws {
        var changed = bytes
        changed[64 + 24] = UInt8(ascii: "[")
        #expect(throws: StorageError.self) { try open(changed) }
    }

    @Test func aHeadIsWrittenAsItIsRead() {
        let head = DatasetFileHead(rows: 3, dimension: 2, descriptionOffset: 88, descriptionLength: 10)
        #expect(head.bytes.count == DatasetFileHead.size)
        #expect(head.bytes.withUnsafeBytes { DatasetFileHead($0, fileSize: 98) } == head)
        #expect(head.bytes.withUnsafeBytes { DatasetFileHead($0, fileSize: 99) } == nil)
    }

    @Test func sizesThatOverflowAreRefused() {
        for (rows, dimension) in [(Int.max, 2), (1 << 40, 1 << 40), (Int.max / 4, 1)] {
            let head = DatasetFileHead(rows: rows, dimension: dimension, descriptionOffset: 64, descriptionLength: 0)
            #expect(head.bytes.withUnsafeBytes { DatasetFileHead($0, fileSize: 64) } == nil)
        }
    }

    @Test func pointsOutliveTheRemovalOfTheirFile() throws {
        let path = "\(directory.path)/good"
        let points = try DatasetFile(mapping: path).points
        #expect(unlink(path) == 0)
        #expect(points.rows == [[1, 2], [3, 4], [5, 6]])
    }

    @Test func aMissingFileIsToldApart() {
        let error = #expect(throws: StorageError.self) { try DatasetFile(mapping: "\(directory.path)/none") }
        #expect(error?.code == ENOENT)
    }
}
