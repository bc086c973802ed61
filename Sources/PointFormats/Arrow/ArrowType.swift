/// The types of Arrow columns, by their number in the union `Type` of Schema.fbs.
enum ArrowType: UInt8, Sendable {
    case none = 0
    case null, int, floatingPoint, binary, utf8, bool, decimal, date, time, timestamp, interval, list, structure, union
    case fixedSizeBinary, fixedSizeList, map, duration, largeBinary, largeUtf8, largeList, runEndEncoded, binaryView
    case utf8View, listView, largeListView

    /// How many buffers a column of the type has itself, those inside it and those of views not counted.
    ///
    /// - Parameters:
    ///   - details: what the schema says of the type.
    ///   - version: the version of the metadata, 4 for V5.
    func buffers(_ details: FlatTable?, version: Int) throws(FormatError) -> Int {
        switch self {
        case .none, .null, .runEndEncoded: return 0
        case .structure, .fixedSizeList: return 1
        case .int, .floatingPoint, .bool, .decimal, .date, .time, .timestamp, .interval, .list, .fixedSizeBinary, .map,
            .duration, .largeList, .binaryView, .utf8View:
            return 2
        case .binary, .utf8, .largeBinary, .largeUtf8, .listView, .largeListView: return 3
        case .union:
            let isDense = try details?.number(0, default: 0 as Int16) == 1
            return (isDense ? 2 : 1) + (version < 4 ? 1 : 0)
        }
    }

    /// What Arrow's users call the type.
    var name: String {
        switch self {
        case .none: "none"
        case .int: "an integer of an unusual width"
        case .floatingPoint: "a float of an unusual width"
        case .structure: "struct"
        case .fixedSizeBinary: "fixed_size_binary"
        case .fixedSizeList: "fixed_size_list"
        case .largeBinary: "large_binary"
        case .largeUtf8: "large_string"
        case .largeList: "large_list"
        case .runEndEncoded: "run_end_encoded"
        case .binaryView: "binary_view"
        case .utf8View: "string_view"
        case .listView: "list_view"
        case .largeListView: "large_list_view"
        case .utf8: "string"
        case .null, .binary, .bool, .decimal, .date, .time, .timestamp, .interval, .list, .union, .map, .duration:
            "\(self)"
        }
    }
}
