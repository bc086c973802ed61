/// Bytes on their way to a file, in memory that is used again and again.
///
/// `@unchecked Sendable` is sound: who fills a block is done when the pipeline takes it, and the pipeline only reads it
/// until it gives it back.
final class DatasetBlock: @unchecked Sendable {
    /// How many bytes a block holds, which is how many are written at once.
    static let size = 1 << 20

    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 4_096)
    private(set) var count = 0
    /// Where the bytes begin that count for the digest.
    private(set) var digestStart = 0

    deinit { memory.deallocate() }

    /// The bytes in it.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    /// The bytes in it that count for the digest.
    var digestedBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[digestStart..<count]) }

    var isFull: Bool { count == Self.size }

    /// Takes as many of `more` as there is room for.
    ///
    /// - Returns: how many were taken.
    func append(_ more: UnsafeRawBufferPointer) -> Int {
        let taken = min(more.count, Self.size - count)
        UnsafeMutableRawBufferPointer(rebasing: memory[count...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: more[..<taken]))
        count += taken
        return taken
    }

    /// Puts zeros into an empty block, which do not count for the digest.
    func reserve(_ count: Int) {
        memory[..<count].initializeMemory(as: UInt8.self, repeating: 0)
        self.count = count
        digestStart = count
    }

    /// Forgets the bytes.
    func clear() {
        count = 0
        digestStart = 0
    }
}
