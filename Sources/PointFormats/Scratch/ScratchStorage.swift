/// Room outside memory, such as a file without a name, for what a format makes a decoder hold back.
///
/// Columns that lie one behind the other give their first row only when the last column has begun.
public protocol ScratchStorage: AnyObject, Sendable {
    /// Writes `bytes` at `offset`, which is at most the end of what was written.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws

    /// Fills `bytes` from `offset` on; as much was written there.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws
}

/// Makes room when it is needed for the first time.
public typealias ScratchSource = @Sendable () throws -> any ScratchStorage
