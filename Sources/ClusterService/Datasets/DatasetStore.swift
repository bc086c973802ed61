import Foundation
import Glibc
import Logging
import PointFormats
import Synchronization

/// The point sets of a data directory: content files named by digest, and names that stand for them.
///
/// `content/<digest>.points` holds each distinct content once; `names/<name>.json` says which content a name stands
/// for. Both are replaced by rename, so a crash leaves the old state or the new. Content goes when no name, no job
/// and no upload in progress needs it (``sweep(all:inUse:)``).
final class DatasetStore: Sendable {
    /// Keeps content from being swept between its upload and the moment a name or a job refers to it.
    final class Pin: Sendable {
        let content: DatasetDescription
        private let store: DatasetStore

        fileprivate init(_ content: DatasetDescription, store: DatasetStore) {
            self.content = content
            self.store = store
        }

        deinit { store.unpin(content.digest) }
    }

    private struct State {
        var maximumEntries: Int
        var entries: [String: DatasetEntry] = [:]
        var pins: [String: Int] = [:]
        /// What was pinned since the first of the running sweeps chose its candidates.
        var pinnedSinceSweep: Set<String> = []
        /// How many sweeps run.
        var sweeps = 0
        /// What a name, an upload or a job let go since the last sweep.
        var released: Set<String> = []
        /// How long each content's file is, by digest.
        var sizes: [String: Int] = [:]

        /// The content that names and uploads need.
        var neededContent: Set<String> { Set(entries.values.map(\.content.digest)).union(pins.keys) }

        mutating func pin(_ digest: String) {
            pins[digest, default: 0] += 1
            pinnedSinceSweep.insert(digest)
        }
    }

    let contentDirectory: String
    private let namesDirectory: String
    private let state: Mutex<State>
    /// Held while a name changes, file and all; ``state`` is held for moments only, so that readers never wait for
    /// the disk.
    private let nameChange = Mutex(())

    private let opened = OpenDatasets()
    /// The content that was written, or read and found whole, since the start.
    private let sound = Mutex<Set<String>>([])
    let quota: StorageQuota
    private let logger: Logger?

    /// Opens the store in `directory`, making what is missing and removing what broken uploads left.
    ///
    /// A name that cannot be read, or whose content is missing or damaged, is left out and its file left alone; all
    /// other datasets are there.
    ///
    /// - Parameter logger: is told what was left out, and later what turns out to be damaged.
    init(directory: String, limits: ServiceLimits = ServiceLimits(), logger: Logger? = nil) throws {
        self.logger = logger
        contentDirectory = "\(directory)/content"
        namesDirectory = "\(directory)/names"
        for path in [contentDirectory, namesDirectory] { try FileDescriptor.makeDirectory(path) }
        var state = State(maximumEntries: limits.datasets)
        for file in try FileManager.default.contentsOfDirectory(atPath: namesDirectory) {
            guard file.hasSuffix(".json") else {
                // What a crash left of a name's change.
                if file.hasSuffix(".new") { unlink("\(namesDirectory)/\(file)") }
                continue
            }
            do {
                let data = try Data(contentsOf: URL(fileURLWithPath: "\(namesDirectory)/\(file)"))
                let entry = try JSONDecoder().decode(DatasetEntry.self, from: data)
                try DatasetFileHead.check("\(contentDirectory)/\(entry.content.digest).points")
                state.entries[entry.name] = entry
            } catch {
                logger?.error("the dataset of \(namesDirectory)/\(file) is left out: \(error)")
            }
        }
        var used = 0
        for file in try FileManager.default.contentsOfDirectory(atPath: contentDirectory) {
            let path = "\(contentDirectory)/\(file)"
            guard !file.hasSuffix(".part"), !file.hasSuffix(".gone") else {
                unlink(path)
                continue
            }
            let size = Self.size(path)
            used += size
            if file.hasSuffix(".points") { state.sizes[String(file.dropLast(7))] = size }
        }
        quota = StorageQuota(
            limit: limits.storedBytes, used: used, overdraft: Self.overdraft(limits.storedBytes, limits))
        self.state = Mutex(state)
    }

    /// Stores what `writer` finished; the content stays as long as the pin, a name or a job needs it.
    ///
    /// Blocks until the bytes are on the disk.
    ///
    /// - Parameters:
    ///   - replaced: the content that goes for it from a name, and that no job needs.
    ///   - pins: how many pins on that the caller has.
    func publish(
        _ writer: DatasetWriter, _ content: DatasetDescription, replacing replaced: String? = nil, pinned pins: Int = 0
    ) throws -> Pin {
        let pin = try state.withLock { state in
            var freed = 0
            if let replaced, replaced != content.digest, state.pins[replaced] ?? 0 <= pins,
                state.entries.values.count(where: { $0.content.digest == replaced }) == 1
            {
                freed = state.sizes[replaced] ?? 0
            }
            state.sizes[content.digest] = try writer.publish(as: path(content.digest), freeing: freed)
            state.pin(content.digest)
            return Pin(content, store: self)
        }
        try FileDescriptor.synchronizeDirectory(contentDirectory)
        _ = sound.withLock { $0.insert(content.digest) }
        return pin
    }

    /// Lets `name` stand for pinned content.
    ///
    /// - Parameter permit: is asked, with the entry so far, whether to go on; it throws where not.
    /// - Returns: the entry, and whether the name is new.
    func assign(
        _ name: String, to pin: Pin, format: String, now: Date, permit: (DatasetEntry?) throws -> Void
    ) throws -> (entry: DatasetEntry, isNew: Bool) {
        try nameChange.withLock { _ in
            let previous = entry(name)
            try permit(previous)
            if previous == nil { try checkCount() }
            let entry = DatasetEntry(
                name: name, createdAt: previous?.createdAt ?? now, updatedAt: now, format: format, content: pin.content)
            let bytes = Array(try JSONEncoder().encode(entry))
            try FileDescriptor.replace("\(namesDirectory)/\(name).json", with: bytes, directory: namesDirectory)
            state.withLock { state in
                state.entries[name] = entry
                if let previous { state.released.insert(previous.content.digest) }
            }
            return (entry, previous == nil)
        }
    }

    /// Checks that there may be one more dataset.
    ///
    /// - Throws: ``TooManyDatasets``.
    func checkCount() throws {
        try state.withLock { state in
            guard state.entries.count < state.maximumEntries else {
                throw TooManyDatasets(limit: state.maximumEntries)
            }
        }
    }

    /// Stores no more than other limits say from now on; what there is stays.
    func use(_ limits: ServiceLimits) {
        state.withLock { $0.maximumEntries = limits.datasets }
        quota.use(limit: limits.storedBytes, overdraft: Self.overdraft(limits.storedBytes, limits))
    }

    /// How far uploads in progress may go beyond a number of stored bytes: twice the longest body, as an upload may be
    /// on the disk as its columns and as its rows.
    static func overdraft(_ storedBytes: Int, _ limits: ServiceLimits) -> Int {
        limits.datasetBytes > storedBytes / 2 ? storedBytes : 2 * limits.datasetBytes
    }

    /// What the disk must have left to take work at all: some uploads and jobs may then still be too large for it.
    static let leastRoom = 1 << 20

    /// Checks that uploads can be stored.
    ///
    /// Only the room that is left tells that a disk is full: on a full one small writes succeed now and then, in places
    /// that files have already.
    /// - Throws: ``StorageError`` naming the directory that is gone, may not be written or has less than 1 MiB left, or
    ///   no file more.
    func checkWritable() throws {
        for path in [contentDirectory, namesDirectory] {
            guard access(path, W_OK | X_OK) == 0 else { throw StorageError("write", path) }
        }
        var disk = statvfs()
        // A file system that knows no number of blocks says 0.
        guard statvfs(contentDirectory, &disk) == 0, disk.f_blocks > 0 else { return }
        let isRoot = geteuid() == 0
        let (blocks, files) = (isRoot ? disk.f_bfree : disk.f_bavail, isRoot ? disk.f_ffree : disk.f_favail)
        let (room, isBeyond) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(disk.f_frsize))
        // Nor does one that makes files as it needs them know how many there may be.
        guard isBeyond || room >= UInt64(Self.leastRoom), disk.f_files == 0 || files > 0 else {
            throw StorageError("write", contentDirectory, code: ENOSPC)
        }
    }

    /// How many names there are, and the bytes that all content takes.
    var usage: (names: Int, bytes: Int) { (state.withLock { $0.entries.count }, quota.taken) }

    /// The dataset of that name.
    func entry(_ name: String) -> DatasetEntry? { state.withLock { $0.entries[name] } }

    /// The dataset of that name with a pin on its content, to start a job from.
    func pinnedEntry(_ name: String) -> (entry: DatasetEntry, pin: Pin)? {
        state.withLock { state in
            guard let entry = state.entries[name] else { return nil }
            state.pin(entry.content.digest)
            return (entry, Pin(entry.content, store: self))
        }
    }

    /// All datasets, by name.
    func entries() -> [DatasetEntry] { state.withLock { $0.entries.values.sorted { $0.name < $1.name } } }

    /// How many bytes the files of a tenant's datasets have, each counted wholly though content is stored once.
    ///
    /// - Parameter name: a dataset that is not counted.
    /// - Complexity: O(n) for n datasets.
    func storedBytes(of tenant: String, besides name: String? = nil) -> Int {
        state.withLock { state in
            state.entries.values.reduce(0) { sum, entry in
                guard entry.tenant == tenant, entry.name != name else { return sum }
                return sum + (state.sizes[entry.content.digest] ?? 0)
            }
        }
    }

    /// How many bytes the file of stored content has, with names and identifiers of its rows.
    func storedBytes(of content: DatasetDescription) -> Int { state.withLock { $0.sizes[content.digest] ?? 0 } }

    /// How many datasets a tenant has.
    ///
    /// - Complexity: O(n) for n datasets.
    func count(of tenant: String) -> Int {
        state.withLock { state in state.entries.values.count { $0.tenant == tenant } }
    }

    /// Forgets a name; its content goes with the next sweep unless something else needs it.
    ///
    /// - Parameter permit: is asked, with the entry, whether to go on; it throws where not.
    func remove(_ name: String, permit: (DatasetEntry) throws -> Void) throws -> Bool {
        try nameChange.withLock { _ in
            guard let entry = entry(name) else { return false }
            try permit(entry)
            let path = "\(namesDirectory)/\(name).json"
            guard unlink(path) == 0 || errno == ENOENT else { throw StorageError("remove", path) }
            state.withLock { state in
                state.entries[name] = nil
                state.released.insert(entry.content.digest)
            }
            try FileDescriptor.synchronizeDirectory(namesDirectory)
            return true
        }
    }

    /// Maps stored content.
    ///
    /// - Throws: ``StorageError``, `ENOENT` when the content is gone.
    func open(digest: String) throws -> DatasetFile { try DatasetFile(mapping: path(digest)) }

    /// Takes note of content that jobs let go, for the next ``sweep(all:inUse:)``.
    func noteReleased(_ digests: Set<String>) { state.withLock { $0.released.formUnion(digests) } }

    /// Maps the points of a job, as ``open(digest:)`` does; small ones stay mapped for the next job.
    func openForJob(digest: String) throws -> DatasetFile { try opened.file(digest) { try openSound(digest: $0) } }

    /// Maps stored content, the first time since the start only where the file is what its digest says.
    ///
    /// - Throws: ``DamagedContent``, or what ``open(digest:)`` throws.
    /// - Complexity: O(N·d) the first time.
    func openSound(digest: String) throws -> DatasetFile {
        let file = try open(digest: digest)
        if sound.withLock({ $0.contains(digest) }) { return file }
        guard try file.findDigest() == digest else {
            let damage = DamagedContent(path: path(digest))
            logger?.error("\(damage)")
            throw damage
        }
        _ = sound.withLock { $0.insert(digest) }
        return file
    }

    /// Removes content that nothing needs.
    ///
    /// - Parameters:
    ///   - all: whether to look at every file, and not only at what was let go since the last sweep.
    ///   - inUse: tells which of the candidates jobs need; called once, after they are chosen, so that a job submitted
    ///     meanwhile is either in its answer or still pinned.
    /// - Returns: how many files were removed.
    @discardableResult
    func sweep(all: Bool = true, inUse: (Set<String>) async throws -> Set<String>) async throws -> Int {
        let stored =
            try all
            ? FileManager.default.contentsOfDirectory(atPath: contentDirectory)
                .compactMap { $0.hasSuffix(".points") ? String($0.dropLast(7)) : nil } : []
        let candidates = state.withLock { state in
            if state.sweeps == 0 { state.pinnedSinceSweep.removeAll() }
            state.sweeps += 1
            let candidates = Set(stored).union(state.released).subtracting(state.neededContent)
            state.released.removeAll()
            return candidates
        }
        defer { state.withLock { $0.sweeps -= 1 } }
        guard !candidates.isEmpty else { return 0 }
        let unused: Set<String>
        do {
            unused = candidates.subtracting(try await inUse(candidates))
        } catch {
            noteReleased(candidates)
            throw error
        }
        // Renamed while nobody can pin it, removed when nobody waits: to remove a large file takes time.
        // Under a name of this sweep's: another may take away the same content, stored anew meanwhile.
        let suffix = ".\(UUID().uuidString).gone"
        let gone = state.withLock { state in
            let gone = unused.subtracting(state.neededContent).subtracting(state.pinnedSinceSweep)
                .filter { rename(path($0), path($0) + suffix) == 0 }
            for digest in gone { state.sizes[digest] = nil }
            return gone
        }
        opened.forget(gone)
        sound.withLock { $0.subtract(gone) }
        for path in gone.map(path) {
            let size = Self.size(path + suffix)
            if unlink(path + suffix) == 0 { quota.give(size) }
        }
        return gone.count
    }

    /// The size of a file, 0 when there is none.
    static func size(_ path: String) -> Int {
        var status = Glibc.stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    func path(_ digest: String) -> String { "\(contentDirectory)/\(digest).points" }

    private func unpin(_ digest: String) {
        state.withLock { state in
            guard let count = state.pins[digest] else { return }
            state.pins[digest] = count > 1 ? count - 1 : nil
            if count == 1 { state.released.insert(digest) }
        }
    }
}

/// Stored points are not those that were uploaded.
struct DamagedContent: Error, CustomStringConvertible {
    let path: String

    var description: String { "the disk has damaged \(path): its bytes do not have the digest in its name" }
}

/// There are as many datasets as there may be.
struct TooManyDatasets: Error, Equatable {
    let limit: Int
}
