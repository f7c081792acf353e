/* SPDX-License-Identifier: ISC */
#include "client/offer.h"

#include <stddef.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net/msg.h"
#include "net/schema.h"

/* clang-format off */
static const struct field FIELDS[] = {
    {"key",   FIELD_FIX,    offsetof(struct offer, key),   0, FILE_KEY, NULL},
    {"hash",  FIELD_FIX,    offsetof(struct offer, hash),  0, HASH_SHA256, NULL},
    {"bytes", FIELD_U64,    offsetof(struct offer, bytes), 0, 0, NULL},
    {"chunk", FIELD_U32,    offsetof(struct offer, chunk), 0, 0, NULL},
    {"count", FIELD_U32,    offsetof(struct offer, count), 0, 0, NULL},
    {"name",  FIELD_STR8,   offsetof(struct offer, name),  FIELD_MUST, OFFER_NAME, NULL},
    {"note",  FIELD_BLOB16, offsetof(struct offer, note),  FIELD_MAYBE, OFFER_NOTE, NULL},
};
/* clang-format on */
static const struct schema OFFER = {"offer", FIELDS, MEM_COUNT(FIELDS), sizeof(struct offer)};

uint32_t offer_count(uint64_t bytes, uint32_t chunk)
{
    uint64_t n = bytes / chunk + (bytes % chunk != 0);

    if (n == 0)
        return 1;
    return n <= MSG_CHUNKS ? (uint32_t)n : UINT32_MAX;
}

void offer_write(const struct offer *o, struct buf *out)
{
    schema_encode(&OFFER, o, out);
}

static const char *wrong(const struct offer *o)
{
    if (o->chunk < MSG_CHUNK_MIN || o->chunk > MSG_CHUNK_MAX)
        return "chunk";
    if (o->count > MSG_CHUNKS || o->count != offer_count(o->bytes, o->chunk))
        return "count";
    if (!utf8_valid(o->name))
        return "name";
    return utf8_valid(o->note) ? NULL : "note";
}

enum err offer_read(struct bytes in, struct offer *out, const char **bad)
{
    enum err e = schema_decode(&OFFER, in, out, bad);

    if (e == ERR_OK) {
        *bad = wrong(out);
        e = *bad == NULL ? ERR_OK : ERR_FORMAT;
    }
    if (e != ERR_OK)
        mem_wipe(out, sizeof *out);
    return e;
}
