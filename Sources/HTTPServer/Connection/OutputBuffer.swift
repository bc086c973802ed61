/// What waits to be written, in order: small pieces joined, large ones as they are.
struct OutputBuffer {
    /// From this size on a piece is kept as it is instead of being copied.
    static let joinedPieces = 16 << 10

    private var segments: [[UInt8]] = []
    private var firstSegment = 0
    private var offset = 0
    private var tail: [UInt8] = []

    /// How many octets wait.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Adds a piece, in O(n) up to ``joinedPieces`` and in O(1) beyond.
    mutating func append(_ piece: [UInt8]) {
        count += piece.count
        if piece.count < Self.joinedPieces {
            tail.append(contentsOf: piece)
            if tail.count >= Self.joinedPieces { closeTail() }
        } else {
            closeTail()
            segments.append(piece)
        }
    }

    /// Adds what a closure appends to an array.
    mutating func append(_ write: (inout [UInt8]) -> Void) {
        let before = tail.count
        write(&tail)
        count += tail.count - before
    }

    private mutating func closeTail() {
        guard !tail.isEmpty else { return }
        segments.append(tail)
        tail = []
    }

    /// Writes to a transport until nothing is left or it takes no more.
    ///
    /// - Parameter taken: Grows by how many octets were taken.
    /// - Returns: Why it stopped: nil when all was written.
    mutating func write(to transport: any Transport, taken: inout Int) -> TransportWrite? {
        while count > 0 {
            let hasSegment = firstSegment < segments.count
            let isLast = !hasSegment || (firstSegment + 1 == segments.count && tail.isEmpty)
            let offset = offset
            let result = (hasSegment ? segments[firstSegment] : tail).withUnsafeBytes { bytes in
                transport.write(UnsafeRawBufferPointer(rebasing: bytes[offset...]), isMoreComing: !isLast)
            }
            guard case .bytes(let written) = result else { return result }
            taken += written
            advance(by: written)
        }
        return nil
    }

    private mutating func advance(by written: Int) {
        count -= written
        offset += written
        if firstSegment < segments.count {
            guard offset == segments[firstSegment].count else { return }
            segments[firstSegment] = []
            firstSegment += 1
            if firstSegment == segments.count {
                segments.removeAll(keepingCapacity: segments.capacity <= 64)
                firstSegment = 0
            }
        } else {
            guard offset == tail.count else { return }
            // An idle connection keeps no large buffer.
            tail.removeAll(keepingCapacity: tail.capacity <= 4096)
        }
        offset = 0
    }
}
