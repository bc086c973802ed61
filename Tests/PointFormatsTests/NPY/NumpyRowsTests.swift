import PointFormats
import Testing

/// Arrays of float32, whose rows are taken as they lie there.
@Suite struct NumpyRowsTests {
    private func array(_ values: [Float], columns: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(npyHeader: [values.count / columns, columns])
        writer.append(npyValues: values)
        return writer.bytes
    }

    @Test(arguments: [1, 3, 16, 20_000]) func everyNumberArrivesWhereverTheArrayIsCut(columns: Int) {
        let values = (0..<60_000).map { Float($0) * 0.37 - 900 }
        let body = array(values, columns: columns)
        for piece in [1_009, 4_096, 65_537, body.count] {
            let outcome = decode(
                body, .npy, decodingOptions { $0.maximumColumns = 20_000 },
                cuts: Array(stride(from: piece, to: body.count, by: piece)))
            #expect(outcome.values.map(\.bitPattern) == values.map(\.bitPattern), "pieces of \(piece)")
            #expect(outcome.summary?.rows == 60_000 / columns)
        }
    }

    @Test func extremesAreNumbersLikeOthers() {
        let values: [Float] = [
            0, -0.0, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude,
        ]
        #expect(decode(array(values, columns: 2), .npy).values.map(\.bitPattern) == values.map(\.bitPattern))
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity, .signalingNaN]) func aNumberThatIsNotFiniteIsFound(bad: Float) {
        for index in [0, 1, 4_097, 59_999] {
            var values = (0..<60_000).map(Float.init)
            values[index] = bad
            let body = array(values, columns: 3)
            let outcome = decode(body, .npy)
            #expect(outcome.error?.code == .unprocessable)
            #expect(
                outcome.error?.places.map(\.row) == [index / 3]
                    && outcome.error?.places.map(\.column) == [index % 3 + 1])
            #expect(decode(body, .npy, cuts: [131, 7_001]) == outcome)
        }
    }
}
