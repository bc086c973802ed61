import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// What whoever runs the service says to it by signals, and hears from it.
    @Suite struct ServiceManagerTests {
        @Test func aHangUpEndsNothing() async throws {
            try await withService { service in
                for _ in 0..<3 {
                    #expect(kill(service.identifier, SIGHUP) == 0)
                    let answer = try await service.curl("/livez")
                    #expect(answer.status == 200)
                }
            }
        }

        @Test func requestsAreStillTakenWhileBalancersLookAway() async throws {
            let directory = try TemporaryDirectory()
            let service = try await ClusterdService(
                dataDirectory: "\(directory.path)/data",
                ["--drain-delay", "2s", "--limit", "shutdown_timeout_seconds=5"])
            async let end = service.end()
            try await eventually("the service says that it is not ready") {
                try await service.curl("/readyz").status == 503
            }
            #expect(try await service.curl("/v1").status == 200)
            // Work is taken for as long as balancers may still send some.
            #expect(try await service.curl("/v1/cluster?k=2", ["--data-binary", "0,0\n0,1\n9,9\n9,8\n"]).status == 200)
            #expect(await end == 0)
        }

        /// Starts a service as systemd does.
        ///
        /// - Parameters:
        ///   - name: of the socket that it tells its news to.
        ///   - watchdog: in microseconds.
        private func startService(
            in directory: TemporaryDirectory, telling name: String, watchdog: Int
        ) async throws -> ClusterdService {
            try await ClusterdService(
                dataDirectory: "\(directory.path)/data", launcher: "/usr/bin/env",
                [
                    "NOTIFY_SOCKET=@\(name)", "WATCHDOG_USEC=\(watchdog)", ClusterdBinary.path, "serve", "--port", "0",
                    "--data-dir", "\(directory.path)/data",
                ])
        }

        @Test func systemdIsToldOfStartReloadAndStop() async throws {
            let name = "clusterd-test-\(UUID().uuidString)"
            let listening = try DatagramListener(name: name)
            let directory = try TemporaryDirectory()
            let service = try await startService(in: directory, telling: name, watchdog: 100_000)
            #expect(listening.next { !$0.hasPrefix("WATCHDOG") } == "READY=1")
            #expect(listening.next { $0.hasPrefix("WATCHDOG") } == "WATCHDOG=1")
            kill(service.identifier, SIGHUP)
            let reloading = try #require(listening.next { !$0.hasPrefix("WATCHDOG") })
            #expect(reloading.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
            #expect(listening.next { !$0.hasPrefix("WATCHDOG") } == "READY=1")
            #expect(await service.end() == 0)
            #expect(listening.next { !$0.hasPrefix("WATCHDOG") } == "STOPPING=1")
        }

        @Test func whoDoesNotListenHoldsNothingUp() async throws {
            let name = "clusterd-test-\(UUID().uuidString)"
            // Its queue is full after some ten messages.
            let deaf = try DatagramListener(name: name)
            let directory = try TemporaryDirectory()
            let service = try await startService(in: directory, telling: name, watchdog: 400)
            try await Task.sleep(for: .milliseconds(500))
            #expect(await service.end() == 0)
            #expect(deaf.next { !$0.hasPrefix("WATCHDOG") } == "READY=1")
        }

        @Test func aSecondServiceOnTheSameDataIsRefused() async throws {
            try await withService { service in
                let outcome = try await Command(
                    ClusterdBinary.path, ["serve", "--port", "0", "--data-dir", service.dataDirectory]
                ).run()
                #expect(outcome.status != 0)
                #expect(outcome.errors.contains("another clusterd uses the data directory"))
                #expect(outcome.errors.contains("--data-dir"))
            }
        }
    }
}

/// A socket that datagrams are sent to, with a name outside the file system.
private final class DatagramListener {
    private let descriptor: Int32

    init(name: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: [0] + Array(name.utf8)) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        let outcome = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(outcome == 0)
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// The next datagram that is wanted; nil when none comes within 5 s.
    func next(_ isWanted: (String) -> Bool) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        for _ in 0..<200 {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            if isWanted(text) { return text }
        }
        return nil
    }
}
