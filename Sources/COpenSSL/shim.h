// OpenSSL: TLS by libssl, digests and signatures by libcrypto's EVP.
#pragma once
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// Macros of OpenSSL that Swift does not import, as functions.

static inline int copenssl_set_minimum_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int copenssl_set_groups(SSL_CTX *context, const char *groups) {
    return (int)SSL_CTX_set1_groups_list(context, groups);
}

/// Speaks one version only; for clients in tests.
static inline void copenssl_set_versions(SSL *session, int version) {
    SSL_set_min_proto_version(session, version);
    SSL_set_max_proto_version(session, version);
}

/// The host that a client asks for, and insists on.
static inline void copenssl_set_server_name(SSL *session, const char *name) {
    SSL_set_tlsext_host_name(session, name);
    SSL_set1_host(session, name);
}

/// How a server on non-blocking sockets goes about it.
static inline void copenssl_set_server_behaviour(SSL_CTX *context, long cached_sessions) {
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION
                                     | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA
                                     // A client that shuts its half without a close_notify is still answered;
                                     // HTTP's own framing tells a whole message from a cut one.
                                     | SSL_OP_IGNORE_UNEXPECTED_EOF);
    // Writes are retried from wherever the octets are by then; idle connections keep no buffers of 16 KiB.
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                                  | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
    SSL_CTX_sess_set_cache_size(context, cached_sessions);
    // One read of the socket for a record, not two.
    SSL_CTX_set_read_ahead(context, 1);
}

/// The kind of a name that is the subject itself; the others are GEN_URI and GEN_DNS.
#define COPENSSL_NAME_SUBJECT -1

/// Visits the subject of a certificate, as RFC 2253 writes it, then the URIs and host names among its other names.
static inline void copenssl_visit_names(X509 *certificate, void *context,
                                        void (*visit)(void *context, int kind, const unsigned char *bytes, int count)) {
    BIO *text = BIO_new(BIO_s_mem());
    if (text != NULL) {
        if (X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) >= 0) {
            char *bytes = NULL;
            long count = BIO_get_mem_data(text, &bytes);
            visit(context, COPENSSL_NAME_SUBJECT, (const unsigned char *)bytes, (int)count);
        }
        BIO_free(text);
    }
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int index = 0; index < sk_GENERAL_NAME_num(names); index++) {
        int kind = 0;
        const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, index), &kind);
        if (kind == GEN_URI || kind == GEN_DNS) {
            visit(context, kind, ASN1_STRING_get0_data(value), ASN1_STRING_length(value));
        }
    }
    GENERAL_NAMES_free(names);
    ERR_clear_error();
}
