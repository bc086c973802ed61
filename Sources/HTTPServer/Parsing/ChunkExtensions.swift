/// Checks the extensions of a chunk octet by octet: `;name`, `;name=token` or `;name="quoted"` with blanks around `;`
/// and `=` (RFC 9112, section 7.1.1).
///
/// None is known, so that none is kept; but two servers that do not agree where a line of them ends can be made to see
/// different requests.
struct ChunkExtensions {
    private enum State {
        case beforeName
        case name
        case afterName
        case beforeValue
        case token
        case quoted
        case escaped
        case quoteEnd
        case afterValue
    }

    private var state = State.beforeName

    /// Whether the line may end here.
    var mayEnd: Bool { state == .name || state == .token || state == .quoteEnd }

    /// Reads the next octet after the first semicolon.
    ///
    /// - Returns: Whether it may stand there.
    mutating func read(_ byte: UInt8) -> Bool {
        guard let next = Self.next(state, byte) else { return false }
        state = next
        return true
    }

    private static func next(_ state: State, _ byte: UInt8) -> State? {
        let isBlank = ByteClass.isWhitespace(byte)
        switch state {
        case .beforeName: return isBlank ? .beforeName : ByteClass.isToken(byte) ? .name : nil
        case .name where ByteClass.isToken(byte): return .name
        case .name, .afterName:
            if isBlank { return .afterName }
            return byte == ByteClass.semicolon ? .beforeName : byte == UInt8(ascii: "=") ? .beforeValue : nil
        case .beforeValue:
            if isBlank { return .beforeValue }
            return byte == UInt8(ascii: "\"") ? .quoted : ByteClass.isToken(byte) ? .token : nil
        case .token where ByteClass.isToken(byte): return .token
        case .token, .quoteEnd, .afterValue:
            return isBlank ? .afterValue : byte == ByteClass.semicolon ? .beforeName : nil
        case .quoted:
            if byte == UInt8(ascii: "\\") { return .escaped }
            return byte == UInt8(ascii: "\"") ? .quoteEnd : ByteClass.isFieldValue(byte) ? .quoted : nil
        case .escaped: return ByteClass.isFieldValue(byte) ? .quoted : nil
        }
    }
}
