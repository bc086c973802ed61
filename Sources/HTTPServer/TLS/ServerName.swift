/// The extension `server_name` of a client's hello (RFC 6066, section 3).
enum ServerName {
    private static let hostName: UInt8 = 0

    /// The host that the client asks for, within the octets of the extension; nil when it names none or not properly.
    static func host(in extensionBytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        // A list, of which only one kind of entry was ever defined: length (2), kind (1), length (2), name.
        guard extensionBytes.count > 5, length(extensionBytes, at: 0) == extensionBytes.count - 2,
            extensionBytes[2] == hostName
        else { return nil }
        let count = length(extensionBytes, at: 3)
        guard (1...255).contains(count), extensionBytes.count >= 5 + count else { return nil }
        let name = UnsafeBufferPointer(rebasing: extensionBytes[5..<(5 + count)])
        return name.contains(0) ? nil : name
    }

    private static func length(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        Int(bytes[index]) << 8 | Int(bytes[index + 1])
    }
}
