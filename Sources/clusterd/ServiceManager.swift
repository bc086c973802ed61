import Glibc

/// Who started the service and wants to know how it is: systemd, by datagrams (sd_notify(3)); nobody elsewhere.
struct ServiceManager: Sendable {
    /// What there is to tell.
    enum News: Sendable {
        /// Requests are taken, for the first time or after a reload.
        case ready
        /// Certificates and the like are read anew.
        case reloading
        /// The service finishes what it has.
        case stopping
        /// It is alive.
        case alive

        fileprivate var text: String {
            switch self {
            case .ready: "READY=1"
            case .stopping: "STOPPING=1"
            case .alive: "WATCHDOG=1"
            case .reloading:
                // With its moment, by which systemd tells this reload from the one before.
                "RELOADING=1\nMONOTONIC_USEC=\(nanoseconds(of: CLOCK_MONOTONIC) / 1_000)"
            }
        }
    }

    private let socketPath: String?
    private let watchdogMicroseconds: Int?

    /// The one that the environment names.
    static var systemd: ServiceManager { ServiceManager { name in getenv(name).map { String(cString: $0) } } }

    init(environment: (String) -> String?) {
        socketPath = environment("NOTIFY_SOCKET")
        let isMeant = environment("WATCHDOG_PID").map { $0 == "\(getpid())" } ?? true
        watchdogMicroseconds =
            isMeant ? environment("WATCHDOG_USEC").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } : nil
    }

    /// Tells it; that it cannot be told, or does not listen, is no reason to stop or to wait.
    func tell(_ news: News) {
        guard let socketPath else { return }
        var name = Array(socketPath.utf8)
        var address = sockaddr_un()
        guard name.first == 0x2F || name.first == 0x40, name.count < MemoryLayout.size(ofValue: address.sun_path) else {
            return
        }
        // An @ stands for the NUL that names outside the file system begin with.
        if name[0] == 0x40 { name[0] = 0 }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = Array(news.text.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), pointer, length)
            }
        }
    }

    /// Says that the service is alive, twice in each period of the watchdog (`WatchdogSec`); nil where there is none.
    func watchdog() -> Task<Void, Never>? {
        guard socketPath != nil, let watchdogMicroseconds else { return nil }
        return Task {
            while !Task.isCancelled {
                tell(.alive)
                try? await Task.sleep(for: .microseconds(watchdogMicroseconds / 2))
            }
        }
    }
}

/// A clock's time in nanoseconds.
private func nanoseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
