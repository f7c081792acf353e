/* SPDX-License-Identifier: ISC */
#include "base/mem.h"
#include "mls/label.h"
#include "mls/schedule.h"
#include "mls/wire.h"

void schedule_psk_id_read(struct reader *r, struct schedule_psk_id *out)
{
    size_t from = r->at;

    *out = (struct schedule_psk_id){.type = reader_u8(r)};
    switch (out->type) {
    case PSK_EXTERNAL:
        out->id = wire_vec(r, WIRE_SMALL);
        break;
    case PSK_RESUMPTION:
        out->usage = reader_u8(r);
        if (out->usage < PSK_APPLICATION || out->usage > PSK_BRANCH)
            reader_fail(r, ERR_FORMAT);
        out->id = wire_vec(r, WIRE_SMALL);
        out->epoch = reader_u64(r);
        break;
    default:
        reader_fail(r, ERR_FORMAT);
    }
    out->nonce = wire_vec(r, WIRE_SMALL);
    out->raw = wire_since(r, from);
}

void schedule_psk_id_write(const struct schedule_psk_id *id, struct buf *out)
{
    buf_u8(out, id->type);
    if (id->type == PSK_RESUMPTION)
        buf_u8(out, id->usage);
    wire_put(out, id->id);
    if (id->type == PSK_RESUMPTION)
        buf_u64(out, id->epoch);
    wire_put(out, id->nonce);
}

enum err schedule_psk_add(const struct suite *s, const struct schedule_psk_id *id,
    struct bytes psk, uint16_t at, uint16_t count, uint8_t secret[SUITE_HASH])
{
    static const uint8_t ZEROES[SUITE_HASH];
    uint8_t extracted[SUITE_HASH], input[SUITE_HASH];
    struct buf label;

    buf_init(&label, WIRE_MAX);
    if (id->raw.n != 0)
        buf_bytes(&label, id->raw);
    else
        schedule_psk_id_write(id, &label);
    buf_u16(&label, at);
    buf_u16(&label, count);
    enum err e = buf_end(&label);
    if (e == ERR_OK)
        e = hash_extract(s->hash, bytes_of(ZEROES, sizeof ZEROES), psk, extracted);
    if (e == ERR_OK)
        e = label_expand(s, extracted, "derived psk", buf_view(&label), input, SUITE_HASH);
    if (e == ERR_OK)
        e = hash_extract(
            s->hash, bytes_of(input, SUITE_HASH), bytes_of(secret, SUITE_HASH), secret);
    mem_wipe(extracted, sizeof extracted);
    mem_wipe(input, sizeof input);
    buf_free(&label);
    return e;
}
