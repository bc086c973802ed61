import COpenSSL
import Glibc

/// TLS cannot be set up as configured.
public struct TLSConfigurationError: Error, CustomStringConvertible, Equatable {
    /// The file that is to blame, or nil when it is another setting.
    public let file: String?

    /// What is wrong with it.
    public let reason: String

    /// What went wrong, with the file.
    public var description: String { file.map { "\($0): \(reason)" } ?? reason }

    init(_ reason: String, file: String? = nil) {
        self.file = file
        self.reason = reason
    }

    /// Checks that a file can be read at all, which OpenSSL reports in its own words.
    static func checkReadable(_ file: String) throws(TLSConfigurationError) {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TLSConfigurationError(String(cString: strerror(errno)), file: file) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            throw TLSConfigurationError(String(cString: strerror(EISDIR)), file: file)
        }
    }
}

/// What OpenSSL noted about a call that failed.
enum OpenSSLError {
    /// The reason of the last failure on this thread; the queue is empty afterwards.
    static func takeReason() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard let text = ERR_reason_error_string(code) else { return "OpenSSL error \(code)" }
        return String(cString: text)
    }
}
