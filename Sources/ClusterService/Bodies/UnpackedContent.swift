import HTTPServer
import PointFormats

/// A body without its content coding, be it announced or told by the first bytes.
///
/// `@unchecked Sendable` is sound as ``ByteSource`` says.
final class UnpackedContent: ByteSource, @unchecked Sendable {
    /// After so many unpacked bytes from one packed piece, others on the event loop get their turn.
    private static let turn = 4 * Decompressor.pieceSize

    private enum State {
        /// The first bytes are awaited, which tell the coding.
        case sniffing([UInt8])
        case plain
        case packed(Decompressor)
    }

    private let source: any ByteSource
    private var state: State
    private var sinceTurn = 0

    /// - Parameter coding: what the body is packed in; nil looks at its first bytes.
    init(_ source: any ByteSource, coding: ContentCoding?) {
        self.source = source
        state = coding.map { .packed(Decompressor($0)) } ?? .sniffing([])
    }

    func next() async throws -> [UInt8]? {
        if case .sniffing(let prefix) = state, let first = try await sniff(prefix) { return first }
        switch state {
        case .packed(let decompressor): return try await unpacked(decompressor)
        case .plain, .sniffing: return try await source.next()
        }
    }

    func next(into room: UnsafeMutableRawBufferPointer) async throws -> RequestBody.Content? {
        if case .plain = state { return try await source.next(into: room) }
        return try await next().map { .piece($0) }
    }

    /// Reads until the coding is known.
    ///
    /// - Returns: what was read, when it is not packed.
    private func sniff(_ start: [UInt8]) async throws -> [UInt8]? {
        var prefix = start
        while prefix.count < ContentCoding.sniffLength, let piece = try await source.next() { prefix += piece }
        guard let coding = ContentCoding.sniff(prefix) else {
            state = .plain
            return prefix.isEmpty ? nil : prefix
        }
        let decompressor = Decompressor(coding)
        decompressor.give(prefix)
        state = .packed(decompressor)
        return nil
    }

    private func unpacked(_ decompressor: Decompressor) async throws -> [UInt8]? {
        while true {
            if let piece = try decompressor.next() {
                sinceTurn += piece.count
                if sinceTurn >= Self.turn {
                    sinceTurn = 0
                    await Task.yield()
                }
                return piece
            }
            guard let packed = try await source.next() else {
                try decompressor.finish()
                return nil
            }
            decompressor.give(packed)
        }
    }
}
