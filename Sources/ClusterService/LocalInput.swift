import Foundation
import Glibc
import PointFormats

/// A file, or standard input, that is read piece by piece and unpacked when its first bytes are those of gzip or zstd.
final class LocalInput {
    private static let pieceSize = 256 * 1024

    /// The format that the file's name says; nil where its bytes tell.
    let format: PointFormat?
    private let file: FileDescriptor
    private var isAtStart = true
    private var decompressor: Decompressor?

    /// Opens the file at `path`, `-` for standard input.
    init(path: String) throws {
        var name = path as NSString
        if ["gz", "zst", "zstd"].contains(name.pathExtension.lowercased()) {
            name = name.deletingPathExtension as NSString
        }
        format = PointFormat(pathExtension: name.pathExtension)
        file =
            path == "-"
            ? try FileDescriptor(duplicating: STDIN_FILENO, name: "standard input")
            : try FileDescriptor(opening: path, flags: O_RDONLY)
    }

    /// The next piece, never empty; nil at the end.
    func next() throws -> [UInt8]? {
        while true {
            if let piece = try decompressor?.next() { return piece }
            var bytes = try read()
            if isAtStart {
                isAtStart = false
                // A pipe may give the first bytes one by one.
                while bytes.count < ContentCoding.sniffLength {
                    let more = try read()
                    if more.isEmpty { break }
                    bytes += more
                }
                decompressor = ContentCoding.sniff(bytes).map(Decompressor.init)
            }
            if bytes.isEmpty {
                try decompressor?.finish()
                return nil
            }
            guard let decompressor else { return bytes }
            decompressor.give(bytes)
        }
    }

    private func read() throws -> [UInt8] {
        var failure: StorageError?
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, filled in
            while true {
                let count = Glibc.read(file.number, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count < 0 { failure = StorageError("read", file.path) }
                filled = max(count, 0)
                return
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
