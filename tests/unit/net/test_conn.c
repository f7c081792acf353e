/* SPDX-License-Identifier: ISC */
/* What a connection carries and how it ends, both sides behaving. */
#include "net/conn.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/socket.h>

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

TestSuite(conn, .init = start, .fini = stop);

static size_t got_n(const struct end *e)
{
    return e->got.n;
}

Test(conn, frames__there_and_back)
{
    r.server[0].echo = true;
    struct end *c = rig_connect(&r);
    rig_text(c, "said before it was up");
    RIG_UNTIL(&r, c->frames == 1);
    cr_assert(bytes_eq(buf_view(&c->got), bytes_str("\x15said before it was up")));
    cr_assert_eq(link_backlog(c->link), 0);
    cr_assert_str_eq(r.server[0].link->address, "127.0.0.1");
    cr_assert_str_eq(c->link->address, "127.0.0.1");
    cr_assert_eq(c->drained, 0, "the soft mark was never passed");
}

Test(conn, frames__two_mebibytes_both_ways)
{
    size_t n = 2u << 20;
    uint8_t *big = malloc(n);

    for (size_t i = 0; i < n; i++)
        big[i] = (uint8_t)(i * 13 + i / 65521);
    r.server[0].echo = true;
    struct end *c = rig_connect_up(&r);
    rig_send(c, 0x87, big, n);
    cr_assert_gt(link_backlog(c->link), n);
    RIG_UNTIL(&r, c->frames == 1);
    cr_assert_eq(got_n(c), n + 1);
    cr_assert_arr_eq(c->got.p + 1, big, n);
    cr_assert_eq(c->drained, 1, "it had passed the soft mark");
    cr_assert_eq(r.server[0].drained, 1);
    free(big);
}

Test(conn, frames__a_thousand_of_one_turn_are_few_records_and_one_write)
{
    struct end *c = rig_connect_up(&r);
    uint64_t records = r.server_env.records, writes = r.server_env.writes;
    struct pool pool = {0};
    struct buf b;

    buf_init(&b, 100);
    size_t mark = frame_begin(&b, 0x15);
    buf_text(&b, "sixty-four bytes of a message, more or less");
    frame_end(&b, mark);
    for (int i = 0; i < 1000; i++)
        link_send(r.server[0].link, pool_add(&pool, buf_view(&b)));
    RIG_UNTIL(&r, c->frames == 1000);
    cr_assert_eq(r.server_env.records - records, (1000 * b.n + 16383) / 16384);
    cr_assert_eq(r.server_env.writes - writes, 1);
    cr_assert_leq(r.client_env.reads, 8, "read in large pieces");
    pool_fini(&pool);
    buf_free(&b);
}

static const struct numbers {
    unsigned every, count;
} stalls[] = {{1, 3}, {2, 100}, {10, 100}, {7, 300}};

/* Some offers are refused; each is offered again after link_resume(), and none is lost, also
 * not those that came with the goodbye. */
Test(conn, stall__keeps_the_order_and_the_end_waits)
{
    for (size_t row = 0; row < sizeof stalls / sizeof stalls[0]; row++) {
        struct end *s = &r.server[row];
        s->stall_every = stalls[row].every;
        struct end *c = rig_connect_up(&r);
        for (uint32_t i = 0; i < stalls[row].count; i++)
            rig_send(c, 0x15, &i, sizeof i);
        link_close(c->link, NULL);
        while (s->downs == 0) {
            RIG_UNTIL(&r, s->stalled || s->downs != 0);
            if (s->downs != 0)
                break;
            s->stalled = false;
            if (s->stall_every == 1)
                s->stall_every = 2; /* else it would never take one */
            unsigned offers = s->offers;
            loop_event_once(r.le, 0);
            cr_assert_eq(s->offers, offers, "offered again without being asked");
            link_resume(s->link);
            cr_assert_eq(s->offers, offers, "called back from inside a call");
        }
        cr_assert_eq(s->why, LINK_END_CLOSED);
        cr_assert_eq(s->frames, stalls[row].count);
        for (uint32_t i = 0; i < stalls[row].count; i++)
            cr_assert_eq(memcmp(s->got.p + i * 5 + 1, &i, sizeof i), 0, "frame %u", i);
    }
}

Test(conn, stall__resume_before_the_verdict_is_not_lost)
{
    struct end *c = rig_connect_up(&r);
    struct end *s = &r.server[0];

    s->deaf = true;
    rig_text(c, "x");
    RIG_UNTIL(&r, s->stalled);
    link_resume(s->link);
    link_resume(s->link);
    RIG_UNTIL(&r, s->offers == 2);
    s->deaf = false;
    link_resume(s->link);
    RIG_UNTIL(&r, s->frames == 1);
    link_resume(s->link); /* nothing is stalled */
    rig_text(c, "y");
    RIG_UNTIL(&r, s->frames == 2);
}

Test(conn, close__everything_queued_arrives_first)
{
    struct end *c = rig_connect_up(&r);
    uint8_t *body = calloc(1, 1u << 20);

    for (int i = 0; i < 6; i++)
        rig_send(r.server[0].link->user, 0x87, body, 1u << 20);
    link_close(r.server[0].link, "enough");
    link_close(r.server[0].link, "twice is once");
    rig_text(&r.server[0], "never seen");
    cr_assert_eq(r.server[0].downs, 0, "called back from inside a call");
    loop_event_once(r.le, 0);
    cr_assert_eq(r.server[0].downs, 1, "down comes at the end of the turn");
    cr_assert_eq(r.server[0].why, LINK_END_LOCAL);
    cr_assert_str_eq(r.server[0].detail, "enough");
    cr_assert_eq(r.server_env.open, 1, "the socket still says what was queued");
    RIG_UNTIL(&r, c->downs == 1);
    cr_assert_eq(c->frames, 6);
    cr_assert_eq(c->why, LINK_END_CLOSED);
    RIG_UNTIL(&r, r.server_env.open == 0 && r.client_env.open == 0);
    free(body);
}

/* The last words arrive although the other side was still talking: no reset overtakes them. */
Test(conn, close__last_words_reach_one_who_is_talking)
{
    struct end *c = rig_connect_up(&r);
    uint8_t *body = calloc(1, 1u << 20);

    for (int i = 0; i < 8; i++)
        rig_send(c, 0x87, body, 1u << 20);
    loop_event_once(r.le, 0);
    rig_text(&r.server[0], "you are banned");
    link_close(r.server[0].link, NULL);
    RIG_UNTIL(&r, c->downs == 1);
    cr_assert_eq(c->why, LINK_END_CLOSED);
    cr_assert_eq(c->frames, 1);
    RIG_UNTIL(&r, r.server_env.open == 0 && r.client_env.open == 0);
    free(body);
}

Test(conn, close__linger_is_bounded)
{
    uint8_t *body = calloc(1, 2u << 20);

    r.limits.linger_ms = 50;
    struct end *c = rig_connect_up(&r);
    rig_narrow(&r, c);
    c->deaf = true;
    for (int i = 0; i < 10; i++)
        rig_send(&r.server[0], 0x87, body, 2u << 20);
    link_close(r.server[0].link, NULL);
    RIG_UNTIL(&r, r.server[0].downs == 1);
    rig_pass(&r, 49);
    cr_assert_eq(r.server_env.open, 1, "closed before its time");
    rig_pass(&r, 1);
    RIG_UNTIL(&r, r.server_env.open == 0);
    cr_assert_eq(c->downs, 0, "it has not even taken the first frame");
    free(body);
}

Test(conn, close__inside_callbacks)
{
    r.server[0].close_on_up = true;
    struct end *c = rig_connect(&r);
    RIG_UNTIL(&r, rig_all_down(&r) && c->downs == 1);
    cr_assert_eq(r.server[0].why, LINK_END_LOCAL);
    cr_assert_str_eq(r.server[0].detail, "closed on up");
    cr_assert_eq(c->why, LINK_END_CLOSED);
    cr_assert_eq(c->ups, 1);

    c = rig_connect_up(&r);
    struct end *s = &r.server[1];
    s->close_on_frame = true;
    for (int i = 0; i < 5; i++)
        rig_text(c, "hello");
    RIG_UNTIL(&r, s->downs == 1 && c->downs == 1);
    cr_assert_eq(s->frames, 1, "nothing is handed out after the close");
    cr_assert_eq(s->why, LINK_END_LOCAL);

    c = rig_connect_up(&r);
    s = &r.server[2];
    s->close_on_drained = true;
    static uint8_t body[2u << 20];
    rig_send(s, 0x87, body, sizeof body);
    RIG_UNTIL(&r, s->downs == 1 && c->downs == 1);
    cr_assert_eq(s->drained, 1);
    cr_assert_eq(c->frames, 1);
    cr_assert_eq(c->why, LINK_END_CLOSED);
}

/* One link's callback closes another that has data waiting in the same turn, both ways round.
 */
Test(conn, close__of_another_link_that_is_ready_too)
{
    struct end *a = rig_connect_up(&r), *b = rig_connect_up(&r);

    r.server[0].close_too = r.server[1].link;
    r.server[1].close_too = r.server[0].link;
    rig_text(a, "a");
    rig_text(b, "b");
    RIG_UNTIL(&r, r.server[0].downs + r.server[1].downs == 1);
    struct end *gone = r.server[0].downs ? &r.server[0] : &r.server[1];
    cr_assert_eq(gone->frames, 0);
    cr_assert_str_eq(gone->detail, "closed by another");
}

Test(conn, close__both_at_once)
{
    struct end *c = rig_connect_up(&r);

    rig_text(c, "bye");
    rig_text(&r.server[0], "bye");
    link_close(c->link, NULL);
    link_close(r.server[0].link, NULL);
    RIG_UNTIL(&r, rig_all_down(&r));
    cr_assert_eq(c->why, LINK_END_LOCAL);
    cr_assert_eq(r.server[0].why, LINK_END_LOCAL);
    RIG_UNTIL(&r, r.server_env.open == 0 && r.client_env.open == 0);
}

/* A cut without close_notify is not a goodbye. */
Test(conn, cut__is_lost_not_closed)
{
    struct end *c = rig_connect_up(&r);

    rig_text(c, "half a message is no message");
    RIG_UNTIL(&r, r.server[0].frames == 1);
    (void)shutdown(((struct conn *)c->link)->fd, SHUT_RDWR);
    RIG_UNTIL(&r, rig_all_down(&r));
    cr_assert_eq(r.server[0].why, LINK_END_LOST);
    cr_assert_eq(c->why, LINK_END_LOST);
}

/* What had arrived before the cut is read, though writing fails already. */
Test(conn, cut__what_was_sent_before_is_still_read)
{
    struct end *c = rig_connect_up(&r);
    struct end *s = &r.server[0];

    s->deaf = true;
    rig_text(c, "0");
    RIG_UNTIL(&r, s->stalled);
    for (int i = 0; i < 50; i++)
        rig_text(c, "unread in the kernel");
    RIG_UNTIL(&r, link_backlog(c->link) == 0);
    (void)shutdown(((struct conn *)c->link)->fd, SHUT_RDWR);
    RIG_UNTIL(&r, r.client_env.open == 0);
    RIG_UNTIL(&r, (rig_text(s, "into the void"), loop_event_once(r.le, 0),
                      ((struct conn *)s->link)->mute));
    cr_assert_eq(link_backlog(s->link), 0);
    cr_assert_eq(s->downs, 0);
    s->deaf = false;
    link_resume(s->link);
    RIG_UNTIL(&r, s->downs == 1);
    cr_assert_eq(s->frames, 51);
    cr_assert_eq(s->why, LINK_END_LOST);
}

Test(conn, framing__too_large_and_broken)
{
    struct end *c = rig_connect_up(&r);

    r.server[0].ceiling = 10;
    rig_text(c, "0123456789");
    rig_text(c, "01234567890");
    RIG_UNTIL(&r, rig_all_down(&r));
    cr_assert_eq(r.server[0].frames, 1);
    cr_assert_eq(r.server[0].why, LINK_END_FRAMING);
    cr_assert_str_eq(r.server[0].detail, "opcode 0x15 is larger than it may be");
    cr_assert_eq(c->why, LINK_END_CLOSED, "it was told goodbye");

    c = rig_connect_up(&r);
    link_send(c->link, span_copy(bytes_str("GET / HTTP/1.1\r\n\r\n")));
    RIG_UNTIL(&r, rig_all_down(&r));
    cr_assert_eq(r.server[1].why, LINK_END_FRAMING);
    cr_assert_str_eq(r.server[1].detail, "not a frame");
}

Test(conn, tls__garbage_inside_a_session)
{
    struct end *c = rig_connect_up(&r);
    static const char junk[] = "\x17\x03\x03\x00\x20 0123456789abcdef0123456789abcdef";

    cr_assert_gt(send(((struct conn *)c->link)->fd, junk, sizeof junk, 0), 0);
    RIG_UNTIL(&r, rig_all_down(&r));
    cr_assert_eq(r.server[0].why, LINK_END_TLS);
    cr_assert_str_neq(r.server[0].detail, "");
    cr_assert_eq(c->why, LINK_END_TLS, "the alert arrived");
}

Test(conn, exporter__equal_on_both_sides)
{
    uint8_t a[LINK_EXPORT], b[LINK_EXPORT], fp[32], want[32];
    char name[16];
    struct end *c = rig_connect(&r);

    cr_assert_eq(link_exporter(c->link, a), ERR_STATE);
    cr_assert_eq(conn_peer_fingerprint(c->link, fp), ERR_NOT_FOUND);
    RIG_UNTIL(&r, c->ups == 1 && r.servers == 1 && r.server[0].ups == 1);
    cr_assert_eq(link_exporter(c->link, a), ERR_OK);
    cr_assert_eq(link_exporter(r.server[0].link, b), ERR_OK);
    cr_assert_arr_eq(a, b, sizeof a);
    cr_assert_eq(conn_peer_fingerprint(c->link, fp), ERR_OK);
    pki_fingerprint(&r.own, want);
    cr_assert_arr_eq(fp, want, sizeof fp);
    cr_assert_eq(link_peer_cert(r.server[0].link, fp, name, sizeof name), ERR_NOT_FOUND);
}

static size_t descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    size_t n = 0;

    while (readdir(d) != NULL)
        n++;
    (void)closedir(d);
    return n;
}

Test(conn, life__a_thousand_connections_leave_nothing)
{
    size_t before = descriptors();
    unsigned total = 0;

    while (total < 1000) {
        r.servers = r.clients = 0;
        for (int i = 0; i < 50; i++) {
            struct end *c = rig_connect(&r);
            c->close_on_up = i % 3 == 0;
            rig_text(c, "hello");
        }
        RIG_UNTIL(&r, r.servers == 50);
        for (int i = 0; i < 50; i++) {
            struct end *c = &r.client[i];
            RIG_UNTIL(&r, c->downs != 0 || c->ups != 0);
            if (c->downs == 0 && i % 3 == 1)
                link_close(c->link, NULL);
        }
        for (int i = 0; i < 50; i++) {
            struct end *s = &r.server[i];
            RIG_UNTIL(&r, s->frames == 1 || s->downs != 0);
            if (s->downs == 0)
                link_close(s->link, NULL);
        }
        RIG_UNTIL(&r, rig_all_down(&r) && r.server_env.open + r.client_env.open == 0);
        for (int i = 0; i < 50; i++) {
            buf_free(&r.client[i].got);
            buf_free(&r.server[i].got);
        }
        total += 50;
    }
    cr_assert_eq(descriptors(), before);
}
