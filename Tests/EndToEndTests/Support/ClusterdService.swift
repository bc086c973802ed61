import Foundation
import Synchronization
import Testing

/// A `clusterd serve` that this test started.
final class ClusterdService: Sendable {
    let dataDirectory: String
    let port: Int
    private let process: Process
    private let exit: ProcessExit
    private let scratch: TemporaryDirectory
    private let isToldToEnd = Mutex(false)

    /// Where the service answers, such as `http://127.0.0.1:40123`.
    var address: String { "http://127.0.0.1:\(port)" }

    /// What the service wrote to standard error so far.
    var log: String { Self.read("errors", scratch) }

    /// What the service wrote to standard output so far.
    var output: String { Self.read("output", scratch) }

    /// Whether the process ended although no test told it to.
    var hasCrashed: Bool { !process.isRunning && !isToldToEnd.withLock(\.self) }

    /// How many files and sockets the process has open.
    var openDescriptors: Int {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/fd").count
        }
    }

    /// The number of the process.
    var identifier: Int32 { process.processIdentifier }

    /// Starts a service on any free port and waits until it says where it listens.
    ///
    /// - Parameters:
    ///   - port: the port, any free one for 0.
    ///   - openFiles: how many descriptors the process may have, where that is to be few.
    ///   - launcher: a program that becomes the service in the end; it gets the arguments as they are.
    init(
        dataDirectory: String, port: Int = 0, openFiles: Int? = nil, launcher: String? = nil, _ arguments: [String] = []
    ) async throws {
        guard FileManager.default.isExecutableFile(atPath: ClusterdBinary.path) else {
            throw StartFailure(
                description: "no program is at \(ClusterdBinary.path); build it, or name one in CLUSTERD")
        }
        self.dataDirectory = dataDirectory
        scratch = try TemporaryDirectory()
        process = Process()
        process.executableURL = URL(fileURLWithPath: launcher ?? ClusterdBinary.path)
        let serve = ["serve", "--port", "\(port)", "--data-dir", dataDirectory] + arguments
        process.arguments = launcher == nil ? serve : arguments
        if let openFiles {
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", "ulimit -n \(openFiles) && exec \"$0\" \"$@\"", ClusterdBinary.path] + serve
        }
        process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: try scratch.write(Data(), as: "output"))
        process.standardError = FileHandle(forWritingAtPath: try scratch.write(Data(), as: "errors"))
        exit = ProcessExit(of: process)
        try process.run()
        self.port = try await Self.announcedPort(of: process, scratch)
    }

    private static func announcedPort(of process: Process, _ scratch: TemporaryDirectory) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline, process.isRunning {
            let output = read("output", scratch)
            if let match = output.firstMatch(of: #/listens on http://127\.0\.0\.1:(\d+)\D/#), let port = Int(match.1) {
                return port
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        if process.isRunning { process.interrupt() }
        throw StartFailure(
            description:
                "clusterd serve does not say where it listens: \(read("output", scratch))\(read("errors", scratch))")
    }

    /// Sends a signal and waits for the end of the process.
    ///
    /// - Returns: the exit status, counted as shells do; 128 + 9 where it had to be killed after `deadline`.
    func end(_ signal: Int32 = SIGTERM, deadline: Duration = .seconds(40)) async -> Int32 {
        isToldToEnd.withLock { $0 = true }
        if process.isRunning { kill(process.processIdentifier, signal) }
        let alarm = Task { [identifier = process.processIdentifier] in
            try await Task.sleep(for: deadline)
            kill(identifier, SIGKILL)
        }
        defer { alarm.cancel() }
        return await exit.status
    }

    private static func read(_ name: String, _ scratch: TemporaryDirectory) -> String {
        let data = try? Data(contentsOf: URL(fileURLWithPath: "\(scratch.path)/\(name)"))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    struct StartFailure: Error, CustomStringConvertible {
        let description: String
    }
}

/// Runs `body` with a service on an empty data directory, and expects that the service outlives it and ends well.
func withService(_ arguments: String..., body: (ClusterdService) async throws -> Void) async throws {
    let directory = try TemporaryDirectory()
    let service = try await ClusterdService(dataDirectory: "\(directory.path)/data", arguments)
    do {
        try await body(service)
    } catch {
        _ = await service.end(SIGKILL)
        throw error
    }
    #expect(!service.hasCrashed, "the service ended during the test: \(service.log)")
    let status = await service.end()
    #expect(status == 0, "the service ended with \(status): \(service.log.suffix(2_000))")
}
