/* SPDX-License-Identifier: ISC */
/*
 * Five people send each other files while everything happens to them. Whatever it is: nobody
 * gets a chunk twice, nobody who is told to be done lacks one, a transfer holds no more than
 * its window, and what is said comes through at once. Seeds are printed when it fails;
 * SOTTO_SEED runs one alone, SOTTO_LONG=1 many more.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "files.h"
#include "server/transfer.h"
#include "support/world.h"

#define PEOPLE 5
#define STEPS  250

static struct sim sim;
static struct actor who[PEOPLE];
static struct giver gives[PEOPLE];
static struct taker takes[PEOPLE][PEOPLE]; /* of whom, by whom */
static bool wanted[PEOPLE][PEOPLE];        /* accepted and not given up */
static uint8_t next_id;
static unsigned said;

static size_t draw(size_t n)
{
    return (size_t)(sim_rand(&sim) % n);
}

static bool online(size_t i)
{
    return who[i].link != NULL;
}

static bool live(size_t i)
{
    return gives[i].a != NULL && !gives[i].ended;
}

/* ---- everybody does what a client does ---- */

static void step_all(void)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        if (gives[i].a != NULL && online(i))
            giver_step(&gives[i]);
        for (size_t k = 0; k < PEOPLE; k++) {
            struct taker *t = &takes[i][k];
            if (t->a == NULL || !online(k))
                continue;
            taker_step(t);
            if (draw(4) == 0 && !t->idle && t->counting && t->taken != t->acked)
                taker_ack(t, t->taken);
        }
    }
}

static void check(const char *after)
{
    const char *wrong = world_wrong(sim.server);

    cr_assert_null(
        wrong, "seed %llu, after %s: %s", (unsigned long long)sim.seed, after, wrong);
    for (size_t i = 0; i < PEOPLE; i++) {
        for (size_t k = 0; k < PEOPLE; k++)
            cr_assert_eq(takes[i][k].twice, 0, "seed %llu, after %s",
                (unsigned long long)sim.seed, after);
    }
}

static void flow(size_t turns)
{
    for (size_t i = 0; i < turns; i++) {
        step_all();
        sim_turn(&sim);
    }
}

/* ---- what may happen ---- */

static void do_offer(size_t i)
{
    if (!online(i) || live(i))
        return;
    giver_init(&gives[i], &who[i], ++next_id, CONVO_ROOM, "ops", 1 + (uint32_t)draw(400));
    if (giver_offer(&gives[i]) != STATUS_DONE)
        gives[i].ended = true;
    for (size_t k = 0; k < PEOPLE; k++) {
        taker_fini(&takes[i][k]);
        taker_init(&takes[i][k], &who[k], &gives[i]);
        takes[i][k].a = k != i ? &who[k] : NULL;
        wanted[i][k] = false;
    }
}

static void accept(size_t i, size_t k)
{
    if (gives[i].a == NULL || i == k || !online(k))
        return;
    wanted[i][k] = taker_accept(&takes[i][k]) == STATUS_DONE;
}

static void do_accept(size_t k)
{
    accept(draw(PEOPLE), k);
}

static void do_refuse(size_t k)
{
    size_t i = draw(PEOPLE);

    if (gives[i].a == NULL || i == k || !online(k))
        return;
    (void)taker_refuse(&takes[i][k]);
    wanted[i][k] = false;
}

static void do_pause(size_t k)
{
    size_t i = draw(PEOPLE);

    if (!live(i) || !online(k))
        return;
    if (files_pause(&who[k], gives[i].handle, (uint8_t)draw(2)) == STATUS_DONE && i != k)
        wanted[i][k] = false;
}

static void do_cancel(size_t i)
{
    if (live(i) && online(i))
        (void)giver_cancel(&gives[i]);
}

static void do_idle(size_t k)
{
    size_t i = draw(PEOPLE);

    if (draw(2) == 0)
        gives[i].idle = draw(3) == 0;
    else
        takes[i][k].idle = draw(3) == 0;
}

static void do_cut(size_t i)
{
    if (online(i))
        actor_cut(&who[i]);
    for (size_t k = 0; k < PEOPLE; k++)
        takes[k][i].counting = false;
}

static void enter(size_t i)
{
    uint8_t token[MSG_SECRET];

    memcpy(token, who[i].resume, sizeof token);
    actor_hello(&who[i]);
    if (actor_resume(&who[i], token) == STATUS_DONE)
        return;
    actor_hello(&who[i]);
    if (actor_login(&who[i], people_name("p", i), 1) == STATUS_DONE)
        (void)actor_join(&who[i], "ops");
}

static void do_return(size_t i)
{
    if (online(i))
        return;
    enter(i);
    if (live(i) && giver_offer(&gives[i]) != STATUS_DONE)
        gives[i].ended = true;
    for (size_t k = 0; k < PEOPLE; k++) {
        if (wanted[k][i] && !takes[k][i].ended)
            accept(k, i);
    }
}

static void do_leave(size_t i)
{
    struct msg_leave m = {.more = true, .room = bytes_str("ops")};

    if (!online(i))
        return;
    (void)actor_ask(&who[i], OP_LEAVE, &m);
    flow(2);
    if (online(i))
        (void)actor_join(&who[i], "ops");
}

static bool heard(const struct actor *a, const char *text)
{
    struct msg_said m;
    const char *bad = NULL;

    for (const struct told *t = a->events; t != NULL; t = t->next) {
        if (t->op == OP_SAY &&
            schema_decode(&MSG_SAID, bytes_of(t->body, t->n), &m, &bad) == ERR_OK &&
            bytes_eq(m.text, bytes_str(text)))
            return true;
    }
    return false;
}

/* Whatever waits in the low lanes: it is there within some turns of this instant. */
static void do_say(size_t i)
{
    char text[32];

    if (!online(i))
        return;
    (void)snprintf(text, sizeof text, "word %u", ++said);
    if (actor_say(&who[i], "ops", text) != STATUS_DONE)
        return;
    for (int n = 0; n < 8; n++)
        sim_turn(&sim);
    for (size_t k = 0; k < PEOPLE; k++)
        cr_assert(k == i || !online(k) || heard(&who[k], text),
            "seed %llu: %zu did not hear %s", (unsigned long long)sim.seed, k, text);
}

static void do_wait(size_t i)
{
    (void)i;
    for (int n = 0; n < 20; n++) {
        flow(4);
        sim_run(&sim, draw(8) == 0 ? 4000 : 200);
    }
}

static void do_flow(size_t i)
{
    flow(5 + 5 * i);
}

static const struct {
    const char *name;
    void (*fn)(size_t i);
    unsigned weight;
} DEEDS[] = {
    {"offer", do_offer, 8},
    {"accept", do_accept, 20},
    {"refuse", do_refuse, 2},
    {"pause", do_pause, 6},
    {"cancel", do_cancel, 1},
    {"idle", do_idle, 4},
    {"cut", do_cut, 4},
    {"return", do_return, 10},
    {"leave", do_leave, 1},
    {"say", do_say, 10},
    {"wait", do_wait, 6},
    {"flow", do_flow, 20},
};

/* ---- runs ---- */

static void forget_words(void)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        for (struct told **at = &who[i].events; *at != NULL;) {
            struct told *t = *at;
            bool flows = t->op == OP_FILE_CREDIT || t->op == OP_FILE_CHUNK ||
                         t->op == OP_FILE_START || t->op == OP_FILE_END;
            if (flows) {
                at = &t->next;
                continue;
            }
            *at = t->next;
            mem_free(t);
        }
    }
}

static const char *deed(void)
{
    unsigned sum = 0;

    for (size_t i = 0; i < MEM_COUNT(DEEDS); i++)
        sum += DEEDS[i].weight;
    unsigned at = (unsigned)draw(sum);
    for (size_t i = 0; i < MEM_COUNT(DEEDS); i++) {
        if (at < DEEDS[i].weight) {
            DEEDS[i].fn(draw(PEOPLE));
            return DEEDS[i].name;
        }
        at -= DEEDS[i].weight;
    }
    return "nothing";
}

/* All come back, do as they should, and one more file goes to everybody. */
static void calm(void)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        do_return(i);
        if (live(i))
            (void)giver_cancel(&gives[i]);
        gives[i].idle = false;
        gives[i].ended = true;
        for (size_t k = 0; k < PEOPLE; k++)
            takes[k][i].idle = false;
        (void)actor_join(&who[i], "ops");
    }
    flow(50);
    do_offer(0);
    for (size_t k = 1; k < PEOPLE; k++)
        accept(0, k);
    for (int n = 0; n < 200 && !gives[0].ended; n++)
        do_flow(4);
    check("the end");
    for (size_t k = 1; k < PEOPLE; k++)
        cr_assert(taker_done(&takes[0][k]), "seed %llu: %zu has %u of %u",
            (unsigned long long)sim.seed, k, takes[0][k].has.held, takes[0][k].count);
    cr_assert_eq(gives[0].end, FILE_END_DONE);
    cr_assert_eq(
        world_status(sim.server, "files"), 0, "seed %llu", (unsigned long long)sim.seed);
    cr_assert_eq(sim.server->files->reserved, 0);
}

static void storm(uint64_t seed)
{
    people_init(&sim, seed);
    sim.config.limits.file_window_bytes = 64 << 10;
    sim.config.limits.file_memory_bytes = 1 << 20;
    sim.config.limits.registrations_per_day_address = 1000;
    sim_start(&sim);
    next_id = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        actor_init(&who[i], &sim, "127.0.0.1");
        people_account(&who[i], people_name("p", i));
        (void)actor_join(&who[i], "ops");
        gives[i] = (struct giver){0};
    }
    for (size_t n = 0; n < STEPS; n++) {
        const char *what = deed();
        check(what);
        forget_words();
    }
    calm();
    for (size_t i = 0; i < PEOPLE; i++) {
        for (size_t k = 0; k < PEOPLE; k++)
            taker_fini(&takes[i][k]);
        actor_fini(&who[i]);
    }
    memset(takes, 0, sizeof takes);
    sim_fini(&sim);
}

Test(scenario_file_storm, anything__at_any_time)
{
    const char *one = getenv("SOTTO_SEED");
    const char *lengthy = getenv("SOTTO_LONG");
    uint64_t runs = lengthy != NULL && lengthy[0] == '1' ? 500 : 40;

    if (one != NULL) {
        storm(strtoull(one, NULL, 10));
        return;
    }
    for (uint64_t seed = 1; seed <= runs; seed++)
        storm(seed);
}
