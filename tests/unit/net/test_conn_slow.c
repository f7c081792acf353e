/* SPDX-License-Identifier: ISC */
/* Deadlines, and peers that do not read. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/conn_impl.h"
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

Test(conn_slow, handshake__silent_one_is_cut)
{
    r.limits.handshake_ms = 60;
    int fd = rig_raw(&r);
    char c;

    RIG_UNTIL(&r, r.servers == 1 && r.server[0].downs == 1);
    cr_assert_eq(r.server[0].why, LINK_END_TIMEOUT);
    cr_assert_str_eq(r.server[0].detail, "no TLS handshake in time");
    cr_assert_eq(r.server[0].ups, 0);
    cr_assert_leq(recv(fd, &c, 1, 0), 0);
    (void)close(fd);
}

/* The deadline is absolute: a byte now and then does not move it. */
Test(conn_slow, handshake__dribbling_one_is_cut)
{
    static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    size_t sent = 0;

    r.limits.handshake_ms = 60;
    int fd = rig_raw(&r);
    RIG_UNTIL(&r, r.servers == 1);
    uint64_t began = clock_mono_ms();
    while (r.server[0].downs == 0) {
        cr_assert_lt(clock_mono_ms() - began, 60000);
        if (clock_mono_ms() >= began + sent * 5) {
            (void)send(fd, sent < sizeof hello - 1 ? &hello[sent] : "\0", 1, MSG_NOSIGNAL);
            sent++;
        }
        loop_event_once(r.le, 5);
    }
    cr_assert_eq(r.server[0].why, LINK_END_TIMEOUT);
    cr_assert_gt(sent, 1);
    (void)close(fd);
}

Test(conn_slow, frame__unfinished_one_is_cut)
{
    r.limits.frame_ms = 60;
    struct end *c = rig_connect_up(&r);

    rig_text(c, "whole");
    link_send(c->link, span_copy(bytes_of("\0\0\0\x05\x04\x17\x15ha", 9)));
    RIG_UNTIL(&r, r.server[0].downs == 1);
    cr_assert_eq(r.server[0].frames, 1);
    cr_assert_eq(r.server[0].why, LINK_END_TIMEOUT);
    cr_assert_str_eq(r.server[0].detail, "a frame was not finished in time");
    RIG_UNTIL(&r, c->downs == 1);
    cr_assert_eq(c->why, LINK_END_CLOSED);
}

Test(conn_slow, frame__dribbling_one_is_cut)
{
    r.limits.frame_ms = 60;
    struct end *c = rig_connect_up(&r);
    uint64_t began = clock_mono_ms();

    link_send(c->link, span_copy(bytes_of("\0\0\xff\xff\x04\x17\x15", 7)));
    while (c->downs == 0) {
        cr_assert_lt(clock_mono_ms() - began, 60000);
        link_send(c->link, span_copy(bytes_str("x")));
        loop_event_once(r.le, 10);
    }
    RIG_UNTIL(&r, r.server[0].downs == 1);
    cr_assert_eq(r.server[0].why, LINK_END_TIMEOUT);
}

/* Whole frames one after the other, each begun with the end of the one before, are no reason.
 */
Test(conn_slow, frame__the_deadline_is_of_one_frame)
{
    r.limits.frame_ms = 80;
    struct end *c = rig_connect_up(&r);
    uint64_t began = clock_mono_ms();

    link_send(c->link, span_copy(bytes_of("\0\0\0\x01\x04\x17\x15", 7)));
    while (clock_mono_ms() < began + 300) {
        link_send(c->link, span_copy(bytes_of("x\0\0\0\x01\x04\x17\x15", 8)));
        loop_event_once(r.le, 5);
    }
    cr_assert_eq(r.server[0].downs, 0, "%s", r.server[0].detail);
    cr_assert_gt(r.server[0].frames, 3);
}

/* Memory that TLS holds for an unfinished record is held for a bounded time too. */
Test(conn_slow, record__unfinished_one_is_cut)
{
    r.limits.frame_ms = 60;
    struct end *c = rig_connect_up(&r);

    cr_assert_eq(send(((struct conn *)c->link)->fd, "\x17\x03\x03\x40\x00", 5, 0), 5);
    RIG_UNTIL(&r, r.server[0].downs == 1);
    cr_assert_eq(r.server[0].why, LINK_END_TIMEOUT);
}

Test(conn_slow, stall__does_not_run_into_the_frame_deadline)
{
    r.limits.frame_ms = 30;
    r.server[0].deaf = true;
    struct end *c = rig_connect_up(&r);

    rig_text(c, "wait");
    RIG_UNTIL(&r, r.server[0].stalled);
    uint64_t began = clock_mono_ms();
    while (clock_mono_ms() < began + 100)
        loop_event_once(r.le, 20);
    cr_assert_eq(r.server[0].downs, 0);
    r.server[0].deaf = false;
    link_resume(r.server[0].link);
    RIG_UNTIL(&r, r.server[0].frames == 1);
}

/* A client that takes nothing more. What its kernel buffers is below 16 MiB by far. */
static struct end *deaf_client(void)
{
    struct end *c = rig_connect_up(&r);

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
        loop_event_once(r.le, 5);
    cr_assert_gt(link_backlog(s->link), 0);
    cr_assert_eq(s->drained, 0);
    c->deaf = false;
    link_resume(c->link);
    RIG_UNTIL(&r, c->frames == 9);
    RIG_UNTIL(&r, s->drained == 1);
    cr_assert_eq(s->downs, 0);
}
