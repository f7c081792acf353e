/* SPDX-License-Identifier: ISC */
/* Certificates for the tests of this folder, made fresh by each test. */
#ifndef UNIT_NET_PKI_H
#define UNIT_NET_PKI_H

#include "net/tls.h"

struct pki {
    struct buf cert;
    struct buf key;
};

enum pki_kind { PKI_CA, PKI_SERVER, PKI_CLIENT };

#define PKI_YEAR INT64_C(31536000)

/* Signed by ca, or by itself when that is NULL; alt may be NULL. */
void pki_make(
    struct pki *out, const struct pki *ca, enum pki_kind kind, const char *cn, const char *alt);
void pki_make_dated(
    struct pki *out, const struct pki *ca, const char *alt, int64_t from_s, int64_t to_s);
void pki_free(struct pki *p);
void pki_fingerprint(const struct pki *p, uint8_t out[TLS_FINGERPRINT]);

struct tls_ctx *pki_server(const struct pki *own, const struct pki *client_ca);
struct tls_ctx *pki_client(const struct tls_client_rules *rules);
/* Accepts whatever relay there is. */
struct tls_ctx *pki_client_any(void);

#endif
