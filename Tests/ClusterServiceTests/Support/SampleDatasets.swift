import AttentionClustering
import Foundation

@testable import ClusterService

/// A dataset store in a directory of its own.
struct SampleStore {
    let directory: TemporaryDirectory
    let store: DatasetStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try DatasetStore(directory: directory.path)
    }

    /// The names of the content files.
    var content: [String] {
        get throws { try directory.files(in: "content") }
    }

    /// A store that finds what this one left, as after a restart.
    func reopened() throws -> DatasetStore { try DatasetStore(directory: directory.path) }

    /// Stores rows.
    func commit(_ rows: [[Float]], columns: [String]? = nil) throws -> DatasetStore.Pin {
        let writer = try store.writer()
        try writer.append(rows: rows)
        return try store.commit(writer, columns: columns, warnings: [])
    }

    /// Stores rows under a name.
    @discardableResult
    func put(_ name: String, _ rows: [[Float]], columns: [String]? = nil) throws -> DatasetEntry {
        let pin = try commit(rows, columns: columns)
        return try store.assign(name, to: pin, format: "csv", now: Date()) { _ in }.entry
    }
}

extension DatasetStore {
    /// Stores what `writer` received.
    func commit(
        _ writer: DatasetWriter, columns: [String]?, identifier: String? = nil, warnings: [String] = []
    ) throws -> Pin {
        try publish(writer, try writer.finish(columns: columns, identifier: identifier, warnings: warnings))
    }
}

extension DatasetWriter {
    /// Appends rows, all of one call.
    func append(rows: [[Float]]) throws {
        guard let dimension = rows.first?.count else { return }
        try rows.flatMap(\.self).withUnsafeBufferPointer { try append($0, dimension: dimension) }
    }
}

extension Points {
    /// The coordinates, a row a point.
    var rows: [[Float]] { (0..<count).map { self[$0] } }
}
