import PointFormats

extension DatasetStore {
    /// A file for what is too long for memory; its bytes count as stored ones while it is there.
    func spool() throws -> SpoolFile { try SpoolFile(directory: contentDirectory, quota: quota) }

    /// Makes room for what a decoder has to hold back.
    var scratch: ScratchSource {
        { [self] in try SpoolFile(directory: contentDirectory, quota: quota, isPending: true) }
    }

    /// Starts an upload.
    ///
    /// - Parameters:
    ///   - type: the type the numbers are kept in.
    ///   - quota: what the bytes are taken from, a part of the store's; nil for the store's itself.
    ///   - base: stored content that the file begins with a copy of, and replaces.
    func writer(
        _ type: NumberType = .float32, within quota: StorageQuota? = nil, behind base: DatasetDescription? = nil
    ) throws -> DatasetWriter {
        try DatasetWriter(
            directory: contentDirectory, type: type, quota: quota ?? self.quota,
            copied: base.map { Self.size(path($0.digest)) } ?? 0)
    }
}
