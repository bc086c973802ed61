import AttentionClustering
import Foundation

/// What repeated fits took.
struct BenchRun {
    private struct Report: Encodable {
        var cpu: [Double] = []
        var wall: [Double] = []
        var extraMib = 0.0
        var iterations = 0
        var start = ""
        var refinement = ""
        var warnings: [String] = []

        enum CodingKeys: String, CodingKey {
            case cpu, wall, iterations, start, refinement, warnings
            case extraMib = "extra_mib"
        }
    }

    private var report = Report()
    private var labels: [Int32] = []

    /// Repeats end early once they have taken this many seconds together.
    private static let patience = 60.0

    mutating func measure(_ fit: () throws -> Clustering) rethrows {
        guard report.cpu.reduce(0, +) < Self.patience else { return }
        let before = ResidentMemory.now
        ResidentMemory.resetPeak()
        let (cpu, wall) = (seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC))
        let clustering = try fit()
        report.cpu.append(seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu)
        report.wall.append(seconds(CLOCK_MONOTONIC) - wall)
        if labels.isEmpty { report.extraMib = Double(ResidentMemory.peak - before) / 1_024 }
        report.iterations = clustering.iterations
        report.start = clustering.model.start.rawValue
        report.refinement = String(describing: clustering.model.rule).prefix { $0 != "[" }.description
        report.warnings = clustering.warnings
        labels = clustering.assignments
    }

    func writeLabels(to path: String) throws {
        try labels.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
    }

    func json() throws -> String { String(decoding: try JSONEncoder().encode(report), as: UTF8.self) }

    private func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}

/// The memory that this process holds, in KiB; zeros where the kernel does not tell.
enum ResidentMemory {
    static var now: Int { field("VmRSS:") }
    static var peak: Int { field("VmHWM:") }

    static func resetPeak() { try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs")) }

    private static func field(_ name: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
