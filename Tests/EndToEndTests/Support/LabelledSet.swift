import Foundation

/// A point set whose classes are known.
struct LabelledSet {
    /// The file to send.
    let file: String
    let labels: [Int]

    /// Fisher's iris data: 50 plants of each of three species, one after the other.
    static let iris = LabelledSet(
        file: Repository.file("examples/iris.csv"), labels: (0..<150).map { $0 / 50 })

    /// One of the sets beside the library's own tests: `name_X.npy` and `name_y.npy`.
    static func numpy(_ name: String) throws -> LabelledSet {
        let stem = Repository.file("Tests/AttentionClusteringTests/Data/\(name)")
        return LabelledSet(file: "\(stem)_X.npy", labels: try integers(inArray: "\(stem)_y.npy"))
    }

    /// The rows of a CSV file with a header.
    func csvRows() throws -> [[Float]] {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        return text.split(separator: "\n").dropFirst().map { line in line.split(separator: ",").compactMap { Float($0) }
        }
    }

    /// The numbers of a one-dimensional int32 `.npy` file, version 1.
    private static func integers(inArray path: String) throws -> [Int] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        guard data.count > 10, data.prefix(6) == Data([0x93] + Array("NUMPY".utf8)) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        let start = 10 + Int(data[8]) + 256 * Int(data[9])
        guard String(decoding: data[10..<start], as: UTF8.self).contains("'<i4'") else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return stride(from: start, to: data.count - 3, by: 4).map { offset in
            Int(Int32(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(data[offset + $1]) << (8 * $1) }))
        }
    }
}
