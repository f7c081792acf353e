/* SPDX-License-Identifier: ISC */
#include "mls/content.h"

#include "base/mem.h"
#include "mls/label.h"
#include "mls/wire.h"

#define CONTENT_VERSION SCHEDULE_VERSION
#define CONTENT_TBS     "FramedContentTBS"
#define CONTENT_STACK   4096

void content_message_begin(struct buf *out, uint16_t wire_format)
{
    buf_u16(out, CONTENT_VERSION);
    buf_u16(out, wire_format);
}

uint16_t content_message_read(struct reader *r)
{
    if (reader_u16(r) != CONTENT_VERSION)
        reader_fail(r, ERR_VERSION);
    uint16_t wire_format = reader_u16(r);
    if (wire_format < CONTENT_PUBLIC || wire_format > CONTENT_KEY_PACKAGE)
        reader_fail(r, ERR_FORMAT);
    return wire_format;
}

void content_write(const struct content *c, struct buf *out)
{
    if (c->framed.n != 0) {
        buf_bytes(out, c->framed);
        return;
    }
    wire_put(out, c->group_id);
    buf_u64(out, c->epoch);
    buf_u8(out, c->sender);
    if (c->sender == SENDER_MEMBER || c->sender == SENDER_EXTERNAL)
        buf_u32(out, c->sender_index);
    wire_put(out, c->authenticated_data);
    buf_u8(out, c->type);
    if (c->type == CONTENT_APPLICATION)
        wire_put(out, c->body);
    else
        buf_bytes(out, c->body);
}

static void content_body_read(struct reader *r, content_skip_fn *skip, struct content *c)
{
    size_t from = r->at;

    switch (c->type) {
    case CONTENT_APPLICATION:
        c->body = wire_vec(r, WIRE_MAX);
        break;
    case CONTENT_PROPOSAL:
    case CONTENT_COMMIT:
        skip(r, c->type);
        c->body = wire_since(r, from);
        break;
    default:
        reader_fail(r, ERR_FORMAT);
    }
}

void content_read(struct reader *r, content_skip_fn *skip, struct content *out)
{
    size_t from = r->at;

    *out = (struct content){.group_id = wire_vec(r, WIRE_SMALL)};
    out->epoch = reader_u64(r);
    out->sender = reader_u8(r);
    if (out->sender < SENDER_MEMBER || out->sender > SENDER_NEW_COMMIT)
        reader_fail(r, ERR_FORMAT);
    if (out->sender == SENDER_MEMBER || out->sender == SENDER_EXTERNAL)
        out->sender_index = reader_u32(r);
    out->authenticated_data = wire_vec(r, WIRE_MAX);
    out->type = reader_u8(r);
    content_body_read(r, skip, out);
    out->framed = wire_since(r, from);
}

void content_auth_write(const struct content *c, struct buf *out)
{
    wire_put(out, c->signature);
    if (c->type == CONTENT_COMMIT)
        wire_put(out, c->confirmation_tag);
}

void content_auth_read(struct reader *r, struct content *c)
{
    c->signature = wire_vec(r, WIRE_SMALL);
    if (c->type == CONTENT_COMMIT)
        c->confirmation_tag = wire_vec(r, WIRE_SMALL);
}

void content_authenticated_write(const struct content *c, struct buf *out)
{
    buf_u16(out, c->wire_format);
    content_write(c, out);
    content_auth_write(c, out);
}

void content_authenticated_read(struct reader *r, content_skip_fn *skip, struct content *out)
{
    uint16_t wire_format = reader_u16(r);

    if (wire_format != CONTENT_PUBLIC && wire_format != CONTENT_PRIVATE)
        reader_fail(r, ERR_FORMAT);
    content_read(r, skip, out);
    content_auth_read(r, out);
    out->wire_format = wire_format;
}

void content_transcript_write(const struct content *c, struct buf *out)
{
    buf_u16(out, c->wire_format);
    content_write(c, out);
    wire_put(out, c->signature);
}

void content_tbs_write(const struct content *c, struct bytes context, struct buf *out)
{
    content_message_begin(out, c->wire_format);
    content_write(c, out);
    if (c->sender == SENDER_MEMBER || c->sender == SENDER_NEW_COMMIT)
        buf_bytes(out, context);
}

/* What is signed, in one piece: on the stack when it is as short as most messages are. */
struct content_tbs {
    struct buf b;
    uint8_t room[CONTENT_STACK];
};

static enum err content_tbs(
    const struct content *c, struct bytes context, struct content_tbs *t)
{
    /* The fields that are not counted take less than the 64 bytes. */
    size_t most =
        c->framed.n + c->group_id.n + c->authenticated_data.n + c->body.n + context.n + 64;

    if (most <= sizeof t->room)
        buf_init_fixed(&t->b, t->room, sizeof t->room);
    else
        buf_init(&t->b, most);
    content_tbs_write(c, context, &t->b);
    return buf_end(&t->b);
}

static void content_tbs_fini(struct content_tbs *t)
{
    mem_wipe(t->b.p, t->b.n);
    buf_free(&t->b);
}

enum err content_sign(const struct content *c, struct sign_key *key, struct bytes context,
    uint8_t signature[SIGN_MAX], size_t *n)
{
    struct content_tbs tbs;
    enum err e = content_tbs(c, context, &tbs);

    if (e == ERR_OK)
        e = label_sign(key, CONTENT_TBS, buf_view(&tbs.b), signature, n);
    content_tbs_fini(&tbs);
    return e;
}

enum mls_rule content_check(const struct content *c, struct sign_pub *pub, struct bytes context)
{
    struct content_tbs tbs;
    enum err e = content_tbs(c, context, &tbs);

    if (e == ERR_OK)
        e = label_check(pub, CONTENT_TBS, buf_view(&tbs.b), c->signature);
    content_tbs_fini(&tbs);
    return e == ERR_OK ? MLS_RULE_KEPT : MLS_RULE_MESSAGE_SIGNATURE;
}
