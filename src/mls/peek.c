/* SPDX-License-Identifier: ISC */
#include "mls/content.h"
#include "mls/mls.h"
#include "mls/wire.h"

/* The rest of a message is not looked at: whoever carries it has no business there. */

static void peek_group(struct reader *r, struct mls_header *out)
{
    out->group_id = wire_vec(r, WIRE_SMALL);
    out->epoch = reader_u64(r);
}

static void peek_content(struct reader *r, struct mls_header *out)
{
    out->content = reader_u8(r);
    if (out->content < CONTENT_APPLICATION || out->content > CONTENT_COMMIT)
        reader_fail(r, ERR_FORMAT);
}

static void peek_public(struct reader *r, struct mls_header *out)
{
    uint8_t sender;

    peek_group(r, out);
    sender = reader_u8(r);
    if (sender < SENDER_MEMBER || sender > SENDER_NEW_COMMIT)
        reader_fail(r, ERR_FORMAT);
    if (sender == SENDER_MEMBER || sender == SENDER_EXTERNAL)
        (void)reader_u32(r);
    (void)wire_vec(r, WIRE_MAX); /* authenticated data */
    peek_content(r, out);
}

static void peek_private(struct reader *r, struct mls_header *out)
{
    peek_group(r, out);
    peek_content(r, out);
}

static void peek_info(struct reader *r, struct mls_header *out)
{
    if (reader_u16(r) != 1)
        reader_fail(r, ERR_VERSION);
    out->suite = reader_u16(r);
    peek_group(r, out);
    (void)wire_vec(r, WIRE_SMALL); /* tree hash */
    (void)wire_vec(r, WIRE_SMALL); /* confirmed transcript hash */
    out->extensions = wire_vec(r, WIRE_MAX);
}

enum err mls_peek(struct bytes message, struct mls_header *out)
{
    struct reader r;

    *out = (struct mls_header){0};
    reader_init(&r, message);
    out->wire_format = content_message_read(&r);
    if (out->wire_format == CONTENT_PUBLIC)
        peek_public(&r, out);
    else if (out->wire_format == CONTENT_PRIVATE)
        peek_private(&r, out);
    else if (out->wire_format == CONTENT_GROUP_INFO)
        peek_info(&r, out);
    if (reader_err(&r) != ERR_OK)
        *out = (struct mls_header){0};
    return reader_err(&r);
}
