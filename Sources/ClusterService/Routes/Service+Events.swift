import HTTPServer
import HTTPTypes
import JobStore
import PointFormats

extension Service {
    func addEventRoutes(to router: inout Router) {
        router.on(.get, "/v1/jobs/{id}/events") { [self] request, captures in
            try request.checkQuery(known: [])
            return try await events(captures["id"], request)
        }
    }

    /// `GET /v1/jobs/{id}/events`: the job object whenever it changed, until it is done.
    ///
    /// Progress comes at most twice a second. A reader that is slower than that misses steps in between, never the
    /// end; one that does not read at all is cut off by the server's write timeout, and nothing is kept for it.
    private func events(_ id: String, _ request: Request) async throws -> Response {
        let formats = EventFormat.allCases
        guard let type = request.headers.preferredMediaType(of: formats.map(\.rawValue)),
            let format = EventFormat(rawValue: type)
        else { throw Problem.notAcceptable(offered: formats.map(\.rawValue)) }
        _ = try await job(id)
        let (seen, access) = (request.headers[named: "Last-Event-ID"], Access.current)
        return Response(
            status: .ok, headers: [.contentType: format.rawValue, .cacheControl: "no-store"],
            body: .stream(length: nil) { [self] body in
                try await follow(id, format, from: seen, while: access.isGood) { try await body.write($0) }
            })
    }

    /// Calls `write` for each state of the job that differs from the one before, until a key that was revoked meanwhile
    /// ends it.
    private func follow(
        _ id: String, _ format: EventFormat, from seen: String?, while isGood: () -> Bool,
        _ write: ([UInt8]) async throws -> Void
    ) async throws {
        let follower = follow(id)
        let interval = limits.heartbeatInterval
        var (tag, sequence) = (seen, UInt64(0))
        while true {
            let news = await follower.news(after: sequence, until: .now + interval)
            guard isGood() else { return }
            switch news {
            case .snapshot(let snapshot):
                sequence = snapshot.sequence
                let isLast = snapshot.view?.job.state.isTerminal ?? true
                if isLast || snapshot.view?.entityTag != tag { try await write(try snapshot.bytes(format)) }
                if isLast { return }
                tag = snapshot.view?.entityTag
            case .none:
                try Task.checkCancellation()
                guard isReady else { return try await write(try format.bytes(.draining)) }
                try await write(try format.bytes(.heartbeat))
            case .failure(let error): throw error
            }
        }
    }
}

/// What a stream of events says.
enum JobEventMessage {
    /// The job changed and is not done.
    case progress(JobView)
    /// The job is done; the last message.
    case done(JobView)
    /// The job was deleted; the last message.
    case gone
    /// The service stops; ask again with `Last-Event-ID` in a moment. The last message.
    case draining
    /// Nothing happened; keeps the connection alive.
    case heartbeat

    var name: String {
        switch self {
        case .progress: "progress"
        case .done: "done"
        case .gone: "gone"
        case .draining: "draining"
        case .heartbeat: "heartbeat"
        }
    }

    var view: JobView? {
        switch self {
        case .progress(let view), .done(let view): view
        case .gone, .draining, .heartbeat: nil
        }
    }
}

/// How events are written.
enum EventFormat: String, CaseIterable {
    /// Server-Sent Events (WHATWG HTML, section 9.2).
    case serverSentEvents = "text/event-stream"
    /// A line of JSON an event.
    case lines = "application/x-ndjson"

    /// An event as bytes; whole, so that no reader sees half of one.
    func bytes(_ message: JobEventMessage) throws -> [UInt8] {
        switch self {
        case .serverSentEvents:
            if case .heartbeat = message { return try ServerSentEvent(comment: message.name).encoded() }
            let event = ServerSentEvent(
                id: message.view?.entityTag, event: message.name, data: (message.view?.json ?? .object([])).text)
            return try event.encoded()
        case .lines:
            var writer = ByteWriter()
            var members: [JSONValue.Member] = [.init(name: "event", value: .string(message.name))]
            if let view = message.view {
                members.append(.init(name: "id", value: .string(view.entityTag)))
                members.append(.init(name: "job", value: view.json))
            }
            JSONValue.object(members).write(to: &writer)
            writer.append("\n")
            return writer.bytes
        }
    }
}
