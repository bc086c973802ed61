/// Writes FlatBuffers from the front: a table, then what it points to.
struct FlatBufferWriter {
    /// The value of a field.
    indirect enum Value: Sendable {
        case int8(Int8)
        case int16(Int16)
        case int32(Int32)
        case int64(Int)
        case text(String)
        case table([(index: Int, value: Value)])
        case tables([Value])
        /// Structs of 64-bit numbers, `width` each.
        case structs([Int], width: Int)

        /// How many bytes the value, or the offset to it, takes in a table.
        var size: Int {
            switch self {
            case .int8: 1
            case .int16: 2
            case .int64: 8
            case .int32, .text, .table, .tables, .structs: 4
            }
        }
    }

    private(set) var bytes: [UInt8] = []

    /// Writes a buffer whose root is a table of `fields`, padded to a multiple of eight bytes.
    init(root fields: [(index: Int, value: Value)]) {
        append(0 as UInt32)
        let table = write(fields)
        set(UInt32(table), at: 0)
        pad(to: 8)
    }

    /// Writes a table behind its vtable.
    ///
    /// - Returns: where it starts.
    private mutating func write(_ fields: [(index: Int, value: Value)]) -> Int {
        let count = (fields.map(\.index).max() ?? -1) + 1
        // The largest first, so that each lies at a multiple of its size, the table being at one of 8 behind 4 bytes.
        var places: [(index: Int, value: Value, offset: Int)] = []
        var end = 4
        for field in fields.sorted(by: { $0.value.size > $1.value.size }) {
            end = (end + field.value.size - 1) / field.value.size * field.value.size
            places.append((field.index, field.value, end))
            end += field.value.size
        }
        pad(to: 2)
        let vtable = bytes.count
        append(UInt16(4 + 2 * count))
        append(UInt16(end))
        for index in 0..<count { append(UInt16(places.first { $0.index == index }?.offset ?? 0)) }
        pad(to: 8)
        let table = bytes.count
        append(Int32(table - vtable))
        bytes.append(contentsOf: repeatElement(0, count: end - 4))
        for (_, value, offset) in places {
            let place = table + offset
            switch value {
            case .int8(let number): set(number, at: place)
            case .int16(let number): set(number, at: place)
            case .int32(let number): set(number, at: place)
            case .int64(let number): set(Int64(number), at: place)
            case .text, .table, .tables, .structs:
                let target = write(value)
                set(UInt32(target - place), at: place)
            }
        }
        return table
    }

    /// Writes what a field points to.
    private mutating func write(_ value: Value) -> Int {
        switch value {
        case .int8, .int16, .int32, .int64: return bytes.count
        case .table(let fields): return write(fields)
        case .text(let text):
            pad(to: 4)
            let start = bytes.count
            append(UInt32(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
            bytes.append(0)
            return start
        case .tables(let tables):
            pad(to: 4)
            let start = bytes.count
            append(UInt32(tables.count))
            bytes.append(contentsOf: repeatElement(0, count: 4 * tables.count))
            for (index, table) in tables.enumerated() {
                let target = write(table)
                let place = start + 4 + 4 * index
                set(UInt32(target - place), at: place)
            }
            return start
        case .structs(let words, let width):
            // The numbers behind the count lie at a multiple of 8.
            pad(to: 8)
            append(0 as UInt32)
            let start = bytes.count
            append(UInt32(words.count / width))
            for word in words { append(Int64(word)) }
            return start
        }
    }

    private mutating func pad(to alignment: Int) {
        while bytes.count % alignment != 0 { bytes.append(0) }
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func set(_ number: some FixedWidthInteger, at place: Int) {
        withUnsafeBytes(of: number.littleEndian) { bytes.replaceSubrange(place..<place + $0.count, with: $0) }
    }
}
