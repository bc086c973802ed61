import Foundation
import JobStore
import Synchronization

/// How much memory the jobs that are held here may need together.
final class MemoryBudget: Sendable {
    private struct State {
        var used = 0
        var jobs = 0
        /// A job that must run alone is held.
        var isClosed = false
    }

    /// All there is, in bytes.
    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// What is left.
    var room: WorkerRoom {
        state.withLock { state in
            // Less than nothing: not even a job that needs nothing fits.
            WorkerRoom(memory: state.isClosed ? -1 : max(0, limit - state.used), isIdle: state.jobs == 0)
        }
    }

    /// A job was claimed.
    func take(_ job: Job) {
        state.withLock { state in
            state.used += job.memory
            state.jobs += 1
            if job.runsAlone { state.isClosed = true }
        }
    }

    /// A job that was claimed is no longer held.
    func give(_ job: Job) {
        state.withLock { state in
            state.used -= job.memory
            state.jobs -= 1
            if job.runsAlone { state.isClosed = false }
        }
    }

    /// The share of the memory that the system has to give now which jobs may use by default.
    private static let defaultShare = 0.6

    /// The default for this process: 60% of what is available, or of what its control group may have if that is less.
    static func availableShare() -> Int {
        let available = kibibytes("MemAvailable:", in: "/proc/meminfo").map { $0 * 1024 } ?? 4 << 30
        return Int(Double(min(available, groupLimit() ?? .max)) * defaultShare)
    }

    /// The figure of a line such as `MemAvailable:  24684096 kB`.
    private static func kibibytes(_ name: String, in path: String) -> Int? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    /// The limit of this process's control group (cgroup v2, or v1); nil where there is none.
    private static func groupLimit() -> Int? {
        let groups = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8))?.split(separator: "\n") ?? []
        let group = groups.first { $0.hasPrefix("0::") }?.dropFirst(3)
        let older = groups.first { $0.contains(":memory:") }?.split(separator: ":", maxSplits: 2).last
        let paths = [
            group.map { "/sys/fs/cgroup\($0)/memory.max" }, "/sys/fs/cgroup/memory.max",
            older.map { "/sys/fs/cgroup/memory\($0)/memory.limit_in_bytes" },
            "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        ]
        return paths.compactMap { path in
            path.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }
                .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }.min()
    }
}
