/* SPDX-License-Identifier: ISC */
/* Nothing is written or asked for before the person says so, in words or by a rule. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "client/accept.h"
#include "support/crew_check.h"
#include "support/filecrew.h"

enum { ALICE, BOB, CAROL };
#define OPS "#ops"

static struct filecrew f;

static void setup(void)
{
    filecrew_init(&f, 20278);
}

static void teardown(void)
{
    filecrew_fini(&f);
}

TestSuite(engine_file_rule, .init = setup, .fini = teardown);

static void nothing_happens(const char *name)
{
    crew_run(&f.v.crew, 5000);
    cr_assert_eq(filecrew_find(&f, BOB, name)->state, TRANSFER_OFFERED);
    cr_assert_eq(meddler_count(&f.v.line[BOB], UP, OP_FILE_ANSWER), 0);
    cr_assert_eq(access(f.in[BOB], F_OK), -1, "a folder was made");
}

Test(engine_file_rule, word__other_than_the_command_does_nothing)
{
    static const char *const WORDS[] = {
        "s", "r", "y", "yes", "accept", "accept 1", "1", "S", "//accept 1"};

    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    for (size_t i = 0; i < MEM_COUNT(WORDS); i++)
        crew_type_in(f.v.m[BOB], OPS, WORDS[i]);
    nothing_happens("a");
}

Test(engine_file_rule, accept__of_what_is_not_offered_is_told)
{
    static const char *const WRONG[] = {"/accept 2", "/accept 0",
        "/accept 99999999999999999999", "/accept -1", "/accept x", "/accept 1x", "/refuse 2",
        "/cancel 1", "/pause 1", "/resume 1", "/cancel 77", "/pause 77", "/resume 77"};

    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    for (size_t i = 0; i < MEM_COUNT(WRONG); i++)
        crew_type_in(f.v.m[BOB], OPS, WRONG[i]);
    nothing_happens("a");
    cr_assert_geq(
        evil_times(&f.v, BOB, OPS, "There is no such file; /transfers shows which there are."),
        MEM_COUNT(WRONG) - 1);
}

Test(engine_file_rule, accept__twice_and_after_a_refusal)
{
    filecrew_room(&f, 3);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, CAROL, "a", TRANSFER_OFFERED);
    filecrew_type(&f, CAROL, "/refuse 1");
    filecrew_type(&f, CAROL, "/accept 1");
    filecrew_type(&f, CAROL, "/refuse 1");
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    filecrew_type(&f, BOB, "/accept 1");
    filecrew_type(&f, BOB, "/accept 1");
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_type(&f, BOB, "/accept 1");
    filecrew_type(&f, BOB, "/refuse 1");
    filecrew_type(&f, BOB, "/cancel 1");
    crew_run(&f.v.crew, 5000);
    cr_assert_eq(filecrew_find(&f, BOB, "a")->state, TRANSFER_DONE);
    cr_assert_eq(filecrew_find(&f, CAROL, "a")->state, TRANSFER_REFUSED);
    cr_assert_eq(filecrew_entries(f.in[BOB]), 1);
    cr_assert_eq(filecrew_entries(f.in[CAROL]), 0);
}

Test(engine_file_rule, accept__under_a_name_that_leads_elsewhere_is_not_one)
{
    static const char *const NAMES[] = {
        "../x", "/etc/x", ".hidden", "a/b", "..", ".", "-x", "~x", "x/", "a\x01", "con", "x."};

    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    for (size_t i = 0; i < MEM_COUNT(NAMES); i++)
        filecrew_type(&f, BOB, "/accept 1 %s", NAMES[i]);
    nothing_happens("a");
    crew_told(f.v.m[BOB], OPS, "A file cannot be called that here");
    filecrew_type(&f, BOB, "/accept 1 my own name.txt");
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_same(&f, BOB, "my own name.txt", "a");
}

/* ---- rules ---- */

Test(engine_file_rule, rule__up_to_exactly_its_size)
{
    filecrew_room(&f, 2);
    filecrew_type(&f, BOB, "/auto-accept alice 1000");
    filecrew_send(&f, ALICE, OPS, "more", 1001);
    filecrew_is(&f, BOB, "more", TRANSFER_OFFERED);
    nothing_happens("more");
    filecrew_send(&f, ALICE, OPS, "exact", 1000);
    filecrew_is(&f, BOB, "exact", TRANSFER_DONE);
    crew_told(f.v.m[BOB], OPS, "exact is accepted, as you set it (/auto-accept).");
    cr_assert_eq(filecrew_find(&f, BOB, "more")->state, TRANSFER_OFFERED);
}

Test(engine_file_rule, rule__is_for_one_person_and_ends_when_said)
{
    filecrew_room(&f, 3);
    filecrew_type(&f, BOB, "/auto-accept alice 1M");
    filecrew_send(&f, CAROL, OPS, "carols", 10);
    filecrew_is(&f, BOB, "carols", TRANSFER_OFFERED);
    nothing_happens("carols");
    filecrew_type(&f, BOB, "/auto-accept alice off");
    filecrew_send(&f, ALICE, OPS, "alices", 10);
    filecrew_is(&f, BOB, "alices", TRANSFER_OFFERED);
    nothing_happens("alices");
}

static size_t rules(void)
{
    size_t n = 0;

    for (const struct accept_rule *r = crew_engine(f.v.m[BOB])->files.rules; r != NULL;
         r = r->next)
        n++;
    return n;
}

/* Whoever has one can end it, wherever they are by now and under whichever key. */
Test(engine_file_rule, rule__of_somebody_who_left_can_be_ended)
{
    filecrew_room(&f, 3);
    filecrew_type(&f, BOB, "/auto-accept carol 1M");
    filecrew_type(&f, BOB, "/auto-accept alice 1M");
    crew_type_in(f.v.m[CAROL], OPS, "/leave");
    crew_sealed(f.v.m[BOB], OPS, 2);
    cr_assert_eq(rules(), 2);
    filecrew_type(&f, BOB, "/auto-accept carol off");
    cr_assert_eq(rules(), 1);
    crew_engine(f.v.m[BOB])->files.rules->print[0] ^= 1; /* of the key that alice had before */
    filecrew_type(&f, BOB, "/auto-accept alice 2M");
    cr_assert_eq(rules(), 1);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_type(&f, BOB, "/auto-accept alice off");
    cr_assert_eq(rules(), 0);
}

/* A guest calls itself what it likes. */
Test(engine_file_rule, rule__for_an_account_is_for_no_guest_of_that_name)
{
    filecrew_people(&f, 2);
    crew_start(f.v.m[evil_guest(&f.v, "carol")]);
    crew_join(f.v.m[BOB], "ops");
    crew_join(f.v.m[CAROL], "ops");
    crew_sealed(f.v.m[BOB], OPS, 2);
    crew_type(f.v.m[ALICE], "/msg bob psst");
    crew_reads(f.v.m[BOB], "@alice", "psst");
    const struct talk *c = crew_talk(f.v.m[BOB], OPS);
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        if (c->leaf[i] != NULL && talk_person_guest(c->leaf[i]))
            (void)snprintf(c->leaf[i]->nick, sizeof c->leaf[i]->nick, "alice");
    }
    filecrew_type(&f, BOB, "/auto-accept alice 1M");
    filecrew_send(&f, CAROL, OPS, "hers", 10);
    filecrew_send(&f, ALICE, "@bob", "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    crew_run(&f.v.crew, 5000);
    cr_assert_eq(filecrew_find(&f, BOB, "hers")->state, TRANSFER_OFFERED);
}

Test(engine_file_rule, rule__that_makes_no_sense_is_none)
{
    static const char *const WRONG[] = {"/auto-accept alice -1", "/auto-accept alice x",
        "/auto-accept nobody 10M", "/auto-accept alice 10Q", "/auto-accept alice"};

    filecrew_room(&f, 2);
    for (size_t i = 0; i < MEM_COUNT(WRONG); i++)
        filecrew_type(&f, BOB, "%s", WRONG[i]);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    nothing_happens("a");
}

Test(engine_file_rule, rule__outlives_a_restart_and_so_does_its_end)
{
    filecrew_room(&f, 2);
    filecrew_type(&f, BOB, "/auto-accept alice 1M");
    crew_run(&f.v.crew, 2000);
    crew_kill(f.v.m[BOB]);
    crew_start(f.v.m[BOB]);
    crew_heals(&f.v.crew, OPS, 2);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_type(&f, BOB, "/auto-accept alice off");
    crew_run(&f.v.crew, 2000);
    crew_kill(f.v.m[BOB]);
    crew_start(f.v.m[BOB]);
    crew_heals(&f.v.crew, OPS, 2);
    filecrew_send(&f, ALICE, OPS, "b", 10);
    filecrew_is(&f, BOB, "b", TRANSFER_OFFERED);
    crew_run(&f.v.crew, 5000);
    cr_assert_eq(filecrew_find(&f, BOB, "b")->state, TRANSFER_OFFERED);
}

/* An offer that nobody answered is there after a restart, and may be accepted. */
Test(engine_file_rule, offer__outlives_a_restart)
{
    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    crew_run(&f.v.crew, 2000);
    crew_kill(f.v.m[BOB]);
    crew_start(f.v.m[BOB]);
    filecrew_accept(&f, BOB, "a");
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_same(&f, BOB, "a", "a");
}

/* Somebody away finds it in the log. */
Test(engine_file_rule, offer__to_somebody_away_is_found_and_accepted)
{
    filecrew_room(&f, 2);
    crew_stop(f.v.m[BOB]);
    crew_run(&f.v.crew, 60000);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, ALICE, "a", TRANSFER_OFFERED);
    crew_run(&f.v.crew, 60000);
    crew_start(f.v.m[BOB]);
    filecrew_accept(&f, BOB, "a");
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_same(&f, BOB, "a", "a");
}

/* Whoever offers it comes back and offers it again: nobody has to have answered in time. */
Test(engine_file_rule, offer__outlives_a_restart_of_its_sender)
{
    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    crew_stop(f.v.m[ALICE]);
    crew_run(&f.v.crew, 120000); /* longer than the relay waits for her */
    cr_assert_eq(filecrew_find(&f, BOB, "a")->state, TRANSFER_OFFERED, "%s",
        filecrew_find(&f, BOB, "a")->why);
    crew_start(f.v.m[ALICE]);
    filecrew_is(&f, ALICE, "a", TRANSFER_OFFERED);
    filecrew_accept(&f, BOB, "a");
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_same(&f, BOB, "a", "a");
}

/* And who accepts it meanwhile is asked no second time. */
Test(engine_file_rule, offer__is_accepted_while_its_sender_is_away)
{
    filecrew_room(&f, 2);
    filecrew_send(&f, ALICE, OPS, "a", 10);
    filecrew_is(&f, BOB, "a", TRANSFER_OFFERED);
    crew_stop(f.v.m[ALICE]);
    crew_run(&f.v.crew, 120000);
    filecrew_accept(&f, BOB, "a");
    filecrew_is(&f, BOB, "a", TRANSFER_LOST);
    crew_start(f.v.m[ALICE]);
    filecrew_is(&f, BOB, "a", TRANSFER_DONE);
    filecrew_same(&f, BOB, "a", "a");
}
