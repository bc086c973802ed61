import Foundation
import HTTPServer
import HTTPTypes
import JobStore
import PointFormats

/// What a request's body turned out to hold, stored and pinned.
struct ReceivedPoints: Sendable {
    let pin: DatasetStore.Pin
    let format: PointFormat

    var content: DatasetDescription { pin.content }
}

extension Service {
    /// The query parameters that say how a body of points is to be read.
    static let decodingParameters = ["header", "delimiter", "columns", "id_column"]
    /// Those where the points are stored.
    static let storingParameters = decodingParameters + ["dtype"]

    /// How the request wants its body read.
    ///
    /// - Throws: `Problem` 415 for a type that is not supported, 422 for a bad parameter; before any of
    ///   the body is read.
    func decoding(of request: Request) throws -> (format: PointFormat?, options: DecodingOptions) {
        var options = DecodingOptions()
        options.maximumColumns = limits.columns
        let format = try options.declare(request.headers[.contentType])
        var faults: [ParameterFault] = []
        if let header = request.query["header"] {
            let modes = [
                "auto": HeaderMode.automatic, "true": .present, "present": .present, "false": .absent,
                "absent": .absent,
            ]
            if let mode = modes[header] {
                options.header = mode
            } else {
                faults.append(ParameterFault("header", "is one of auto, present, absent (or true, false)"))
            }
        }
        if let delimiter = request.query["delimiter"] {
            let names: [String: UInt8] = ["comma": 0x2C, "semicolon": 0x3B, "tab": 0x09, "pipe": 0x7C, "space": 0x20]
            if let byte = names[delimiter] {
                options.delimiter = byte
            } else if let byte = delimiter.utf8.first, delimiter.utf8.count == 1, names.values.contains(byte) {
                options.delimiter = byte
            } else {
                faults.append(ParameterFault("delimiter", "is one of comma, semicolon, tab, pipe, space"))
            }
        }
        if let columns = request.query["columns"] {
            let names = columns.parts(at: ",")
            if names.contains(where: \.isEmpty) {
                faults.append(ParameterFault("columns", "is a list of names or indices from 0, such as x,y or 0,1"))
            } else {
                options.columns = names.map { ColumnSelector($0) }
            }
        }
        if let column = request.query["id_column"] {
            if column.isEmpty {
                faults.append(ParameterFault("id_column", "is the name of a column, or its index from 0"))
            } else {
                options.identifierColumn = ColumnSelector(column)
            }
        }
        if let name = request.query["weight_column"], !name.isEmpty {
            let column = ColumnSelector(name)
            if options.columns?.contains(column) == true {
                faults.append(ParameterFault("weight_column", "is among columns, too; name it once"))
            }
            // An index would count the columns of the body here and the chosen ones there.
            if case .index = column, options.identifierColumn != nil || options.columns != nil {
                faults.append(
                    ParameterFault(
                        "weight_column", "is an index beside columns or id_column; give the column's name"))
            }
            options.columns?.append(column)
        }
        if let dtype = request.query["dtype"] {
            if let type = NumberType(rawValue: dtype) {
                options.numberType = type
            } else {
                faults.append(ParameterFault("dtype", "is one of float32, float64"))
            }
        }
        if !faults.isEmpty { throw ParameterFault.problem(faults) }
        return (format, options)
    }

    /// Streams the body into the dataset store.
    ///
    /// - Parameters:
    ///   - limit: the most bytes the body may have once it is unpacked.
    ///   - previous: the dataset that the points are to replace.
    ///   - isNamed: whether they are for a dataset, which counts among those of its tenant.
    func receive(
        _ request: Request, limit: Int, replacing previous: DatasetEntry? = nil, isNamed: Bool = true
    ) async throws -> ReceivedPoints {
        let (format, options) = try decoding(of: request)
        let body = try PointBody(request, limit: bodyLimit(limit))
        do {
            try await makeRoom()
            let quota = isNamed ? tenantQuota(replacing: previous) : nil
            let writer = try datasets.writer(options.numberType, within: quota)
            var sink = writer
            var decoder = try await body.decoder(format, options, scratch: datasets.scratch)
            let summary = try await body.decode(
                &decoder, into: &sink, room: { try writer.room(behind: $0) }, settle: { try await writer.waitForRoom() }
            )
            if summary.suspectsStrippedLineEnds { throw FormatError.lineEndsStripped }
            let content = try await offload.run {
                try writer.finish(
                    columns: summary.schema.columns, identifier: summary.schema.identifier, warnings: summary.warnings,
                    isExact: summary.isExact)
            }
            let pin = try await keep(writer, content, replacing: previous?.content.digest)
            return ReceivedPoints(pin: pin, format: summary.format)
        } catch {
            throw Self.problem(receiving: error)
        }
    }

    /// Removes what was let go where a replacement has just left more than may be stored.
    func makeRoom() async throws {
        if datasets.quota.isExceeded { try await removeUnused() }
    }

    private func removeUnused() async throws {
        try await datasets.sweep(all: false) { try await self.store.datasetVersionsInUse(among: $0) }
    }

    /// Stores what `writer` finished; where there is no room for it, content that nothing needs goes first.
    ///
    /// - Parameters:
    ///   - replaced: the content that it is to replace.
    ///   - pins: how many pins on that the caller has.
    func keep(
        _ writer: DatasetWriter, _ content: DatasetDescription, replacing replaced: String?, pinned pins: Int = 0
    ) async throws -> DatasetStore.Pin {
        do {
            return try await offload.run { [datasets] in try datasets.publish(writer, content) }
        } catch is StorageQuotaExceeded {
            try await removeUnused()
            let kept = try await store.datasetVersionsInUse(among: Set([replaced].compactMap(\.self)))
            return try await offload.run { [datasets] in
                try datasets.publish(
                    writer, content, replacing: replaced.flatMap { kept.contains($0) ? nil : $0 }, pinned: pins)
            }
        }
    }

    /// The answer to what went wrong while a body was read.
    static func problem(receiving error: any Error) -> any Error {
        switch error {
        case let error as FormatError: Problem(error)
        case let error as StorageQuotaExceeded:
            quotaExceeded("stored point sets may take \(error.limit) bytes")
        case let error as TooManyDatasets:
            quotaExceeded("there may be \(error.limit) datasets")
        case let error as StorageError where error.isOutOfSpace:
            Problem(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), type: "/problems/storage-full",
                title: "The disk is full",
                detail: "delete datasets or jobs that are no longer needed, and send it again")
        case is DamagedContent:
            Problem(
                .internalServerError, type: "/problems/dataset-damaged", title: "The stored points are damaged",
                detail: "the disk does not give back what was uploaded; upload the points again, under the same name")
        default: error
        }
    }

    private static func quotaExceeded(_ limit: String) -> Problem {
        Problem(
            .tooManyRequests, type: "/problems/quota-exceeded", title: "The quota is used up",
            detail:
                "\(limit); delete datasets that are no longer needed, and send it again. Content that nothing needs "
                + "goes within a minute.", headers: [.retryAfter: "60"])
    }
}

extension Problem {
    /// The answer to a body that could not be decoded.
    init(_ error: FormatError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .malformed: .badRequest
            case .unsupported: .unsupportedMediaType
            case .tooLarge: .contentTooLarge
            case .unprocessable, .empty, .noRows, .lineEndsStripped: .unprocessableContent
            }
        let name: String =
            switch error.code {
            case .malformed: "malformed-points"
            case .unsupported: "unsupported-media-type"
            case .tooLarge: "points-too-large"
            case .empty, .noRows: "no-points"
            case .lineEndsStripped: "line-ends-stripped"
            case .unprocessable: "invalid-points"
            }
        self.init(
            status, type: "/problems/\(name)", title: "The points cannot be read", detail: error.detail,
            errors: error.places.map { place in
                let line = place.line ?? place.row.map { $0 + 1 }
                // A body without lines is counted in bytes, which only the text can say.
                let byte = line == nil && place.name == nil ? place.byte.map { "byte \($0): " } ?? "" : ""
                return Problem.Place(
                    line: line, column: place.column, parameter: place.name, detail: byte + place.detail)
            })
    }
}
