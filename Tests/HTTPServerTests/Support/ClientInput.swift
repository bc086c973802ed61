import Glibc
import Synchronization

/// What a test's client has received and not looked at yet.
final class ClientInput: Sendable {
    private let receive: @Sendable () throws -> [UInt8]
    private let buffer = Mutex<[UInt8]>([])

    /// Reads from a source that gives nothing more at its end.
    init(receive: @escaping @Sendable () throws -> [UInt8]) {
        self.receive = receive
    }

    convenience init(descriptor: Int32) {
        self.init { try Self.receive(from: descriptor) }
    }

    var isEmpty: Bool { buffer.withLock { $0.isEmpty } }

    /// Reads a response by its own framing.
    func response(to method: String) throws -> TestResponse {
        try buffer.withLock { buffer in
            while true {
                if let (response, length) = try TestResponse.parse(buffer, method: method) {
                    buffer.removeFirst(length)
                    return response
                }
                guard try fill(&buffer) else {
                    guard let response = TestResponse.untilClose(buffer) else {
                        throw TestClient.Failed(description: "closed after \(String(decoding: buffer, as: UTF8.self))")
                    }
                    buffer = []
                    return response
                }
            }
        }
    }

    /// Reads to the end of the stream.
    func rest() throws -> [UInt8] {
        try buffer.withLock { buffer in
            while try fill(&buffer) {}
            defer { buffer = [] }
            return buffer
        }
    }

    /// Reads some; false at the end.
    private func fill(_ buffer: inout [UInt8]) throws -> Bool {
        do {
            let bytes = try receive()
            buffer += bytes
            return !bytes.isEmpty
        } catch let failure as TestClient.Failed where !buffer.isEmpty {
            throw TestClient.Failed(description: "\(failure) after \(String(decoding: buffer, as: UTF8.self))")
        }
    }

    private static func receive(from descriptor: Int32) throws -> [UInt8] {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, TestClient.patience) == 1 else {
            throw TestClient.Failed(description: "nothing came")
        }
        var room = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &room, room.count, 0)
        guard count >= 0 else { throw TestClient.Failed(description: "recv: \(errno)") }
        return Array(room[..<count])
    }
}
