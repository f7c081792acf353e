/* SPDX-License-Identifier: ISC */
/*
 * What a file through the relay takes, as JSON lines: sottod as it was built, over TLS on
 * loopback, one sender and 1 or 5 receivers in this process, which seal and write nothing.
 * Megabytes a second that arrived, all receivers together, and CPU of the relay and of this
 * process for each GiB that arrived. Arguments: MiB (1024), bytes of the window. Never a gate.
 * Take a release build; another build is named by SOTTO_BUILD.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "support/live.h"

#define MOST  5
#define CHUNK 65536u
#define MIB   (1u << 20)

static struct live live;
static struct actor sender, receivers[MOST];
static uint32_t handle, window, count;

struct taker {
    struct link *link;
    uint32_t taken, acked, turn;
    bool counting;
};
static struct taker takers[MOST];
static struct link *from;
static const struct link_user *actors; /* what they do with their lines */
static uint8_t payload[CHUNK + MSG_CHUNK_TAG];

static void must(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "bench_file: %s failed\n", what);
    exit(1);
}

static double seconds(clockid_t which)
{
    struct timespec t;

    (void)clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- lines ---- */

static void put(struct link *l, uint8_t op, const void *msg, bool bulk)
{
    struct buf b;

    buf_init(&b, MIB);
    size_t mark = frame_begin(&b, op);
    schema_encode(opcode_row(op)->ask, msg, &b);
    frame_end(&b, mark);
    if (bulk)
        link_bulk(l, span_copy(buf_view(&b)), handle);
    else
        link_send(l, span_copy(buf_view(&b)));
    buf_free(&b);
}

static void use_credit(struct bytes body)
{
    struct msg_file_credit m;
    struct msg_range r;
    const char *bad = NULL;

    must(schema_decode(&MSG_FILE_CREDIT, body, &m, &bad) == ERR_OK, "credit");
    while (list_next(&m.chunks, &MSG_RANGE, &r)) {
        for (uint32_t i = r.first; i < r.first + r.count; i++) {
            struct msg_file_chunk c = {handle, i, bytes_of(payload, sizeof payload)};
            put(from, OP_FILE_CHUNK, &c, true);
        }
    }
}

static enum framer_verdict sender_frame(void *user, const struct frame *f)
{
    (void)user;
    if (f->op == OP_FILE_CREDIT)
        use_credit(f->body);
    return FRAMER_NEXT;
}

static enum framer_verdict taker_frame(void *user, const struct frame *f)
{
    struct taker *t = user;

    t->counting |= f->op == OP_FILE_START;
    t->taken += f->op == OP_FILE_CHUNK && t->counting;
    if (t->taken != t->acked && (t->taken - t->acked >= window / 4 || t->taken == count)) {
        struct msg_file_ack m = {handle, t->taken};
        t->acked = t->taken;
        put(t->link, OP_FILE_ACK, &m, false);
    }
    return FRAMER_NEXT;
}

static void on_up(void *user)
{
    (void)user;
}

static uint32_t on_ceiling(void *user, uint8_t op)
{
    (void)user;
    return opcode_ceiling_relay(op);
}

static void on_down(void *user, enum link_end why, const char *detail)
{
    (void)user;
    (void)fprintf(stderr, "bench_file: a line went: %s %s\n", link_end_str(why), detail);
    exit(1);
}

static const struct link_user SENDER = {
    .up = on_up, .frame = sender_frame, .ceiling = on_ceiling, .down = on_down};
static const struct link_user TAKER = {
    .up = on_up, .frame = taker_frame, .ceiling = on_ceiling, .down = on_down};

/* ---- a run ---- */

static void arrive(struct actor *a, const char *name)
{
    actor_init_in(a, &LIVE_WORLD, &live);
    actor_enter(a, name);
    (void)actor_join(a, "bench");
}

/* The line is its actor's again, who ends it. */
static void give_back(struct actor *a)
{
    a->link->to = actors;
    a->link->user = a;
    actor_fini(a);
}

static void begin(size_t n, uint32_t mib)
{
    struct msg_file_offer offer = {.to = bytes_str("bench"),
        .chunk = CHUNK,
        .count = mib * (MIB / CHUNK),
        .bytes = (uint64_t)mib * MIB};
    struct msg_file_answer yes = {.sender = bytes_str("sender"), .verdict = FILE_ACCEPT};
    struct msg_file_offer_ok ok;

    (void)actor_ask(&sender, OP_FILE_OFFER, &offer);
    actor_answer(&sender, &MSG_FILE_OFFER_OK, &ok);
    handle = ok.handle;
    window = ok.window;
    count = offer.count;
    from = sender.link;
    actors = sender.link->to;
    sender.link->to = &SENDER;
    for (size_t i = 0; i < n; i++) {
        (void)actor_ask(&receivers[i], OP_FILE_ANSWER, &yes);
        must(actor_status(&receivers[i]) == STATUS_DONE, "accepting");
        takers[i] = (struct taker){.link = receivers[i].link};
        takers[i].counting = actor_has_event(&receivers[i], OP_FILE_START);
        receivers[i].link->to = &TAKER;
        receivers[i].link->user = &takers[i];
    }
}

static bool all_there(void *arg)
{
    for (size_t i = 0; i < *(size_t *)arg; i++) {
        if (takers[i].taken != count)
            return false;
    }
    return true;
}

static void run(size_t n, uint32_t mib)
{
    clockid_t relay;

    must(live_start(&live), "starting sottod");
    must(clock_getcpuclockid(live.pid, &relay) == 0, "the relay's clock");
    arrive(&sender, "sender");
    for (size_t i = 0; i < n; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "receiver%zu", i);
        arrive(&receivers[i], name);
    }
    double wall = seconds(CLOCK_MONOTONIC);
    double cpu = seconds(relay);
    double own = seconds(CLOCK_PROCESS_CPUTIME_ID);
    begin(n, mib);
    must(live_until(&live, all_there, &n, 600000), "the file");
    wall = seconds(CLOCK_MONOTONIC) - wall;
    double gib = (double)mib * (double)n / 1024;
    (void)printf("{\"bench\":\"file\",\"receivers\":%zu,\"mib\":%u,\"mb_s\":%.0f,"
                 "\"relay_cpu_s_gib\":%.3f,\"clients_cpu_s_gib\":%.3f}\n",
        n, mib, gib * 1073.741824 / wall, (seconds(relay) - cpu) / gib,
        (seconds(CLOCK_PROCESS_CPUTIME_ID) - own) / gib);
    (void)fflush(stdout);
    give_back(&sender);
    for (size_t i = 0; i < n; i++)
        give_back(&receivers[i]);
    must(live_stop(&live) == 0, "ending sottod");
}

int main(int argc, char **argv)
{
    uint32_t mib = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1024;

    must(mib != 0 && mib <= 16384, "the number of MiB");
    live_init(&live);
    if (argc > 2)
        (void)snprintf(live.limits, sizeof live.limits, "\"file_window_bytes\": %s,", argv[2]);
    run(1, mib);
    run(MOST, mib);
    live_fini(&live);
    return 0;
}
