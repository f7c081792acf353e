/* SPDX-License-Identifier: ISC */
#include "client/trust_person.h"

#include "base/reader.h"
#include "base/utf8.h"

#define VERSION 1

static const char GUEST[] = "guest:";

bool trust_is_guest(struct bytes name)
{
    return name.n >= sizeof GUEST - 1 && memcmp(name.p, GUEST, sizeof GUEST - 1) == 0;
}

void trust_guest_name(const uint8_t print[TRUST_PRINT], char out[TRUST_NAME])
{
    static const char HEX[] = "0123456789abcdef";
    char *p = out + sizeof GUEST - 1;

    memcpy(out, GUEST, sizeof GUEST - 1);
    for (size_t i = 0; i < TRUST_PRINT; i++) {
        *p++ = HEX[print[i] >> 4];
        *p++ = HEX[print[i] & 15];
    }
    *p = '\0';
}

void trust_tag(const uint8_t print[TRUST_PRINT], char out[TRUST_TAG])
{
    static const char LETTERS[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* no 0 o, no 1 l */
    uint32_t bits = (uint32_t)print[0] << 16 | (uint32_t)print[1] << 8 | print[2];

    for (size_t i = 0; i < TRUST_TAG - 1; i++, bits <<= 5)
        out[i] = LETTERS[bits >> 19 & 31];
    out[TRUST_TAG - 1] = '\0';
}

bool trust_guest_lies(struct bytes name, const uint8_t print[TRUST_PRINT])
{
    char real[TRUST_NAME];

    if (!trust_is_guest(name))
        return false;
    trust_guest_name(print, real);
    return !bytes_eq(name, bytes_str(real));
}

bool trust_may_be_kept(struct bytes name)
{
    return name.n < TRUST_NAME && utf8_is_name(name);
}

void trust_person_put(struct buf *row, const struct trust_person *p)
{
    buf_u8(row, VERSION);
    buf_u8(row, (uint8_t)p->state);
    buf_u8(row, p->was_verified);
    buf_u64(row, (uint64_t)p->since_ms);
    buf_put(row, p->print, sizeof p->print);
    if (p->state == TRUST_CHANGED)
        buf_put(row, p->fresh, sizeof p->fresh);
    else if (p->replaced)
        buf_put(row, p->old, sizeof p->old);
}

static bool makes_sense(const struct trust_person *p, uint8_t was_verified)
{
    struct bytes name = bytes_str(p->name);

    if (p->state < TRUST_PINNED || p->state > TRUST_CHANGED || was_verified > 1)
        return false;
    if (trust_guest_lies(name, p->print))
        return false;
    if (p->state != TRUST_CHANGED)
        return was_verified == 0 &&
               (!p->replaced ||
                   (memcmp(p->print, p->old, TRUST_PRINT) != 0 && !trust_is_guest(name)));
    return memcmp(p->print, p->fresh, TRUST_PRINT) != 0 && !trust_is_guest(name);
}

enum err trust_person_get(struct trust_person *p, struct bytes name, struct bytes row)
{
    struct reader r;

    *p = (struct trust_person){0};
    reader_init(&r, row);
    uint8_t version = reader_u8(&r);
    if (version > VERSION)
        return ERR_VERSION;
    p->state = reader_u8(&r);
    uint8_t was_verified = reader_u8(&r);
    p->since_ms = (int64_t)reader_u64(&r);
    struct bytes print = reader_bytes(&r, TRUST_PRINT);
    bool changed = p->state == TRUST_CHANGED;
    p->replaced = !changed && reader_left(&r) != 0;
    struct bytes other = reader_bytes(&r, changed || p->replaced ? TRUST_PRINT : 0);
    if (reader_end(&r) != ERR_OK || version != VERSION || !trust_may_be_kept(name))
        return ERR_CORRUPT;
    memcpy(p->print, print.p, print.n);
    if (other.n != 0)
        memcpy(changed ? p->fresh : p->old, other.p, other.n);
    p->was_verified = was_verified == 1;
    (void)bytes_copy(p->name, sizeof p->name, name);
    return makes_sense(p, was_verified) ? ERR_OK : ERR_CORRUPT;
}
