import COpenSSL
import Glibc
import Synchronization

/// A certificate authority for the length of a test, with its files in a directory of its own.
final class TestAuthority: Sendable {
    struct Failed: Error { var step: String }

    /// The files of a certificate and its key.
    struct Issued: Sendable {
        let chainFile: String
        let keyFile: String
    }

    let directory: String
    let root: Issued
    private let rootName: String

    init(name: String = "test authority") throws {
        var template = Array("/tmp/http-tls-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failed(step: "mkdtemp") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        rootName = name
        root = Issued(chainFile: "\(directory)/root.pem", keyFile: "\(directory)/root.key")
        let key = try Self.makeKey()
        defer { EVP_PKEY_free(key) }
        let certificate = try Self.makeCertificate(
            name, key: key, issuer: name, signer: key,
            extensions: [(NID_basic_constraints, "critical,CA:TRUE"), (NID_key_usage, "critical,keyCertSign")])
        defer { X509_free(certificate) }
        try Self.write(certificate, key, to: root)
    }

    deinit {
        for file in files.withLock({ $0 }) + ["root.pem", "root.key"] { unlink("\(directory)/\(file)") }
        rmdir(directory)
    }

    private let files = Mutex<[String]>([])

    /// A file of the test in the authority's directory, which goes with it.
    func path(_ name: String) -> String {
        files.withLock { $0.append(name) }
        return "\(directory)/\(name)"
    }

    /// Issues a certificate for a host, or for a client, into files of a name.
    ///
    /// - Parameter validity: from when to when, in seconds from now.
    @discardableResult
    func issue(_ host: String, file: String? = nil, validity: Range<Int> = -60..<3_600) throws -> Issued {
        let file = file ?? host
        let issued = Issued(chainFile: path("\(file).pem"), keyFile: path("\(file).key"))
        let signer = try Self.readKey(root.keyFile)
        defer { EVP_PKEY_free(signer) }
        let key = try Self.makeKey()
        defer { EVP_PKEY_free(key) }
        let certificate = try Self.makeCertificate(
            host, key: key, issuer: rootName, signer: signer,
            validity: validity,
            extensions: [
                (NID_subject_alt_name, "DNS:\(host)"), (NID_ext_key_usage, "serverAuth,clientAuth"),
            ])
        defer { X509_free(certificate) }
        try Self.write(certificate, key, to: issued)
        return issued
    }

    private static func makeKey() throws -> OpaquePointer {
        let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else { throw Failed(step: "key") }
        return key
    }

    private static func makeCertificate(
        _ name: String, key: OpaquePointer, issuer: String, signer: OpaquePointer, validity: Range<Int> = -60..<3_600,
        extensions: [(nid: Int32, value: String)]
    ) throws -> OpaquePointer {
        guard let certificate = X509_new() else { throw Failed(step: "certificate") }
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...Int(Int32.max)))
        X509_gmtime_adj(X509_getm_notBefore(certificate), validity.lowerBound)
        X509_gmtime_adj(X509_getm_notAfter(certificate), validity.upperBound)
        X509_set_pubkey(certificate, key)
        for (entry, text) in [
            (X509_get_subject_name(certificate), name), (X509_get_issuer_name(certificate), issuer),
        ] {
            X509_NAME_add_entry_by_txt(entry, "CN", MBSTRING_FLAG | 1, Array(text.utf8), Int32(text.utf8.count), -1, 0)
        }
        for (nid, value) in extensions {
            guard let made = X509V3_EXT_conf_nid(nil, nil, nid, value) else { throw Failed(step: value) }
            X509_add_ext(certificate, made, -1)
            X509_EXTENSION_free(made)
        }
        guard X509_sign(certificate, signer, EVP_sha256()) > 0 else { throw Failed(step: "signature") }
        return certificate
    }

    private static func write(_ certificate: OpaquePointer, _ key: OpaquePointer, to files: Issued) throws {
        let chain = BIO_new_file(files.chainFile, "w")
        defer { BIO_free(chain) }
        let secret = BIO_new_file(files.keyFile, "w")
        defer { BIO_free(secret) }
        guard PEM_write_bio_X509(chain, certificate) == 1,
            PEM_write_bio_PrivateKey(secret, key, nil, nil, 0, nil, nil) == 1
        else { throw Failed(step: "files") }
    }

    private static func readKey(_ file: String) throws -> OpaquePointer {
        let source = BIO_new_file(file, "r")
        defer { BIO_free(source) }
        guard let key = PEM_read_bio_PrivateKey(source, nil, nil, nil) else { throw Failed(step: file) }
        return key
    }

    /// Writes a key again, with a passphrase.
    func encryptKey(of issued: Issued, as name: String) throws -> String {
        let file = path(name)
        let key = try Self.readKey(issued.keyFile)
        defer { EVP_PKEY_free(key) }
        let target = BIO_new_file(file, "w")
        defer { BIO_free(target) }
        let passphrase = Array("secret".utf8)
        guard
            PEM_write_bio_PrivateKey(
                target, key, EVP_aes_128_cbc(), passphrase, Int32(passphrase.count), nil, nil) == 1
        else { throw Failed(step: file) }
        return file
    }
}
