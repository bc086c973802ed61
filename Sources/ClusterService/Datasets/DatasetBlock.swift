/// Bytes on their way to a file, in memory that is used again and again.
///
/// `@unchecked Sendable` is sound: who fills a block is done when the pipeline takes it, and the pipeline only reads it
/// until it gives it back.
final class DatasetBlock: @unchecked Sendable {
    /// How many bytes a block holds, which is how many are written at once.
    ///
    /// Smaller ones would lie in the arenas of threads, which do not give them back.
    static let size = 1 << 20

    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
    private(set) var count = 0

    deinit { memory.deallocate() }

    /// The bytes in it.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    var isFull: Bool { count == Self.size }

    /// What is free behind the next so many bytes; empty when they do not fit.
    func room(behind begun: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: memory.dropFirst(count + begun))
    }

    /// Takes as many of `more` as there is room for; those that lie where they go are not copied.
    ///
    /// - Returns: how many were taken.
    func append(_ more: UnsafeRawBufferPointer) -> Int {
        let taken = min(more.count, Self.size - count)
        let target = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
        if target.baseAddress.map(UnsafeRawPointer.init) != more.baseAddress {
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: more[..<taken]))
        }
        count += taken
        return taken
    }

    /// Forgets the bytes.
    func clear() { count = 0 }
}
