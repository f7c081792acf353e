/* SPDX-License-Identifier: ISC */
/*
 * A message as bytes, and sealed: nonce[12] | ciphertext | tag[16] under the one key of
 * history, bound to its place. The nonce is random: a counter would repeat when an older copy
 * of the file is brought back. By chance two are equal with less than 2^-32 while a vault has
 * sealed fewer than 2^32 messages (NIST SP 800-38D, 8.3).
 */
#include "base/mem.h"
#include "base/reader.h"
#include "client/vault_impl.h"
#include "crypto/rand.h"

#define PLACE (VAULT_MAC + 3 * 8)

void history_row_encode(struct buf *out, const struct history_row *row)
{
    buf_u64(out, (uint64_t)row->wall_ms);
    buf_u64(out, (uint64_t)row->expires_ms);
    buf_put(out, row->id, sizeof row->id);
    buf_put(out, row->print, sizeof row->print);
    buf_u8(out, row->kind);
    buf_u8(out, row->state);
    buf_u8(out, row->flags);
    buf_u32(out, (uint32_t)row->who.n);
    buf_bytes(out, row->who);
    buf_bytes(out, row->text);
}

enum err history_row_decode(struct bytes plain, struct history_row *out)
{
    struct reader r;
    struct bytes part;

    *out = (struct history_row){0};
    reader_init(&r, plain);
    out->wall_ms = (int64_t)reader_u64(&r);
    out->expires_ms = (int64_t)reader_u64(&r);
    part = reader_bytes(&r, sizeof out->id);
    if (part.n == sizeof out->id)
        memcpy(out->id, part.p, part.n);
    part = reader_bytes(&r, sizeof out->print);
    if (part.n == sizeof out->print)
        memcpy(out->print, part.p, part.n);
    out->kind = reader_u8(&r);
    out->state = reader_u8(&r);
    out->flags = reader_u8(&r);
    out->who = reader_blob32(&r, DB_MAX_BYTES);
    out->text = reader_rest(&r);
    return reader_end(&r);
}

static struct bytes place(const struct history_place *at, uint8_t room[PLACE])
{
    struct buf b;

    buf_init_fixed(&b, room, PLACE);
    buf_put(&b, at->mac, VAULT_MAC);
    buf_u64(&b, at->n);
    buf_u64(&b, (uint64_t)at->day);
    buf_u64(&b, (uint64_t)at->minute);
    return buf_view(&b);
}

enum err history_row_seal(
    struct vault_file *f, const struct history_place *at, struct bytes plain)
{
    uint8_t room[PLACE];

    buf_clear(&f->sealed);
    uint8_t *p = buf_space(&f->sealed, AEAD_NONCE + plain.n + AEAD_TAG);
    if (p == NULL)
        return ERR_TOO_BIG;
    rand_bytes(p, AEAD_NONCE);
    return aead_key_seal(f->history, p, place(at, room), plain, p + AEAD_NONCE);
}

enum err history_row_open(
    struct vault_file *f, const struct history_place *at, struct bytes sealed)
{
    uint8_t room[PLACE];

    buf_clear(&f->plain);
    if (sealed.n < AEAD_NONCE + AEAD_TAG)
        return ERR_CORRUPT;
    uint8_t *p = buf_space(&f->plain, sealed.n - AEAD_NONCE - AEAD_TAG);
    if (p == NULL) /* also of no bytes: a message has more */
        return ERR_CORRUPT;
    struct bytes body = bytes_of(sealed.p + AEAD_NONCE, sealed.n - AEAD_NONCE);
    enum err e = aead_key_open(f->history, sealed.p, place(at, room), body, p);
    return e == ERR_CRYPTO ? ERR_CORRUPT : e;
}
