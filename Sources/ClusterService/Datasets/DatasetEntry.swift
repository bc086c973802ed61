import Foundation
import HTTPServer
import HTTPTypes
import PointFormats

/// A named dataset: the name a user gave and the stored content it stands for now.
struct DatasetEntry: Codable, Sendable, Equatable {
    /// What it is kept as, ``TenantName/key(_:of:)``.
    let name: String
    let createdAt: Date
    let updatedAt: Date
    /// The format the content arrived in.
    let format: String
    let content: DatasetDescription

    /// Whose dataset it is.
    var tenant: String { TenantName.parts(of: name).tenant }

    /// The entity tag of the content: its digest.
    var entityTag: EntityTag? { EntityTag(content.digest) }

    /// The entity tag of the content in a format, whose bytes are not those of another.
    func entityTag(of format: ResultFormat) -> EntityTag? { EntityTag("\(content.digest).\(format.rawValue)") }

    /// The entity tag as a field value.
    var entityTagText: String { content.entityTagText }

    var json: JSONValue {
        let (tenant, name) = TenantName.parts(of: name)
        return JSONValue.object([
            "name": .string(name),
            "rows": .integer(content.rows),
            "dimension": .integer(content.dimension),
            "dtype": .string(content.numberType.rawValue),
            "bytes": .integer(content.byteCount),
            "digest": .string("sha-256:" + content.digest),
            "id_column": .string(orNull: content.identifier),
            "format": .string(format),
            "created_at": Timestamp.json(createdAt),
            "updated_at": Timestamp.json(updatedAt),
            "columns": .array(
                zip(content.columnNames, content.statistics).map { name, column in
                    .object([
                        "name": .string(name), "min": content.json(column.min), "max": content.json(column.max),
                        "mean": .number(column.mean),
                    ])
                }),
            "warnings": .array(content.warnings.map(JSONValue.string)),
        ]).with(tenant: tenant)
    }

    /// Checks a name that a user chose, which also becomes a file name.
    ///
    /// - Throws: ``Problem`` 422 unless it has 1 to 128 of the characters A-Z a-z 0-9 . _ - and starts with none
    ///   of the last two and no dot.
    static func checkName(_ name: String) throws {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: false
            }
        }
        let bytes = Array(name.utf8)
        guard let first = bytes.first, bytes.count <= 128, isAlphanumeric(first),
            bytes.allSatisfy({ isAlphanumeric($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D })
        else {
            throw Problem(
                .unprocessableContent, type: "/problems/invalid-name", title: "The dataset's name cannot be used",
                detail: "a name has 1 to 128 of the characters A-Z a-z 0-9 . _ - and begins with a letter or digit")
        }
    }
}

extension DatasetDescription {
    /// A number of the set, with as many digits as its type has.
    func json(_ value: Double) -> JSONValue { numberType == .float32 ? .float(Float(value)) : .number(value) }
}
