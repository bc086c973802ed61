/// Heap memory on a 64-byte boundary, filled with one value at first.
///
/// `@unchecked Sendable` is sound the way passes use it: as scratch it belongs to one thread; as output each thread
/// writes only the elements of the rows it was given, and all are read after the pass has ended.
final class AlignedBuffer<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    init(count: Int, filledWith value: Element) {
        let capacity = max(1, count)
        let raw = UnsafeMutableRawPointer.allocate(byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64)
        pointer = raw.bindMemory(to: Element.self, capacity: capacity)
        pointer.initialize(repeating: value, count: capacity)
        self.count = count
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }

    subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "index \(index) is outside 0..<\(count)")
        return pointer[index]
    }
}

extension AlignedBuffer {
    /// A copy of the elements.
    var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
