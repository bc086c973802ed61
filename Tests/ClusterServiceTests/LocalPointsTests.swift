import Testing

@testable import ClusterService

@Suite struct LocalPointsTests {
    /// Appends rows in pieces of 100.
    private func points(_ rows: Int, largest: Int) throws -> (rows: [[Float]], files: Int) {
        let directory = try TemporaryDirectory()
        var files = 0
        var points = LocalPoints(largest: largest) {
            files += 1
            return try SpoolFile(directory: directory.path)
        }
        for start in stride(from: 0, to: rows, by: 100) {
            let values = (3 * start..<3 * min(rows, start + 100)).map(Float.init)
            try values.withUnsafeBufferPointer { try points.append($0, dimension: 3) }
        }
        return (try points.points().rows, files)
    }

    @Test(arguments: [1, 1_200, 5_000, 12_000, 12_001])
    func whatIsLongGoesToAFileAndStaysTheSame(largest: Int) throws {
        let (rows, files) = try points(1_000, largest: largest)
        #expect(rows == (0..<1_000).map { row in (0..<3).map { Float(3 * row + $0) } })
        #expect(files == (largest <= 12_000 ? 1 : 0))
    }

    @Test func noPointsAreAnErrorEitherWay() {
        #expect(throws: (any Error).self) { try points(0, largest: 1) }
    }
}
