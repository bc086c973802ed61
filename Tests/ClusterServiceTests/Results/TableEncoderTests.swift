import PointFormats
import Testing

@testable import ClusterService

@Suite struct TableEncoderTests {
    private func text(_ lines: TableEncoder.Lines, identifier: String?, columns: [String], _ block: TableBlock)
        -> String
    {
        let encoder = TableEncoder(
            lines, identifier: identifier, columns: columns, hasAssignments: !block.labels.isEmpty)
        var writer = ByteWriter()
        writer.bytes += encoder.header
        encoder.append(block, to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private var block: TableBlock {
        var identifiers = RowIdentifiers()
        identifiers.append("a,\"b\"")
        identifiers.append("c")
        return TableBlock(
            count: 2, identifiers: identifiers, values: [9, 1, 2.5, 3, 4][1...], labels: [7, 1, 0][1...],
            distances: [0.5, 0], confidence: [0.75, 1])
    }

    @Test func csvHasAHeaderAndTheIdentifierFirst() {
        #expect(
            text(.csv, identifier: "key", columns: ["x", "y"], block) == """
                key,x,y,cluster,distance,confidence
                "a,""b""\",1,2.5,1,0.5,0.75
                c,3,4,0,0,1

                """)
    }

    @Test func ndjsonHasAnObjectALine() throws {
        #expect(
            text(.ndjson, identifier: "key", columns: ["x", "cluster"], block) == #"""
                {"key":"a,\"b\"","x":1,"cluster":2.5,"cluster_":1,"distance":0.5,"confidence":0.75}
                {"key":"c","x":3,"cluster":4,"cluster_":0,"distance":0,"confidence":1}

                """#)
    }

    @Test func partsThatAreNotThereLeaveNoColumn() {
        let points = TableBlock(count: 1, values: [1, 2])
        #expect(text(.csv, identifier: nil, columns: ["x", "y"], points) == "x,y\n1,2\n")
        #expect(text(.ndjson, identifier: nil, columns: ["x", "y"], points) == "{\"x\":1,\"y\":2}\n")
        let labels = TableBlock(count: 1, labels: [3], distances: [0], confidence: [1])
        #expect(text(.csv, identifier: nil, columns: [], labels) == "cluster,distance,confidence\n3,0,1\n")
    }
}
