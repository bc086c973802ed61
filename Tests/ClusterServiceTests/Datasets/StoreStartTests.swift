import Foundation
import Testing

@testable import ClusterService

/// What a store makes of a directory in which something is wrong.
@Suite struct StoreStartTests {
    private let sample: SampleStore
    private let lost: DatasetEntry

    init() throws {
        sample = try SampleStore()
        try sample.put("good", [[1, 2], [3, 4]])
        lost = try sample.put("lost", [[5, 6], [7, 8]])
    }

    private var lostPath: String { "\(sample.directory.path)/content/\(lost.content.digest).points" }

    @Test func aNameThatCannotBeReadIsLeftOutAndLeftAlone() throws {
        let path = "\(sample.directory.path)/names/broken.json"
        for bytes in [Data(), Data("{}".utf8), Data("{\"name\":\"bro".utf8), Data([0xFF, 0x00])] {
            try bytes.write(to: URL(fileURLWithPath: path))
            let store = try sample.reopened()
            #expect(store.entries().map(\.name) == ["good", "lost"])
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
        }
    }

    @Test func aNameWithoutItsContentIsLeftOut() throws {
        try FileManager.default.removeItem(atPath: lostPath)
        let store = try sample.reopened()
        #expect(store.entries().map(\.name) == ["good"])
    }

    @Test func contentThatWasCutShortIsLeftOut() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: lostPath))
        for length in [0, 10, 64, whole.count - 1] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: lostPath))
            #expect(try sample.reopened().entries().map(\.name) == ["good"], "\(length) bytes")
        }
        try whole.write(to: URL(fileURLWithPath: lostPath))
        #expect(try sample.reopened().entries().map(\.name) == ["good", "lost"])
    }
}
