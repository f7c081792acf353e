/* SPDX-License-Identifier: ISC */
/*
 * Senders, receivers and the relay die in the middle of a file and come back: it goes on with
 * what is there. The last test does it at random: 12 times, 200 with SOTTO_LONG=1; its seed is
 * printed, or taken from SOTTO_SEED.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/parcel.h"
#include "support/crew_check.h"
#include "support/filecrew.h"

enum { ALICE, BOB };
#define OPS    "#ops"
#define CHUNK  65536u
#define TURNS  26
#define LARGE  40 /* chunks */
#define ROUNDS 12
#define MORE   200

static struct filecrew f;
static char name[24];

static void setup(void)
{
    filecrew_db(&f, 20273);
    filecrew_room(&f, 2);
    filecrew_type(&f, BOB, "/auto-accept alice 100M");
    crew_run(&f.v.crew, 1000);
}

static void teardown(void)
{
    filecrew_sealed_once(&f, ALICE);
    filecrew_fini(&f);
}

TestSuite(engine_file_kill, .init = setup, .fini = teardown);

static void under_way(unsigned k, size_t chunks)
{
    crew_heals(&f.v.crew, OPS, 2);
    (void)snprintf(name, sizeof name, "f%u", k);
    filecrew_send(&f, ALICE, OPS, name, chunks * CHUNK - 7);
}

static void arrives(void)
{
    filecrew_is(&f, BOB, name, TRANSFER_DONE);
    filecrew_same(&f, BOB, name, name);
}

static void restart(void)
{
    sim_kill(&f.v.sim);
    sim_start(&f.v.sim);
}

static void again(size_t who)
{
    crew_kill(f.v.m[who]);
    crew_run(&f.v.crew, 500);
    crew_start(f.v.m[who]);
}

/* So far that some of it is there, and not all. */
static size_t half_way(void)
{
    under_way(1, LARGE);
    filecrew_moves(&f, BOB, name, 15 * CHUNK);
    size_t held = (size_t)(filecrew_find(&f, BOB, name)->done / CHUNK);
    cr_assert_lt(held, (size_t)LARGE);
    return held;
}

/* ---- at every turn ---- */

Test(engine_file_kill, relay__at_every_turn)
{
    for (unsigned k = 0; k < TURNS; k++) {
        under_way(k, 4);
        crew_turns(&f.v.crew, k);
        restart();
        arrives();
        filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    }
}

/* What was never said is gone with who would have said it; what was said arrives, once. */
Test(engine_file_kill, sender__at_every_turn)
{
    for (unsigned k = 0; k < TURNS; k++) {
        under_way(k, 4);
        crew_turns(&f.v.crew, k);
        again(ALICE);
        crew_run(&f.v.crew, 60000);
        const struct transfer *t = filecrew_find(&f, BOB, name);
        cr_assert(t == NULL || t->state == TRANSFER_DONE, "turn %u: %s, %s", k,
            transfer_state_str(t->state), t->why);
        cr_assert(t != NULL || k < 12, "turn %u: it was never offered", k);
        if (t != NULL)
            filecrew_same(&f, BOB, name, name);
        cr_assert_null(filecrew_part(&f, BOB), "a part stays at turn %u", k);
    }
}

Test(engine_file_kill, receiver__at_every_turn)
{
    for (unsigned k = 0; k < TURNS; k++) {
        under_way(k, 4);
        crew_turns(&f.v.crew, k);
        again(BOB);
        filecrew_is(&f, ALICE, name, TRANSFER_DONE);
        crew_run(&f.v.crew, 2000);
        filecrew_same(&f, BOB, name, name);
        cr_assert_null(filecrew_part(&f, BOB), "a part stays at turn %u", k);
        cr_assert_eq(filecrew_entries(f.in[BOB]), k + 1, "it came twice at turn %u", k);
    }
}

/* ---- what was there does not come again ---- */

Test(engine_file_kill, resume__of_a_receiver_asks_for_what_it_lacks)
{
    size_t held = half_way();
    size_t before = filecrew_chunks(&f, BOB, DOWN);

    again(BOB);
    arrives();
    cr_assert_leq(filecrew_chunks(&f, BOB, DOWN) - before, LARGE - held);
}

Test(engine_file_kill, resume__of_a_sender_sends_what_lacks)
{
    size_t held = half_way();
    size_t before = filecrew_chunks(&f, BOB, DOWN);

    again(ALICE);
    arrives();
    cr_assert_leq(filecrew_chunks(&f, BOB, DOWN) - before, LARGE - held);
}

Test(engine_file_kill, resume__after_the_relay_sends_what_lacks)
{
    size_t held = half_way();
    size_t before = filecrew_chunks(&f, BOB, DOWN);

    restart();
    arrives();
    cr_assert_leq(filecrew_chunks(&f, BOB, DOWN) - before, LARGE - held);
}

Test(engine_file_kill, pause__outlives_a_restart)
{
    for (size_t who = ALICE; who <= BOB; who++) {
        under_way(10 + (unsigned)who, 160);
        filecrew_moves(&f, BOB, name, 10 * CHUNK);
        filecrew_type(&f, who, "/pause");
        crew_run(&f.v.crew, 2000);
        again(who);
        crew_run(&f.v.crew, 20000);
        filecrew_is(&f, who, name, TRANSFER_PAUSED);
        filecrew_type(&f, who, "/resume");
        arrives();
    }
}

/* ---- what happens to the part meanwhile ---- */

Test(engine_file_kill, part__that_was_damaged_is_mended_and_no_more)
{
    size_t held = half_way();

    crew_kill(f.v.m[BOB]);
    filecrew_poke(filecrew_part(&f, BOB), 3 * CHUNK + 100);                /* a byte */
    filecrew_poke(filecrew_part(&f, BOB), LARGE * CHUNK - 7 + 16 * 5 + 2); /* a tag */
    size_t before = filecrew_chunks(&f, BOB, DOWN);
    crew_start(f.v.m[BOB]);
    arrives();
    size_t came = filecrew_chunks(&f, BOB, DOWN) - before;
    cr_assert_leq(came, LARGE - held + 2);
    cr_assert_geq(came, 2);
}

static void rights_gone(const char *part)
{
    cr_assert_eq(chmod(part, 0644), 0);
}

static void cut_short(const char *part)
{
    cr_assert_eq(truncate(part, 100), 0);
}

static void is_a_link(const char *part)
{
    filecrew_write(filecrew_path(&f, "victim"), 1000, 1);
    cr_assert_eq(unlink(part), 0);
    cr_assert_eq(symlink(filecrew_path(&f, "victim"), part), 0);
}

static void is_a_folder(const char *part)
{
    cr_assert_eq(unlink(part), 0);
    cr_assert_eq(mkdir(part, 0700), 0);
}

/* It is not touched, the person is told, and another name is a way out of it. */
static void is_in_the_way(void (*fn)(const char *part))
{
    struct stat was, is;

    (void)half_way();
    crew_kill(f.v.m[BOB]);
    const char *part = filecrew_part(&f, BOB);
    fn(part);
    cr_assert_eq(lstat(part, &was), 0);
    crew_start(f.v.m[BOB]);
    filecrew_is(&f, BOB, name, TRANSFER_PAUSED);
    cr_assert_neq(filecrew_find(&f, BOB, name)->why[0], '\0');
    part = filecrew_part(&f, BOB);
    cr_assert_eq(lstat(part, &is), 0);
    cr_assert(
        is.st_ino == was.st_ino && is.st_size == was.st_size && is.st_mode == was.st_mode);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
    cr_assert_eq(remove(part), 0);
    filecrew_type(&f, BOB, "/resume");
    arrives();
}

Test(engine_file_kill, part__that_others_may_read_is_not_gone_on_with)
{
    is_in_the_way(rights_gone);
}

Test(engine_file_kill, part__that_was_cut_is_told_of)
{
    is_in_the_way(cut_short);
}

Test(engine_file_kill, part__that_became_a_link_is_not_followed)
{
    is_in_the_way(is_a_link);
    filecrew_write(filecrew_got(&f, BOB, "victim"), 1000, 1);
    cr_assert_eq(chmod(filecrew_got(&f, BOB, "victim"), 0600), 0);
    filecrew_same(&f, BOB, "victim", "victim");
}

Test(engine_file_kill, part__that_became_a_folder_is_told_of)
{
    is_in_the_way(is_a_folder);
}

Test(engine_file_kill, part__that_was_removed_begins_anew)
{
    (void)half_way();
    crew_kill(f.v.m[BOB]);
    cr_assert_eq(unlink(filecrew_part(&f, BOB)), 0);
    crew_start(f.v.m[BOB]);
    arrives();
}

/* ---- between its place and the word that it is there ---- */

static loop_fn *drain;

/* The worker's results are held back from the moment on that the file has its name. */
static void until_it_is_there(void *arg)
{
    if (access(filecrew_got(&f, BOB, name), F_OK) != 0)
        drain(arg);
}

static bool is_there(void *arg)
{
    (void)arg;
    return access(filecrew_got(&f, BOB, name), F_OK) == 0;
}

/* It is on disk where it will be, and nobody has been told so yet. */
static bool is_known(void *arg)
{
    const struct download *d = crew_engine(f.v.m[BOB])->files.downloads;

    (void)arg;
    return d != NULL && d->ticket != 0;
}

static void until_it_is_known(void *arg)
{
    if (!is_known(NULL))
        drain(arg);
}

static void killed_once(bool (*cond)(void *), struct loop_task *of, loop_fn *hold)
{
    under_way(1, LARGE);
    drain = of->fn;
    of->fn = hold;
    cr_assert(crew_until(&f.v.crew, cond, NULL));
    crew_kill(f.v.m[BOB]);
    of->fn = drain;
}

static void killed_before_the_place(void)
{
    killed_once(is_known, &f.v.m[BOB]->drain_vault, until_it_is_known);
    cr_assert_not_null(filecrew_part(&f, BOB));
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
}

static void killed_before_the_word(void)
{
    killed_once(is_there, &f.v.m[BOB]->drain_worker, until_it_is_there);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
}

/* It is known again where it is, and nothing comes twice. */
static void comes_no_more(void)
{
    size_t before = filecrew_chunks(&f, BOB, DOWN);
    char path[FILECREW_PATH];

    crew_start(f.v.m[BOB]);
    arrives();
    filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    cr_assert_eq(filecrew_chunks(&f, BOB, DOWN), before, "it comes again");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
    (void)snprintf(path, sizeof path, "%s", filecrew_got(&f, BOB, name));
    cr_assert_str_eq(filecrew_find(&f, BOB, name)->path, path);
    again(BOB);
    crew_run(&f.v.crew, 5000);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
    cr_assert_null(filecrew_find(&f, BOB, name), "it is still on its way");
}

Test(engine_file_kill, place__and_killed_before_it_is_said_so)
{
    killed_before_the_word();
    comes_no_more();
}

Test(engine_file_kill, place__that_was_written_down_and_not_taken_yet)
{
    killed_before_the_place();
    comes_no_more();
}

/* So a crash leaves it that came between the cutting of its tags and its name. */
Test(engine_file_kill, place__of_a_part_without_its_tags)
{
    killed_before_the_place();
    cr_assert_eq(truncate(filecrew_part(&f, BOB), LARGE * CHUNK - 7), 0);
    comes_no_more();
}

Test(engine_file_kill, place__of_a_part_that_lost_tags_and_a_byte_begins_anew)
{
    killed_before_the_place();
    cr_assert_eq(truncate(filecrew_part(&f, BOB), LARGE * CHUNK - 7), 0);
    filecrew_poke(filecrew_part(&f, BOB), 5 * CHUNK);
    crew_start(f.v.m[BOB]);
    arrives();
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
}

/* The one that has the name is not it: it stays as it is, and the file comes beside it. */
static void is_not_believed(void (*fn)(const char *got))
{
    struct stat was, is;
    char second[32];

    killed_before_the_word();
    const char *got = filecrew_got(&f, BOB, name);
    fn(got);
    cr_assert_eq(lstat(got, &was), 0);
    crew_start(f.v.m[BOB]);
    filecrew_is(&f, BOB, name, TRANSFER_DONE);
    (void)snprintf(second, sizeof second, "%s (2)", name);
    filecrew_same(&f, BOB, second, name);
    cr_assert_eq(lstat(filecrew_got(&f, BOB, name), &is), 0);
    cr_assert(is.st_ino == was.st_ino && is.st_size == was.st_size &&
              is.st_mode == was.st_mode && is.st_mtim.tv_nsec == was.st_mtim.tv_nsec);
    filecrew_is(&f, ALICE, name, TRANSFER_DONE);
}

static void changed(const char *got)
{
    filecrew_poke(got, LARGE * CHUNK - 10);
}

static void longer(const char *got)
{
    cr_assert_eq(truncate(got, LARGE * CHUNK), 0);
}

/* What it leads to is what was sent, to the last byte. */
static void link_to_the_same(const char *got)
{
    cr_assert_eq(unlink(got), 0);
    cr_assert_eq(symlink(filecrew_path(&f, name), got), 0);
}

static void folder(const char *got)
{
    cr_assert_eq(unlink(got), 0);
    cr_assert_eq(mkdir(got, 0700), 0);
}

static void fifo(const char *got)
{
    cr_assert_eq(unlink(got), 0);
    cr_assert_eq(mkfifo(got, 0600), 0);
}

Test(engine_file_kill, placed__and_changed_meanwhile)
{
    is_not_believed(changed);
}

Test(engine_file_kill, placed__and_made_longer_meanwhile)
{
    is_not_believed(longer);
}

Test(engine_file_kill, placed__and_a_link_meanwhile)
{
    is_not_believed(link_to_the_same);
}

Test(engine_file_kill, placed__and_a_folder_meanwhile)
{
    is_not_believed(folder);
}

Test(engine_file_kill, placed__and_a_pipe_meanwhile)
{
    is_not_believed(fifo);
}

Test(engine_file_kill, placed__and_removed_meanwhile)
{
    killed_before_the_word();
    cr_assert_eq(unlink(filecrew_got(&f, BOB, name)), 0);
    crew_start(f.v.m[BOB]);
    arrives();
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
}

/* Rights that the person gave it, and another name beside, make it no other file. */
Test(engine_file_kill, placed__and_given_to_others_meanwhile)
{
    killed_before_the_word();
    cr_assert_eq(chmod(filecrew_got(&f, BOB, name), 0644), 0);
    size_t before = filecrew_chunks(&f, BOB, DOWN);
    crew_start(f.v.m[BOB]);
    filecrew_is(&f, BOB, name, TRANSFER_DONE);
    cr_assert_eq(filecrew_chunks(&f, BOB, DOWN), before);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
}

/* ---- what happens to the file meanwhile ---- */

Test(engine_file_kill, source__that_changed_meanwhile_is_given_up)
{
    (void)half_way();
    crew_kill(f.v.m[ALICE]);
    filecrew_poke(filecrew_path(&f, name), LARGE * CHUNK - 10);
    crew_start(f.v.m[ALICE]);
    filecrew_is(&f, ALICE, name, TRANSFER_FAILED);
    filecrew_why(&f, ALICE, name, "somebody changed it");
    crew_run(&f.v.crew, 5000);
    cr_assert_neq(filecrew_find(&f, BOB, name)->state, TRANSFER_DONE);
}

Test(engine_file_kill, source__that_is_gone_is_told_of)
{
    (void)half_way();
    crew_kill(f.v.m[ALICE]);
    cr_assert_eq(unlink(filecrew_path(&f, name)), 0);
    crew_start(f.v.m[ALICE]);
    filecrew_is(&f, ALICE, name, TRANSFER_FAILED);
    filecrew_why(&f, ALICE, name, "there is no such file");
}

/* ---- a word that nobody hears ---- */

/* Neither the relay nor whoever receives is there when it is taken back. */
Test(engine_file_kill, cancel__reaches_whoever_was_away)
{
    (void)half_way();
    crew_kill(f.v.m[BOB]);
    crew_cut(f.v.m[ALICE]);
    while (f.v.m[ALICE]->model->link == MODEL_READY)
        crew_turns(&f.v.crew, 1);
    filecrew_type(&f, ALICE, "/cancel");
    crew_turns(&f.v.crew, 2);
    again(ALICE);
    crew_run(&f.v.crew, 2000);
    restart();
    crew_run(&f.v.crew, 2000);
    cr_assert_not_null(filecrew_part(&f, BOB));
    crew_start(f.v.m[BOB]);
    filecrew_why(&f, BOB, name, "the sender took it back");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 0);
}

/* The relay knows of no such file just then: they hear it when they offer it again. */
Test(engine_file_kill, refuse__of_a_file_whose_sender_is_away)
{
    filecrew_type(&f, BOB, "/auto-accept alice off");
    under_way(1, LARGE);
    filecrew_is(&f, BOB, name, TRANSFER_OFFERED);
    crew_kill(f.v.m[ALICE]);
    restart();
    crew_run(&f.v.crew, 30000);
    filecrew_type(&f, BOB, "/refuse");
    filecrew_is(&f, BOB, name, TRANSFER_REFUSED);
    crew_run(&f.v.crew, 2000);
    again(BOB);
    crew_run(&f.v.crew, 2000);
    crew_start(f.v.m[ALICE]);
    filecrew_is(&f, ALICE, name, TRANSFER_REFUSED);
    crew_run(&f.v.crew, 2000);
    again(BOB);
    cr_assert_null(filecrew_find(&f, BOB, name));
}

/* ---- at random ---- */

static void anybody(unsigned k)
{
    uint64_t r = sim_rand(&f.v.sim);

    crew_turns(&f.v.crew, (unsigned)(r % 60));
    for (uint64_t n = 1 + (r >> 8) % 3; n != 0; n--) {
        uint64_t who = (r >> (16 + n)) % 3;
        if (who == 2)
            restart();
        else
            again((size_t)who);
        crew_turns(&f.v.crew, (unsigned)((r >> (32 + n)) % 40));
    }
    crew_run(&f.v.crew, 120000);
    const struct transfer *t = filecrew_find(&f, BOB, name);
    cr_assert_null(filecrew_part(&f, BOB), "round %u: a part stays", k);
    if (t != NULL)
        cr_assert_eq(t->state, TRANSFER_DONE, "round %u: %s, %s", k,
            transfer_state_str(t->state), t->why);
    if (access(filecrew_got(&f, BOB, name), F_OK) == 0)
        filecrew_same(&f, BOB, name, name);
    else
        cr_assert_null(t);
}

Test(engine_file_kill, anybody__at_random)
{
    const char *seed = getenv("SOTTO_SEED");
    const char *lengthy = getenv("SOTTO_LONG");
    unsigned rounds = lengthy != NULL && lengthy[0] == '1' ? MORE : ROUNDS;

    f.v.sim.rng = seed != NULL ? strtoull(seed, NULL, 10) : 20274;
    (void)fprintf(stderr, "SOTTO_SEED=%llu\n", (unsigned long long)f.v.sim.rng);
    for (unsigned k = 0; k < rounds; k++) {
        under_way(100 + k, 12);
        anybody(k);
    }
}
