/* SPDX-License-Identifier: ISC */
/* Certificates: making a relay's own on first start, and reading what one says. */
#ifndef NET_TLS_CERT_H
#define NET_TLS_CERT_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "net/tls.h"

struct tls_cert_wish {
    const char *common_name;
    const char *const *alt_names; /* DNS names or addresses, NULL-ended; may be NULL */
    int64_t not_before_s;
    int64_t not_after_s;
    bool for_client; /* extended key usage clientAuth, else serverAuth */
    bool is_ca;
    struct bytes ca_cert; /* PEM of the signer; empty: self-signed */
    struct bytes ca_key;
};

/* A fresh P-256 key and its certificate, both PEM. The key is wiped by buf_wipe(). */
enum err tls_cert_make(const struct tls_cert_wish *wish, struct buf *cert, struct buf *key);
enum err tls_cert_fingerprint(struct bytes cert_pem, uint8_t out[TLS_FINGERPRINT]);
enum err tls_cert_not_after(struct bytes cert_pem, int64_t *out_s);
/* "SHA256:" and base64 without padding, as ssh shows keys. */
#define TLS_FINGERPRINT_TEXT 52
void tls_fingerprint_text(const uint8_t fp[TLS_FINGERPRINT], char out[TLS_FINGERPRINT_TEXT]);
enum err tls_fingerprint_parse(const char *text, uint8_t out[TLS_FINGERPRINT]);

#endif
