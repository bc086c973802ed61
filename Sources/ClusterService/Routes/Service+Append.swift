import AttentionClustering
import HTTPServer
import HTTPTypes
import PointFormats

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
        try Self.checkIdentifier(options.identifierColumn, base.content)
        let body = try PointBody(request, limit: bodyLimit(limits.datasetBytes))
        do {
            let writer = try datasets.writer(base.content.numberType, within: tenantQuota(replacing: base))
            try await offload.run { [datasets] in
                try datasets.open(digest: pin.content.digest).copyRows(to: writer)
            }
            var sink = AppendedRows(writer: writer, dimension: base.content.dimension)
            var decoder = try await body.decoder(format, options, scratch: datasets.scratch)
            let summary = try await body.decode(&decoder, into: &sink) { try await writer.waitForRoom() }
            if summary.suspectsStrippedLineEnds { throw FormatError.lineEndsStripped }
            try Self.checkColumns(summary.schema, base.content)
            let content = pin.content
            let appended = try await offload.run { [datasets] in
                try datasets.commit(
                    writer, columns: content.columns, identifier: content.identifier,
                    warnings: content.warnings + summary.warnings.filter { !content.warnings.contains($0) })
            }
            let (entry, _) = try await assign(key, to: appended, format: base.format) { current in
                try Self.checkConditions(request, current)
                guard current?.content.digest == base.content.digest else { throw Self.changedMeanwhile(name) }
            }
            return .json(entry.json, headers: [.eTag: entry.entityTagText])
        } catch {
            throw Self.problem(receiving: error)
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
        guard let names = schema.columns, let known = content.columns, names != known else { return }
        throw Problem(
            .unprocessableContent, type: "/problems/invalid-points", title: "The rows do not fit the dataset",
            detail: "its columns are \(known.prefix(20).joined(separator: ", ")), the body has "
                + "\(names.prefix(20).joined(separator: ", ")); choose and order them with ?columns=",
            errors: [.init(line: 1, detail: "other columns than those of the dataset")])
    }

    private static func changedMeanwhile(_ name: String) -> Problem {
        Problem(
            .conflict, type: "/problems/dataset-changed", title: "The dataset has changed meanwhile",
            detail: "another request changed \"\(name)\" while the rows were read; send them again",
            headers: [.retryAfter: "1"])
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
    /// Writes all rows to another file.
    ///
    /// - Complexity: O(N·d).
    func copyRows(to writer: DatasetWriter) throws {
        var reader = identifiers?.reader()
        try rows.forEachBlock { values, range in
            if let run = reader?.next(range.count) { try writer.append(run) }
            try writer.append(values, dimension: rows.dimension)
        } double: { values, range in
            if let run = reader?.next(range.count) { try writer.append(run) }
            try writer.append(values, dimension: rows.dimension)
        }
    }
}
