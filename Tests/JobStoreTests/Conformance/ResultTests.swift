import Foundation
import JobStore
import Testing

/// What every driver does with results.
@Suite struct ResultTests {
    @Test(arguments: StoreDriver.allCases)
    func aResultAppearsWholeWithTheTerminalState(_ driver: StoreDriver) async throws {
        let fixture = try driver.open()
        let store = fixture.store
        let job = try await store.start(.sample(retention: .seconds(60)))
        for index in 0..<3 {
            try await store.appendResultChunk(job.id, attempt: 1, index: index, data: Data([UInt8(index)]))
        }
        #expect(try await store.summary(job.id) == nil)
        #expect(try await store.resultChunk(job.id, index: 0) == nil)

        fixture.clock.advance(seconds: 2)
        let done = try await store.succeed(
            job.id, attempt: 1, summary: Data("s".utf8), modelID: "mdl_1", model: Data("m".utf8),
            stopReason: "max_iterations")
        #expect(done.state == .succeeded)
        #expect(done.model == "mdl_1")
        #expect(done.stopReason == "max_iterations")
        #expect(done.error == nil)
        #expect(done.worker == nil)
        #expect(done.finishedAt == fixture.clock.now)
        #expect(done.expiresAt == fixture.clock.now + 60)
        #expect(done.revision == job.revision + 1)
        #expect(try await store.job(job.id) == done)

        let result = JobResult(summary: Data("s".utf8), model: Data("m".utf8), chunkCount: 3)
        #expect(try await store.summary(job.id) == result)
        for index in 0..<3 {
            #expect(try await store.resultChunk(job.id, index: index) == Data([UInt8(index)]))
        }
        #expect(try await store.resultChunk(job.id, index: 3) == nil)
        #expect(try await store.resultChunk(job.id, index: -1) == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func emptyDataIsDataAndNotMissing(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.start()
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data())
        _ = try await store.succeed(
            job.id, attempt: 1, summary: Data(), modelID: "m", model: Data(), stopReason: "")
        #expect(
            try await store.summary(job.id) == JobResult(summary: Data(), model: Data(), chunkCount: 1))
        #expect(try await store.resultChunk(job.id, index: 0) == Data())
        #expect(try await store.model("m")?.content == Data())
    }

    @Test(arguments: StoreDriver.allCases)
    func aResultMayHaveNoRows(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: .succeeded)
        #expect(try await store.summary(job.id)?.chunkCount == 0)
        #expect(try await store.resultChunk(job.id, index: 0) == nil)
    }

    @Test(arguments: StoreDriver.allCases)
    func chunksMayComeInAnyOrderAndAgain(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.start()
        for (index, byte) in [(2, 2), (0, 9), (1, 1), (0, 0)] {
            try await store.appendResultChunk(job.id, attempt: 1, index: index, data: Data([UInt8(byte)]))
        }
        try await store.succeed(job)
        for index in 0..<3 {
            #expect(try await store.resultChunk(job.id, index: index) == Data([UInt8(index)]))
        }
    }

    @Test(arguments: StoreDriver.allCases)
    func aGapAmongTheChunksKeepsTheJobFromSucceeding(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.start()
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([0]))
        try await store.appendResultChunk(job.id, attempt: 1, index: 2, data: Data([2]))
        await expectError(.incompleteResult) { try await store.succeed(job) }
        #expect(try await store.job(job.id) == job)
        #expect(try await store.model("mdl_1") == nil)

        try await store.appendResultChunk(job.id, attempt: 1, index: 1, data: Data([1]))
        try await store.succeed(job)
        #expect(try await store.summary(job.id)?.chunkCount == 3)
    }

    @Test(arguments: StoreDriver.allCases)
    func aChunkOfTheLargestSizeIsTakenAndALargerOneRefused(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.start()
        let largest = Data((0..<JobResult.maximumChunkBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        await expectError(.invalidArgument) {
            try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: largest + [0])
        }
        await expectError(.invalidArgument) {
            try await store.appendResultChunk(job.id, attempt: 1, index: -1, data: Data())
        }
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: largest)
        try await store.succeed(job)
        #expect(try await store.resultChunk(job.id, index: 0) == largest)
    }

    @Test(arguments: StoreDriver.allCases, [HeldWrite.release, .workerLost])
    func chunksOfAnUnfinishedAttemptAreDropped(_ driver: StoreDriver, _ write: HeldWrite) async throws {
        let store = try driver.open().store
        let job = try await store.start()
        for index in 0..<2 {
            try await store.appendResultChunk(job.id, attempt: 1, index: index, data: Data([1]))
        }
        try await write.perform(on: store, job.id, attempt: 1)
        let second = try #require(try await store.claimNext(worker: "w"))
        try await store.appendResultChunk(job.id, attempt: 2, index: 0, data: Data([2]))
        try await store.succeed(second)
        #expect(try await store.summary(job.id)?.chunkCount == 1)
        #expect(try await store.resultChunk(job.id, index: 0) == Data([2]))
        #expect(try await store.resultChunk(job.id, index: 1) == nil)
    }

    @Test(arguments: StoreDriver.allCases, JobState.allCases.filter { $0 != .succeeded })
    func onlyASucceededJobHasAResult(_ driver: StoreDriver, _ state: JobState) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: state)
        #expect(try await store.summary(job.id) == nil)
        #expect(try await store.resultChunk(job.id, index: 0) == nil)
        #expect(job.model == nil)
        #expect((job.error != nil) == (state == .failed))
        #expect((job.finishedAt != nil) == state.isTerminal)
        #expect((job.worker != nil) == state.isHeld)
    }

    @Test(arguments: StoreDriver.allCases)
    func aTakenModelIdKeepsTheJobFromSucceeding(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let first = try await store.job(in: .succeeded)
        let second = try await store.start()
        await expectError(.duplicateModel) { try await store.succeed(second, model: "mdl_1") }
        #expect(try await store.job(second.id) == second)
        #expect(try await store.model("mdl_1")?.job == first.id)
        #expect(try await store.succeed(second, model: "mdl_2").state == .succeeded)
    }

    @Test(arguments: StoreDriver.allCases)
    func deletingAJobTakesItsResultAndLeavesItsModel(_ driver: StoreDriver) async throws {
        let store = try driver.open().store
        let job = try await store.start()
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([1]))
        try await store.succeed(job)
        #expect(try await store.delete(job.id) == .deleted)
        #expect(try await store.job(job.id) == nil)
        #expect(try await store.summary(job.id) == nil)
        #expect(try await store.resultChunk(job.id, index: 0) == nil)
        #expect(try await store.model("mdl_1")?.job == job.id)
        #expect(try await store.isExpired(job.id) == false)
        #expect(try await store.delete(job.id) == .unknown)
    }

    @Test(arguments: StoreDriver.allCases, JobState.allCases.filter { !$0.isTerminal })
    func anActiveJobCannotBeDeleted(_ driver: StoreDriver, _ state: JobState) async throws {
        let store = try driver.open().store
        let job = try await store.job(in: state)
        #expect(try await store.delete(job.id) == .stillActive)
        #expect(try await store.job(job.id) == job)
    }
}
