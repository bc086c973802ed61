import Foundation
import PointFormats

/// What a model said of the points of a long body, kept on the disk until all of it is known.
struct AssignmentSpool {
    /// Where a block lies: its identifiers, then its ``AssignmentChunk``.
    private struct Block {
        let offset: Int
        let identifierLength: Int
        let rows: Int

        var chunkLength: Int { AssignmentChunk.bytesPerRow * rows }
    }

    private let file: SpoolFile
    private var blocks: [Block] = []
    private var end = 0
    private var hasIdentifiers = false
    /// How many points there are.
    private(set) var rows = 0

    init(_ file: SpoolFile) { self.file = file }

    /// Adds a block.
    mutating func append(_ block: TableBlock) throws {
        let identifiers = block.identifiers?.bytes ?? []
        if block.identifiers != nil { hasIdentifiers = true }
        let chunk = AssignmentChunk(
            labels: Array(block.labels), distances: Array(block.distances), confidence: Array(block.confidence))
        let bytes = identifiers + chunk.data
        try file.write(bytes, at: end)
        blocks.append(Block(offset: end, identifierLength: identifiers.count, rows: block.count))
        end += bytes.count
        rows += block.count
    }

    /// The blocks as a result's chunks.
    var chunks: AssignmentChunks {
        AssignmentChunks(count: blocks.count) { [file, blocks] index in
            let block = blocks[index]
            let bytes = try file.read(block.chunkLength, at: block.offset + block.identifierLength)
            guard bytes.count == block.chunkLength, let chunk = AssignmentChunk(Data(bytes)) else {
                throw StorageError("read", "a spooled assignment", code: EIO)
            }
            return chunk
        }
    }

    /// What identifies the points; nil when nothing does.
    var identifiers: IdentifierRuns? {
        guard hasIdentifiers else { return nil }
        return { [file, blocks] in Reader(file: file, blocks: blocks[...]) }
    }

    private struct Reader: IdentifierReader {
        let file: SpoolFile
        var blocks: ArraySlice<Block>

        mutating func nextRun() throws -> RowIdentifiers? {
            guard let block = blocks.popFirst() else { return nil }
            return RowIdentifiers(bytes: try file.read(block.identifierLength, at: block.offset), count: block.rows)
        }
    }
}
