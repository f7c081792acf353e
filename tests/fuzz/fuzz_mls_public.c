/* SPDX-License-Identifier: ISC */
/* Public messages: as they come, or as what a member or somebody outside signs. What decodes
 * says the same when it is written again; what is refused changes nothing. */
#include "mls/wire.h"
#include "support/mlsfuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void write_again(struct bytes message)
{
    struct content c;
    struct bytes tag;
    struct reader r;
    struct buf b;

    reader_init(&r, message);
    uint16_t wire = content_message_read(&r);
    content_public_read(&r, proposal_skip, &c, &tag);
    if (reader_end(&r) != ERR_OK || wire != CONTENT_PUBLIC)
        return;
    c.framed = (struct bytes){0};
    buf_init(&b, WIRE_MAX);
    content_message_begin(&b, CONTENT_PUBLIC);
    content_write(&c, &b);
    content_auth_write(&c, &b);
    if (c.sender == SENDER_MEMBER)
        wire_put(&b, tag);
    mlsfuzz_must(bytes_eq(buf_view(&b), message), "a public message is written otherwise");
    buf_free(&b);
}

static void proposal_again(struct bytes body)
{
    struct proposal p = {0};
    struct reader r;
    struct buf b;

    reader_init(&r, body);
    proposal_read(&r, &p);
    if (reader_end(&r) == ERR_OK) {
        buf_init(&b, WIRE_MAX);
        proposal_write(&p, &b);
        mlsfuzz_must(bytes_eq(buf_view(&b), body), "a proposal is written otherwise");
        buf_free(&b);
    }
    proposal_fini(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    struct mls_group *g = mlsfuzz()->p.m[0]->g;
    struct mls_event event;
    struct buf message;

    if (n < 2)
        return 0;
    struct bytes body = bytes_of(p + 2, n - 2);
    buf_init(&message, WIRE_MAX);
    if (p[0] % 4 == 0)
        buf_bytes(&message, bytes_of(p + 1, n - 1));
    else
        mlsfuzz_public(p[0] % 2 == 0 ? MLS_PROPOSAL : MLS_COMMIT, (uint8_t)(1 + p[0] / 4 % 4),
            p[1], body, &message);
    if (p[0] % 4 == 2)
        proposal_again(body);
    write_again(buf_view(&message));
    mls_event_init(&event);
    enum err e = mls_process(g, buf_view(&message), &event);
    if (e == ERR_OK && event.kind == MLS_EVENT_COMMIT)
        mlsfuzz_must(mls_apply(g) == ERR_OK, "a staged commit is not applied");
    mlsfuzz_settle(e);
    mls_event_clear(&event);
    buf_free(&message);
    return 0;
}
