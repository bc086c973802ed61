import Foundation
import PointFormats
import Testing

@testable import ClusterService

/// Rows whose bytes were read to where they are written from.
@Suite struct RowsInPlaceTests {
    private func array(_ values: [Float], columns: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(npyHeader: [values.count / columns, columns])
        writer.append(npyValues: values)
        return writer.bytes
    }

    /// Stores a body in pieces of such lengths, over and over; how many of them were read in place.
    private func store(
        _ body: [UInt8], pieces: [Int], inPlace: Bool, to path: String, in directory: TemporaryDirectory
    ) throws -> (description: DatasetDescription, count: Int) {
        let writer = try DatasetWriter(directory: directory.path)
        var sink = writer
        var options = DecodingOptions()
        options.maximumColumns = 50_000
        var decoder = PointDecoder(format: .npy, options: options)
        var position = 0
        var turn = 0
        var count = 0
        while position < body.count {
            var length = min(pieces[turn % pieces.count], body.count - position)
            turn += 1
            // Now and then content is in memory already, as the first of a body always is.
            if inPlace, turn % 5 != 0, let begun = decoder.bytesOfBegunRows, let room = try writer.room(behind: begun) {
                #expect(!room.isEmpty)
                length = min(length, room.count)
                body[position..<position + length].withUnsafeBytes { room.copyMemory(from: $0) }
                try decoder.feed(UnsafeRawBufferPointer(rebasing: room[..<length]), into: &sink)
                count += 1
            } else {
                try body[position..<position + length].withUnsafeBytes { try decoder.feed($0, into: &sink) }
            }
            position += length
        }
        let summary = try decoder.finish(into: &sink)
        let description = try writer.finish(columns: summary.schema.columns, warnings: summary.warnings)
        try writer.publish(as: path)
        return (description, count)
    }

    @Test(arguments: [1, 3, 16, 1_000, 30_000, 40_000], [[65_536], [300_001, 7, 1_048_576], [4_099, 1]])
    func theFileIsTheSame(columns: Int, pieces: [Int]) throws {
        let directory = try TemporaryDirectory()
        let values = (0..<(600_000 / columns * columns)).map { Float($0) * 0.37 - 900 }
        let body = array(values, columns: columns)
        let (copied, placed) = ("\(directory.path)/copied.points", "\(directory.path)/placed.points")
        let expected = try store(body, pieces: pieces, inPlace: false, to: copied, in: directory)
        let found = try store(body, pieces: pieces, inPlace: true, to: placed, in: directory)
        #expect(found.description == expected.description)
        #expect(found.count > 0 && expected.count == 0)
        let file = try Data(contentsOf: URL(filePath: placed))
        #expect(try file == Data(contentsOf: URL(filePath: copied)))
        #expect(file[DatasetFileHead.size...].starts(with: body.suffix(values.count * 4)))
    }

    @Test(arguments: [0, 350_001, 599_999]) func aNumberThatIsNotFiniteIsFoundWhereItStands(index: Int) throws {
        let directory = try TemporaryDirectory()
        var values = (0..<600_000).map(Float.init)
        values[index] = .nan
        let body = array(values, columns: 3)
        let errors = [false, true].map { inPlace in
            #expect(throws: FormatError.self) {
                try store(
                    body, pieces: [65_537, 500_000], inPlace: inPlace, to: "\(directory.path)/x.points", in: directory)
            }
        }
        #expect(errors[0]?.places.map(\.row) == [index / 3])
        #expect(errors[1] == errors[0])
    }
}
