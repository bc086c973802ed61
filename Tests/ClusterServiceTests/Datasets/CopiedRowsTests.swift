import PointFormats
import Testing

@testable import ClusterService

/// Rows on their way from one stored point set to another.
@Suite struct CopiedRowsTests {
    /// Enough for several blocks of 1 MiB.
    private let count = 150_000

    private func identifiers(_ rows: Range<Int>) -> RowIdentifiers {
        var identifiers = RowIdentifiers()
        for row in rows { identifiers.append("row \(row)") }
        return identifiers
    }

    private func set(_ sample: SampleStore, _ type: NumberType, from first: Int) throws -> DatasetStore.Pin {
        let writer = try sample.store.writer(type)
        try writer.append(identifiers(first..<count))
        let values = (first..<count).flatMap { row in (0..<4).map { Double(row) + Double($0) / 4 } }
        switch type {
        case .float32: try values.map(Float.init).withUnsafeBufferPointer { try writer.append($0, dimension: 4) }
        case .float64: try values.withUnsafeBufferPointer { try writer.append($0, dimension: 4) }
        }
        return try sample.store.commit(writer, columns: nil, identifier: "key")
    }

    @Test(arguments: NumberType.allCases, [0, 1, 32_767, 32_768, 65_535, 65_536, 70_000, 149_999])
    func rowsFromAnyOneOnKeepTheirIdentifiers(type: NumberType, first: Int) throws {
        let sample = try SampleStore()
        let whole = try set(sample, type, from: 0)
        let copy = try sample.store.writer(type)
        try sample.store.open(digest: whole.content.digest).copyRows(from: first, to: copy)
        let copied = try sample.store.commit(copy, columns: nil, identifier: "key").content
        // The digest covers numbers and identifiers.
        #expect(copied == (try set(sample, type, from: first).content))
        #expect(copied.rows == count - first)
    }
}
