/// What a fit has come to, as bytes: another fit of the same points and options goes on from there.
///
/// A fit depends on points, options and seed alone, so a checkpoint is a list of answers: what each search, training
/// and refinement came to, in the order in which the fit asks for them, and the state of the one in progress. A fit
/// that is given them repeats the cheap work in between, is told the answers, and ends with the bytes of a fit that
/// was never interrupted.
///
/// ```swift
/// let checkpoints = FitCheckpoints(isWanted: { clock.isDue }, save: { try? write($0.bytes) })
/// _ = try AttentionHeads.fit(points, options: options, control: FitControl(checkpoints: checkpoints))
/// ```
///
/// It says which options and how many points it is for; that the points are the same is the caller's to know.
public struct FitCheckpoint: Sendable, Equatable {
    /// The checkpoint as it is stored: little-endian, numbers by their bit patterns.
    public let bytes: [UInt8]
    let fingerprint: UInt64
    let entries: [Entry]

    /// An answer: to what question, whether it is the last word, and where in the bytes it stands.
    struct Entry: Sendable, Equatable {
        let key: UInt64
        let isComplete: Bool
        let range: Range<Int>
    }

    private static let magic: UInt32 = 0x4346_4341  // "ACFC"
    /// Grows whenever a fit would answer other questions, or say the answers otherwise.
    private static let version: UInt32 = 1

    /// Reads what ``bytes`` held.
    ///
    /// - Throws: ``FitCheckpointError`` when these are not the bytes of a checkpoint, or of another version.
    public init(bytes: [UInt8]) throws(FitCheckpointError) {
        var reader = CheckpointReader(bytes)
        guard try reader.uint32() == Self.magic else { throw FitCheckpointError("these are not a checkpoint's bytes") }
        guard try reader.uint32() == Self.version else { throw FitCheckpointError("it is of another version") }
        fingerprint = try reader.uint64()
        var entries: [Entry] = []
        for _ in 0..<(try reader.count(of: 17)) {
            let (key, isComplete) = (try reader.uint64(), try reader.bool())
            entries.append(Entry(key: key, isComplete: isComplete, range: try reader.section()))
        }
        guard reader.isAtEnd else { throw FitCheckpointError("bytes are left over") }
        self.entries = entries
        self.bytes = bytes
    }

    init(fingerprint: UInt64, entries: [(key: UInt64, isComplete: Bool, content: FitJournal.Content)]) {
        var writer = CheckpointWriter()
        writer.bytes.reserveCapacity(entries.reduce(32) { $0 + 17 + $1.content.size })
        writer.write(Self.magic)
        writer.write(Self.version)
        writer.write(fingerprint)
        writer.write(UInt64(entries.count))
        var written: [Entry] = []
        for entry in entries {
            writer.write(entry.key)
            writer.write(entry.isComplete)
            let range = writer.section { writer in
                switch entry.content {
                case .value(let value): value.write(to: &writer)
                case .bytes(let bytes): writer.bytes += bytes
                }
            }
            written.append(Entry(key: entry.key, isComplete: entry.isComplete, range: range))
        }
        self.fingerprint = fingerprint
        self.entries = written
        bytes = writer.bytes
    }
}

/// Why bytes are no checkpoint to go on from.
public struct FitCheckpointError: Error, Sendable, CustomStringConvertible {
    /// What is wrong with them.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// How a fit is given a checkpoint to go on from, and gives new ones away.
public struct FitCheckpoints: Sendable {
    /// Where to go on from; nil to start at the beginning.
    ///
    /// One for other options or another number of points is ignored.
    public var resume: FitCheckpoint?
    /// Larger checkpoints are not made.
    public var maximumBytes: Int
    /// Asked between iterations, on the fit's thread: whether to make a checkpoint now; must be cheap.
    public var isWanted: @Sendable () -> Bool
    /// Given a checkpoint on the fit's thread, which waits meanwhile.
    public var save: @Sendable (FitCheckpoint) -> Void

    /// Checkpoints whenever `isWanted` says so, for `save`.
    public init(
        resume: FitCheckpoint? = nil, maximumBytes: Int = 256 << 20, isWanted: @escaping @Sendable () -> Bool,
        save: @escaping @Sendable (FitCheckpoint) -> Void
    ) {
        self.resume = resume
        self.maximumBytes = maximumBytes
        self.isWanted = isWanted
        self.save = save
    }
}
