/// The formats that results and points can be had in, the preferred one first.
enum ResultFormat: String, CaseIterable, Sendable {
    case json
    case csv
    case ndjson
    case npy
    /// An Arrow IPC stream.
    case arrow

    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8"
        case .ndjson: "application/x-ndjson"
        case .npy: "application/x-npy"
        case .arrow: "application/vnd.apache.arrow.stream"
        }
    }
}
