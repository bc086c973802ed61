import Glibc
import Testing

@testable import HTTPServer

/// What is wrong with a configuration is told with the file.
struct TLSContextTests {
    private let authority: TestAuthority
    private let files: TestAuthority.Issued

    init() throws {
        authority = try TestAuthority()
        files = try authority.issue("localhost")
    }

    private func error(_ configuration: TLSConfiguration) -> TLSConfigurationError? {
        do throws(TLSConfigurationError) { _ = try TLSContext(configuration) } catch { return error }
        return nil
    }

    private func write(_ content: String, to name: String) throws -> String {
        let file = authority.path(name)
        let stream = try #require(fopen(file, "w"))
        fputs(content, stream)
        fclose(stream)
        return file
    }

    @Test func aGoodConfigurationIsTaken() {
        #expect(error(TLSConfiguration(certificateFile: files.chainFile, keyFile: files.keyFile)) == nil)
    }

    @Test(
        arguments: [(-7_200 ..< -3_600, "expired"), (3_600..<7_200, "not good yet"), (-60..<3_600, nil)]
            as [(Range<Int>, String?)])
    func aCertificateWhoseTimeItIsNotIsFoundByACheck(validity: Range<Int>, part: String?) throws {
        let files = try authority.issue("other", validity: validity)
        let configuration = TLSConfiguration(certificateFile: files.chainFile, keyFile: files.keyFile)
        #expect(error(configuration) == nil, "a server starts with it")
        var found: TLSConfigurationError?
        do throws(TLSConfigurationError) { try configuration.check() } catch { found = error }
        #expect(found?.reason.contains(part ?? "") == (part == nil ? nil : true), "\(found?.reason ?? "fine")")
        #expect(found == nil || found?.file == files.chainFile)
    }

    @Test func filesThatAreNotThereAreNamed() {
        let missing = "\(authority.directory)/missing.pem"
        for configuration in [
            TLSConfiguration(certificateFile: missing, keyFile: files.keyFile),
            TLSConfiguration(certificateFile: files.chainFile, keyFile: missing),
            TLSConfiguration(
                certificateFile: files.chainFile, keyFile: files.keyFile,
                clientCertificates: .required(authorityFile: missing)),
        ] {
            #expect(error(configuration)?.description == "\(missing): No such file or directory")
        }
        let directory = error(TLSConfiguration(certificateFile: authority.directory, keyFile: files.keyFile))
        #expect(directory?.description == "\(authority.directory): Is a directory")
    }

    @Test func filesWithoutWhatTheyShouldHoldAreNamed() throws {
        let empty = try write("not a certificate\n", to: "empty.pem")
        #expect(error(TLSConfiguration(certificateFile: empty, keyFile: files.keyFile))?.file == empty)
        #expect(error(TLSConfiguration(certificateFile: files.chainFile, keyFile: empty))?.file == empty)
        let clients = TLSConfiguration(
            certificateFile: files.chainFile, keyFile: files.keyFile,
            clientCertificates: .optional(authorityFile: empty))
        #expect(error(clients)?.file == empty)
        #expect(error(clients)?.reason.hasPrefix("no certificate authority") == true)
    }

    @Test func aKeyOfAnotherCertificateIsNotTaken() throws {
        let other = try authority.issue("other.example")
        let found = error(TLSConfiguration(certificateFile: files.chainFile, keyFile: other.keyFile))
        #expect(found?.file == other.keyFile)
        #expect(found?.reason == "the key does not belong to the certificate in \(files.chainFile)")
    }

    /// A passphrase is not asked for at a terminal, which would stop the start of a daemon.
    @Test func aKeyWithAPassphraseIsNotTaken() throws {
        let locked = try authority.encryptKey(of: files, as: "locked.key")
        let found = error(TLSConfiguration(certificateFile: files.chainFile, keyFile: locked))
        #expect(found?.file == locked)
        #expect(found?.reason.contains("without a passphrase") == true)
    }

    @Test func settingsThatMeanNothingAreTold() {
        var configuration = TLSConfiguration(certificateFile: files.chainFile, keyFile: files.keyFile)
        configuration.ciphers = "NONSENSE"
        #expect(error(configuration)?.description == "\"NONSENSE\" names no cipher suite")
        configuration.ciphers = "ECDHE+AESGCM"
        configuration.groups = "P-999"
        #expect(error(configuration)?.description == "\"P-999\" is no list of groups")
        #expect(error(TLSConfiguration(certificates: []))?.description == "TLS needs a certificate")
    }

    @Test func aServerDoesNotStartWithoutItsCertificate() {
        let tls = TLSConfiguration(certificateFile: "/nowhere/chain.pem", keyFile: files.keyFile)
        let server = Server(ServerConfiguration(endpoints: [.tcp(port: 0, tls: tls)]))
        let error = #expect(throws: ServerStartError.self) { try server.start { _, _ in } }
        #expect(error?.description == "cannot set up TLS: /nowhere/chain.pem: No such file or directory")
    }
}
