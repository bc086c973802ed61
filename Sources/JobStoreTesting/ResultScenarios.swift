import Foundation
import JobStore

/// What every driver does with results.
enum ResultScenarios {
    /// All of them.
    static let all: [JobStoreScenario] =
        [
            JobStoreScenario("aResultAppearsWholeWithTheTerminalState", aResultAppearsWholeWithTheTerminalState),
            JobStoreScenario("aJobThatWaitedForItsWorkerBeganLater", aJobThatWaitedForItsWorkerBeganLater),
            JobStoreScenario("emptyDataIsDataAndNotMissing", emptyDataIsDataAndNotMissing),
            JobStoreScenario("aResultMayHaveNoRows", aResultMayHaveNoRows),
            JobStoreScenario("chunksMayComeInAnyOrderAndAgain", chunksMayComeInAnyOrderAndAgain),
            JobStoreScenario(
                "aGapAmongTheChunksKeepsTheJobFromSucceeding", aGapAmongTheChunksKeepsTheJobFromSucceeding),
            JobStoreScenario(
                "aChunkOfTheLargestSizeIsTakenAndALargerOneRefused", aChunkOfTheLargestSizeIsTakenAndALargerOneRefused),
            JobStoreScenario("aTakenModelIdKeepsTheJobFromSucceeding", aTakenModelIdKeepsTheJobFromSucceeding),
            JobStoreScenario(
                "deletingAJobTakesItsResultAndLeavesItsModel", deletingAJobTakesItsResultAndLeavesItsModel),
        ]
        + [HeldWrite.release, .workerLost].map { value in
            JobStoreScenario("chunksOfAnUnfinishedAttemptAreDropped(\(value))") {
                try await chunksOfAnUnfinishedAttemptAreDropped($0, value)
            }
        }
        + JobState.allCases.filter { $0 != .succeeded }.map { value in
            JobStoreScenario("onlyASucceededJobHasAResult(\(value))") {
                try await onlyASucceededJobHasAResult($0, value)
            }
        }
        + JobState.allCases.filter { !$0.isTerminal }.map { value in
            JobStoreScenario("anActiveJobCannotBeDeleted(\(value))") { try await anActiveJobCannotBeDeleted($0, value) }
        }

    static func aJobThatWaitedForItsWorkerBeganLater(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let claimedAt = fixture.clock.now
        func started(_ number: Int, at date: Date?) async throws -> Date? {
            let job = try await store.start()
            fixture.clock.advance(seconds: 4)
            let done = try await store.succeed(
                job.id, attempt: 1, startedAt: date, chunks: [], summary: Data(), modelID: "mdl_\(number)",
                model: Data(), stopReason: "converged")
            try expect(try await store.job(job.id) == done)
            return done.startedAt
        }
        try expect(try await started(1, at: claimedAt + 3) == claimedAt + 3)
        try expect(try await started(2, at: nil) == claimedAt + 4)
        // Never before its claim nor after its end.
        try expect(try await started(3, at: claimedAt) == claimedAt + 8)
        try expect(try await started(4, at: claimedAt + 99) == claimedAt + 16)
    }

    static func aResultAppearsWholeWithTheTerminalState(_ driver: StoreUnderTest) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.start(.sample(retention: .seconds(60)))
        for index in 0..<3 {
            try await store.appendResultChunk(job.id, attempt: 1, index: index, data: Data([UInt8(index)]))
        }
        try expect(try await store.summary(job.id) == nil)
        try expect(try await store.resultChunk(job.id, index: 0) == nil)

        fixture.clock.advance(seconds: 2)
        let done = try await store.succeed(
            job.id, attempt: 1, summary: Data("s".utf8), modelID: "mdl_1", model: Data("m".utf8),
            stopReason: "max_iterations")
        try expect(done.state == .succeeded)
        try expect(done.model == "mdl_1")
        try expect(done.stopReason == "max_iterations")
        try expect(done.error == nil)
        try expect(done.worker == nil)
        try expect(done.finishedAt == fixture.clock.now)
        try expect(done.expiresAt == fixture.clock.now + 60)
        try expect(done.revision == job.revision + 1)
        try expect(try await store.job(job.id) == done)

        let result = JobResult(summary: Data("s".utf8), model: Data("m".utf8), chunkCount: 3)
        try expect(try await store.summary(job.id) == result)
        for index in 0..<3 {
            try expect(try await store.resultChunk(job.id, index: index) == Data([UInt8(index)]))
        }
        try expect(try await store.resultChunk(job.id, index: 3) == nil)
        try expect(try await store.resultChunk(job.id, index: -1) == nil)
    }

    static func emptyDataIsDataAndNotMissing(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.start()
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data())
        _ = try await store.succeed(
            job.id, attempt: 1, summary: Data(), modelID: "m", model: Data(), stopReason: "")
        try expect(
            try await store.summary(job.id) == JobResult(summary: Data(), model: Data(), chunkCount: 1))
        try expect(try await store.resultChunk(job.id, index: 0) == Data())
        try expect(try await store.model("m")?.content == Data())
    }

    static func aResultMayHaveNoRows(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: .succeeded)
        try expect(try await store.summary(job.id)?.chunkCount == 0)
        try expect(try await store.resultChunk(job.id, index: 0) == nil)
    }

    static func chunksMayComeInAnyOrderAndAgain(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.start()
        for (index, byte) in [(2, 2), (0, 9), (1, 1), (0, 0)] {
            try await store.appendResultChunk(job.id, attempt: 1, index: index, data: Data([UInt8(byte)]))
        }
        try await store.succeed(job)
        for index in 0..<3 {
            try expect(try await store.resultChunk(job.id, index: index) == Data([UInt8(index)]))
        }
    }

    static func aGapAmongTheChunksKeepsTheJobFromSucceeding(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.start()
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([0]))
        try await store.appendResultChunk(job.id, attempt: 1, index: 2, data: Data([2]))
        try await expectError(.incompleteResult) { try await store.succeed(job) }
        try expect(try await store.job(job.id) == job)
        try expect(try await store.model("mdl_1") == nil)

        try await store.appendResultChunk(job.id, attempt: 1, index: 1, data: Data([1]))
        try await store.succeed(job)
        try expect(try await store.summary(job.id)?.chunkCount == 3)
    }

    static func aChunkOfTheLargestSizeIsTakenAndALargerOneRefused(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.start()
        let largest = Data((0..<JobResult.maximumChunkBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try await expectError(.invalidArgument) {
            try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: largest + [0])
        }
        try await expectError(.invalidArgument) {
            try await store.appendResultChunk(job.id, attempt: 1, index: -1, data: Data())
        }
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: largest)
        try await store.succeed(job)
        try expect(try await store.resultChunk(job.id, index: 0) == largest)
    }

    static func chunksOfAnUnfinishedAttemptAreDropped(_ driver: StoreUnderTest, _ write: HeldWrite) async throws {
        let fixture = try await driver.open()
        let store = fixture.store
        let job = try await store.start()
        for index in 0..<2 {
            try await store.appendResultChunk(job.id, attempt: 1, index: index, data: Data([1]))
        }
        try await write.perform(on: store, job.id, attempt: 1)
        fixture.clock.advance(seconds: 1)
        let second = try require(try await store.claimNext(worker: "w"))
        try await store.appendResultChunk(job.id, attempt: 2, index: 0, data: Data([2]))
        try await store.succeed(second)
        try expect(try await store.summary(job.id)?.chunkCount == 1)
        try expect(try await store.resultChunk(job.id, index: 0) == Data([2]))
        try expect(try await store.resultChunk(job.id, index: 1) == nil)
    }

    static func onlyASucceededJobHasAResult(_ driver: StoreUnderTest, _ state: JobState) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: state)
        try expect(try await store.summary(job.id) == nil)
        try expect(try await store.resultChunk(job.id, index: 0) == nil)
        try expect(job.model == nil)
        try expect((job.error != nil) == (state == .failed))
        try expect((job.finishedAt != nil) == state.isTerminal)
        try expect((job.worker != nil) == state.isHeld)
    }

    static func aTakenModelIdKeepsTheJobFromSucceeding(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let first = try await store.job(in: .succeeded)
        let second = try await store.start()
        try await expectError(.duplicateModel) { try await store.succeed(second, model: "mdl_1") }
        try expect(try await store.job(second.id) == second)
        try expect(try await store.model("mdl_1")?.job == first.id)
        try expect(try await store.succeed(second, model: "mdl_2").state == .succeeded)
    }

    static func deletingAJobTakesItsResultAndLeavesItsModel(_ driver: StoreUnderTest) async throws {
        let store = try await driver.open().store
        let job = try await store.start()
        try await store.appendResultChunk(job.id, attempt: 1, index: 0, data: Data([1]))
        try await store.succeed(job)
        try expect(try await store.delete(job.id) == .deleted)
        try expect(try await store.job(job.id) == nil)
        try expect(try await store.summary(job.id) == nil)
        try expect(try await store.resultChunk(job.id, index: 0) == nil)
        try expect(try await store.model("mdl_1")?.job == job.id)
        try expect(try await store.isExpired(job.id) == false)
        try expect(try await store.delete(job.id) == .unknown)
    }

    static func anActiveJobCannotBeDeleted(_ driver: StoreUnderTest, _ state: JobState) async throws {
        let store = try await driver.open().store
        let job = try await store.job(in: state)
        try expect(try await store.delete(job.id) == .stillActive)
        try expect(try await store.job(job.id) == job)
    }
}
