import AttentionClustering
import Foundation
import HTTPServer
import HTTPTypes
import JobStore
import PointFormats

extension Service {
    /// `POST /v1/models/{id}/assign`: labels, distances and confidences of new points, at bounded memory.
    func assign(_ id: String, _ request: Request) async throws -> Response {
        try request.checkQuery(known: Self.decodingParameters + ["format"])
        let format = try request.resultFormat()
        let model = try StoredClusterModel(try await model(id).content)
        var (declared, options) = try decoding(of: request)
        options.preferredColumns = model.namedColumns
        if model.namedColumns == nil { options.defaultColumns = model.columns }
        options.continuedColumns = model.columns
        if model.units != nil { options.numberType = .float64 }
        let body = try PointBody(request, limit: bodyLimit(limits.datasetBytes))
        do {
            let stream = AssignmentStream(
                body, decoder: try await body.decoder(declared, options, scratch: datasets.scratch), model: model,
                hasChosenColumns: options.columns != nil, blockValues: limits.assignedValues,
                threads: configuration.threadsPerJob,
                offload: offload)
            switch format {
            case .json, .npy: return try await assigned(stream, as: format).packed(for: request)
            case .csv: return try await assignedLines(stream, .csv, format).packed(for: request)
            case .ndjson: return try await assignedLines(stream, .ndjson, format).packed(for: request)
            case .arrow: return try await assignedLines(stream, .arrow, format).packed(for: request)
            }
        } catch {
            throw Self.problem(receiving: error)
        }
    }

    /// An answer that begins when the whole body was read: JSON's columns and a `.npy`'s header need it.
    private func assigned(_ stream: AssignmentStream, as format: ResultFormat) async throws -> Response {
        var spool = AssignmentSpool(try datasets.spool())
        while let block = try await stream.next() { try spool.append(block) }
        let (rows, chunks, identifiers) = (spool.rows, spool.chunks, spool.identifiers)
        return try await Response.written(mediaType: format.mediaType) { output in
            let encoder = ResultEncoder(chunks: chunks)
            if format == .npy {
                try await encoder.writeNumpy(count: rows, to: output)
            } else {
                try await encoder.writeAssignmentsJSON(count: rows, identifiers: identifiers, to: output)
            }
        }.collected(when: rows <= 16_384)
    }

    /// An answer of a line a point, or of a record batch a block.
    ///
    /// A short body is read whole, so that what is wrong with it becomes the status. The answer to a long one begins
    /// while it is sent; a mistake far behind breaks the answer off.
    private func assignedLines(
        _ stream: AssignmentStream, _ lines: TableEncoder.Lines, _ format: ResultFormat
    ) async throws -> Response {
        var held: [TableBlock] = []
        var values = 0
        var hasEnded = false
        while values < limits.heldValues, !hasEnded {
            if let block = try await stream.next() {
                values += block.values.count + block.wideValues.count
                held.append(block)
            } else {
                hasEnded = true
            }
        }
        let encoder = TableEncoder(
            lines, identifier: stream.schema?.identifier, columns: stream.columns, hasAssignments: true,
            type: stream.numberType)
        var writer = ByteWriter()
        writer.bytes += encoder.header
        for block in held { encoder.append(block, to: &writer) }
        if hasEnded { writer.bytes += encoder.trailer }
        let start = writer.take()
        if hasEnded { return .bytes(start, mediaType: format.mediaType) }
        let spool = FollowedSpool(try datasets.spool())
        return .written(mediaType: format.mediaType) { output in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    do {
                        try await spool.append(start)
                        while let block = try await stream.next() {
                            var writer = ByteWriter()
                            encoder.append(block, to: &writer)
                            try await spool.append(writer.bytes)
                        }
                        try await spool.append(encoder.trailer)
                        spool.finish()
                    } catch {
                        spool.finish(error)
                    }
                }
                // Where the client went away, the writer must not wait for it.
                defer { spool.abandon() }
                while let piece = try await spool.next() { try await output(piece) }
            }
        }
    }
}
