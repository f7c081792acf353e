/* SPDX-License-Identifier: ISC */
/* Deadlines, and peers that do not read. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig.h"

static struct rig r;

static void start(void)
{
    rig_open(&r);
}

static void stop(void)
{
    rig_free(&r);
}

TestSuite(conn_slow, .init = start, .fini = stop);

/* Nothing happens to it until the last millisecond of so many. */
static void expect_cut_after(struct end *e, uint64_t ms)
{
    rig_pass(&r, ms - 1);
    cr_assert_eq(e->downs, 0, "cut before its time");
    rig_pass(&r, 1);
    RIG_UNTIL(&r, e->downs == 1);
    cr_assert_eq(e->why, LINK_END_TIMEOUT);
}

Test(conn_slow, handshake__silent_one_is_cut)
{
    r.limits.handshake_ms = 60;
    int fd = rig_raw(&r);
    char c;

    RIG_UNTIL(&r, r.servers == 1);
    expect_cut_after(&r.server[0], 60);
    cr_assert_str_eq(r.server[0].detail, "no TLS handshake in time");
    cr_assert_eq(r.server[0].ups, 0);
    cr_assert_leq(recv(fd, &c, 1, 0), 0);
    (void)close(fd);
}

/* The deadline is absolute: a byte now and then does not move it. */
Test(conn_slow, handshake__dribbling_one_is_cut)
{
    static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    uint64_t reads = r.server_env.reads;

    r.limits.handshake_ms = 60;
    int fd = rig_raw(&r);
    RIG_UNTIL(&r, r.servers == 1);
    for (size_t i = 0; i < 11; i++) {
        cr_assert_eq(send(fd, &hello[i], 1, MSG_NOSIGNAL), 1);
        RIG_UNTIL(&r, r.server_env.reads == reads + i + 1);
        rig_pass(&r, 5);
    }
    expect_cut_after(&r.server[0], 5);
    (void)close(fd);
}

Test(conn_slow, frame__unfinished_one_is_cut)
{
    r.limits.frame_ms = 60;
    struct end *c = rig_connect_up(&r);

    rig_text(c, "whole");
    link_send(c->link, span_copy(bytes_of("\0\0\0\x05\x04\x17\x15ha", 9)));
    RIG_UNTIL(&r, rig_is_due(&r.server[0], CONN_DUE_FRAME));
    cr_assert_eq(r.server[0].frames, 1);
    expect_cut_after(&r.server[0], 60);
    cr_assert_str_eq(r.server[0].detail, "a frame was not finished in time");
    RIG_UNTIL(&r, c->downs == 1);
    cr_assert_eq(c->why, LINK_END_CLOSED);
}

Test(conn_slow, frame__dribbling_one_is_cut)
{
    r.limits.frame_ms = 60;
    struct end *c = rig_connect_up(&r);

    link_send(c->link, span_copy(bytes_of("\0\0\xff\xff\x04\x17\x15", 7)));
    RIG_UNTIL(&r, rig_is_due(&r.server[0], CONN_DUE_FRAME));
    for (int i = 0; i < 5; i++) {
        uint64_t bytes = r.server_env.read_bytes;
        link_send(c->link, span_copy(bytes_str("x")));
        RIG_UNTIL(&r, r.server_env.read_bytes != bytes);
        rig_pass(&r, 10);
    }
    expect_cut_after(&r.server[0], 10);
}

/* Whole frames one after the other, each begun with the end of the one before, are no reason.
 */
Test(conn_slow, frame__the_deadline_is_of_one_frame)
{
    r.limits.frame_ms = 80;
    struct end *c = rig_connect_up(&r);

    link_send(c->link, span_copy(bytes_of("\0\0\0\x01\x04\x17\x15", 7)));
    RIG_UNTIL(&r, rig_is_due(&r.server[0], CONN_DUE_FRAME));
    for (unsigned i = 1; i < 10; i++) {
        rig_pass(&r, 79);
        link_send(c->link, span_copy(bytes_of("x\0\0\0\x01\x04\x17\x15", 8)));
        RIG_UNTIL(&r, r.server[0].frames == i || r.server[0].downs != 0);
        cr_assert_eq(r.server[0].downs, 0, "%s", r.server[0].detail);
    }
}

/* Memory that TLS holds for an unfinished record is held for a bounded time too. */
Test(conn_slow, record__unfinished_one_is_cut)
{
    r.limits.frame_ms = 60;
    struct end *c = rig_connect_up(&r);

    cr_assert_eq(send(((struct conn *)c->link)->fd, "\x17\x03\x03\x40\x00", 5, 0), 5);
    RIG_UNTIL(&r, rig_is_due(&r.server[0], CONN_DUE_FRAME));
    expect_cut_after(&r.server[0], 60);
}

Test(conn_slow, stall__does_not_run_into_the_frame_deadline)
{
    r.limits.frame_ms = 30;
    r.server[0].deaf = true;
    struct end *c = rig_connect_up(&r);

    rig_text(c, "wait");
    RIG_UNTIL(&r, r.server[0].stalled);
    for (int i = 0; i < 5; i++)
        rig_pass(&r, 30);
    cr_assert_eq(r.server[0].downs, 0);
    r.server[0].deaf = false;
    link_resume(r.server[0].link);
    RIG_UNTIL(&r, r.server[0].frames == 1);
}

/* A client that takes nothing more. */
static struct end *deaf_client(void)
{
    struct end *c = rig_connect_up(&r);

    rig_narrow(&r, c);
    c->deaf = true;
    rig_text(&r.server[0], "not taken");
    RIG_UNTIL(&r, c->stalled);
    return c;
}

static void expect_slow(struct end *s, struct end *c)
{
    RIG_UNTIL(&r, s->downs == 1);
    cr_assert_eq(s->why, LINK_END_SLOW);
    cr_assert_eq(r.server_env.open, 0, "nobody lingers for one who does not read");
    c->deaf = false;
    link_resume(c->link);
    RIG_UNTIL(&r, c->downs == 1);
}

Test(conn_slow, reader__beyond_the_hard_mark_is_cut_at_once)
{
    static uint8_t body[64u << 10];

    r.limits.hard_bytes = 512u << 10;
    struct end *c = deaf_client();
    struct end *s = &r.server[0];
    size_t sent = 0;
    while (s->downs == 0) {
        cr_assert_lt(sent, 256u << 20);
        rig_send(s, 0x15, body, sizeof body);
        sent += sizeof body;
        if (sent % (256u << 10) == 0)
            loop_event_once(r.le, 0);
        cr_assert(s->downs == 1 || link_backlog(s->link) <= (512u << 10) + 5 * sizeof body);
    }
    expect_slow(s, c);
}

/* More than the hard mark at once is fine for one who reads. */
Test(conn_slow, reader__a_fast_one_may_get_more_than_the_hard_mark)
{
    static uint8_t body[2u << 20];

    r.limits.hard_bytes = 256u << 10;
    struct end *c = rig_connect_up(&r);
    rig_send(&r.server[0], 0x87, body, 200u << 10);
    RIG_UNTIL(&r, c->frames == 1);
    cr_assert_eq(r.server[0].downs, 0);
}

Test(conn_slow, reader__no_progress_is_cut)
{
    static uint8_t body[2u << 20];

    r.limits.progress_ms = 60;
    r.limits.hard_bytes = 0;
    r.limits.soft_bytes = 0;
    struct end *c = deaf_client();
    for (int i = 0; i < 8; i++)
        rig_send(&r.server[0], 0x87, body, sizeof body);
    RIG_UNTIL(&r, (rig_pass(&r, 20), r.server[0].downs == 1));
    expect_slow(&r.server[0], c);
}

Test(conn_slow, reader__above_the_soft_mark_for_long_is_cut)
{
    static uint8_t body[2u << 20];

    r.limits.progress_ms = 0;
    r.limits.hard_bytes = 0;
    r.limits.soft_bytes = 64u << 10;
    r.limits.soft_ms = 60;
    struct end *c = deaf_client();
    for (int i = 0; i < 8; i++)
        rig_send(&r.server[0], 0x87, body, sizeof body);
    RIG_UNTIL(&r, rig_is_due(&r.server[0], CONN_DUE_SOFT));
    rig_pass(&r, 59);
    cr_assert_eq(r.server[0].downs, 0, "cut before its time");
    rig_pass(&r, 1);
    expect_slow(&r.server[0], c);
}

Test(conn_slow, reader__that_catches_up_is_kept_and_told_so)
{
    static uint8_t body[2u << 20];
    struct end *c = deaf_client();
    struct end *s = &r.server[0];

    for (int i = 0; i < 8; i++)
        rig_send(s, 0x87, body, sizeof body);
    for (int i = 0; i < 20; i++)
        rig_pass(&r, 5);
    cr_assert_gt(link_backlog(s->link), 0);
    cr_assert_eq(s->drained, 0);
    c->deaf = false;
    link_resume(c->link);
    RIG_UNTIL(&r, c->frames == 9);
    RIG_UNTIL(&r, s->drained == 1);
    cr_assert_eq(s->downs, 0);
}
