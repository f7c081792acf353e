/* SPDX-License-Identifier: ISC */
/*
 * Extension lists, kept as the bytes they came in: the content of Extension extensions<V>.
 * ext_read() checks the form once (whole entries, no type twice); afterwards a list is walked
 * or searched without allocating.
 */
#ifndef MLS_EXT_H
#define MLS_EXT_H

#include "base/buf.h"
#include "base/reader.h"

enum {
    EXT_APPLICATION_ID = 1,
    EXT_RATCHET_TREE = 2,
    EXT_REQUIRED_CAPABILITIES = 3,
    EXT_EXTERNAL_PUB = 4,
    EXT_EXTERNAL_SENDERS = 5,
};

#define EXT_COUNT_MAX 64

struct ext {
    uint16_t type;
    struct bytes data;
};

struct bytes ext_read(struct reader *r); /* the vector; latches ERR_FORMAT in r */
bool ext_find(struct bytes list, uint16_t type, struct bytes *data);
bool ext_next(struct reader *walk, struct ext *out); /* over reader_init(&walk, list) */
void ext_put(struct buf *b, uint16_t type, struct bytes data); /* one entry of a list */
bool ext_is_default(uint16_t type); /* RFC 9420 section 7.2: needs no listing */

/* required_capabilities, as vectors of uint16 for wire_u16s_has(). */
struct ext_required {
    struct bytes extensions;
    struct bytes proposals;
    struct bytes credentials;
};
enum err ext_required_read(struct bytes data, struct ext_required *out);

#endif
