/* SPDX-License-Identifier: ISC */
/* What tls_session.c, tls_ctx.c and tls_cert.c share with each other and with nobody else. */
#ifndef NET_TLS_IMPL_H
#define NET_TLS_IMPL_H

/* A deprecated type of OpenSSL has the name of one of our codes: its headers see another. */
#define ERR_STATE OSSL_ERR_STATE
#include <openssl/err.h>
#undef ERR_STATE
#include <openssl/ssl.h>

#include "net/tls.h"

struct tls_ctx {
    SSL_CTX *ssl;
    uint32_t refs;
    bool client;
    bool has_pin;
    uint8_t pin[TLS_FINGERPRINT];
    char *sni; /* NULL: none is sent */
    int64_t now_s;
};

void tls_init_library(void);
/* The fingerprint of a certificate's key. */
enum err tls_spki(X509 *cert, uint8_t out[TLS_FINGERPRINT]);
/* The next certificate of a PEM text; NULL at its end. ERR_clear_error() is up to the caller.
 */
X509 *tls_pem_cert(BIO *from);
/* A key that wants a passphrase is an error: nothing here may ask at a terminal. */
EVP_PKEY *tls_pem_key(struct bytes pem);
BIO *tls_pem_open(struct bytes pem);

/* For tls_ctx.c: one look at every TLS message, for tls_session.c's KeyUpdate guard. */
/* NOLINTNEXTLINE(readability-function-size): the parameters are OpenSSL's */
void tls_on_message(
    int out, int version, int type, const void *p, size_t n, SSL *ssl, void *arg);

#endif
