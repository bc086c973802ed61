import Foundation
import Testing

@testable import ClusterService

@Suite struct SpoolFileTests {
    @Test func whatIsWrittenIsReadBackAnywhere() throws {
        let directory = try TemporaryDirectory()
        let file = try SpoolFile(directory: directory.path)
        try file.write(Array(0..<100), at: 0)
        try file.write([7, 8], at: 50)
        #expect(try file.read(4, at: 49) == [49, 7, 8, 52])
        #expect(try file.read(10, at: 95).count == 5)
        var room: [UInt8] = [0, 0]
        try room.withUnsafeMutableBytes { try file.read(into: $0, at: 98) }
        #expect(room == [98, 99])
        #expect(throws: StorageError.self) { try room.withUnsafeMutableBytes { try file.read(into: $0, at: 99) } }
    }

    @Test func itsBytesCountForAsLongAsItIsThere() throws {
        let directory = try TemporaryDirectory()
        let quota = StorageQuota(limit: 100)
        do {
            let file = try SpoolFile(directory: directory.path, quota: quota)
            try file.write([UInt8](repeating: 1, count: 60), at: 0)
            // Written over, it is no longer.
            try file.write([UInt8](repeating: 2, count: 60), at: 0)
            #expect(throws: StorageQuotaExceeded.self) { try quota.take(41) }
            #expect(throws: StorageQuotaExceeded.self) { try file.write([UInt8](repeating: 1, count: 41), at: 60) }
            try file.removeAll()
            try quota.take(100)
            quota.give(100)
            try file.write([UInt8](repeating: 1, count: 100), at: 0)
        }
        try quota.take(100)
    }
}
