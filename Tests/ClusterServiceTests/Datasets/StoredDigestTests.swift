import Foundation
import Glibc
import PointFormats
import Testing

@testable import ClusterService

/// Whether stored points are what their digest says.
@Suite struct StoredDigestTests {
    private let rows: [[Float]] = [[1, 2], [3, 4]]

    private func damage(_ store: SampleStore, at offset: Int = DatasetFileHead.size) throws {
        let name = try #require(try store.content.first)
        let file = try FileDescriptor(opening: "\(store.directory.path)/content/\(name)", flags: O_WRONLY)
        try [UInt8(7)].withUnsafeBytes { try file.write($0, at: offset) }
    }

    @Test func damagedPointsAreNotTrainedOnAfterAStart() throws {
        let sample = try SampleStore()
        let digest = try sample.put("a", rows).content.digest
        #expect(try sample.reopened().openForJob(digest: digest).points.rows == rows)
        try damage(sample)
        let store = try sample.reopened()
        for _ in 0..<2 {
            #expect(throws: DamagedContent.self) { try store.openForJob(digest: digest) }
            #expect(throws: DamagedContent.self) { try store.openSound(digest: digest) }
        }
        // Another upload of the same content mends it.
        let writer = try store.writer()
        try writer.append(rows: rows)
        _ = try store.commit(writer, columns: nil)
        #expect(try store.openForJob(digest: digest).points.rows == rows)
    }

    @Test(arguments: NumberType.allCases, [nil, ["x", "y"]])
    func theDigestFoundIsThatOfTheUpload(type: NumberType, columns: [String]?) throws {
        let sample = try SampleStore()
        for identifiers in [false, true] {
            let writer = try sample.store.writer(type)
            if identifiers {
                var names = RowIdentifiers()
                for name in ["a", "b"] { names.append(utf8: Array(name.utf8)) }
                try writer.append(names)
            }
            switch type {
            case .float32: try writer.append(rows: rows)
            case .float64:
                try rows.flatMap { $0.map(Double.init) }.withUnsafeBufferPointer { try writer.append($0, dimension: 2) }
            }
            let pin = try sample.store.commit(writer, columns: columns, identifier: "id")
            let file = try sample.store.open(digest: pin.content.digest)
            #expect(try file.findDigest() == pin.content.digest)
        }
    }
}
