import Foundation
import Synchronization
import Testing

@testable import AttentionClustering

@Suite struct GatheringTests {
    /// Memory that notes which floats were asked for ahead.
    private final class NotedMemory: PagedMemory {
        let values: AlignedBuffer<Float>
        let asked = Mutex<[Range<Int>]>([])

        init(count: Int) {
            values = AlignedBuffer(count: count, filledWith: 0)
            for index in 0..<count { values.pointer[index] = Float(index) }
        }

        func prefetch(_ part: UnsafeRawBufferPointer) {
            guard let start = part.baseAddress else { return }
            let first = (start - UnsafeRawPointer(values.pointer)) / MemoryLayout<Float>.size
            asked.withLock { $0.append(first..<first + part.count / MemoryLayout<Float>.size) }
        }

        func points(dimension: Int) throws -> Points {
            try Points(
                storage: PointStorage(UnsafeBufferPointer(start: values.pointer, count: values.count), owner: self),
                count: values.count / dimension, dimension: dimension)
        }
    }

    @Test(arguments: [1, 255, 256, 257, 1_000])
    func rowsAreCopiedInOrder(count: Int) throws {
        let points = try Points(values: (0..<6_000).map(Float.init), count: 2_000, dimension: 3)
        let rows = (0..<Int64(count)).map { 2 * $0 }
        let passes = RowPasses(control: FitControl(threads: 2))
        for copy in [points.gathered(rows), try points.gathered(rows, passes: passes)] {
            #expect(copy.count == count && copy.dimension == 3)
            for (index, row) in rows.enumerated() { #expect(copy[index] == points[Int(row)]) }
        }
        #expect(points.gathered([]).count == 0)
    }

    /// Rows near each other are read in one go, and rows far apart alone.
    @Test(arguments: [(4, 700), (40_000, 300)])
    func everyRowOfAFileIsAskedForBeforeItIsRead(dimension: Int, count: Int) throws {
        let memory = NotedMemory(count: 2 * count * dimension)
        let rows = (0..<Int64(count)).map { 2 * $0 }
        _ = try memory.points(dimension: dimension).gathered(rows, passes: RowPasses())
        let asked = memory.asked.withLock { $0 }
        #expect(asked.count == (dimension == 4 ? 3 : count))
        for row in rows.map(Int.init) {
            #expect(asked.contains { $0.contains(row * dimension) && $0.contains((row + 1) * dimension - 1) })
        }
    }

    @Test func aSampleEndsWhenItMayNotGoOn() throws {
        let points = try Points(values: [Float](repeating: 0, count: 4_000), count: 4_000, dimension: 1)
        let passes = RowPasses(control: FitControl(decide: { .cancel }))
        #expect(throws: CancellationError.self) { try points.gathered((0..<4_000).map(Int64.init), passes: passes) }
    }

    @Test func sampledRowsAreTheChosenOnes() throws {
        let data = try mixture([[0, 0, 1], [5, 0, 2]], sigma: 1, count: 500, seed: 1)
        let weights = try #require(try PointWeights((0..<500).map { Double($0 % 7) }, count: 500))
        let survey = try Survey(data.points, passes: RowPasses())
        let all = FramedRows(points: data.points, frame: survey.commonFrame(), weights: weights)
        let kept = all.choosing((0..<500).filter { $0 % 7 > 0 }.map(Int64.init))
        let chosen = (0..<Int64(kept.count)).filter { $0 % 3 == 1 }
        let sampled = try kept.sampled(chosen, passes: RowPasses())
        let plain = kept.choosing(chosen)
        #expect(sampled.count == plain.count && sampled.totalWeight == plain.totalWeight)
        for row in 0..<plain.count { #expect(sampled.coordinates(of: row) == plain.coordinates(of: row)) }
        let own = AlignedBuffer<Float>(count: 256, filledWith: 0)
        let other = AlignedBuffer<Float>(count: 256, filledWith: 0)
        #expect(sampled.loadWeights(0..<plain.count, into: own.pointer))
        #expect(plain.loadWeights(0..<plain.count, into: other.pointer))
        #expect(own.array == other.array)
    }
}
