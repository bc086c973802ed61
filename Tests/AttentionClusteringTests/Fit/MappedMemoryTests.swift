import Foundation
import Synchronization
import Testing

@testable import AttentionClustering

/// A fit of a mapped file holds little memory of its own beside the file's pages.
@Suite(.serialized) struct MappedMemoryTests {
    /// A file of `rows` rows, all but the first 6,000 a hole of zeros, mapped.
    private final class MappedFile {
        let address: UnsafeMutableRawPointer
        let bytes: Int

        init(rows: Int, dimension: Int) throws {
            bytes = rows * dimension * MemoryLayout<Float>.stride
            let path = NSTemporaryDirectory() + "sparse-\(UUID().uuidString)"
            defer { unlink(path) }
            let file = open(path, O_RDWR | O_CREAT, 0o600)
            try #require(file >= 0)
            defer { close(file) }
            try #require(ftruncate(file, bytes) == 0)
            var random = RandomSource(seed: 4, stream: 0)
            for start in stride(from: 0, to: 6_000, by: 1_000) {
                let some = (0..<1_000 * dimension).map { index in
                    Float(random.normal()) + (index / dimension % 2 == 0 ? 5 : -5)
                }
                let offset = start * dimension * MemoryLayout<Float>.stride
                let size = some.count * MemoryLayout<Float>.stride
                try #require(some.withUnsafeBytes { pwrite(file, $0.baseAddress, size, offset) } == size)
            }
            address = try #require(mmap(nil, bytes, PROT_READ, MAP_SHARED, file, 0))
            try #require(address != MAP_FAILED)
        }

        deinit { munmap(address, bytes) }
    }

    /// Anonymous resident memory of the process, in bytes.
    private static func anonymous() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return (line?.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0) * 1_024
    }

    @Test(arguments: ["default", "cosine", "robust", "wide"])
    func anonymousMemoryIsBounded(way: String) throws {
        let dimension = way == "wide" ? 512 : 64
        let rows = (96 << 20) / (4 * dimension)
        let file = try MappedFile(rows: rows, dimension: dimension)
        let values = UnsafeBufferPointer(
            start: UnsafePointer(file.address.assumingMemoryBound(to: Float.self)), count: rows * dimension)
        let data = try Points(storage: PointStorage(values, owner: file), count: rows, dimension: dimension)
        var options = FitOptions()
        options.clusterCount = 3
        options.maximumIterations = 3
        switch way {
        case "cosine": options.metric = .cosine
        case "robust": options.robust = true
        case "wide": options.refinement = .spherical
        default: break
        }
        let before = Self.anonymous()
        let peak = Atomic<Int>(before)
        let asked = Atomic<Int>(0)
        let control = FitControl(decide: {
            if asked.add(1, ordering: .relaxed).oldValue % 16 == 0 { peak.max(Self.anonymous(), ordering: .relaxed) }
            return .proceed
        })
        let clustering = try AttentionHeads.fit(data, options: options, control: control)
        #expect(clustering.sizes.reduce(0, +) == rows)
        #expect(asked.load(ordering: .relaxed) > 100)
        let grown = max(peak.load(ordering: .relaxed), Self.anonymous()) - before
        // A label, a distance and a confidence a row, and room for one copy of a column.
        #expect(grown < (64 << 20) + 16 * rows, "\(grown) bytes")
    }
}
