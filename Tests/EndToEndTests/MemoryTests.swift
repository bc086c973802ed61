import Foundation
import Testing

extension EndToEnd {
    /// What the running service holds while bodies stream in that are longer than it may grow.
    @Suite struct MemoryTests {
        /// How much the peak may lie above the idle service, in KiB.
        private static let growth = 64 * 1024

        /// A body of some 100 MB, as a line of shell that prints it.
        struct Body: Sendable, CustomTestStringConvertible {
            let name: String
            let type: String
            let command: String
            var status = 201

            var testDescription: String { name }
        }

        static let bodies = [
            Body(name: "CSV", type: "text/csv", command: "yes '0.12345,-1.5,2.25' | head -n 5000000"),
            Body(
                name: "JSON", type: "application/json",
                command: "(printf '['; yes '[0.12345,-1.5,2.25],' | head -n 5000000; printf '[1,2,3]]')"),
            Body(
                name: "NDJSON", type: "application/x-ndjson",
                command: "yes '{\"x\":0.12345,\"y\":-1.5,\"z\":2}' | head -n 3000000"),
            Body(name: "npy", type: "application/x-npy", command: "(\(header); head -c 100000000 /dev/zero)"),
            Body(
                name: "CSV in gzip", type: "text/csv",
                command: "yes '0.12345,-1.5,2.25' | head -n 5000000 | gzip -1"),
            Body(
                name: "a gzip bomb", type: "text/csv", command: "yes '0,0,0,0,0,0,0,0' | head -c 400000000 | gzip -1",
                status: 413),
        ]

        /// Prints the head of an array of 6,250,000 × 4 float32.
        private static let header =
            "printf '\\x93NUMPY\\x01\\x00\\x76\\x00%-117s\\n' "
            + "\"{'descr': '<f4', 'fortran_order': False, 'shape': (6250000, 4), }\""

        @Test func longBodiesOfEveryFormatLeaveMemoryFlat() async throws {
            try await withService("--limit", "dataset_bytes=200000000") { service in
                for (number, body) in Self.bodies.enumerated() {
                    let target = "\(service.address)/v1/datasets/set\(number)"
                    let idle = try service.memory("VmRSS")
                    try service.resetPeak()
                    let sent = try await Command.bash(
                        "set +o pipefail; \(body.command) "
                            + "| curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: \(body.type)' -T - \(target)"
                    ).run()
                    #expect(sent.text == "\(body.status)", "\(body.name): \(sent.text) \(sent.errors)")
                    let peak = try service.memory("VmHWM")
                    #expect(peak - idle <= Self.growth, "\(body.name): \(peak - idle) KiB above idle")
                }
                // A download and an append read what is stored; both let go of it behind them.
                try service.resetPeak()
                let idle = try service.memory("VmRSS")
                let load = try await Command.bash(
                    "curl -sf '\(service.address)/v1/datasets/set3/content?format=npy' | wc -c"
                ).run()
                #expect(load.text.trimmingCharacters(in: .whitespacesAndNewlines) == "100000128")
                let appended = try await service.curl(
                    "/v1/datasets/set3/rows", "-H", "Content-Type: text/csv", "--data-binary", "1,2,3,4\n")
                #expect(appended.status == 200, "\(appended.text)")
                let peak = try service.memory("VmHWM")
                #expect(peak - idle <= Self.growth, "download and append: \(peak - idle) KiB above idle")
            }
        }
    }
}

extension ClusterdService {
    /// A figure of `/proc/PID/status` in KiB, such as `VmRSS`.
    func memory(_ field: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(field):") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }

    /// Lets the peak of memory begin anew.
    func resetPeak() throws {
        try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/\(identifier)/clear_refs"))
    }
}
