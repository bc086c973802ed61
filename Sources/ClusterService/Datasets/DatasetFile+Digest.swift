import PointFormats

extension DatasetFile {
    /// The digest that the content has, whatever the file says.
    ///
    /// - Complexity: O(N·d): all of it is read.
    func findDigest() throws -> String {
        var digest = ContentDigest()
        try rows.forEachBlock { values, _ in
            digest.update(UnsafeRawBufferPointer(values))
        } double: { values, _ in
            digest.update(UnsafeRawBufferPointer(values))
        }
        let identifiers = identifiers.map { (name: description.identifier ?? "id", digest: $0.findDigest()) }
        digest.update(
            dimension: description.dimension, columns: description.columns, identifiers, description.numberType)
        return digest.hexadecimal()
    }
}

extension ContentDigest {
    /// Adds what is known of a point set beside its numbers.
    ///
    /// - Parameter identifiers: the name of the column of identifiers and their own digest; nil without one.
    mutating func update(
        dimension: Int, columns: [String]?, _ identifiers: (name: String, digest: String)?, _ type: NumberType
    ) {
        var schema: [JSONValue.Member] = [
            .init(name: "dimension", value: .integer(dimension)),
            .init(name: "columns", value: columns.map { .array($0.map(JSONValue.string)) } ?? .null),
        ]
        if let identifiers {
            schema.append(.init(name: "identifier", value: .string(identifiers.name)))
            schema.append(.init(name: "identifiers", value: .string(identifiers.digest)))
        }
        // Without a word for float32 content keeps the digest it had before there was another type.
        if type != .float32 { schema.append(.init(name: "dtype", value: .string(type.rawValue))) }
        JSONValue.object(schema).bytes.withUnsafeBytes { update($0) }
    }
}
