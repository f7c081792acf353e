/* SPDX-License-Identifier: ISC */
/* Anything in any order, by a seed: afterwards all who are in the room are in one group, what
 * was confirmed was read by everybody who stayed, and nothing was shown twice. SOTTO_STORMS=1
 * has many seeds and up to fifty people; SOTTO_SEED repeats one. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/crew_check.h"
#include "support/support.h"

#define FEW        7
#define FEW_STEPS  120
#define MANY       50
#define MANY_STEPS 600
#define SEEDS      30
#define REST_MS    90000u

static struct sim sim;
static struct crew crew;
static char dir[64], path[96];

static uint64_t pick(uint64_t below)
{
    return sim_rand(&sim) % below;
}

static struct crew_member *anybody(void)
{
    return crew.members[pick(crew.n)];
}

static bool is_in(const struct crew_member *m)
{
    return m->up && crew_page(m, "#ops") != NULL;
}

/* ---- what may happen ---- */

static void says(struct crew_member *m)
{
    if (is_in(m))
        crew_say(m, "#ops");
}

static void rotates(struct crew_member *m)
{
    if (is_in(m))
        crew_rotate(m, "#ops");
}

static void is_cut(struct crew_member *m)
{
    crew_cut(m);
}

static void goes_and_comes(struct crew_member *m)
{
    if (m == crew.members[0])
        return;
    m->loose = true;
    if (is_in(m))
        crew_type_in(m, "#ops", "/leave");
    else
        crew_type(m, "/join ops");
}

static void takes_a_name(struct crew_member *m)
{
    char line[MSG_NAME + 8];

    if (m->dir[0] != '\0')
        return;
    (void)snprintf(line, sizeof line, "/nick n%u", (unsigned)pick(20));
    crew_type(m, line);
}

static void is_kicked(struct crew_member *m)
{
    char line[MSG_NAME + 8];

    if (m == crew.members[0] || !is_in(crew.members[0]))
        return;
    m->loose = true;
    (void)snprintf(line, sizeof line, "/kick %.*s", (int)m->model->nick_n, m->model->nick);
    crew_type_in(crew.members[0], "#ops", line);
}

static void dies(struct crew_member *m)
{
    if (m->dir[0] == '\0')
        return;
    m->loose = true; /* it is shown the newest only, and what it had just typed is gone */
    crew_kill(m);
    crew_begin(m);
}

static void relay_dies(struct crew_member *m)
{
    (void)m;
    sim_kill(&sim);
    crew_run(&crew, pick(3000));
    sim_start(&sim);
}

struct act {
    unsigned share;
    void (*happens)(struct crew_member *m);
};

static const struct act ACTS[] = {
    {50, says},
    {10, rotates},
    {10, is_cut},
    {8, goes_and_comes},
    {4, takes_a_name},
    {3, is_kicked},
    {4, dies},
    {2, relay_dies},
};

static void step(void)
{
    unsigned all = 0;
    size_t i = 0;

    for (size_t k = 0; k < sizeof ACTS / sizeof *ACTS; k++)
        all += ACTS[k].share;
    unsigned at = (unsigned)pick(all);
    while (at >= ACTS[i].share)
        at -= ACTS[i++].share;
    struct crew_member *m = anybody();
    if (m->up && m->session != NULL)
        ACTS[i].happens(m);
    if (pick(3) == 0)
        crew_run(&crew, pick(4000));
    else
        crew_turns(&crew, (unsigned)pick(10));
}

/* ---- before and after ---- */

static void begin(uint64_t seed, unsigned people)
{
    char name[MSG_NAME + 1];

    support_tmpdir(dir, sizeof dir);
    (void)snprintf(path, sizeof path, "%s/sottod.db", dir);
    sim_init(&sim, seed);
    sim.db_path = path;
    sim.config.limits.registrations_per_10min = 1000;
    sim_start(&sim);
    crew_init(&crew, &sim);
    for (unsigned i = 0; i < people; i++) {
        (void)snprintf(name, sizeof name, "p%u", i + 1);
        struct crew_member *m =
            i < 3 || pick(2) == 0 ? crew_new_account(&crew, name) : crew_new(&crew, name);
        crew_start(m);
        crew_type(m, "/join ops");
        if (i == 0)
            crew_sealed(m, "#ops", 1);
        /* Whoever has no account is forgotten with every restart of the relay. */
        m->loose = m->dir[0] == '\0';
    }
    crew_heals(&crew, "#ops", people);
}

static void all_come_back(void)
{
    crew_run(&crew, REST_MS);
    for (size_t i = 0; i < crew.n; i++) {
        if (!is_in(crew.members[i]))
            crew_type(crew.members[i], "/join ops");
    }
    crew_run(&crew, 10000);
    for (size_t i = 0; i < crew.n; i++)
        says(crew.members[i]);
    crew_heals(&crew, "#ops", (uint32_t)crew.n);
}

static void storm(uint64_t seed, unsigned people, unsigned steps)
{
    (void)fprintf(stderr, "storm: seed %llu, %u people\n", (unsigned long long)seed, people);
    begin(seed, people);
    for (unsigned i = 0; i < steps; i++)
        step();
    all_come_back();
    crew_once(&crew, "#ops");
    crew_confirmed(&crew, "#ops");
    crew_fini(&crew);
    sim_fini(&sim);
    support_rmtree(dir);
}

Test(engine_storm, anything__in_any_order)
{
    const char *one = getenv("SOTTO_SEED");

    if (one != NULL)
        storm(strtoull(one, NULL, 10), FEW, FEW_STEPS);
    else
        storm(20280, FEW, FEW_STEPS);
}

Test(engine_storm, anything__of_many_seeds)
{
    bool many = getenv("SOTTO_STORMS") != NULL;

    for (uint64_t i = 0; i < (many ? SEEDS : 2); i++)
        storm(20281 + i, FEW, FEW_STEPS);
}

Test(engine_storm, anything__of_fifty_people)
{
    if (getenv("SOTTO_STORMS") != NULL)
        storm(20380, MANY, MANY_STEPS);
    else
        storm(20380, 2 * FEW, FEW_STEPS);
}
