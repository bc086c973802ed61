import Foundation
import Glibc
import HTTPTypes
import Logging
import PointFormats
import Synchronization
import Testing

@testable import ClusterService

/// Whether stored points are what their digest says.
@Suite struct StoredDigestTests {
    private let rows: [[Float]] = [[1, 2], [3, 4]]

    private func damage(_ store: SampleStore, at offset: Int = DatasetFileHead.size) throws {
        let name = try #require(try store.content.first)
        let file = try FileDescriptor(opening: "\(store.directory.path)/content/\(name)", flags: O_WRONLY)
        try [UInt8(7)].withUnsafeBytes { try file.write($0, at: offset) }
    }

    @Test func damagedPointsAreNotTrainedOnAfterAStart() throws {
        let sample = try SampleStore()
        let digest = try sample.put("a", rows).content.digest
        #expect(try sample.reopened().openForJob(digest: digest).points.rows == rows)
        try damage(sample)
        let store = try sample.reopened()
        for _ in 0..<2 {
            #expect(throws: DamagedContent.self) { try store.openForJob(digest: digest) }
            #expect(throws: DamagedContent.self) { try store.openSound(digest: digest) }
        }
        // Another upload of the same content mends it.
        let writer = try store.writer()
        try writer.append(rows: rows)
        _ = try store.commit(writer, columns: nil)
        #expect(try store.openForJob(digest: digest).points.rows == rows)
    }

    @Test func damageIsLogged() throws {
        let sample = try SampleStore()
        let digest = try sample.put("a", rows).content.digest
        try damage(sample)
        let lines = Mutex<[String]>([])
        let logger = Logger(label: "test") { label in
            JSONLogHandler(label: label) { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        }
        let store = try DatasetStore(directory: sample.directory.path, logger: logger)
        #expect(throws: DamagedContent.self) { try store.openSound(digest: digest) }
        #expect(lines.withLock { $0.count == 1 && $0[0].contains("error") && $0[0].contains(digest) })
    }

    /// Has a service cluster a dataset `a`, and stops it.
    private func finishedJob(in directory: TemporaryDirectory, on body: String) async throws -> String {
        let test = try await TestService(directory)
        _ = try await test.send(.put, "/v1/datasets/a?id_column=id", body: body)
        let job = try await test.finishedJob(#"{"dataset":"a","k":2}"#)
        #expect(try await test.send(.get, "/v1/jobs/\(job)/result?format=csv").status == 200)
        await test.service.stop()
        return job
    }

    /// Neither rows nor what stands beside labels may be other than what was uploaded.
    @Test func damagedPointsAreNotServed() async throws {
        let directory = try TemporaryDirectory()
        let body = "id,x,y\na,1,2\nb,3,4\nc,9,9\n"
        let job = try await finishedJob(in: directory, on: body)
        let name = try #require(try directory.files(in: "datasets/content").first)
        let file = try FileDescriptor(opening: "\(directory.path)/datasets/content/\(name)", flags: O_WRONLY)
        try [UInt8(7)].withUnsafeBytes { try file.write($0, at: DatasetFileHead.size) }
        let test = try await TestService(directory)
        for target in [
            "/v1/datasets/a/content", "/v1/datasets/a/content?format=npy", "/v1/jobs/\(job)/result?format=csv",
            "/v1/jobs/\(job)/result?format=arrow",
        ] {
            let reply = try await test.send(.get, target)
            #expect(reply.status == 500 && reply.problem == "dataset-damaged", "\(target): \(reply.text)")
        }
        let append = try await test.send(.post, "/v1/datasets/a/rows?id_column=id", body: "id,x,y\nd,5,6\n")
        #expect(append.status == 500 && append.problem == "dataset-damaged", "\(append.text)")
        // The labels are not on the disk with the points.
        #expect(try await test.send(.get, "/v1/jobs/\(job)/result").status == 200)
        _ = try await test.send(.put, "/v1/datasets/a?id_column=id", body: body)
        #expect(try await test.send(.get, "/v1/datasets/a/content").status == 200)
        await test.service.stop()
    }

    @Test(arguments: NumberType.allCases, [nil, ["x", "y"]])
    func theDigestFoundIsThatOfTheUpload(type: NumberType, columns: [String]?) throws {
        let sample = try SampleStore()
        for identifiers in [false, true] {
            let writer = try sample.store.writer(type)
            if identifiers {
                var names = RowIdentifiers()
                for name in ["a", "b"] { names.append(utf8: Array(name.utf8)) }
                try writer.append(names)
            }
            switch type {
            case .float32: try writer.append(rows: rows)
            case .float64:
                try rows.flatMap { $0.map(Double.init) }.withUnsafeBufferPointer { try writer.append($0, dimension: 2) }
            }
            let pin = try sample.store.commit(writer, columns: columns, identifier: "id")
            let file = try sample.store.open(digest: pin.content.digest)
            #expect(try file.findDigest() == pin.content.digest)
        }
    }
}
