/* SPDX-License-Identifier: ISC */
/*
 * The access key of a closed relay, as the person's side uses it: the bytes of a file that is
 * theirs alone, 32 at least, taken as they are; and the two proofs: ours to show, the relay's
 * to expect. Both are bound to this one TLS connection.
 */
#ifndef CLIENT_ACCESS_H
#define CLIENT_ACCESS_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "net/link.h"
#include "net/opcode.h"

#define ACCESS_KEY_MIN 32
#define ACCESS_KEY_MAX 4096

enum err access_read(const char *path, struct buf *key, char *why, size_t why_n);
enum err access_proof(struct bytes key, const char *role, const uint8_t exporter[LINK_EXPORT],
    uint8_t out[MSG_SECRET]);

#endif
