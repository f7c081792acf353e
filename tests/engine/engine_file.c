/* SPDX-License-Identifier: ISC */
/* Files from one to others, when nobody means harm and no line fails. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/crew_check.h"
#include "support/filecrew.h"

enum { ALICE, BOB, CAROL, DAVE };
#define OPS    "#ops"
#define CHUNK  65536u
#define WINDOW 64u /* chunks */

static struct filecrew f;

static void setup(void)
{
    filecrew_init(&f, 20270);
}

static void teardown(void)
{
    filecrew_fini(&f);
}

static bool is_over(void *arg)
{
    return transfer_over(arg);
}

TestSuite(engine_file, .init = setup, .fini = teardown);

Test(engine_file, size__every_edge_of_a_chunk_comes_whole)
{
    static const size_t SIZES[] = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17};
    char name[32];

    filecrew_room(&f, 2);
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        (void)snprintf(name, sizeof name, "size %zu.bin", SIZES[i]);
        filecrew_goes(&f, ALICE, OPS, BOB, name, SIZES[i]);
        filecrew_is(&f, ALICE, name, TRANSFER_DONE);
    }
    cr_assert_eq(filecrew_chunks(&f, BOB, DOWN), 1 + 1 + 1 + 1 + 2 + 4);
    cr_assert_eq(filecrew_entries(f.in[BOB]), sizeof SIZES / sizeof SIZES[0]);
    filecrew_sealed_once(&f, ALICE);
    crew_quiet(&f.v.crew);
}

Test(engine_file, size__around_a_window)
{
    filecrew_room(&f, 2);
    filecrew_goes(&f, ALICE, OPS, BOB, "less", WINDOW * CHUNK - 1);
    filecrew_goes(&f, ALICE, OPS, BOB, "exact", WINDOW * CHUNK);
    filecrew_goes(&f, ALICE, OPS, BOB, "more", WINDOW * CHUNK + 1);
    filecrew_goes(&f, BOB, OPS, ALICE, "twice", 2 * WINDOW * CHUNK + 5);
    cr_assert_eq(filecrew_chunks(&f, BOB, DOWN), 3 * WINDOW + 1);
    filecrew_sealed_once(&f, ALICE);
}

Test(engine_file, name__that_is_there_is_not_overwritten)
{
    filecrew_room(&f, 2);
    filecrew_goes(&f, ALICE, OPS, BOB, "a.txt", 10);
    filecrew_send(&f, ALICE, OPS, "a.txt", 20);
    filecrew_accept(&f, BOB, "a.txt");
    filecrew_is(&f, BOB, "a.txt", TRANSFER_DONE);
    filecrew_same(&f, BOB, "a (2).txt", "a.txt");
    cr_assert_eq(filecrew_entries(f.in[BOB]), 2);
}

Test(engine_file, name__with_spaces_and_other_letters_comes_as_it_is)
{
    filecrew_room(&f, 2);
    filecrew_goes(&f, ALICE, OPS, BOB, "Überblick  (3) für alle.tar.gz", 100);
    filecrew_goes(&f, ALICE, OPS, BOB, "会議.pdf", 100);
}

/* One refuses, one is late, one does not answer at all; the sender is told of each. */
Test(engine_file, room__of_five_and_everybody_does_something_else)
{
    static char in_erin[FILECREW_PATH];
    const struct transfer *t;

    filecrew_room(&f, 4);
    struct crew_member *erin = crew_new_account(&f.v.crew, "erin");
    (void)snprintf(in_erin, sizeof in_erin, "%s/in.erin", f.dir);
    erin->setup.download_dir = in_erin;
    crew_start(erin);
    crew_join(erin, "ops");
    crew_sealed(f.v.m[ALICE], OPS, 5);
    crew_run(&f.v.crew, 2000);
    filecrew_send(&f, ALICE, OPS, "plan.pdf", 5 * CHUNK);
    filecrew_is(&f, CAROL, "plan.pdf", TRANSFER_OFFERED);
    filecrew_type(&f, CAROL, "/refuse %u", filecrew_find(&f, CAROL, "plan.pdf")->n);
    filecrew_accept(&f, BOB, "plan.pdf");
    filecrew_is(&f, BOB, "plan.pdf", TRANSFER_DONE);
    filecrew_same(&f, BOB, "plan.pdf", "plan.pdf");
    filecrew_accept(&f, DAVE, "plan.pdf"); /* late */
    filecrew_is(&f, DAVE, "plan.pdf", TRANSFER_DONE);
    filecrew_same(&f, DAVE, "plan.pdf", "plan.pdf");
    t = filecrew_find(&f, ALICE, "plan.pdf");
    cr_assert_eq(t->people_n, 3, "of erin nothing was heard");
    crew_run(&f.v.crew, 660000); /* until the offer does not stand any more */
    cr_assert_eq(filecrew_find(&f, ALICE, "plan.pdf")->state, TRANSFER_DONE);
    cr_assert_eq(filecrew_find(&f, CAROL, "plan.pdf")->state, TRANSFER_REFUSED);
    cr_assert_eq(filecrew_entries(f.in[CAROL]), 0);
    cr_assert_eq(filecrew_entries(in_erin), 0, "nobody accepted it there");
    filecrew_sealed_once(&f, ALICE);
}

Test(engine_file, room__that_all_refuse_tells_the_sender)
{
    filecrew_room(&f, 3);
    filecrew_send(&f, ALICE, OPS, "no", 10);
    for (size_t who = BOB; who <= CAROL; who++) {
        filecrew_is(&f, who, "no", TRANSFER_OFFERED);
        filecrew_type(&f, who, "/refuse");
    }
    filecrew_is(&f, ALICE, "no", TRANSFER_REFUSED);
    evil_told(&f.v, ALICE, OPS, EVENT_WARN, "no was not sent: nobody wanted it.");
    cr_assert_eq(filecrew_chunks(&f, ALICE, UP), 0);
}

Test(engine_file, direct__goes_to_the_other_alone)
{
    filecrew_pair(&f);
    filecrew_goes(&f, ALICE, "@bob", BOB, "secret", CHUNK + 1);
    filecrew_goes(&f, BOB, "@alice", ALICE, "answer", 7);
    filecrew_is(&f, BOB, "answer", TRANSFER_DONE);
    cr_assert(filecrew_find(&f, BOB, "secret")->direct);
}

Test(engine_file, direct__with_no_conversation_yet_makes_one)
{
    filecrew_people(&f, 2);
    crew_type(f.v.m[ALICE], "/msg bob");
    crew_run(&f.v.crew, 1000);
    filecrew_goes(&f, ALICE, "@bob", BOB, "first word", 3 * CHUNK);
    evil_goes_on(&f.v, ALICE, "@bob", BOB, "@alice");
}

Test(engine_file, many__both_ways_at_once)
{
    char name[16];

    filecrew_room(&f, 2);
    for (size_t i = 0; i < 6; i++) {
        (void)snprintf(name, sizeof name, "%c%zu", i % 2 == 0 ? 'a' : 'b', i);
        filecrew_send(&f, i % 2, OPS, name, (i + 1) * 5 * CHUNK + i);
    }
    for (size_t i = 0; i < 6; i++) {
        (void)snprintf(name, sizeof name, "%c%zu", i % 2 == 0 ? 'a' : 'b', i);
        filecrew_accept(&f, 1 - i % 2, name);
    }
    evil_goes_on(&f.v, ALICE, OPS, BOB, OPS); /* messages wait for no file */
    for (size_t i = 0; i < 6; i++) {
        (void)snprintf(name, sizeof name, "%c%zu", i % 2 == 0 ? 'a' : 'b', i);
        filecrew_is(&f, 1 - i % 2, name, TRANSFER_DONE);
        filecrew_same(&f, 1 - i % 2, name, name);
    }
    filecrew_sealed_once(&f, ALICE);
    filecrew_sealed_once(&f, BOB);
}

/* More than the relay lets one person send at once: the rest wait for their turn. */
Test(engine_file, many__more_than_the_relay_takes_wait)
{
    char name[16];

    f.v.sim.config.limits.file_transfers_per_user = 2;
    filecrew_room(&f, 2);
    for (size_t i = 0; i < 5; i++) {
        (void)snprintf(name, sizeof name, "w%zu", i);
        filecrew_send(&f, ALICE, OPS, name, 100 + i);
    }
    for (size_t i = 0; i < 5; i++) {
        (void)snprintf(name, sizeof name, "w%zu", i);
        filecrew_accept(&f, BOB, name);
        filecrew_is(&f, BOB, name, TRANSFER_DONE);
        filecrew_same(&f, BOB, name, name);
    }
}

/* What is meant for people whose keys were compared is said to nobody else. */
Test(engine_file, careful__is_not_offered_where_somebody_is_not_verified)
{
    filecrew_room(&f, 2);
    filecrew_write(filecrew_path(&f, "secret"), 10, 1);
    cr_assert_eq(intents_push(&f.v.m[ALICE]->model->intents, INTENT_FILE_CAREFUL,
                     bytes_str(filecrew_path(&f, "secret"))),
        ERR_OK);
    session_intents(f.v.m[ALICE]->session);
    struct transfer *t = filecrew_find(&f, ALICE, "secret");
    cr_assert(crew_until(&f.v.crew, is_over, t));
    cr_assert_str_eq(t->why, "somebody reads along whose key was not compared");
    crew_run(&f.v.crew, 5000);
    cr_assert_null(filecrew_find(&f, BOB, "secret"));
    cr_assert_eq(filecrew_chunks(&f, ALICE, UP), 0);
    filecrew_goes(&f, ALICE, OPS, BOB, "open", 10);
}
