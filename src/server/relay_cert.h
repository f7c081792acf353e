/* SPDX-License-Identifier: ISC */
/*
 * The relay's certificate on disk: read when it is there, made (P-256, ten years, self-signed)
 * when neither file is; one without the other is an error, never a silent new one.
 */
#ifndef SERVER_RELAY_CERT_H
#define SERVER_RELAY_CERT_H

#include "base/buf.h"
#include "base/err.h"
#include "net/tls.h"
#include "server/config.h"

struct relay_cert {
    struct buf cert;
    struct buf key;
    struct buf client_ca; /* empty: no client certificates */
    char fingerprint[64]; /* "SHA256:..." of the public key */
    bool made;            /* just now */
};

enum err relay_cert_load(
    const struct config *c, int64_t now_s, struct relay_cert *out, char *why, size_t why_n);
void relay_cert_fini(struct relay_cert *rc); /* wipes */
/* The context that listeners use; one reference for the caller. */
enum err relay_cert_tls(
    const struct relay_cert *rc, struct tls_ctx **out, char *why, size_t why_n);

#endif
