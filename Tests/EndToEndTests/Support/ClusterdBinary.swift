import Foundation

/// Where the program under test is.
enum ClusterdBinary {
    /// The file that `CLUSTERD` names, such as the release build, else the one beside the tests.
    static let path: String =
        ProcessInfo.processInfo.environment["CLUSTERD"]
        ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("clusterd").path
}

/// The files of the repository.
enum Repository {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../..").standardized.path

    static func file(_ name: String) -> String { "\(path)/\(name)" }
}
