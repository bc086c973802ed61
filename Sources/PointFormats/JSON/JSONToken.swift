/// A piece of JSON as ``JSONTokenizer`` tells them apart; commas and colons are checked and left out.
enum JSONToken: Sendable, Equatable {
    case beginArray
    case endArray
    case beginObject
    case endObject
    /// The name of a member; its bytes are in the tokenizer's `text`.
    case key
    /// A string; its bytes are in the tokenizer's `text`.
    case string
    /// A number; infinite when it is too large for the type that is read.
    case number(Double)
    /// `true` or `false`; the bytes are in `text`.
    case boolean
    case null
    /// `NaN` or `Infinity`, which are not JSON but which Python writes; the bytes are in `text`.
    case notFinite

    /// Whether it is a string, a number or a truth value, whose text can identify a row.
    var isScalar: Bool {
        switch self {
        case .string, .number, .boolean: true
        case .beginArray, .endArray, .beginObject, .endObject, .key, .null, .notFinite: false
        }
    }
}
