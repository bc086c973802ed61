import AttentionClustering
import Foundation
import JobStore

/// What is kept of a job in training: a checkpoint, and how far and how long it had come.
struct CheckpointFile: Equatable {
    /// What the checkpoint is for; another job, dataset, set of parameters or engine gives another.
    let identity: String
    /// The seconds of work up to the checkpoint, over all attempts.
    let elapsedSeconds: Double
    /// How far the job was, from 0 to 1.
    let fraction: Double
    let checkpoint: FitCheckpoint

    private static let magic = Array("clusterd checkpoint 1\n".utf8)
    private static let digestBytes = 64
    private static let headBytes = magic.count + digestBytes + 16

    /// Why a file cannot be used.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// What the checkpoints of `job` are for.
    static func identity(of job: Job) -> String {
        let parts = [Engine.version, job.id, job.datasetVersion, job.kind, job.parameters]
        return ContentDigest.of(Array(parts.joined(separator: "\n").utf8))
    }

    /// The file's content, with a SHA-256 of all before it at the end.
    var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(Self.headBytes + checkpoint.bytes.count + Self.digestBytes)
        bytes += identity.utf8
        for number in [elapsedSeconds, fraction] {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 }
        }
        bytes += checkpoint.bytes
        bytes += ContentDigest.of(bytes).utf8
        return bytes
    }

    init(identity: String, elapsedSeconds: Double, fraction: Double, checkpoint: FitCheckpoint) {
        self.identity = identity
        self.elapsedSeconds = elapsedSeconds
        self.fraction = fraction
        self.checkpoint = checkpoint
    }

    /// Reads ``bytes``.
    ///
    /// - Throws: ``Fault`` or `FitCheckpointError` where they are damaged or of another version.
    init(bytes: [UInt8]) throws {
        guard bytes.count >= Self.headBytes + Self.digestBytes, bytes.starts(with: Self.magic) else {
            throw Fault(description: "it is not whole, or of another version")
        }
        let end = bytes.count - Self.digestBytes
        guard ContentDigest.of(Array(bytes[..<end])) == String(decoding: bytes[end...], as: UTF8.self) else {
            throw Fault(description: "its digest does not match")
        }
        identity = String(decoding: bytes[Self.magic.count..<Self.magic.count + Self.digestBytes], as: UTF8.self)
        elapsedSeconds = Self.number(bytes, at: Self.headBytes - 16)
        fraction = Self.number(bytes, at: Self.headBytes - 8)
        checkpoint = try FitCheckpoint(bytes: Array(bytes[Self.headBytes..<end]))
    }
    private static func number(_ bytes: [UInt8], at place: Int) -> Double {
        Double(
            bitPattern: bytes.withUnsafeBytes {
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            })
    }

    /// How far the job of a file was, by the file's head alone; nil where there is none.
    static func fraction(ofFile path: String) -> Double? {
        guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: headBytes),
            data.count == headBytes, data.starts(with: magic)
        else { return nil }
        let fraction = number(Array(data), at: headBytes - 8)
        return (0...1).contains(fraction) ? fraction : nil
    }
}
