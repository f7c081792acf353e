/* SPDX-License-Identifier: ISC */
/*
 * Two to fifty people who do anything at any time. Whatever it is, each request has exactly one
 * reply, numbers only grow, and the relay's tables agree. Seeds are printed when it fails;
 * SOTTO_SEED runs one alone, SOTTO_LONG=1 many more.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "group.h"
#include "server/convo.h"
#include "support/prover.h"
#include "support/world.h"

#define MOST  50
#define ROOMS 3

static struct sim sim;
static struct actor who[MOST];
static uint64_t last_seen[MOST][ROOMS];
static size_t count;
static const char *const ROOM[ROOMS] = {"one", "two", "three"};

static size_t draw(size_t n)
{
    return (size_t)(sim_rand(&sim) % n);
}

static const char *room(void)
{
    return ROOM[draw(ROOMS)];
}

static const char *person(void)
{
    return people_name("p", draw(count + 1));
}

/* Where the group of a room is: mostly told truly. */
static uint64_t epoch_of(const char *name)
{
    enum err e = ERR_OK;
    const struct convo *c = convo_room(sim.server, bytes_str(name), &e);
    uint64_t lie = draw(8) == 0 ? draw(3) : 0;

    return c != NULL ? c->epoch + lie : lie;
}

static uint64_t last_commit_of(const char *name)
{
    enum err e = ERR_OK;
    const struct convo *c = convo_room(sim.server, bytes_str(name), &e);

    return c != NULL ? c->last_commit : 0;
}

/* ---- what one may do ---- */

static void do_arrive(size_t i)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};
    struct msg_hello hello = {.version = MSG_VERSION};
    struct msg_account m = {.name = bytes_str(people_name("p", i)), .verifier = {1}};
    struct msg_name nick = {.name = m.name};
    struct msg_token token;

    memcpy(token.token, who[i].resume, sizeof token.token);
    if (!actor_dial(&who[i]))
        return;
    actor_send(&who[i], OP_CONNECT, &greet);
    actor_send(&who[i], OP_HELLO, &hello);
    if (draw(3) == 0)
        actor_send(&who[i], OP_RESUME, &token);
    if (i % 2 == 0) {
        actor_send(&who[i], OP_REGISTER, &m);
        actor_send(&who[i], OP_LOGIN, &m);
    } else {
        actor_send(&who[i], OP_GUEST, &(struct msg_empty){0});
        actor_send(&who[i], OP_NICK, &nick);
    }
}

static void do_join(size_t i)
{
    static const uint8_t PROOF[MSG_SECRET] = {1};
    struct msg_join m = {
        .room = bytes_str(room()), .more = true, .flags = draw(12) == 0 ? JOIN_INVITE_ONLY : 0};

    if (draw(6) == 0)
        m.proof = bytes_of(PROOF, draw(2) == 0 ? sizeof PROOF : 3);
    actor_send(&who[i], OP_JOIN, &m);
}

static void do_leave(size_t i)
{
    struct msg_leave m = {.more = true, .room = bytes_str(room())};

    if (draw(8) == 0)
        m.room.n = 0;
    actor_send(&who[i], OP_LEAVE, &m);
}

static void do_say(size_t i)
{
    const char *to = room();
    struct msg_say m = {.to = bytes_str(to),
        .text = bytes_str("something"),
        .more = true,
        .epoch = epoch_of(to),
        .kind = (uint8_t)draw(3)};

    actor_send(&who[i], OP_SAY, &m);
}

static void do_direct(size_t i)
{
    struct msg_say m = {
        .to = bytes_str(person()), .text = bytes_str("psst"), .more = true, .epoch = draw(3)};

    actor_send(&who[i], OP_DIRECT, &m);
}

static void do_commit(size_t i)
{
    static const uint8_t FLAGS[] = {0, 0, 0, COMMIT_EXTERNAL, COMMIT_EXTERNAL, COMMIT_CREATE};
    static const char *const WHOM[] = {"p0", "p1", "p2", "p3", "p4", "p5"};
    const char *to = room();
    struct group_commit g = {
        .room = to, .epoch = epoch_of(to), .flags = FLAGS[draw(6)], .req = (uint8_t)draw(200)};

    if (draw(3) == 0)
        g.removed[0] = WHOM[draw(6)];
    if (draw(4) == 0)
        g.welcomed[0] = WHOM[draw(6)];
    group_send(&who[i], &g);
}

static void do_info(size_t i)
{
    struct msg_name m = {.name = bytes_str(room())};

    actor_send(&who[i], OP_GROUP_INFO, &m);
}

static void do_bad(size_t i)
{
    const char *to = room();
    struct msg_bad_commit m = {.room = bytes_str(to), .seq = last_commit_of(to)};

    actor_send(&who[i], OP_BAD_COMMIT, &m);
}

static void do_catch_up(size_t i)
{
    struct msg_catch_up m = {.kind = (uint8_t)draw(2)};

    m.name = bytes_str(m.kind == CONVO_ROOM ? room() : person());
    actor_send(&who[i], OP_CATCH_UP, &m);
}

static void do_cursor(size_t i)
{
    const char *to = room();
    struct msg_cursor_row row = {.kind = CONVO_ROOM, .name = bytes_str(to)};
    enum err e = ERR_OK;
    const struct convo *c = convo_room(sim.server, bytes_str(to), &e);
    struct list_writer w;

    row.seq = c != NULL ? c->last_seq - draw(4) : draw(4);
    list_begin(&w, 256);
    list_add(&w, &MSG_CURSOR_ROW, &row);
    actor_send(&who[i], OP_CURSOR, &(struct msg_cursor){.cursors = list_view(&w)});
    list_end(&w);
}

static void do_keys(size_t i)
{
    struct msg_package one = {
        .suite = MSG_SUITE_AES, .last_resort = draw(4) == 0, .body = bytes_str("package")};
    struct list_writer w;

    list_begin(&w, 256);
    list_add(&w, &MSG_PACKAGE_ROW, &one);
    struct msg_public_key m = {.packages = list_view(&w)};
    prover_fill(&who[i], draw(count) % PROVER_KEYS, &m);
    if (draw(8) == 0) /* somebody else's, whose proof is not to be had */
        m.identity = prover_key(draw(PROVER_KEYS));
    actor_send(&who[i], OP_PUBLIC_KEY, &m);
    list_end(&w);
}

static void do_dm_request(size_t i)
{
    struct msg_dm_request m = {
        .user = bytes_str(person()), .more = true, .suite = MSG_SUITE_AES};

    actor_send(&who[i], OP_DM_REQUEST, &m);
}

static void do_dm_key(size_t i)
{
    bool create = draw(2) == 0;
    struct msg_dm_key m = {.user = bytes_str(person()),
        .flags = create ? COMMIT_CREATE : 0,
        .epoch = 1 + draw(3),
        .req = {(uint8_t)draw(200)}};

    *(create ? &m.welcome : &m.commit) = bytes_str("bytes");
    actor_send(&who[i], OP_DM_KEY, &m);
}

static void do_nick(size_t i)
{
    struct msg_name m = {.name = bytes_str(person())};

    actor_send(&who[i], OP_NICK, &m);
}

static void do_power(size_t i)
{
    static const uint8_t OPS[] = {OP_KICK, OP_BAN, OP_UNBAN, OP_MUTE, OP_MODERATOR};
    const char *to = draw(6) == 0 ? "" : room();
    uint8_t op = OPS[draw(sizeof OPS)];
    struct msg_power m = {.room = bytes_str(to), .user = bytes_str(person())};
    struct msg_power_timed t = {.room = m.room, .user = m.user, .seconds = 1};
    struct msg_moderator o = {
        .room = bytes_str(room()), .user = m.user, .on = (uint8_t)draw(2)};

    if (op == OP_MODERATOR)
        actor_send(&who[i], op, &o);
    else if (op == OP_BAN || op == OP_MUTE)
        actor_send(&who[i], op, &t);
    else
        actor_send(&who[i], op, &m);
}

static void do_list(size_t i)
{
    static const uint8_t OPS[] = {OP_USERS, OP_ROOMS, OP_CONVERSATIONS};

    actor_send_raw(&who[i], OPS[draw(sizeof OPS)], (struct bytes){0});
}

static void do_noise(size_t i)
{
    uint8_t noise[24];

    for (size_t k = 0; k < sizeof noise; k++)
        noise[k] = (uint8_t)draw(draw(2) == 0 ? 5 : 256);
    uint8_t op = (uint8_t)draw(256);
    const struct opcode_row *row = opcode_row(op);
    if (row == NULL || !row->silent) /* those may stay without a reply */
        actor_send_raw(&who[i], op, bytes_of(noise, draw(sizeof noise)));
}

static void do_cut(size_t i)
{
    sim_cut(who[i].link);
}

static void do_pause(size_t i)
{
    sim_pause(who[i].link, draw(3) == 0);
}

static void (*const DEEDS[])(size_t i) = {do_join, do_join, do_leave, do_say, do_say, do_say,
    do_direct, do_commit, do_commit, do_commit, do_info, do_info, do_bad, do_catch_up,
    do_cursor, do_keys, do_dm_request, do_dm_key, do_nick, do_power, do_list, do_noise, do_cut,
    do_pause};

/* ---- what must hold ---- */

static void take_name(struct actor *a, const struct told *t)
{
    struct msg_login_ok ok;
    const char *bad = NULL;

    if (t->op == OP_REPLY && t->n > 1 && t->body[0] == STATUS_DONE &&
        schema_decode(&MSG_LOGIN_OK, bytes_of(t->body + 1, t->n - 1), &ok, &bad) == ERR_OK)
        memcpy(a->resume, ok.resume, sizeof a->resume);
}

static void check_said(size_t i, const struct told *t)
{
    struct msg_said m;
    const char *bad = NULL;

    if (t->op != OP_SAY)
        return;
    cr_assert_eq(
        schema_decode(&MSG_SAID, bytes_of(t->body, t->n), &m, &bad), ERR_OK, "%s", bad);
    for (size_t r = 0; r < ROOMS; r++) {
        if (!bytes_eq(m.room, bytes_str(ROOM[r])))
            continue;
        cr_assert_gt(m.seq, last_seen[i][r], "seed %llu: a number of %s came again",
            (unsigned long long)sim.seed, ROOM[r]);
        last_seen[i][r] = m.seq;
    }
}

/* Whatever a relay says has the shape that the table gives it. */
static void check_shape(const struct told *t)
{
    _Alignas(max_align_t) uint8_t out[512];
    const struct opcode_row *row = opcode_row(t->op);
    const char *bad = NULL;

    cr_assert_not_null(row, "0x%02x", t->op);
    if (t->op == OP_REPLY && t->body[0] == STATUS_DONE)
        return;
    cr_assert_eq(schema_decode(row->tell, bytes_of(t->body, t->n), out, &bad), ERR_OK,
        "%s, field %s", row->name, bad);
}

static void check(size_t step)
{
    for (size_t i = 0; i < count; i++) {
        if (who[i].link != NULL)
            sim_pause(who[i].link, false);
    }
    sim_run(&sim, 60);
    for (int i = 0; sim.slice_max != 0 && i < 400; i++)
        sim_turn(&sim); /* until all the little pieces are read */
    sim_run(&sim, 10);
    const char *wrong = world_wrong(sim.server);
    cr_assert_null(wrong, "seed %llu, step %zu: %s", (unsigned long long)sim.seed, step, wrong);
    for (size_t i = 0; i < count; i++) {
        struct actor *a = &who[i];
        if (a->link != NULL)
            cr_assert_eq(a->sent, a->answered, "seed %llu, step %zu: %zu asked, %zu answered",
                (unsigned long long)sim.seed, step, a->sent, a->answered);
        for (const struct told *t = a->events; t != NULL; t = t->next) {
            check_shape(t);
            check_said(i, t);
        }
        for (const struct told *t = a->replies; t != NULL; t = t->next) {
            check_shape(t);
            take_name(a, t);
        }
        struct actor was = *a;
        actor_forget(a);
        cr_assert_eq(was.sent, a->sent);
    }
}

static void begin(uint64_t seed, size_t n)
{
    people_init(&sim, seed);
    sim.config.limits.commit_burst = 0;
    sim.config.limits.receipt_burst = 0;
    sim.config.limits.package_burst = 0;
    sim.config.limits.registrations_per_10min = 1000000;
    sim.config.limits.registrations_per_day_address = 1000000;
    sim.config.limits.grace_s = 2;
    sim.config.limits.tail_entries = 16 + (int64_t)(seed % 3) * 40;
    sim.lossy = seed % 4 == 3;
    sim.slice_max = seed % 3 == 1 ? 61 : 0;
    sim_start(&sim);
    count = n;
    memset(last_seen, 0, sizeof last_seen);
    for (size_t i = 0; i < n; i++)
        actor_init(&who[i], &sim, people_name("10.0.0.", i + 1));
}

static void run(uint64_t seed, size_t n, size_t steps)
{
    begin(seed, n);
    for (size_t step = 0; step < steps; step++) {
        size_t i = draw(n);
        if (who[i].link == NULL)
            do_arrive(i);
        else
            DEEDS[draw(MEM_COUNT(DEEDS))](i);
        if (draw(3) == 0)
            sim_turn(&sim);
        if (draw(5) == 0)
            sim_run(&sim, draw(40));
        if (draw(60) == 0)
            sim_run(&sim, 2500);
        if (step % 40 == 39)
            check(step);
    }
    check(steps);
    for (size_t i = 0; i < n; i++) {
        if (who[i].link != NULL)
            sim_cut(who[i].link);
    }
    sim_run(&sim, 5000);
    cr_assert_eq(map_count(&sim.server->users), 0, "seed %llu", (unsigned long long)seed);
    cr_assert_eq(world_status(sim.server, "connections"), 0);
    cr_assert_eq(world_status(sim.server, "here"), 0);
    cr_assert_eq(world_status(sim.server, "away"), 0);
    cr_assert_eq(world_status(sim.server, "requests_waiting"), 0);
    cr_assert_null(world_wrong(sim.server));
    for (size_t i = 0; i < n; i++)
        actor_fini(&who[i]);
    sim_drain(&sim);
    sim_fini(&sim);
}

static bool longer(void)
{
    const char *v = getenv("SOTTO_LONG");

    return v != NULL && v[0] == '1';
}

static void seeds(uint64_t from, uint64_t n, size_t people, size_t steps)
{
    const char *one = getenv("SOTTO_SEED");

    if (one != NULL) {
        run(strtoull(one, NULL, 10), people, steps);
        return;
    }
    for (uint64_t i = 0; i < n; i++)
        run(from + i, people, steps);
}

Test(scenario_random, two__do_anything)
{
    seeds(100, longer() ? 200 : 12, 2, longer() ? 2000 : 500);
}

Test(scenario_random, seven__do_anything)
{
    seeds(200, longer() ? 100 : 12, 7, longer() ? 2000 : 600);
}

Test(scenario_random, fifty__do_anything)
{
    seeds(300, longer() ? 20 : 2, 50, longer() ? 4000 : 1200);
}
