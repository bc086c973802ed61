import Foundation
import Glibc
import Testing

@testable import ClusterService

@Suite struct FileDescriptorTests {
    @Test func replacingLeavesTheNewContentAndNothingElse() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        for text in ["a longer first text", "second"] {
            try FileDescriptor.replace(path, with: Array(text.utf8), directory: directory.path)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
            #expect(try directory.files() == ["file"])
        }
    }

    @Test func aFailureNamesThePathAndTheReason() throws {
        let error = #expect(throws: StorageError.self) {
            _ = try FileDescriptor(opening: "/nonexistent/file", flags: O_RDONLY)
        }
        #expect(error?.code == ENOENT)
        #expect(error?.description == "cannot open /nonexistent/file: No such file or directory")
        #expect(error?.isOutOfSpace == false)
        #expect(StorageError("write", "x", code: ENOSPC).isOutOfSpace)
    }

    @Test func writingAtAnOffsetDoesNotMoveThePosition() throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/file"
        do {
            let file = try FileDescriptor(opening: path, flags: O_RDWR | O_CREAT)
            try Array("....".utf8).withUnsafeBytes { try file.write($0) }
            try Array("ab".utf8).withUnsafeBytes { try file.write($0, at: 1) }
            try Array("!".utf8).withUnsafeBytes { try file.write($0) }
            #expect(try file.size() == 5)
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == ".ab.!")
    }
}
