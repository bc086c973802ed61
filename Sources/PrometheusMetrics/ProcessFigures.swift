internal import Foundation
internal import Glibc

/// What the system knows of this process, under the names that Prometheus clients share.
public enum ProcessFigures {
    /// Processor time, memory, descriptors and start of this process; what the system does not tell is left out.
    public static func samples() -> [MetricSample] {
        var samples: [MetricSample] = []
        var usage = rusage()
        if getrusage(RUSAGE_SELF.rawValue, &usage) == 0 {
            samples.append(
                MetricSample(
                    "process_cpu_seconds_total", "User and system processor time, in seconds.", .counter,
                    value: seconds(usage.ru_utime) + seconds(usage.ru_stime)))
        }
        if let fields = statistics() {
            samples += [
                MetricSample(
                    "process_virtual_memory_bytes", "Virtual memory, in bytes.", value: fields.virtualMemory),
                MetricSample(
                    "process_resident_memory_bytes", "Resident memory, in bytes.", value: fields.residentMemory),
                MetricSample("process_threads", "Threads of the process.", value: fields.threads),
            ]
            if let boot = bootTime() {
                samples.append(
                    MetricSample(
                        "process_start_time_seconds", "When the process started, in seconds since 1970.",
                        value: boot + fields.startAfterBoot))
            }
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            // One of them is that of the listing itself.
            samples.append(MetricSample("process_open_fds", "Open file descriptors.", value: Double(open - 1)))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            samples.append(
                MetricSample(
                    "process_max_fds", "The most file descriptors there may be.", value: Double(limit.rlim_cur)))
        }
        return samples
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    private struct Statistics {
        let threads: Double
        let startAfterBoot: Double
        let virtualMemory: Double
        let residentMemory: Double
    }

    /// Fields of `/proc/self/stat` (proc(5)), counted behind the name, which may hold spaces.
    private static func statistics() -> Statistics? {
        guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ").map { Double($0) ?? 0 }
        guard fields.count > 21 else { return nil }
        return Statistics(
            threads: fields[17], startAfterBoot: fields[19] / Double(sysconf(Int32(_SC_CLK_TCK))),
            virtualMemory: fields[20], residentMemory: fields[21] * Double(sysconf(Int32(_SC_PAGESIZE))))
    }

    /// When the system started, in seconds since 1970.
    ///
    /// By the clocks, not by `/proc/stat`, which a service may not be shown (`ProcSubset=pid`).
    private static func bootTime() -> Double? {
        var (now, sinceBoot) = (timespec(), timespec())
        guard clock_gettime(CLOCK_REALTIME, &now) == 0, clock_gettime(CLOCK_BOOTTIME, &sinceBoot) == 0 else {
            return nil
        }
        return Double(now.tv_sec - sinceBoot.tv_sec) + Double(now.tv_nsec - sinceBoot.tv_nsec) / 1e9
    }
}
