/* SPDX-License-Identifier: ISC */
#include "mls/schedule.h"

#include "base/mem.h"
#include "mls/ext.h"
#include "mls/label.h"
#include "mls/wire.h"

#define SCHEDULE_PREFIX "MLS 1.0 "

void schedule_context_write(const struct schedule_context *c, struct buf *out)
{
    buf_u16(out, SCHEDULE_VERSION);
    buf_u16(out, c->suite->id);
    wire_put(out, c->group_id);
    buf_u64(out, c->epoch);
    wire_put(out, bytes_of(c->tree_hash, SUITE_HASH));
    wire_put(out, bytes_of(c->transcript, c->transcript_n));
    wire_put(out, c->extensions);
}

void schedule_context_read(struct reader *r, struct schedule_context *out)
{
    *out = (struct schedule_context){0};
    if (reader_u16(r) != SCHEDULE_VERSION)
        reader_fail(r, ERR_VERSION);
    out->suite = suite_find(reader_u16(r));
    if (out->suite == NULL)
        reader_fail(r, ERR_UNSUPPORTED);
    out->group_id = wire_vec(r, WIRE_SMALL);
    out->epoch = reader_u64(r);
    struct bytes tree_hash = wire_vec(r, WIRE_SMALL);
    struct bytes transcript = wire_vec(r, WIRE_SMALL);
    out->extensions = ext_read(r);
    if (tree_hash.n != SUITE_HASH || (transcript.n != 0 && transcript.n != SUITE_HASH))
        reader_fail(r, ERR_FORMAT);
    if (reader_err(r) != ERR_OK)
        return;
    memcpy(out->tree_hash, tree_hash.p, SUITE_HASH);
    out->transcript_n = transcript.n;
    if (transcript.n != 0)
        memcpy(out->transcript, transcript.p, transcript.n);
}

/* The secrets that an epoch secret gives, where they go and what they are derived with. */
static enum err schedule_epoch(
    const struct suite *s, const uint8_t epoch[SUITE_HASH], struct schedule *out)
{
    const struct {
        const char *label;
        uint8_t *to;
    } rows[] = {
        {"sender data", out->sender_data},
        {"encryption", out->encryption},
        {"exporter", out->exporter},
        {"external", out->external},
        {"confirm", out->confirmation},
        {"membership", out->membership},
        {"resumption", out->resumption},
        {"authentication", out->authenticator},
        {"init", out->init},
    };
    enum err e = ERR_OK;

    for (size_t i = 0; i < MEM_COUNT(rows) && e == ERR_OK; i++)
        e = label_derive(s, epoch, rows[i].label, rows[i].to);
    return e;
}

/* What joiner secret and PSKs make together, from which welcome and epoch are derived. */
static enum err schedule_member(const struct suite *s, const uint8_t joiner[SUITE_HASH],
    const uint8_t *psk, uint8_t member[SUITE_HASH])
{
    static const uint8_t NONE[SUITE_HASH];

    return hash_extract(s->hash, bytes_of(joiner, SUITE_HASH),
        bytes_of(psk == NULL ? NONE : psk, SUITE_HASH), member);
}

enum err schedule_join(const struct suite *s, const uint8_t joiner[SUITE_HASH],
    const uint8_t *psk, struct bytes context, struct schedule *out)
{
    uint8_t member[SUITE_HASH], epoch[SUITE_HASH];
    struct schedule next = {0};

    memcpy(next.joiner, joiner, SUITE_HASH);
    enum err e = schedule_member(s, joiner, psk, member);
    if (e == ERR_OK)
        e = label_derive(s, member, "welcome", next.welcome);
    if (e == ERR_OK)
        e = label_expand(s, member, "epoch", context, epoch, SUITE_HASH);
    if (e == ERR_OK)
        e = schedule_epoch(s, epoch, &next);
    mem_wipe(out, sizeof *out);
    if (e == ERR_OK)
        *out = next;
    mem_wipe(&next, sizeof next);
    mem_wipe(member, sizeof member);
    mem_wipe(epoch, sizeof epoch);
    return e;
}

enum err schedule_next(const struct suite *s, const uint8_t init[SUITE_HASH],
    const uint8_t commit[SUITE_HASH], const uint8_t *psk, struct bytes context,
    struct schedule *out)
{
    uint8_t both[SUITE_HASH], joiner[SUITE_HASH];
    enum err e =
        hash_extract(s->hash, bytes_of(init, SUITE_HASH), bytes_of(commit, SUITE_HASH), both);

    if (e == ERR_OK)
        e = label_expand(s, both, "joiner", context, joiner, SUITE_HASH);
    if (e == ERR_OK)
        e = schedule_join(s, joiner, psk, context, out);
    else
        mem_wipe(out, sizeof *out);
    mem_wipe(both, sizeof both);
    mem_wipe(joiner, sizeof joiner);
    return e;
}

enum err schedule_welcome_key(const struct suite *s, const uint8_t joiner[SUITE_HASH],
    const uint8_t *psk, uint8_t key[AEAD_KEY_MAX], uint8_t nonce[AEAD_NONCE])
{
    uint8_t member[SUITE_HASH], welcome[SUITE_HASH];
    enum err e = schedule_member(s, joiner, psk, member);

    if (e == ERR_OK)
        e = label_derive(s, member, "welcome", welcome);
    if (e == ERR_OK)
        e = label_expand(s, welcome, "key", (struct bytes){0}, key, s->aead->key_size);
    if (e == ERR_OK)
        e = label_expand(s, welcome, "nonce", (struct bytes){0}, nonce, AEAD_NONCE);
    mem_wipe(member, sizeof member);
    mem_wipe(welcome, sizeof welcome);
    return e;
}

/* DeriveSecret with a label of the application's, which may be any bytes. */
static enum err schedule_export_secret(const struct suite *s,
    const uint8_t exporter[SUITE_HASH], struct bytes label, uint8_t out[SUITE_HASH])
{
    static const uint8_t NO_CONTEXT[1];
    uint8_t room[sizeof SCHEDULE_PREFIX + 8];
    struct buf head;

    buf_init_fixed(&head, room, sizeof room);
    buf_u16(&head, SUITE_HASH);
    wire_put_length(&head, strlen(SCHEDULE_PREFIX) + label.n);
    buf_text(&head, SCHEDULE_PREFIX);
    if (buf_end(&head) != ERR_OK)
        return buf_end(&head);
    const struct bytes info[] = {buf_view(&head), label, bytes_of(NO_CONTEXT, 1)};
    return hash_expand(
        s->hash, bytes_of(exporter, SUITE_HASH), info, MEM_COUNT(info), out, SUITE_HASH);
}

enum err schedule_export(const struct suite *s, const struct schedule *e, struct bytes label,
    struct bytes context, uint8_t *out, size_t n)
{
    uint8_t derived[SUITE_HASH], hash[SUITE_HASH];
    enum err err = schedule_export_secret(s, e->exporter, label, derived);

    if (err == ERR_OK)
        err = hash_of(s->hash, &context, 1, hash);
    if (err == ERR_OK)
        err = label_expand(s, derived, "exported", bytes_of(hash, SUITE_HASH), out, n);
    mem_wipe(derived, sizeof derived);
    return err;
}

enum err schedule_transcript(const struct suite *s, struct bytes interim,
    struct bytes signed_part, uint8_t confirmed[SUITE_HASH])
{
    const struct bytes parts[] = {interim, signed_part};

    return hash_of(s->hash, parts, MEM_COUNT(parts), confirmed);
}

enum err schedule_interim(const struct suite *s, const uint8_t *confirmed, struct bytes tag,
    uint8_t interim[SUITE_HASH])
{
    uint8_t room[4];
    struct buf length;

    buf_init_fixed(&length, room, sizeof room);
    wire_put_length(&length, tag.n);
    if (buf_end(&length) != ERR_OK)
        return buf_end(&length);
    const struct bytes parts[] = {
        bytes_of(confirmed, confirmed == NULL ? 0 : SUITE_HASH), buf_view(&length), tag};
    return hash_of(s->hash, parts, MEM_COUNT(parts), interim);
}

enum err schedule_tag(const struct suite *s, const uint8_t key[SUITE_HASH], struct bytes over,
    uint8_t tag[SUITE_HASH])
{
    return hash_hmac(s->hash, bytes_of(key, SUITE_HASH), &over, 1, tag);
}
