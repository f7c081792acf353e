/* SPDX-License-Identifier: ISC */
/*
 * What a sealed message says of a file that is offered: its key, its hash, its shape, its name
 * and a few words. The key opens every chunk, so it is never anywhere but in here, in the
 * engine's memory and in the vault. Reading is strict and borrows; the name is what the sender
 * calls it and becomes no path. Knows nothing of transfers.
 */
#ifndef CLIENT_OFFER_H
#define CLIENT_OFFER_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "crypto/file_key.h"
#include "crypto/hash.h"

#define OFFER_NAME  255
#define OFFER_NOTE  400
#define OFFER_BYTES 1024 /* of one, at most */

struct offer {
    uint8_t key[FILE_KEY];
    uint8_t hash[HASH_SHA256];
    uint64_t bytes;
    uint32_t chunk;
    uint32_t count;
    struct bytes name;
    struct bytes note;
};

uint32_t offer_count(uint64_t bytes, uint32_t chunk); /* an empty file has one, of nothing */
void offer_write(const struct offer *o, struct buf *out);
/* ERR_FORMAT or ERR_TOO_BIG, and which field it is. */
enum err offer_read(struct bytes in, struct offer *out, const char **bad);

#endif
