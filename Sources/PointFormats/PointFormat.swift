/// A way to write points down that this module reads and writes.
public enum PointFormat: String, Sendable, CaseIterable {
    /// Lines of cells (RFC 4180), also with semicolons, tabs, bars or spaces between the cells.
    case csv
    /// One JSON document (RFC 8259): `[[1,2],[3,4]]`, `{"points":[[1,2]]}`, pandas' `orient="split"` or `"records"`.
    case json
    /// One JSON array or object a line.
    case ndjson
    /// NumPy's `.npy`, versions 1 to 3.
    case npy
    /// An Arrow IPC stream or file (Feather V2) of columns of numbers, or of one column of lists of equal length.
    case arrow

    /// The media type that this format is sent as.
    public var mediaType: String {
        switch self {
        case .csv: "text/csv"
        case .json: "application/json"
        case .ndjson: "application/x-ndjson"
        case .npy: "application/x-npy"
        case .arrow: "application/vnd.apache.arrow.stream"
        }
    }

    /// The name that people know it by.
    var name: String {
        switch self {
        case .csv: "CSV"
        case .json: "JSON"
        case .ndjson: "NDJSON"
        case .npy: "NumPy's .npy"
        case .arrow: "Arrow IPC"
        }
    }

    /// The media types that the formats are best sent as, a file of Arrow's beside its stream.
    public static let mediaTypes = allCases.map(\.mediaType) + ["application/vnd.apache.arrow.file"]

    /// The format that a media type names.
    ///
    /// - Parameter mediaType: a `Content-Type` in any case; parameters behind a semicolon are ignored.
    public init?(mediaType: String) {
        let essence = mediaType.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        switch essence {
        case "text/csv", "application/csv", "text/tab-separated-values": self = .csv
        case "application/json", "text/json": self = .json
        case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines":
            self = .ndjson
        case "application/x-npy": self = .npy
        case "application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.file": self = .arrow
        default: return nil
        }
    }

    /// The format that the end of a file's name stands for.
    ///
    /// - Parameter pathExtension: what follows the last dot, in any case, such as `csv`.
    public init?(pathExtension: String) {
        switch pathExtension.lowercased() {
        case "csv", "tsv", "tab": self = .csv
        case "json": self = .json
        case "ndjson", "jsonl": self = .ndjson
        case "npy": self = .npy
        case "arrow", "arrows", "feather", "ipc": self = .arrow
        default: return nil
        }
    }

    /// The error that refuses a media type of a format that is known but not read here, with what to do instead.
    ///
    /// - Parameter mediaType: a `Content-Type` in any case; parameters behind a semicolon are ignored.
    public static func refusal(ofMediaType mediaType: String) -> FormatError? {
        let essence = mediaType.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        let parquet = ["application/vnd.apache.parquet", "application/x-parquet", "application/parquet"]
        return parquet.contains(essence) ? Signature.parquet.error : nil
    }
}
