import AttentionClustering
import Foundation
import JobStore
import Logging
import Synchronization
import Testing

@testable import ClusterService

@Suite struct CheckpointStoreTests {
    private let directory: TemporaryDirectory
    private let store: CheckpointStore
    private let checkpoint: FitCheckpoint

    init() throws {
        directory = try TemporaryDirectory()
        store = try CheckpointStore(
            directory: "\(directory.path)/checkpoints", interval: .zero, metrics: ServiceMetrics().work,
            logger: Logger(label: "test"))
        checkpoint = try #require(try Self.checkpoint())
    }

    private static func checkpoint() throws -> FitCheckpoint? {
        let made = Mutex<FitCheckpoint?>(nil)
        let points = try Points(values: [0, 0, 0, 1, 9, 9, 9, 8, 4, 0, 4, 1], count: 6, dimension: 2)
        let checkpoints = FitCheckpoints(isWanted: { true }, save: { new in made.withLock { $0 = new } })
        _ = try AttentionHeads.fit(points, control: FitControl(checkpoints: checkpoints))
        return made.withLock { $0 }
    }

    private func job(_ id: String, parameters: String = "{}") -> Job {
        Job(
            id: id, state: .queued, createdAt: Date(timeIntervalSince1970: 0), dataset: nil, datasetVersion: "v",
            parameters: parameters, attempt: 2)
    }

    private var shown: ShownFraction {
        ShownFraction(path: "\(directory.path)/checkpoints/a.shown", isFirstAttempt: true)
    }

    private func path(_ id: String) -> String { "\(directory.path)/checkpoints/\(id).ckpt" }

    /// Saves a checkpoint of a job and waits until it is on the disk.
    private func save(_ job: Job) async throws {
        let open = await store.open(job) { 0.25 }
        #expect(open.control.isWanted())
        open.control.save(checkpoint)
        _ = await store.open(self.job("another")) { 0 }  // the store does one thing at a time
        #expect(FileManager.default.fileExists(atPath: path(job.id)))
    }

    @Test func aJobGoesOnFromWhatWasSaved() async throws {
        try await save(job("a"))
        let resumed = await store.open(job("a")) { 0 }
        #expect(resumed.resumed?.checkpoint == checkpoint && resumed.control.resume == checkpoint)
        #expect(resumed.resumed?.fraction == 0.25)
        let elapsed = try #require(resumed.resumed?.elapsedSeconds)
        #expect(elapsed > 0 && resumed.elapsedSeconds > elapsed)
    }

    @Test(arguments: ["cut", "flipped", "empty", "other"])
    func aFileThatIsNotWholeIsRemoved(how: String) async throws {
        try await save(job("a"))
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path("a")))
        switch how {
        case "cut": bytes.removeLast(bytes.count / 2)
        case "flipped": bytes[bytes.count / 2] ^= 4
        case "empty": bytes = Data()
        default: bytes = Data("something else, but long enough to be taken for a file \(bytes.count)".utf8)
        }
        try bytes.write(to: URL(fileURLWithPath: path("a")))
        #expect(await store.open(job("a")) { 0 }.resumed == nil)
        #expect(!FileManager.default.fileExists(atPath: path("a")))
    }

    @Test func aFileForOtherWorkIsRemoved() async throws {
        try await save(job("a"))
        #expect(await store.open(job("a", parameters: #"{"k":3}"#)) { 0 }.resumed == nil)
        #expect(!FileManager.default.fileExists(atPath: path("a")))
    }

    @Test func whatIsLeftOfEndedJobsIsSweptAway() async throws {
        for id in ["a", "b"] { try await save(job(id)) }
        try Data().write(to: URL(fileURLWithPath: path("c") + ".new"))
        try await store.sweep { $0 == "b" }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/checkpoints") == ["b.ckpt"])
        await store.remove("b")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory.path)/checkpoints") == [])
    }

    @Test func aDirectoryThatCannotBeWrittenIsDoneWithout() async throws {
        let saved = Mutex(0)
        let open = await store.open(job("a")) {
            0
        } saved: {
            saved.withLock { $0 += 1 }
        }
        open.control.save(checkpoint)
        _ = await store.open(job("another")) { 0 }
        #expect(saved.withLock { $0 } == 1)
        try FileManager.default.removeItem(atPath: "\(directory.path)/checkpoints")
        open.control.save(checkpoint)
        #expect(await store.open(job("a")) { 0 }.resumed == nil)
        #expect(saved.withLock { $0 } == 1, "what is not on the disk is no progress")
    }

    @Test func aCostlyCheckpointIsRare() throws {
        let done = Mutex<[@Sendable (Duration) -> Void]>([])
        let open = JobCheckpoints(
            resumed: nil, interval: .zero, shown: shown, fraction: { 0 },
            write: { _, end in done.withLock { $0.append(end) } }, identity: "")
        #expect(open.control.isWanted())
        open.control.save(checkpoint)
        #expect(!open.control.isWanted(), "one at a time")
        done.withLock { $0[0](.seconds(10)) }
        #expect(!open.control.isWanted(), "10 s are less than 1% of 1,000 s")
    }

    @Test func aCheckpointThatIsWantedAtOnceTellsWhenItIsWritten() throws {
        let done = Mutex<[@Sendable (Duration) -> Void]>([])
        let open = JobCheckpoints(
            resumed: nil, interval: .seconds(3_600), shown: shown, fraction: { 0 },
            write: { _, end in done.withLock { $0.append(end) } }, identity: "")
        #expect(!open.control.isWanted())
        let saved = Mutex(0)
        open.saveSoon { saved.withLock { $0 += 1 } }
        #expect(open.control.isWanted())
        open.control.save(checkpoint)
        #expect(saved.withLock { $0 } == 0 && !open.control.isWanted())
        done.withLock { $0[0](.zero) }
        #expect(saved.withLock { $0 } == 1 && !open.control.isWanted())
    }

    @Test func howFarJobsWereIsReadFromTheirFiles() async throws {
        try await save(job("a"))
        try Data("no checkpoint".utf8).write(to: URL(fileURLWithPath: path("b")))
        #expect(store.fractions() == ["a": 0.25])
    }

    @Test func whatWasShownIsNeverLessAfterTheEndOfTheProcess() async throws {
        func shown(_ job: Job) async throws -> ShownFraction {
            let shown = await store.open(job) { 0 }.shown
            try await Task.sleep(for: ShownFraction.leastTime)
            return shown
        }
        try await save(job("a"))
        let first = try await shown(job("a"))
        for fraction in [0.4, 0.5, 0.5004, 0.3] { first.note(fraction) }
        #expect(first.mayHaveFile && store.fractions() == ["a": 0.5])
        // The next attempt does again what was shown already.
        let second = try await shown(job("a"))
        second.note(0.3)
        #expect(second.mayHaveFile && store.fractions() == ["a": 0.5])
        second.note(0.6)
        #expect(store.fractions() == ["a": 0.6])
        try Data("?".utf8).write(to: URL(fileURLWithPath: "\(directory.path)/checkpoints/b.shown"))
        #expect(store.fractions() == ["a": 0.6])
        await store.remove("a")
        #expect(store.fractions() == [:])
    }

    @Test func whatIsShownAfterwardsIsNoLessToTheLastDigit() async throws {
        let shown = shown
        try await Task.sleep(for: ShownFraction.leastTime)
        for thousandth in 1...999 {
            // Close below and above what clients see next.
            for fraction in [Double(thousandth) / 1000 - 1e-9, Double(thousandth) / 1000 + 1e-4] {
                shown.note(fraction)
                let noted = ShownFraction.fraction(ofFile: "\(directory.path)/checkpoints/a.shown") ?? 0
                #expect(JobView.shown(noted) == JobView.shown(fraction))
            }
        }
    }
}
