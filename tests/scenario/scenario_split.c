/* SPDX-License-Identifier: ISC */
/*
 * One session as raw bytes, cut in two at every byte, in three at many, in single bytes, and
 * all at once: what comes back is the same to the byte.
 */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "group.h"
#include "server/relay.h"

#define THREE_WAYS 250

struct line {
    struct link *link;
    struct buf got; /* every frame, as it was */
    size_t frames;
};

static void on_up(void *user)
{
    (void)user;
}

static enum framer_verdict on_frame(void *user, const struct frame *f)
{
    struct line *l = user;

    size_t mark = frame_begin(&l->got, f->op);
    buf_bytes(&l->got, f->body);
    frame_end(&l->got, mark);
    l->frames++;
    return FRAMER_NEXT;
}

static uint32_t on_ceiling(void *user, uint8_t op)
{
    (void)user;
    return opcode_ceiling_relay(op);
}

static void on_down(void *user, enum link_end why, const char *detail)
{
    (void)why, (void)detail;
    ((struct line *)user)->link = NULL;
}

static const struct link_user LINE = {
    .up = on_up, .frame = on_frame, .ceiling = on_ceiling, .down = on_down};

static void put(struct buf *b, uint8_t op, const void *msg)
{
    size_t mark = frame_begin(b, op);

    schema_encode(opcode_row(op)->ask, msg, b);
    frame_end(b, mark);
}

static void put_raw(struct buf *b, uint8_t op, const char *text)
{
    size_t mark = frame_begin(b, op);

    buf_text(b, text);
    frame_end(b, mark);
}

/* From the greeting to goodbye: plain requests, ones that wait for the store, refusals. */
static void record(struct buf *b)
{
    struct msg_hello hello = {.version = MSG_VERSION, .agent = bytes_str("split")};
    struct msg_commit create = {
        .room = bytes_str("ops"), .flags = COMMIT_CREATE, .info = bytes_str("info")};
    struct msg_commit commit = {
        .room = bytes_str("ops"), .req = {1}, .commit = bytes_str("c"), .info = bytes_str("i")};
    struct msg_say say = {.to = bytes_str("ops"), .text = bytes_str("hello"), .more = true};
    struct msg_catch_up more = {.kind = CONVO_ROOM, .name = bytes_str("ops")};

    buf_init(b, 1u << 16);
    put(b, OP_CONNECT, &(struct msg_connect){bytes_str(MSG_GREETING)});
    put(b, OP_HELLO, &hello);
    put(b, OP_ROOMS, &(struct msg_rooms){0});
    put(b, OP_GUEST, &(struct msg_empty){0});
    put(b, OP_NICK, &(struct msg_name){bytes_str("alice")});
    put(b, OP_HEARTBEAT, &(struct msg_heartbeat){bytes_str(MSG_HEARTBEAT)});
    put(b, OP_JOIN, &(struct msg_join){.room = bytes_str("ops")});
    put_raw(b, 0xf7, "what is that");
    put(b, OP_COMMIT, &create);
    put(b, OP_COMMIT, &commit);
    put(b, OP_SAY, &say);
    say.epoch = 1;
    put(b, OP_SAY, &say);
    say.epoch = 9;
    put(b, OP_SAY, &say);
    put(b, OP_CATCH_UP, &more);
    put(b, OP_DIRECT, &(struct msg_say){.to = bytes_str("nobody"), .text = bytes_str("x")});
    put(b, OP_LEAVE, &(struct msg_leave){0});
    put_raw(b, OP_CATCH_UP, "broken");
    put(b, OP_LEAVE, &(struct msg_leave){0});
}

static void settle(struct sim *s)
{
    for (int i = 0; i < 6; i++)
        sim_turn(s);
}

/* The same world each time; the pieces end at the given places. */
static struct buf play(struct bytes all, const size_t *ends, size_t n)
{
    struct sim sim;
    struct line line = {0};
    size_t from = 0;

    people_init(&sim, 17);
    sim_start(&sim);
    buf_init(&line.got, 1u << 20);
    line.link = sim_connect(&sim, "127.0.0.1", &LINE, &line);
    cr_assert_not_null(line.link);
    settle(&sim);
    for (size_t i = 0; i < n; i++) {
        cr_assert_not_null(line.link, "closed before byte %zu", from);
        sim_inject(line.link, bytes_of(all.p + from, ends[i] - from));
        settle(&sim);
        from = ends[i];
    }
    for (int i = 0; i < 40 && line.link != NULL; i++)
        settle(&sim);
    cr_assert_null(line.link, "it said goodbye");
    cr_assert_eq(map_count(&sim.server->users), 0);
    cr_assert_eq(map_count(&sim.server->convos), 0);
    sim_fini(&sim);
    return line.got;
}

static struct buf whole(struct bytes all, size_t *frames)
{
    struct buf got = play(all, &all.n, 1);
    size_t at = 0;

    for (*frames = 0; at < got.n; ++*frames) {
        uint8_t op = 0;
        uint32_t length = 0;
        cr_assert_eq(frame_head(bytes_of(got.p + at, got.n - at), &op, &length), ERR_OK);
        at += FRAME_HEAD + length;
    }
    return got;
}

Test(scenario_split, two__at_every_byte)
{
    struct buf all;
    size_t frames;

    record(&all);
    struct buf want = whole(buf_view(&all), &frames);
    cr_assert_eq(
        frames, 18, "a reply to each but the heartbeat, and a page of the log: %zu", frames);
    for (size_t k = 1; k < all.n; k++) {
        size_t ends[] = {k, all.n};
        struct buf got = play(buf_view(&all), ends, 2);
        cr_assert(bytes_eq(buf_view(&got), buf_view(&want)), "cut behind byte %zu", k);
        buf_free(&got);
    }
    buf_free(&want);
    buf_free(&all);
}

Test(scenario_split, three__at_many_places)
{
    struct buf all;
    size_t frames;
    uint64_t z = 99;

    record(&all);
    struct buf want = whole(buf_view(&all), &frames);
    for (size_t i = 0; i < THREE_WAYS; i++) {
        z ^= z << 13, z ^= z >> 7, z ^= z << 17;
        size_t a = 1 + z % (all.n - 2);
        size_t b = a + 1 + (z >> 32) % (all.n - a - 1);
        size_t ends[] = {a, b, all.n};
        struct buf got = play(buf_view(&all), ends, 3);
        cr_assert(bytes_eq(buf_view(&got), buf_view(&want)), "cut behind %zu and %zu", a, b);
        buf_free(&got);
    }
    buf_free(&want);
    buf_free(&all);
}

Test(scenario_split, many__one_byte_at_a_time)
{
    struct buf all;
    size_t frames;

    record(&all);
    struct buf want = whole(buf_view(&all), &frames);
    size_t *ends = mem_array(all.n, sizeof *ends);
    for (size_t i = 0; i < all.n; i++)
        ends[i] = i + 1;
    struct buf got = play(buf_view(&all), ends, all.n);
    cr_assert(bytes_eq(buf_view(&got), buf_view(&want)));
    mem_free(ends);
    buf_free(&got);
    buf_free(&want);
    buf_free(&all);
}
