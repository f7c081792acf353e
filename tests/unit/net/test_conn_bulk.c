/* SPDX-License-Identifier: ISC */
/* The low lane: behind everything else, bounded by nobody here, and taken back in time. */
#include "rig.h"

#define BODY (64u << 10)

static struct rig r;
static uint8_t body[BODY];

static void start(void)
{
    rig_open(&r);
}

static void stop(void)
{
    rig_free(&r);
}

TestSuite(conn_bulk, .init = start, .fini = stop);

static struct span frame_of(uint8_t op, size_t n)
{
    struct buf b;

    buf_init(&b, 1u << 20);
    size_t mark = frame_begin(&b, op);
    buf_bytes(&b, bytes_of(body, n));
    frame_end(&b, mark);
    struct span s = span_copy(buf_view(&b));
    buf_free(&b);
    return s;
}

static void bulk(struct end *e, size_t frames, uint32_t tag)
{
    struct span s = frame_of(0xa4, BODY);

    for (size_t i = 0; i < frames; i++)
        link_bulk(e->link, span_ref(s), tag);
    span_drop(s);
}

/* How many frames of op came, and at which place of all the first of another came. */
static size_t place_of(const struct end *e, uint8_t op)
{
    struct bytes got = buf_view(&e->got);
    size_t at = 0, n = 0;

    while (at < got.n && got.p[at] != op) {
        at += 1 + (got.p[at] == 0xa4 ? BODY : 5);
        n++;
    }
    return at < got.n ? n : SIZE_MAX;
}

static struct end *deaf(void)
{
    struct end *c = rig_connect_up(&r);

    rig_narrow(&r, c);
    r.limits.progress_ms = 0;
    c->ceiling = 1u << 20;
    c->deaf = true;
    rig_text(&r.server[0], "first");
    RIG_UNTIL(&r, c->offers == 1);
    return c;
}

static void listen_again(struct end *c)
{
    c->deaf = false;
    link_resume(c->link);
}

Test(conn_bulk, all__arrives_in_order)
{
    struct end *c = rig_connect_up(&r);

    c->ceiling = 1u << 20;
    bulk(&r.server[0], 50, 1);
    RIG_UNTIL(&r, c->frames == 50);
    cr_assert_eq(link_bulk_waits(r.server[0].link), 0);
    cr_assert_eq(c->got.n, 50 * (1 + BODY));
}

Test(conn_bulk, message__overtakes_what_has_not_begun_to_leave)
{
    struct end *c = deaf();
    struct end *s = &r.server[0];

    bulk(s, 300, 1);
    for (int i = 0; i < 50; i++)
        rig_pass(&r, 2);
    size_t waits = link_bulk_waits(s->link);
    cr_assert_gt(waits, 100 * BODY, "the kernel took %zu", 300 * BODY - waits);
    rig_text(s, "quick");
    listen_again(c);
    RIG_UNTIL(&r, c->frames == 302);
    /* "first" is one; then what had left, at most the two that had begun, then the message. */
    size_t left = (300 * (BODY + FRAME_HEAD) - waits) / (BODY + FRAME_HEAD);
    buf_drop_front(&c->got, 6);
    cr_assert_leq(place_of(c, 0x15), left + 2);
}

Test(conn_bulk, backlog__is_not_what_waits_there)
{
    struct end *c = deaf();
    struct end *s = &r.server[0];

    r.limits.soft_bytes = 64u << 10;
    r.limits.soft_ms = 20;
    r.limits.hard_bytes = 128u << 10;
    bulk(s, 300, 1);
    for (int i = 0; i < 30; i++)
        rig_pass(&r, 5);
    cr_assert_eq(s->downs, 0);
    cr_assert_eq(link_backlog(s->link), 0);
    listen_again(c);
    RIG_UNTIL(&r, c->frames == 301);
}

Test(conn_bulk, reader__that_takes_no_chunk_at_all_is_cut)
{
    struct end *c = deaf();

    r.limits.progress_ms = 60;
    bulk(&r.server[0], 300, 1);
    RIG_UNTIL(&r, (rig_pass(&r, 20), r.server[0].downs == 1));
    cr_assert_eq(r.server[0].why, LINK_END_SLOW);
    cr_assert_eq(c->downs, 0);
}

Test(conn_bulk, purge__takes_back_what_has_not_begun_to_leave)
{
    struct end *c = deaf();
    struct end *s = &r.server[0];

    bulk(s, 200, 1);
    bulk(s, 3, 2);
    for (int i = 0; i < 50; i++)
        rig_pass(&r, 2);
    size_t waits = link_waits(s->link, 1);
    size_t rest = link_waits(s->link, 2);
    cr_assert_gt(waits, 0);
    cr_assert_eq(link_bulk_waits(s->link), (waits + rest) * (BODY + FRAME_HEAD));
    link_purge(s->link, 1);
    cr_assert_eq(link_waits(s->link, 1), 0);
    cr_assert_eq(link_bulk_waits(s->link), rest * (BODY + FRAME_HEAD));
    listen_again(c);
    RIG_UNTIL(&r, c->frames == 1 + 203 - waits);
    link_purge(s->link, 2);
    cr_assert_eq(s->downs, 0);
}

Test(conn_bulk, close__forgets_them_and_says_the_rest)
{
    struct end *c = deaf();
    struct end *s = &r.server[0];

    bulk(s, 200, 1);
    rig_text(s, "last words");
    link_close(s->link, "enough");
    listen_again(c);
    RIG_UNTIL(&r, c->downs == 1);
    cr_assert_eq(c->frames, 2);
    cr_assert_eq(c->why, LINK_END_CLOSED);
}

static unsigned asked;

static void more(void *user)
{
    struct end *e = user;

    if (++asked < 10)
        bulk(e, 3, 1);
}

Test(conn_bulk, hungry__is_told_when_little_is_left)
{
    struct link_user with = rig_user;
    struct end *c = rig_connect_up(&r);
    struct end *s = &r.server[0];

    with.hungry = more;
    c->ceiling = 1u << 20;
    s->link->to = &with;
    bulk(s, 3, 1);
    RIG_UNTIL(&r, c->frames == 30);
    cr_assert_geq(asked, 10);
    s->link->to = &rig_user;
}
