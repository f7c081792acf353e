/* SPDX-License-Identifier: ISC */
/* What networks and relays do to people, one kind after the other: afterwards all is as it
 * should be. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "support/crew_check.h"
#include "support/support.h"

#define SEEDS  1 /* each; SOTTO_STORMS=1: many */
#define MANY   20
#define ROUNDS 3

static struct sim sim;
static struct crew crew;
static char dir[64], path[96];

static void begin(uint64_t seed, bool lossy, bool on_disk, bool accounts)
{
    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/sottod.db", dir);
    sim_init(&sim, seed);
    if (on_disk)
        sim.db_path = path;
    sim.lossy = lossy;
    sim_start(&sim);
    crew_init(&crew, &sim);
    crew_gather(&crew, "ops", 3, accounts);
}

static void end(void)
{
    crew_fini(&crew);
    sim_fini(&sim);
    support_rmtree(dir);
}

static struct crew_member *anybody(void)
{
    return crew.members[sim_rand(&sim) % crew.n];
}

static void all_say(void)
{
    for (size_t i = 0; i < crew.n; i++)
        crew_say(crew.members[i], "#ops");
    crew_rotate(anybody(), "#ops");
}

/* ---- the kinds ---- */

static void is_cut(void)
{
    crew_cut(anybody());
}

static void all_are_cut(void)
{
    for (size_t i = 0; i < crew.n; i++)
        crew_cut(crew.members[i]);
}

static void is_cut_again_and_again(void)
{
    struct crew_member *m = anybody();

    for (int i = 0; i < 4; i++) {
        crew_cut(m);
        crew_run(&crew, 700 + sim_rand(&sim) % 1500);
    }
}

static void pauses(uint64_t ms, bool other)
{
    struct crew_member *m = anybody();
    const struct link *l = m->link;

    if (l == NULL)
        return;
    sim_pause(other ? sim_other(m->link) : m->link, true);
    all_say();
    crew_run(&crew, ms);
    if (m->link == l && sim_other(m->link) != NULL)
        sim_pause(other ? sim_other(m->link) : m->link, false);
}

static void reads_nothing_for_a_while(void)
{
    pauses(5000, false);
}

static void reads_nothing_for_long(void)
{
    pauses(40000, false);
}

static void is_not_heard_for_a_while(void)
{
    pauses(5000, true);
}

static void is_not_heard_for_long(void)
{
    pauses(40000, true);
}

static void comes_in_slices(void)
{
    sim.slice_max = 1 + (size_t)(sim_rand(&sim) % 3);
    all_say();
    crew_run(&crew, 2000);
    sim.slice_max = 0;
}

static void comes_in_slices_and_is_cut(void)
{
    sim.slice_max = 1 + (size_t)(sim_rand(&sim) % 3);
    all_say();
    crew_turns(&crew, (unsigned)(sim_rand(&sim) % 400));
    crew_cut(anybody());
    crew_run(&crew, 2000);
    sim.slice_max = 0;
}

static void relay_is_stopped(void)
{
    sim_stop(&sim);
    crew_run(&crew, sim_rand(&sim) % 10000);
    sim_start(&sim);
}

static void relay_is_killed(void)
{
    sim_kill(&sim);
    crew_run(&crew, sim_rand(&sim) % 10000);
    sim_start(&sim);
}

static void relay_is_ended_in_order(void)
{
    sim_drain(&sim);
    crew_run(&crew, 2000);
    sim_start(&sim);
}

static void program_dies(void)
{
    struct crew_member *m = anybody();

    if (m->dir[0] == '\0')
        return;
    crew_kill(m);
    crew_run(&crew, sim_rand(&sim) % 10000);
    crew_start(m);
    crew_sealed(m, "#ops", 0);
}

static void nothing(void)
{
}

struct fault {
    const char *name; /* for who looks for something */
    void (*happens)(void);
    bool lossy;
    bool anew;   /* the relay forgets guests: who comes first founds the room, others follow */
    bool unsaid; /* what was typed may be lost, as long as nobody said that it was not */
};

static const struct fault FAULTS[] = {
    {"cut", is_cut, false, false, false},
    {"all cut", all_are_cut, false, false, false},
    {"flapping", is_cut_again_and_again, false, false, false},
    {"deaf for a while", reads_nothing_for_a_while, false, false, false},
    {"deaf for long", reads_nothing_for_long, false, false, false},
    {"mute for a while", is_not_heard_for_a_while, false, false, false},
    {"mute for long", is_not_heard_for_long, false, false, false},
    {"slices", comes_in_slices, false, false, false},
    {"slices and a cut", comes_in_slices_and_is_cut, false, false, false},
    {"relay stopped", relay_is_stopped, false, true, false},
    {"relay killed", relay_is_killed, false, true, false},
    {"relay drained", relay_is_ended_in_order, false, true, false},
    {"program dies", program_dies, false, false, true},
    {"lossy bus", nothing, true, false, false},
    {"lossy bus and a cut", is_cut, true, false, false},
};

static void live_through(const struct fault *f, uint64_t seed, bool accounts)
{
    begin(seed, f->lossy, f->anew, accounts);
    if (getenv("SOTTO_STORMS") != NULL)
        (void)fprintf(stderr, "%s, seed %llu\n", f->name, (unsigned long long)seed);
    for (int round = 0; round < ROUNDS; round++) {
        all_say();
        crew_turns(&crew, (unsigned)(sim_rand(&sim) % 12));
        f->happens();
        all_say();
        crew_run(&crew, 5000);
        crew_heals(&crew, "#ops", 3);
    }
    all_say();
    crew_heals(&crew, "#ops", 3);
    if (accounts || !f->anew)
        crew_orderly(&crew, "#ops");
    crew_once(&crew, "#ops");
    if (accounts && !f->unsaid)
        crew_complete(&crew, "#ops");
    else if (accounts)
        crew_confirmed(&crew, "#ops");
    end();
}

static void every_kind(uint64_t first, bool accounts)
{
    unsigned seeds = getenv("SOTTO_STORMS") != NULL ? MANY : SEEDS;

    for (size_t i = 0; i < MEM_COUNT(FAULTS); i++) {
        for (unsigned k = 0; k < seeds; k++)
            live_through(&FAULTS[i], first + 100 * i + k, accounts);
    }
}

Test(engine_fault, accounts__live_through_every_kind)
{
    every_kind(20272, true);
}

Test(engine_fault, guests__live_through_every_kind)
{
    every_kind(30272, false);
}

/* ---- at every frame ---- */

static void cut_him(void *who)
{
    crew_cut(who);
}

static void at_every_frame(bool accounts, size_t who)
{
    begin(40272 + who, false, false, accounts);
    for (size_t k = 1; k < 200; k++) {
        sim.cut_at = sim.events + k;
        sim.cut_fn = cut_him;
        sim.cut_arg = crew.members[who];
        crew_rotate(crew.members[0], "#ops");
        crew_say(crew.members[0], "#ops");
        crew_say(crew.members[1], "#ops");
        crew_run(&crew, 1500);
        bool over = sim.cut_fn != NULL;
        sim.cut_fn = NULL;
        crew_run(&crew, 33000);
        crew_heals(&crew, "#ops", 3);
        if (over)
            break;
    }
    crew_orderly(&crew, "#ops");
    crew_complete(&crew, "#ops");
    crew_quiet(&crew);
    end();
}

Test(engine_fault, sender__is_cut_at_every_frame)
{
    at_every_frame(false, 0);
}

Test(engine_fault, reader__is_cut_at_every_frame)
{
    at_every_frame(true, 2);
}
