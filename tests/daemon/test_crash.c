/* SPDX-License-Identifier: ISC */
/*
 * kill -9 at random points under load: whatever was confirmed as stored is there after the
 * restart. Ten rounds; two hundred with SOTTO_LONG=1. The seed is printed, or taken from
 * SOTTO_SEED.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "support/live.h"
#include "support/prover.h"

#define ACTORS   4
#define SAID_MAX 4096

enum step {
    STEP_REGISTER,
    STEP_TOKEN,
    STEP_ROOM,
    STEP_GROUP,
    STEP_KEYS,
    STEP_SAY,
    STEP_COMMIT
};

struct worker_bee {
    struct actor a;
    char name[24];
    char room[32];
    enum step step;
    bool waiting;
    /* what was confirmed */
    bool account, has_token, has_room, has_group, has_keys;
    uint8_t token[MSG_SECRET];
    uint64_t epoch;
};

static struct live live;
static struct worker_bee bees[ACTORS];
static uint64_t
    said[SAID_MAX]; /* sequence numbers in the room "log" that the relay said it stored */
static size_t said_n;
static size_t confirmed;
static uint64_t rng;

static uint64_t random_below(uint64_t n)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return rng % n;
}

static void next_request(struct worker_bee *b)
{
    struct msg_account account = {.name = bytes_str(b->name)};
    struct msg_token_new token = {.lifetime_s = 3600};
    struct msg_join join = {.room = bytes_str(b->room)};
    struct msg_say say = {.to = bytes_str("log"), .text = bytes_str("under load")};
    struct msg_commit commit = {.room = bytes_str(b->room), .info = bytes_str("info")};
    struct msg_public_key key = {0};
    struct list_writer packages;
    struct msg_package package = {.suite = 0xf001, .body = bytes_str("package of one")};

    memset(account.verifier, 9, sizeof account.verifier);
    for (size_t i = 0; i < sizeof commit.req; i++)
        commit.req[i] = (uint8_t)random_below(256);
    b->waiting = true;
    switch (b->step) {
    case STEP_REGISTER:
        actor_send(&b->a, OP_REGISTER, &account);
        break;
    case STEP_TOKEN:
        actor_send(&b->a, OP_TOKEN_NEW, &token);
        break;
    case STEP_ROOM:
        actor_send(&b->a, OP_JOIN, &join);
        break;
    case STEP_GROUP:
        commit.flags = COMMIT_CREATE;
        actor_send(&b->a, OP_COMMIT, &commit);
        break;
    case STEP_KEYS:
        list_begin(&packages, 4096);
        list_add(&packages, &MSG_PACKAGE_ROW, &package);
        key.packages = list_view(&packages);
        prover_fill(&b->a, (size_t)(b - bees), &key);
        actor_send(&b->a, OP_PUBLIC_KEY, &key);
        list_end(&packages);
        break;
    case STEP_SAY:
        actor_send(&b->a, OP_SAY, &say);
        break;
    case STEP_COMMIT:
        commit.epoch = b->epoch;
        commit.commit = bytes_str("commit");
        actor_send(&b->a, OP_COMMIT, &commit);
        break;
    }
}

static void take_confirmation(struct worker_bee *b)
{
    struct msg_token_ok token;
    struct msg_commit_ok commit;
    struct msg_sent sent;
    uint8_t op = actor_wait_reply(&b->a);

    cr_assert(op != OP_REPLY || actor_status(&b->a) == STATUS_DONE, "refused at step %d: %.*s",
        b->step, (int)b->a.last->n - 2, (const char *)b->a.last->body + 2);
    b->waiting = false;
    confirmed++;
    switch (b->step) {
    case STEP_REGISTER:
        b->account = true;
        break;
    case STEP_TOKEN:
        actor_answer(&b->a, &MSG_TOKEN_OK, &token);
        memcpy(b->token, token.token, sizeof b->token);
        b->has_token = true;
        break;
    case STEP_ROOM:
        b->has_room = true;
        break;
    case STEP_GROUP:
        b->has_group = true;
        break;
    case STEP_KEYS:
        b->has_keys = true;
        break;
    case STEP_SAY:
        actor_answer(&b->a, &MSG_SENT, &sent);
        if (sent.stored && said_n < SAID_MAX)
            said[said_n++] = sent.seq;
        break;
    case STEP_COMMIT:
        actor_answer(&b->a, &MSG_COMMIT_OK, &commit);
        b->epoch = commit.epoch;
        break;
    }
    b->step = b->step < STEP_SAY ? b->step + 1 : random_below(4) == 0 ? STEP_COMMIT : STEP_SAY;
}

static bool any_reply(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < ACTORS; i++) {
        if (bees[i].a.replies != NULL)
            return true;
    }
    return false;
}

/* The room that everybody speaks in has a member who is away, so what is said there is stored.
 */
static void prepare(void)
{
    struct actor ghost;

    actor_init_in(&ghost, &LIVE_WORLD, &live);
    actor_hello(&ghost);
    cr_assert_eq(actor_register(&ghost, "ghost", 1), STATUS_DONE);
    cr_assert_eq(actor_join(&ghost, "log"), OP_CREATED);
    actor_cut(&ghost);
    actor_fini(&ghost);
}

static void one_round(size_t round)
{
    size_t until = confirmed + 8 + random_below(120);

    for (size_t i = 0; i < ACTORS; i++) {
        struct worker_bee *b = &bees[i];
        struct msg_join join = {.room = bytes_str("log")};
        *b = (struct worker_bee){0};
        actor_init_in(&b->a, &LIVE_WORLD, &live);
        (void)snprintf(b->name, sizeof b->name, "bee%zu-%zu", round, i);
        (void)snprintf(b->room, sizeof b->room, "room%zu-%zu", round, i);
        actor_hello(&b->a);
        next_request(b);
        take_confirmation(b);
        cr_assert_eq(actor_ask(&b->a, OP_JOIN, &join), OP_JOINED);
        next_request(b);
    }
    while (confirmed < until) {
        cr_assert(live_until(&live, any_reply, NULL, LIVE_PATIENCE_MS),
            "the relay stopped answering: %s", live_words(&live));
        for (size_t i = 0; i < ACTORS; i++) {
            if (bees[i].a.replies == NULL)
                continue;
            take_confirmation(&bees[i]);
            next_request(&bees[i]);
        }
    }
    live_kill(&live);
    for (size_t i = 0; i < ACTORS; i++)
        (void)actor_wait_down(&bees[i].a);
}

static void check_bee(struct worker_bee *b)
{
    struct msg_token token;
    struct msg_join join = {.room = bytes_str(b->room), .more = true, .flags = JOIN_NO_CREATE};

    actor_hello(&b->a);
    if (b->has_token) {
        memcpy(token.token, b->token, sizeof token.token);
        (void)actor_ask(&b->a, OP_TOKEN_LOGIN, &token);
        cr_assert_eq(actor_status(&b->a), STATUS_DONE, "the token of %s is lost", b->name);
    } else {
        cr_assert_eq(
            actor_login(&b->a, b->name, 9), STATUS_DONE, "the account %s is lost", b->name);
    }
    if (b->has_room)
        cr_assert_eq(
            actor_ask(&b->a, OP_JOIN, &join), OP_JOINED, "the room %s is lost", b->room);
    if (b->has_group) {
        struct msg_joined joined;
        actor_body(&b->a, &MSG_JOINED, &joined);
        cr_assert_neq(joined.flags & ROOM_GROUPED, 0, "the group of %s is lost", b->room);
        cr_assert_geq(joined.epoch, b->epoch, "%s fell back", b->room);
    }
    if (b->has_keys) {
        struct actor other;
        struct msg_dm_request ask = {.user = bytes_str(b->name), .more = true, .suite = 0xf001};
        actor_init_in(&other, &LIVE_WORLD, &live);
        actor_enter(&other, "");
        cr_assert_eq(actor_ask(&other, OP_DM_REQUEST, &ask), OP_DM_ANSWER,
            "the keys of %s are lost", b->name);
        actor_cut(&other);
        actor_fini(&other);
    }
    actor_cut(&b->a);
}

static size_t check_log(void)
{
    struct actor ghost;
    struct msg_catch_up_ok ok = {.left = 1};
    struct msg_catch_up ask = {.kind = CONVO_ROOM, .name = bytes_str("log")};
    size_t at = 0;

    actor_init_in(&ghost, &LIVE_WORLD, &live);
    actor_hello(&ghost);
    cr_assert_eq(actor_login(&ghost, "ghost", 1), STATUS_DONE);
    cr_assert_eq(actor_join(&ghost, "log"), OP_JOINED);
    while (ok.left) {
        (void)actor_ask(&ghost, OP_CATCH_UP, &ask);
        actor_answer(&ghost, &MSG_CATCH_UP_OK, &ok);
        while (actor_has_event(&ghost, OP_CATCH_UP)) {
            struct msg_entries e;
            struct msg_entry_row row;
            actor_event(&ghost, OP_CATCH_UP, &MSG_ENTRIES, &e);
            while (list_next(&e.entries, &MSG_ENTRY_ROW, &row)) {
                while (at < said_n && said[at] < row.seq)
                    cr_assert_fail(
                        "entry %llu was confirmed and is lost", (unsigned long long)said[at]);
                at += at < said_n && said[at] == row.seq;
                ask.after = row.seq;
            }
        }
    }
    cr_assert_eq(at, said_n, "%zu confirmed entries are lost", said_n - at);
    actor_cut(&ghost);
    actor_fini(&ghost);
    return at;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

Test(daemon_crash, kill_nine__nothing_confirmed_is_lost)
{
    const char *given = getenv("SOTTO_SEED");
    const char *lengthy = getenv("SOTTO_LONG");
    size_t rounds = lengthy != NULL && lengthy[0] == '1' ? 200 : 10;
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

    rng = seed * 2654435761u + 1;
    live_init(&live);
    (void)snprintf(live.limits, sizeof live.limits,
        "\"flood_burst\": 0, \"command_burst\": 0, \"commit_burst\": 0, \"grace_s\": 0, \"registrations_per_10min\": 100000, "
        "\"package_burst\": 0, \"backlog_entries\": 1000000, \"bytes_burst\": 0,");
    cr_assert(live_start(&live), "%s", live_words(&live));
    prepare();
    for (size_t round = 0; round < rounds; round++) {
        one_round(round);
        cr_assert(live_start(&live), "seed %llu, round %zu: %s", (unsigned long long)seed,
            round, live_words(&live));
        for (size_t i = 0; i < ACTORS; i++) {
            check_bee(&bees[i]);
            actor_fini(&bees[i].a);
        }
        qsort(said, said_n, sizeof *said, by_number);
        (void)check_log();
    }
    (void)printf(
        "kill -9: seed %llu, %zu rounds, %zu confirmations, %zu log entries, nothing lost\n",
        (unsigned long long)seed, rounds, confirmed, said_n);
    live_fini(&live);
}
