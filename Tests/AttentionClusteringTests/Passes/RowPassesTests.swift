import Testing

@testable import AttentionClustering

@Suite struct RowPassesTests {
    @Test(arguments: [1, 15, 16, 63, 64, 1_000, 100_001], [1, 64, 5_000])
    func tilesCoverEveryRowOnce(rows: Int, width: Int) {
        let layout = RowLayout(rows: rows, width: width)
        #expect(layout.tileRows % 16 == 0)
        var next = 0
        for chunk in 0..<layout.chunkCount {
            for tile in layout.tiles(of: layout.chunk(chunk)) {
                #expect(tile.lowerBound == next && tile.count <= layout.tileRows && !tile.isEmpty)
                next = tile.upperBound
            }
        }
        #expect(next == rows)
        #expect(layout.chunkCount <= 64)
    }

    @Test(arguments: [1, 2, 5])
    func partialsComeInOrderWhateverTheThreads(threads: Int) throws {
        let layout = RowLayout(rows: 50_000, width: 64)
        let passes = RowPasses(control: FitControl(threads: threads))
        let partials = try passes.run(layout, abandonable: true, scratch: {}, partial: { [Int]() }) { _, sum, rows in
            sum.append(rows.lowerBound)
        }
        let starts = try #require(partials).flatMap(\.self)
        #expect(starts == starts.sorted() && starts.count > 40)
    }

    @Test func finishingAbandonsOnlyWhatMayBeAbandoned() throws {
        let passes = RowPasses(control: FitControl(decide: { .finish }))
        let layout = RowLayout(rows: 1_000, width: 4)
        #expect(try passes.run(layout, abandonable: true, scratch: {}, partial: { 0 }) { _, _, _ in } == nil)
        let counted = try passes.run(layout, abandonable: false, scratch: {}, partial: { 0 }) { _, sum, rows in
            sum += rows.count
        }
        #expect(counted?.reduce(0, +) == 1_000)
        #expect(passes.isFinishing)
    }

    @Test func cancellingThrowsFromEveryPass() {
        let passes = RowPasses(control: FitControl(threads: 2, decide: { .cancel }))
        let layout = RowLayout(rows: 1_000, width: 4)
        for abandonable in [true, false] {
            #expect(throws: CancellationError.self) {
                try passes.run(layout, abandonable: abandonable, scratch: {}, partial: { 0 }) { _, _, _ in }
            }
        }
        #expect(throws: CancellationError.self) { try passes.proceed() }
    }

    @Test func aDecisionToFinishStands() throws {
        let flag = Flag()
        let passes = RowPasses(control: FitControl(decide: { flag.isSet ? .proceed : .finish }))
        #expect(try !passes.proceed())
        flag.set()
        #expect(try !passes.proceed())
    }

    @Test func rowSamplesAreSpreadAndSeeded() throws {
        let sample = try #require(RowSample.rows(100, of: 10_000, seed: 1))
        #expect(sample.count == 100)
        for (index, row) in sample.enumerated() { #expect((index * 100..<index * 100 + 100).contains(Int(row))) }
        #expect(RowSample.rows(100, of: 10_000, seed: 1) == sample)
        #expect(RowSample.rows(100, of: 10_000, seed: 2) != sample)
        #expect(RowSample.rows(100, of: 100, seed: 1) == nil)
    }
}
