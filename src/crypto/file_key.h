/* SPDX-License-Identifier: ISC */
/*
 * The key of one file on its way: AES-256-GCM, a chunk's nonce is its place, and what the file
 * is stands in the associated data, so that a chunk opens in its place of its file alone
 * (docs/PROTOCOL.md, Files). One key, one file: the caller never seals two different contents
 * of one place. That can be asked: sealing is deterministic, so a chunk whose tag is the one
 * that it had before is the same chunk. Not for two threads at once; knows neither files nor
 * wires.
 */
#ifndef CRYPTO_FILE_KEY_H
#define CRYPTO_FILE_KEY_H

#include "base/bytes.h"
#include "base/err.h"

#define FILE_KEY     32
#define FILE_KEY_ID  16
#define FILE_KEY_TAG 16

/* What is bound to every chunk. */
struct file_shape {
    uint8_t id[FILE_KEY_ID];
    uint64_t bytes;
    uint32_t chunk;
    uint32_t count;
};

struct file_key;
enum err file_key_new(
    const uint8_t key[FILE_KEY], const struct file_shape *shape, struct file_key **out);
void file_key_free(struct file_key *k); /* wipes; NULL is fine */

/* How large that chunk is, by the shape; 0 behind the last one. */
size_t file_shape_chunk(const struct file_shape *s, uint32_t index);
/* out holds in.n + FILE_KEY_TAG, the tag at its end. ERR_FORMAT: in has not the size of that
 * chunk. */
enum err file_key_seal(struct file_key *k, uint32_t index, struct bytes in, uint8_t *out);
/* out holds in.n - FILE_KEY_TAG and may be in itself. ERR_FORMAT as above; ERR_CRYPTO: it is
 * not that chunk of that file, and out is zeroed. */
enum err file_key_open(struct file_key *k, uint32_t index, struct bytes in, uint8_t *out);

#endif
