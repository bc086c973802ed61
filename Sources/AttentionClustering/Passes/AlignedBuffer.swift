/// Heap memory on a 64-byte boundary.
///
/// `@unchecked Sendable` is sound the way passes use it: as scratch it belongs to one thread; as output each thread
/// writes only the elements of the rows it was given, and all are read after the pass has ended.
final class AlignedBuffer<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    convenience init(count: Int, filledWith value: Element) {
        self.init(unfilled: count)
        pointer.initialize(repeating: value, count: max(1, count))
    }

    /// Memory of which every element is written before one is read.
    init(unfilled count: Int) {
        let capacity = max(1, count)
        let raw = UnsafeMutableRawPointer.allocate(byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64)
        pointer = raw.bindMemory(to: Element.self, capacity: capacity)
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
