/* SPDX-License-Identifier: ISC */
#include "mls/content.h"
#include "mls/wire.h"

static enum err content_membership(const struct content *c, const struct suite *s,
    const uint8_t key[SUITE_HASH], struct bytes context, uint8_t tag[SUITE_HASH])
{
    struct buf tbm;

    buf_init(&tbm, WIRE_MAX);
    content_tbs_write(c, context, &tbm);
    content_auth_write(c, &tbm);
    enum err e = buf_end(&tbm);
    if (e == ERR_OK)
        e = schedule_tag(s, key, buf_view(&tbm), tag);
    buf_free(&tbm);
    return e;
}

enum err content_public_write(const struct content *c, const struct suite *s,
    const uint8_t *membership_key, struct bytes context, struct buf *out)
{
    uint8_t tag[SUITE_HASH];

    if (c->type == CONTENT_APPLICATION)
        return ERR_REFUSED;
    if (c->wire_format != CONTENT_PUBLIC ||
        (c->sender == SENDER_MEMBER) != (membership_key != NULL))
        return ERR_STATE;
    content_write(c, out);
    content_auth_write(c, out);
    if (membership_key != NULL) {
        enum err e = content_membership(c, s, membership_key, context, tag);
        if (e != ERR_OK)
            return e;
        wire_put(out, bytes_of(tag, SUITE_HASH));
    }
    return buf_end(out);
}

void content_public_read(
    struct reader *r, content_skip_fn *skip, struct content *out, struct bytes *tag)
{
    *tag = (struct bytes){0};
    content_read(r, skip, out);
    content_auth_read(r, out);
    out->wire_format = CONTENT_PUBLIC;
    if (out->sender == SENDER_MEMBER)
        *tag = wire_vec(r, WIRE_SMALL);
}

enum mls_rule content_public_check(const struct content *c, const struct suite *s,
    const uint8_t membership_key[SUITE_HASH], struct bytes context, struct bytes tag)
{
    uint8_t want[SUITE_HASH];

    if (c->type == CONTENT_APPLICATION)
        return MLS_RULE_MESSAGE_PUBLIC;
    if (c->sender != SENDER_MEMBER) {
        bool may = (c->sender == SENDER_NEW_COMMIT) == (c->type == CONTENT_COMMIT);
        return may ? MLS_RULE_KEPT : MLS_RULE_MESSAGE_SENDER;
    }
    enum err e = content_membership(c, s, membership_key, context, want);
    if (e != ERR_OK || tag.n != SUITE_HASH || !hash_equal(tag.p, want, SUITE_HASH))
        return MLS_RULE_MESSAGE_MEMBERSHIP;
    return MLS_RULE_KEPT;
}
