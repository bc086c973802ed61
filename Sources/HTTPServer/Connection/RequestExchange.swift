import HTTPTypes
import Synchronization

/// One request and its response, as the handler's task reaches them from whatever thread it runs on.
///
/// On the connection's own loop, where handlers run unless they ask for another place, each operation that need not
/// wait is a plain call; from elsewhere it is a hop to the loop.
final class RequestExchange: BodyReader, ResponseSink, RequestNotes {
    private struct Notes {
        var route: String?
        var annotations: [String: String] = [:]
        var trailers = HTTPFields()
        var responseTrailers = HTTPFields()
    }

    private let connection: Connection
    private let number: Int
    private let started = Atomic(false)
    /// How often the handler took content straight from the socket.
    private let reads = Atomic(0)
    private let notes = Mutex(Notes())

    init(_ connection: Connection, number: Int) {
        self.connection = connection
        self.number = number
    }

    var hasStarted: Bool { started.load(ordering: .relaxed) }

    // MARK: Notes

    /// The template of the request's route.
    var route: String? { notes.withLock { $0.route } }

    var trailers: HTTPFields { notes.withLock { $0.trailers } }

    /// What is to be logged of the request.
    var annotations: [String: String] { notes.withLock { $0.annotations } }

    func annotate(_ name: String, _ value: String) { notes.withLock { $0.annotations[name] = value } }

    func note(route: String) { notes.withLock { $0.route = route } }

    func note(trailers: HTTPFields) { notes.withLock { $0.trailers = trailers } }

    // MARK: The request's body

    func nextPiece() async throws -> [UInt8]? {
        while true {
            switch connection.loop.isCurrent ? try takePieceHere() : try await connection.takePiece(number) {
            case .piece(let piece): return piece
            case .end: return nil
            case .nothingYet: try await connection.waitForContent(number)
            }
        }
    }

    func nextContent(into room: UnsafeMutableRawBufferPointer) async throws -> RequestBody.Content? {
        while connection.loop.isCurrent {
            switch try takeContentHere(room) {
            case .filled(let count):
                // Others on the loop get their turn, as they do between the reads of the pump.
                if reads.add(1, ordering: .relaxed).newValue % Connection.readsPerTurn == 0 { await Task.yield() }
                return .filled(count)
            case .waiting(.piece(let piece)): return .piece(piece)
            case .waiting(.end): return nil
            case .waiting(.nothingYet): try await connection.waitForContent(number)
            }
        }
        return try await nextPiece().map { .piece($0) }
    }

    private func takeContentHere(_ room: UnsafeMutableRawBufferPointer) throws -> TakenContent {
        let lent = LentRoom(memory: room)
        return try connection.assumeIsolated { try $0.takeContent(number, into: lent.memory) }
    }

    /// Memory of the handler, which waits while the connection fills it.
    ///
    /// `@unchecked Sendable` is sound: it is used within one synchronous call, on the thread that makes it.
    private struct LentRoom: @unchecked Sendable {
        let memory: UnsafeMutableRawBufferPointer
    }

    private func takePieceHere() throws -> BodyInbox.Taken {
        try connection.assumeIsolated { try $0.takePiece(number) }
    }

    // MARK: The response

    func send(_ response: Response) async throws {
        guard !started.exchange(true, ordering: .relaxed) else { throw ResponseAlreadySent() }
        switch response.body {
        case .empty: try await sendWhole(response, [])
        case .bytes(let bytes): try await sendWhole(response, bytes)
        case .stream(let length, let write): try await sendStream(response, length, write)
        }
    }

    private func sendWhole(_ response: Response, _ content: [UInt8]) async throws {
        if connection.loop.isCurrent {
            try sendWholeHere(response, content)
        } else {
            try await connection.sendWhole(number, response, content)
        }
    }

    private func sendWholeHere(_ response: Response, _ content: [UInt8]) throws {
        try connection.assumeIsolated { try $0.sendWhole(number, response, content) }
    }

    private func sendStream(
        _ response: Response, _ length: Int?, _ write: @Sendable (BodyWriter) async throws -> Void
    ) async throws {
        let sendsContent = try await connection.startStream(number, response, length)
        if sendsContent {
            let setTrailers: @Sendable (HTTPFields) -> Void = { fields in
                self.notes.withLock { $0.responseTrailers = fields }
            }
            try await write(BodyWriter(trailers: setTrailers) { try await self.writeContent($0) })
        }
        try await connection.endStream(number, trailers: notes.withLock { $0.responseTrailers })
    }

    private func writeContent(_ piece: [UInt8]) async throws {
        let mustWait =
            connection.loop.isCurrent
            ? try writeContentHere(piece) : try await connection.writeContent(number, piece)
        if mustWait { try await connection.waitForRoom(number) }
    }

    private func writeContentHere(_ piece: [UInt8]) throws -> Bool {
        try connection.assumeIsolated { try $0.writeContent(number, piece) }
    }

    // MARK: The handler

    /// Runs the handler to its end.
    func run(_ request: Request, _ handler: @Sendable (Request, ResponseWriter) async throws -> Void) async {
        var failure: (any Error)?
        do {
            try await handler(request, ResponseWriter(self))
        } catch {
            failure = error
        }
        if connection.loop.isCurrent {
            endHere(failure)
        } else {
            await connection.handlerEnded(number, failure)
        }
    }

    private func endHere(_ failure: (any Error)?) {
        connection.assumeIsolated { $0.handlerEnded(number, failure) }
    }
}
