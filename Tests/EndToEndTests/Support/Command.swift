import Foundation

/// A program with its arguments, to be run to its end.
struct Command: Sendable {
    /// What a program left behind.
    struct Outcome: Sendable {
        /// The exit status; 128 and the signal's number where a signal ended it, as shells count.
        let status: Int32
        let output: Data
        let errors: String

        var text: String { String(decoding: output, as: UTF8.self) }
    }

    let program: String
    let arguments: [String]
    var directory: String?
    var environment: [String: String] = [:]
    var input: Data?

    init(_ program: String, _ arguments: [String] = []) {
        self.program = program
        self.arguments = arguments
    }

    /// A line of bash; any part of a pipe that fails makes it fail.
    static func bash(_ line: String) -> Command { Command("/bin/bash", ["-o", "pipefail", "-c", line]) }

    /// Runs the program; input and output are files, so no pipe can fill up.
    ///
    /// - Parameter limit: the seconds after which it is killed.
    func run(limit: Double = 60) async throws -> Outcome {
        let scratch = try TemporaryDirectory()
        let output = try scratch.write(Data(), as: "output")
        let errors = try scratch.write(Data(), as: "errors")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, own in own }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = FileHandle.nullDevice
        if let input { process.standardInput = FileHandle(forReadingAtPath: try scratch.write(input, as: "input")) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        let exit = ProcessExit(of: process)
        try process.run()
        let alarm = Task { [identifier = process.processIdentifier] in
            try await Task.sleep(for: .seconds(limit))
            kill(identifier, SIGKILL)
        }
        let status = await exit.status
        alarm.cancel()
        return Outcome(
            status: status, output: try Data(contentsOf: URL(fileURLWithPath: output)),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: errors)), as: UTF8.self))
    }
}

/// The end of a process, which any number of tasks may wait for.
struct ProcessExit: Sendable {
    private let task: Task<Int32, Never>

    /// Listens for the end of a process that has not been started yet.
    init(of process: Process) {
        let (statuses, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            let isSignal = process.terminationReason == .uncaughtSignal
            continuation.yield(process.terminationStatus + (isSignal ? 128 : 0))
            continuation.finish()
        }
        task = Task {
            for await status in statuses { return status }
            return -1
        }
    }

    /// The exit status; 128 and the signal's number where a signal ended the process.
    var status: Int32 {
        get async { await task.value }
    }
}
