/* SPDX-License-Identifier: ISC */
/*
 * A bus that drops a tenth of what is published: whoever asks for the log when he is told to
 * has every entry exactly once, and all have the same.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "group.h"
#include "support/bus_lossy.h"
#include "support/world.h"

#define MEMBERS 6
#define ENTRIES 4096

struct reader {
    struct actor actor;
    struct {
        uint64_t seq;
        char body[24];
    } have[ENTRIES];
    size_t count;
    uint64_t after; /* what the last catching up ended with */
    bool owed;
    size_t resyncs;
};

static struct sim sim;
static struct reader readers[MEMBERS];
static struct log entries;

static void note(struct reader *r, uint64_t seq, struct bytes body)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->have[i].seq != seq)
            continue;
        cr_assert(bytes_eq(bytes_str(r->have[i].body), body), "two of one number");
        return;
    }
    cr_assert_lt(r->count, ENTRIES);
    r->have[r->count].seq = seq;
    (void)bytes_copy(r->have[r->count].body, sizeof r->have[0].body, body);
    r->count++;
}

static void take_events(struct reader *r)
{
    struct msg_convo_ref ref;
    struct msg_said said;
    struct msg_commit_event commit;

    while (actor_has_event(&r->actor, OP_SAY)) {
        actor_event(&r->actor, OP_SAY, &MSG_SAID, &said);
        note(r, said.seq, said.text);
    }
    while (actor_has_event(&r->actor, OP_COMMIT)) {
        actor_event(&r->actor, OP_COMMIT, &MSG_COMMIT_EVENT, &commit);
        note(r, commit.seq, commit.commit);
    }
    while (actor_has_event(&r->actor, OP_RESYNC)) {
        actor_event(&r->actor, OP_RESYNC, &MSG_CONVO_REF, &ref);
        r->owed |= ref.kind == CONVO_ROOM && bytes_eq(ref.name, bytes_str("ops"));
        r->resyncs++;
    }
}

static void follow(struct reader *r)
{
    take_events(r);
    while (r->owed) {
        r->owed = false;
        log_read(&r->actor, CONVO_ROOM, "ops", r->after, &entries);
        log_in_order(&entries);
        cr_assert_not(entries.gone);
        for (size_t i = 0; i < entries.count; i++)
            note(r, entries.rows[i].seq, bytes_str(entries.rows[i].body));
        r->after = entries.last;
        take_events(r);
    }
}

static int by_seq(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static void chatter(uint64_t seed)
{
    uint64_t epoch = 0;
    uint8_t req = 0;

    people_init(&sim, seed);
    sim.config.limits.commit_burst = 0;
    sim.config.limits.rotate_messages = 1000000;
    sim.lossy = true;
    sim_start(&sim);
    memset(readers, 0, sizeof readers);
    for (size_t i = 0; i < MEMBERS; i++) {
        actor_init(&readers[i].actor, &sim, "127.0.0.1");
        if (i % 2 == 0)
            people_account(&readers[i].actor, people_name("m", i));
        else
            actor_enter(&readers[i].actor, people_name("m", i));
        if (i == 0)
            group_found(&readers[i].actor, "ops");
        else
            epoch = group_join(&readers[i].actor, "ops");
    }
    /* From one point on everything is to be had. */
    for (size_t i = 0; i < MEMBERS; i++) {
        log_read(&readers[i].actor, CONVO_ROOM, "ops", 0, &entries);
        readers[i].after = entries.last;
        actor_forget(&readers[i].actor);
    }
    for (size_t round = 0; round < 400; round++) {
        struct actor *a = &readers[sim_rand(&sim) % MEMBERS].actor;
        if (round % 17 == 16) {
            struct group_commit g = {.room = "ops",
                .epoch = epoch,
                .req = ++req,
                .commit = people_name("commit", round)};
            cr_assert_eq(group_commit(a, &g), STATUS_DONE);
            epoch++;
        } else {
            cr_assert_eq(group_say(a, "ops", epoch, people_name("text", round)), STATUS_DONE);
        }
        if (sim_rand(&sim) % 4 == 0)
            sim_run(&sim, 20);
        for (size_t i = 0; i < MEMBERS; i++) {
            if (sim_rand(&sim) % 3 == 0)
                follow(&readers[i]);
        }
    }
    sim_run(&sim, 3000);
    cr_assert_gt(bus_lossy_dropped(sim.bus), 20, "nothing was lost: that proves nothing");
    for (size_t i = 0; i < MEMBERS; i++)
        follow(&readers[i]);
    cr_assert_null(world_wrong(sim.server), "%s", world_wrong(sim.server));
}

static void end(void)
{
    for (size_t i = 0; i < MEMBERS; i++)
        actor_fini(&readers[i].actor);
    sim_fini(&sim);
}

/* Whatever a member said himself he has from the answer; the rest must have come by itself. */
static void converge(uint64_t seed)
{
    chatter(seed);
    for (size_t i = 0; i < MEMBERS; i++) {
        struct reader *r = &readers[i];
        qsort(r->have, r->count, sizeof r->have[0], by_seq);
        cr_assert_gt(r->resyncs, 0);
    }
    /* All others' entries: the union over everybody is what was said. */
    log_read(&readers[0].actor, CONVO_ROOM, "ops", 0, &entries);
    for (size_t i = 0; i < MEMBERS; i++) {
        const struct reader *r = &readers[i];
        size_t at = 0;
        for (size_t k = 0; k < entries.count; k++) {
            const struct log_row *row = &entries.rows[k];
            if (row->flags != 0)
                continue; /* how people came in */
            while (at < r->count && r->have[at].seq < row->seq)
                at++;
            bool own = strcmp(row->sender, r->actor.name) == 0;
            bool has = at < r->count && r->have[at].seq == row->seq;
            cr_assert(has || own, "seed %llu: %s lacks %s of %s", (unsigned long long)sim.seed,
                r->actor.name, row->body, row->sender);
            cr_assert(!has || strcmp(r->have[at].body, row->body) == 0);
        }
    }
    end();
}

Test(scenario_lossy, rooms__converge)
{
    const char *longer = getenv("SOTTO_LONG");
    uint64_t seeds = longer != NULL && longer[0] == '1' ? 60 : 4;

    for (uint64_t seed = 1; seed <= seeds; seed++)
        converge(seed * 7919);
}
