/* SPDX-License-Identifier: ISC */
#include "mls/ext.h"

#include "mls/wire.h"

static bool ext_seen(const uint16_t *types, size_t n, uint16_t type)
{
    for (size_t i = 0; i < n; i++) {
        if (types[i] == type)
            return true;
    }
    return false;
}

struct bytes ext_read(struct reader *r)
{
    uint16_t types[EXT_COUNT_MAX];
    size_t n = 0;
    struct bytes list = wire_vec(r, WIRE_MAX);
    struct reader walk;
    struct ext e;

    reader_init(&walk, list);
    while (ext_next(&walk, &e)) {
        if (n == EXT_COUNT_MAX)
            reader_fail(&walk, ERR_TOO_BIG);
        else if (ext_seen(types, n, e.type))
            reader_fail(&walk, ERR_FORMAT);
        else
            types[n++] = e.type;
    }
    wire_leave(r, &walk);
    return reader_err(r) == ERR_OK ? list : (struct bytes){0};
}

bool ext_next(struct reader *walk, struct ext *out)
{
    if (reader_left(walk) == 0)
        return false;
    out->type = reader_u16(walk);
    out->data = wire_vec(walk, WIRE_MAX);
    return reader_err(walk) == ERR_OK;
}

bool ext_find(struct bytes list, uint16_t type, struct bytes *data)
{
    struct reader walk;
    struct ext e;

    *data = (struct bytes){0};
    reader_init(&walk, list);
    while (ext_next(&walk, &e)) {
        if (e.type == type) {
            *data = e.data;
            return true;
        }
    }
    return false;
}

void ext_put(struct buf *b, uint16_t type, struct bytes data)
{
    buf_u16(b, type);
    wire_put(b, data);
}

bool ext_is_default(uint16_t type)
{
    return type >= EXT_APPLICATION_ID && type <= EXT_EXTERNAL_SENDERS;
}

enum err ext_required_read(struct bytes data, struct ext_required *out)
{
    struct reader r;

    reader_init(&r, data);
    out->extensions = wire_u16s(&r);
    out->proposals = wire_u16s(&r);
    out->credentials = wire_u16s(&r);
    enum err e = reader_end(&r);
    if (e != ERR_OK)
        *out = (struct ext_required){0};
    return e;
}
