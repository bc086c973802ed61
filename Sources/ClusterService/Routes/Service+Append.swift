import AttentionClustering
import HTTPServer
import HTTPTypes
import PointFormats
import Synchronization

extension Service {
    /// `POST /v1/datasets/{name}/rows`: a new version of a dataset, with the body's rows behind its own.
    ///
    /// Jobs that read the old version go on with it.
    func appendRows(_ name: String, _ request: Request) async throws -> Response {
        try checkReadiness()
        try request.checkQuery(known: Self.decodingParameters)
        let key = try datasetKey(name)
        guard let (base, pin) = datasets.pinnedEntry(key) else { throw Self.noDataset(name) }
        try Self.checkConditions(request, base)
        var (format, options) = try decoding(of: request)
        options.numberType = base.content.numberType
        options.continuedColumns = base.content.columnNames + [base.content.identifier].compactMap(\.self)
        if base.content.columns == nil { options.defaultColumns = base.content.columnNames }
        try Self.checkIdentifier(options.identifierColumn, base.content)
        let body = try PointBody(request, limit: bodyLimit(limits.datasetBytes))
        do {
            try await makeRoom()
            let writer = try datasets.writer(
                base.content.numberType, within: tenantQuota(replacing: base), behind: base.content)
            try await offload.run { [datasets] in
                try datasets.openSound(digest: pin.content.digest).copyRows(to: writer)
            }
            var sink = AppendedRows(writer: writer, dimension: base.content.dimension)
            var decoder = try await body.decoder(format, options, scratch: datasets.scratch)
            let summary = try await body.decode(&decoder, into: &sink) { try await writer.waitForRoom() }
            if summary.suspectsStrippedLineEnds { throw FormatError.lineEndsStripped }
            try Self.checkColumns(summary.schema, base.content)
            let content = pin.content
            let finished = try await offload.run {
                try writer.finish(
                    columns: content.columns, identifier: content.identifier,
                    warnings: DatasetWarnings.lasting(content.warnings) + summary.warnings,
                    isExact: summary.isExact && !DatasetWarnings.tellRounding(content.warnings))
            }
            let appended = try await keep(writer, finished, replacing: content.digest, pinned: 1)
            let entry = try await appendTurns.inTurn(key) {
                try await self.replace(key, base, by: appended, request)
            }
            return .json(entry.json, headers: [.eTag: entry.entityTagText])
        } catch {
            throw Self.problem(receiving: error)
        }
    }

    /// Lets a name stand for what was `base` with rows behind it; where it stands for something else meanwhile, the rows
    /// go behind that.
    ///
    /// Call in turn, so that each of any number of appends is done over once at most.
    private func replace(
        _ key: String, _ base: DatasetEntry, by appended: DatasetStore.Pin, _ request: Request
    ) async throws -> DatasetEntry {
        do {
            let expected = base.content.digest
            return try await assign(key, to: appended, format: base.format) { current in
                try Self.checkConditions(request, current)
                guard current?.content.digest == expected else { throw BaseChanged() }
            }.entry
        } catch is BaseChanged {
            guard let (current, pin) = datasets.pinnedEntry(key), current.content.fits(base.content) else {
                throw Self.changedMeanwhile()
            }
            let writer = try datasets.writer(
                current.content.numberType, within: tenantQuota(replacing: current), behind: current.content)
            let first = base.content.rows
            // Both are pinned until their rows are copied: who pins is what the closure holds.
            let finished = try await offload.run { [datasets] in
                let content = pin.content
                try datasets.openSound(digest: content.digest).copyRows(to: writer)
                try datasets.openSound(digest: appended.content.digest).copyRows(from: first, to: writer)
                let warnings = content.warnings + appended.content.warnings
                return try writer.finish(
                    columns: content.columns, identifier: content.identifier,
                    warnings: DatasetWarnings.lasting(warnings), isExact: !DatasetWarnings.tellRounding(warnings))
            }
            let again = try await keep(writer, finished, replacing: current.content.digest, pinned: 1)
            return try await replace(key, current, by: again, request)
        }
    }

    private static func checkIdentifier(_ column: ColumnSelector?, _ content: DatasetDescription) throws {
        guard (column == nil) != (content.identifier == nil) else { return }
        throw ParameterFault.problem([
            ParameterFault(
                "id_column",
                content.identifier.map { "is missing: the rows of the dataset have ids, in its column \"\($0)\"" }
                    ?? "cannot be used: the rows of the dataset have no ids")
        ])
    }

    private static func checkColumns(_ schema: PointSchema, _ content: DatasetDescription) throws {
        let known = content.columnNames
        guard let names = schema.columns, names != known else { return }
        // Columns without names take rows of any names but their own in another order.
        guard content.columns != nil || Set(names) == Set(known) else { return }
        let advice =
            Set(names).isSuperset(of: known)
            ? "choose and order them with ?columns=" : "name them alike, or send rows without names and header=absent"
        throw Problem(
            .unprocessableContent, type: "/problems/invalid-points", title: "The rows do not fit the dataset",
            detail: "its columns are \(known.prefix(20).joined(separator: ", ")), the body has "
                + "\(names.prefix(20).joined(separator: ", ")); \(advice)",
            errors: [.init(line: 1, detail: "other columns than those of the dataset")])
    }

    private static func changedMeanwhile() -> Problem {
        Problem(
            .conflict, type: "/problems/dataset-changed", title: "The dataset has changed meanwhile",
            detail: "another request gave the dataset other columns, or removed it, while the rows were read; look at "
                + "it and send them again", headers: [.retryAfter: "1"])
    }
}

/// A name stands for something else than the content that rows were put behind.
private struct BaseChanged: Error {}

/// Lets those who append to one dataset finish one after the other, in order of arrival.
final class AppendTurns: Sendable {
    private struct Line {
        var users = 0
        let turnstile = Turnstile(places: 1)
    }

    private let lines = Mutex<[String: Line]>([:])

    /// Runs `body` when nobody else does under the key.
    func inTurn<Value>(_ key: String, _ body: () async throws -> Value) async throws -> Value {
        let turnstile = lines.withLock { lines in
            lines[key, default: Line()].users += 1
            return lines[key, default: Line()].turnstile
        }
        await turnstile.enter()
        defer {
            turnstile.leave()
            lines.withLock { lines in
                lines[key]?.users -= 1
                if lines[key]?.users == 0 { lines[key] = nil }
            }
        }
        return try await body()
    }
}

extension DatasetDescription {
    /// Whether rows of one set can follow those of the other.
    fileprivate func fits(_ other: DatasetDescription) -> Bool {
        dimension == other.dimension && columns == other.columns && identifier == other.identifier
            && numberType == other.numberType
    }
}

/// Writes rows behind those of a dataset.
private struct AppendedRows: PointSink {
    let writer: DatasetWriter
    let dimension: Int

    mutating func append(_ rows: UnsafeBufferPointer<Float>, dimension: Int) throws {
        try check(dimension)
        try writer.append(rows, dimension: dimension)
    }

    mutating func append(_ rows: UnsafeBufferPointer<Double>, dimension: Int) throws {
        try check(dimension)
        try writer.append(rows, dimension: dimension)
    }

    mutating func append(packed rows: UnsafeRawBufferPointer, of type: NumberType, dimension: Int) throws {
        try check(dimension)
        try writer.append(packed: rows, of: type, dimension: dimension)
    }

    private func check(_ dimension: Int) throws {
        guard dimension == self.dimension else {
            throw Problem(
                .unprocessableContent, type: "/problems/invalid-points", title: "The rows do not fit the dataset",
                detail: "the dataset has \(self.dimension) columns, the body \(dimension); choose them with ?columns=",
                errors: [.init(line: 1, detail: "\(dimension) columns instead of \(self.dimension)")])
        }
    }

    mutating func append(_ identifiers: RowIdentifiers) throws { try writer.append(identifiers) }
}

extension DatasetFile {
    /// Writes the rows, from one on, to another file.
    ///
    /// - Complexity: O(N·d).
    func copyRows(from first: Int = 0, to writer: DatasetWriter) throws {
        var reader = identifiers?.reader()
        // Takes the identifiers of a block; returns where in it the rows begin.
        func begin(_ range: Range<Int>) throws -> Int {
            let skipped = min(max(0, first - range.lowerBound), range.count)
            if skipped > 0 { _ = reader?.next(skipped) }
            if skipped < range.count, let run = reader?.next(range.count - skipped) { try writer.append(run) }
            return skipped * rows.dimension
        }
        try rows.forEachBlock { values, range in
            let rest = UnsafeBufferPointer(rebasing: values[try begin(range)...])
            if !rest.isEmpty { try writer.append(rest, dimension: rows.dimension) }
        } double: { values, range in
            let rest = UnsafeBufferPointer(rebasing: values[try begin(range)...])
            if !rest.isEmpty { try writer.append(rest, dimension: rows.dimension) }
        }
    }
}
