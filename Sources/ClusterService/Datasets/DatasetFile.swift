import AttentionClustering
import Foundation
import Glibc
import PointFormats

/// What is known of the points in a stored file without reading them.
struct DatasetDescription: Codable, Sendable, Equatable {
    /// What a pass over one column found; a float32 is given as the float64 that equals it.
    struct Column: Codable, Sendable, Equatable {
        let min: Double
        let max: Double
        let mean: Double
    }

    /// The number of points.
    let rows: Int
    /// The number of coordinates of a point.
    let dimension: Int
    /// The columns' names; nil when the input named none.
    let columns: [String]?
    let statistics: [Column]
    /// What the reader of the upload found odd about it; shown with the dataset and with results on it.
    let warnings: [String]
    /// SHA-256 over the rows' bytes, the dimension, the names, the type and the identifiers; also the file's name.
    let digest: String
    /// The name of the column that identifies the rows; nil when none does.
    var identifier: String?
    /// The type of the numbers; nil for float32, which files of version 1 do not name.
    var dtype: NumberType?

    /// The type of the numbers.
    var numberType: NumberType { dtype ?? .float32 }

    /// The columns' names, `x1…xd` when the input named none.
    var columnNames: [String] { columns ?? Self.defaultNames(dimension) }

    /// The names of columns that came without: `x1…xd`.
    static func defaultNames(_ dimension: Int) -> [String] { (0..<dimension).map { "x\($0 + 1)" } }

    /// The digest as the value of an `ETag` field.
    var entityTagText: String { "\"\(digest)\"" }

    /// The bytes the rows take.
    var byteCount: Int { rows * dimension * numberType.size }

    /// Whether all points are the same, so that there is nothing to tell apart.
    var isConstant: Bool { rows > 0 && statistics.allSatisfy { $0.min == $0.max } }
}

/// The layout of a stored point set: a 64-byte head, the rows, their identifiers if there are any, a JSON description.
///
/// | offset | size | content |
/// |---|---|---|
/// | 0 | 8 | the magic `ACPOINTS` |
/// | 8 | 4 | version, 1 without identifiers, 2 with them (all integers little-endian) |
/// | 12 | 4 | type of the numbers, 1 = float32, 2 = float64, little-endian |
/// | 16 | 8 | rows |
/// | 24 | 8 | dimension |
/// | 32 | 8 | offset of the description |
/// | 40 | 8 | length of the description |
/// | 48 | 8 | length of the identifiers, which lie between the rows and the description; 0 in version 1 |
/// | 56 | 8 | zero |
///
/// Numbers lie row after row. Identifiers are in the order of the rows, each its length in bytes as a UInt32 and
/// then its UTF-8. The description is the JSON of ``DatasetDescription``.
///
/// The head is written last, so a file cut short has no magic and is never taken for a whole one.
struct DatasetFileHead: Equatable {
    static let size = 64
    static let magic = Array("ACPOINTS".utf8)

    let rows: Int
    let dimension: Int
    let descriptionOffset: Int
    let descriptionLength: Int
    let identifierLength: Int
    let type: NumberType

    private var version: UInt32 { identifierLength > 0 ? 2 : 1 }

    /// Where the identifiers start.
    var identifierOffset: Int { descriptionOffset - identifierLength }

    var bytes: [UInt8] {
        var bytes = Self.magic
        for value in [version, Self.code(type)] {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        for value in [rows, dimension, descriptionOffset, descriptionLength, identifierLength] {
            withUnsafeBytes(of: UInt64(value).littleEndian) { bytes.append(contentsOf: $0) }
        }
        bytes.append(contentsOf: repeatElement(0, count: Self.size - bytes.count))
        return bytes
    }

    private static func code(_ type: NumberType) -> UInt32 { type == .float32 ? 1 : 2 }

    init(
        rows: Int, dimension: Int, descriptionOffset: Int, descriptionLength: Int, identifierLength: Int = 0,
        type: NumberType = .float32
    ) {
        self.type = type
        self.rows = rows
        self.dimension = dimension
        self.descriptionOffset = descriptionOffset
        self.descriptionLength = descriptionLength
        self.identifierLength = identifierLength
    }

    /// Reads a head, or nil where these are not the first bytes of a whole file of this version.
    init?(_ bytes: UnsafeRawBufferPointer, fileSize: Int) {
        guard bytes.count >= Self.size, bytes.prefix(8).elementsEqual(Self.magic) else { return nil }
        let code = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
        guard let type = NumberType.allCases.first(where: { Self.code($0) == code }) else { return nil }
        let version = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        let values = (0..<5).map {
            Int(exactly: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16 + 8 * $0, as: UInt64.self)))
        }
        guard let rows = values[0], let dimension = values[1], let offset = values[2], let length = values[3],
            let identifiers = values[4]
        else { return nil }
        self.init(
            rows: rows, dimension: dimension, descriptionOffset: offset, descriptionLength: length,
            identifierLength: identifiers, type: type)
        let (cells, overflow) = rows.multipliedReportingOverflow(by: dimension)
        guard version == self.version, !overflow, cells < Int.max / 16, identifiers <= fileSize,
            offset == Self.size + type.size * cells + identifiers, length <= fileSize, offset + length == fileSize
        else { return nil }
    }
}

extension DatasetFileHead {
    /// Checks that the file at `path` is there, begins with a head and is as long as that says.
    ///
    /// - Throws: ``StorageError``.
    static func check(_ path: String) throws {
        let file = try FileDescriptor(opening: path, flags: O_RDONLY)
        let size = try file.size()
        let head = withUnsafeTemporaryAllocation(byteCount: Self.size, alignment: 8) { bytes in
            pread(file.number, bytes.baseAddress, bytes.count, 0) == bytes.count
                ? DatasetFileHead(UnsafeRawBufferPointer(bytes), fileSize: size) : nil
        }
        guard head != nil else { throw StorageError("read (not a whole point set)", path, code: EINVAL) }
    }
}

/// A stored point set, mapped into memory.
struct DatasetFile: Sendable {
    let description: DatasetDescription
    /// The numbers; the file stays mapped as long as a copy lives, even when it is removed meanwhile.
    let rows: StoredRows
    /// What identifies the rows; nil when nothing does.
    let identifiers: StoredIdentifiers?

    /// Maps the file at `path`.
    ///
    /// - Throws: ``StorageError``; `EINVAL` when the file is not a whole point set of this version.
    init(mapping path: String) throws {
        let mapping = try MappedFile(path)
        let damaged = StorageError("read (not a whole point set of version 1 or 2)", path, code: EINVAL)
        guard let head = DatasetFileHead(mapping.bytes, fileSize: mapping.bytes.count) else { throw damaged }
        let text = mapping.bytes[head.descriptionOffset..<head.descriptionOffset + head.descriptionLength]
        guard let description = try? JSONDecoder().decode(DatasetDescription.self, from: Data(text)),
            description.rows == head.rows, description.dimension == head.dimension, description.numberType == head.type,
            (description.identifier == nil) == (head.identifierLength == 0)
        else { throw damaged }
        identifiers =
            description.identifier == nil
            ? nil : StoredIdentifiers(in: mapping, head.identifierOffset..<head.descriptionOffset)
        self.description = description
        rows = StoredRows(
            mapping, DatasetFileHead.size..<head.identifierOffset, type: head.type, dimension: head.dimension)
    }
}
