/* SPDX-License-Identifier: ISC */
/* Files from one to some: offers, answers, chunks, and how it ends. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "files.h"
#include "group.h"
#include "server/transfer.h"
#include "support/support.h"
#include "support/world.h"

#define COUNT 100

static struct sim sim;
static struct actor alice, bob, carol, dave, erin, frank;
static struct actor *const ALL[] = {&alice, &bob, &carol, &dave, &erin, &frank};
static struct giver give;
static struct taker takes[5];

static void setup(void)
{
    people_init(&sim, 21);
    sim.config.limits.file_window_bytes = 64 << 10; /* 16 chunks */
    sim_start(&sim);
    for (size_t i = 0; i < MEM_COUNT(ALL); i++)
        actor_init(ALL[i], &sim, "127.0.0.1");
}

static void teardown(void)
{
    cr_expect_null(world_wrong(sim.server), "%s", world_wrong(sim.server));
    for (size_t i = 0; i < MEM_COUNT(takes); i++)
        taker_fini(&takes[i]);
    for (size_t i = 0; i < MEM_COUNT(ALL); i++)
        actor_fini(ALL[i]);
    sim_fini(&sim);
}

TestSuite(scenario_file, .init = setup, .fini = teardown);

/* alice and as many others in a room; she offers. */
static void in_room(size_t others, uint32_t count)
{
    static const char *const NAMES[] = {"alice", "bob", "carol", "dave", "erin", "frank"};

    for (size_t i = 0; i <= others; i++) {
        actor_enter(ALL[i], NAMES[i]);
        (void)actor_join(ALL[i], "ops");
    }
    giver_init(&give, &alice, 7, CONVO_ROOM, "ops", count);
    for (size_t i = 0; i < others; i++)
        taker_init(&takes[i], ALL[i + 1], &give);
}

static void run(uint64_t ms)
{
    struct giver *gs[MEM_COUNT(takes)] = {&give};
    struct taker *ts[MEM_COUNT(takes)];

    for (size_t i = 0; i < MEM_COUNT(takes); i++)
        ts[i] = takes[i].a != NULL ? &takes[i] : NULL;
    files_run(&sim, gs, ts, MEM_COUNT(takes), ms);
    cr_assert_null(world_wrong(sim.server), "%s", world_wrong(sim.server));
}

static void everybody_has_it(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cr_assert(taker_done(&takes[i]), "%zu has %u of %u", i, takes[i].has.held, give.count);
        cr_assert_eq(takes[i].twice, 0, "%zu got %zu twice", i, takes[i].twice);
    }
}

static size_t under_way(void)
{
    return (size_t)world_status(sim.server, "files");
}

Test(scenario_file, room__nobody_else_is_there)
{
    in_room(0, COUNT);
    cr_assert_eq(giver_offer(&give), STATUS_REFUSED);
    people_refused(&alice, CODE_NOBODY, "nobody");
    cr_assert_eq(under_way(), 0);
}

Test(scenario_file, direct__one_receiver)
{
    struct msg_file_offered m;

    in_room(1, COUNT);
    giver_init(&give, &alice, 7, CONVO_DIRECT, "bob", COUNT);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    cr_assert_eq(give.asked, 1);
    actor_event(&bob, OP_FILE_OFFER, &MSG_FILE_OFFERED, &m);
    cr_assert(bytes_eq(m.sender, bytes_str("alice")));
    cr_assert_eq(m.room.n, 0);
    cr_assert_eq(m.handle, give.handle);
    cr_assert_eq(m.bytes, give.bytes);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
    run(2000);
    everybody_has_it(1);
    cr_assert_eq(give.sent, COUNT);
    cr_assert(give.ended);
    cr_assert_eq(give.end, FILE_END_DONE);
    cr_assert_eq(giver_state(&give, "bob"), FILE_DONE);
    cr_assert_eq(under_way(), 0);
    cr_assert_eq(sim.server->files->reserved, 0);
}

/* The relay hears of the group from who founds it, and of the other's leaf from nobody. */
Test(scenario_file, direct__with_a_group)
{
    struct msg_dm_key m = {.user = bytes_str("bob"),
        .flags = COMMIT_CREATE,
        .epoch = 1,
        .req = {7},
        .welcome = bytes_str("a welcome")};
    struct msg_file_offered seen;

    in_room(1, COUNT);
    (void)actor_ask(&alice, OP_DM_KEY, &m);
    cr_assert_eq(actor_status(&alice), STATUS_DONE);
    giver_init(&give, &alice, 7, CONVO_DIRECT, "bob", COUNT);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    cr_assert_eq(give.asked, 1);
    actor_event(&bob, OP_FILE_OFFER, &MSG_FILE_OFFERED, &seen);
    cr_expect(bytes_eq(seen.sender, bytes_str("alice")));
}

Test(scenario_file, direct__nobody_of_that_name)
{
    in_room(0, COUNT);
    giver_init(&give, &alice, 7, CONVO_DIRECT, "nobody", COUNT);
    cr_assert_eq(giver_offer(&give), 0xff);
    cr_assert_eq(alice.last->op, OP_NO_USER);
}

Test(scenario_file, room__five_receivers_cost_one_upload)
{
    in_room(5, COUNT);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    cr_assert_eq(give.asked, 5);
    for (size_t i = 0; i < 5; i++)
        cr_assert_eq(taker_accept(&takes[i]), STATUS_DONE);
    run(3000);
    everybody_has_it(5);
    cr_assert_eq(give.sent, COUNT);
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file, file__of_no_bytes_has_one_chunk)
{
    in_room(1, 1);
    give.bytes = 0;
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
    sim_run(&sim, 100);
    cr_assert(actor_has_event(&alice, OP_FILE_CREDIT));
    give.idle = true;
    giver_send(&give, 0, MSG_CHUNK_TAG);
    run(100);
    everybody_has_it(1);
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file, answer__all_refuse_and_nobody_wanted_it)
{
    in_room(3, COUNT);
    (void)giver_offer(&give);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_not(give.ended);
        cr_assert_eq(taker_refuse(&takes[i]), STATUS_DONE);
        run(20);
    }
    cr_assert(give.ended);
    cr_assert_eq(give.end, FILE_END_NOBODY);
    cr_assert_eq(giver_state(&give, "carol"), FILE_REFUSED);
    cr_assert_eq(under_way(), 0);
}

Test(scenario_file, answer__nobody_answers_and_the_offer_ends)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    sim_run(&sim, 599000);
    giver_step(&give);
    cr_assert_not(give.ended);
    sim_run(&sim, 2000);
    run(20);
    cr_assert(give.ended);
    cr_assert_eq(give.end, FILE_END_NOBODY);
    cr_assert(takes[0].ended, "who was asked is told");
    cr_assert_eq(taker_accept(&takes[0]), STATUS_REFUSED);
    people_refused(&bob, CODE_NO_TRANSFER, "no such file");
}

Test(scenario_file, answer__others_have_a_moment_and_then_it_starts)
{
    in_room(3, COUNT);
    (void)giver_offer(&give);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
    sim_run(&sim, 2000);
    cr_assert_not(actor_has_event(&alice, OP_FILE_CREDIT), "two have not answered");
    sim_run(&sim, 2000);
    cr_assert(actor_has_event(&alice, OP_FILE_CREDIT));
}

/* The moment is that of the first who accepts: whoever comes later does not put it off. */
Test(scenario_file, answer__a_second_one_does_not_put_the_start_off)
{
    in_room(3, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    sim_run(&sim, 2500);
    (void)taker_accept(&takes[1]);
    sim_run(&sim, 1600);
    cr_assert(actor_has_event(&alice, OP_FILE_CREDIT));
}

Test(scenario_file, answer__starts_at_once_when_all_have_answered)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    (void)taker_refuse(&takes[1]);
    sim_run(&sim, 20);
    cr_assert(actor_has_event(&alice, OP_FILE_CREDIT));
    run(2000);
    everybody_has_it(1);
    cr_assert_eq(takes[1].has.held, 0);
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file, answer__late_accept_gets_all_of_it)
{
    in_room(2, 200);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    sim_run(&sim, 4000);
    for (int i = 0; i < 5; i++) {
        giver_step(&give);
        sim_run(&sim, 5);
        taker_step(&takes[0]);
        sim_run(&sim, 5);
    }
    cr_assert_gt(takes[0].has.held, 0);
    cr_assert_not(taker_done(&takes[0]));
    uint32_t missed = takes[0].has.held;
    (void)taker_accept(&takes[1]);
    run(4000);
    everybody_has_it(2);
    cr_assert_geq(give.sent, 200 + missed / 2);
    cr_assert_leq(give.sent, 200 + missed + 2 * give.window, "only what was missed goes again");
}

Test(scenario_file, answer__after_others_are_done)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    run(5000);
    cr_assert(taker_done(&takes[0]));
    cr_assert_not(give.ended, "one has not answered yet");
    (void)taker_accept(&takes[1]);
    run(3000);
    everybody_has_it(2);
    cr_assert_eq(give.end, FILE_END_DONE);
    cr_assert_eq(give.sent, 2 * COUNT);
}

Test(scenario_file, answer__strangers_have_none)
{
    in_room(2, COUNT);
    actor_enter(&dave, "dave");
    (void)giver_offer(&give);
    taker_init(&takes[2], &dave, &give);
    cr_assert_eq(taker_accept(&takes[2]), STATUS_REFUSED);
    people_refused(&dave, CODE_NO_TRANSFER, "offered to you");
    /* Who comes later was not asked. */
    (void)actor_join(&dave, "ops");
    cr_assert_eq(taker_accept(&takes[2]), STATUS_REFUSED);
    people_refused(&dave, CODE_NO_TRANSFER, "offered to you");
    cr_assert_eq(taker_refuse(&takes[2]), STATUS_REFUSED);
    cr_assert_eq(files_pause(&dave, give.handle, 1), STATUS_REFUSED);
    people_refused(&dave, CODE_NO_TRANSFER, "offered to you");
    give.a = &dave;
    cr_assert_eq(giver_cancel(&give), STATUS_REFUSED);
    people_refused(&dave, CODE_NO_TRANSFER, "no such file");
    give.a = &alice;
    (void)taker_accept(&takes[0]);
    (void)taker_accept(&takes[1]);
    run(2000);
    everybody_has_it(2);
}

Test(scenario_file, answer__only_members_of_the_group_are_asked)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    group_found(&alice, "ops");
    (void)group_join(&bob, "ops");
    (void)actor_join(&carol, "ops");
    giver_init(&give, &alice, 7, CONVO_ROOM, "ops", COUNT);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    cr_assert_eq(give.asked, 1);
    taker_init(&takes[0], &carol, &give);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_REFUSED);
    give.a = &carol;
    cr_assert_eq(giver_offer(&give), STATUS_REFUSED);
    people_refused(&carol, CODE_NOT_MEMBER, "not in");
}

Test(scenario_file, answer__an_account_that_was_away_accepts_when_it_comes)
{
    people_account(&bob, "bob");
    actor_enter(&alice, "alice");
    (void)actor_join(&alice, "ops");
    (void)actor_join(&bob, "ops");
    actor_cut(&bob);
    sim_run(&sim, 40000);
    giver_init(&give, &alice, 7, CONVO_ROOM, "ops", COUNT);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    cr_assert_eq(give.asked, 0);
    people_login(&bob, "bob");
    taker_init(&takes[0], &bob, &give);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
    run(2000);
    everybody_has_it(1);
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file, cancel__is_told_to_who_came_after_the_offer)
{
    people_account(&bob, "bob");
    actor_enter(&alice, "alice");
    (void)actor_join(&alice, "ops");
    (void)actor_join(&bob, "ops");
    actor_cut(&bob);
    sim_run(&sim, 40000);
    giver_init(&give, &alice, 7, CONVO_ROOM, "ops", COUNT);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    people_login(&bob, "bob");
    taker_init(&takes[0], &bob, &give);
    cr_assert_eq(giver_cancel(&give), STATUS_DONE);
    run(10);
    cr_assert(takes[0].ended);
    cr_assert_eq(takes[0].end, FILE_END_CANCELLED);
}

/* ---- pace ---- */

Test(scenario_file, credit__is_one_window_until_the_slowest_acknowledges)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    (void)taker_accept(&takes[1]);
    takes[1].idle = true;
    run(1000);
    cr_assert_eq(give.window, 16);
    cr_assert_eq(give.sent, 16);
    cr_assert_eq(takes[0].has.held, 16);
    takes[1].idle = false;
    run(2000);
    everybody_has_it(2);
}

Test(scenario_file, credit__comes_for_many_chunks_at_a_time)
{
    size_t credits = 0;

    in_room(2, 400);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    (void)taker_accept(&takes[1]);
    for (int i = 0; i < 4000 && !give.ended; i++) {
        credits += actor_events(&alice, OP_FILE_CREDIT);
        giver_step(&give);
        for (size_t k = 0; k < 2; k++) {
            taker_step(&takes[k]);
            if (takes[k].counting && takes[k].taken != takes[k].acked)
                taker_ack(&takes[k], takes[k].taken); /* each chunk alone */
        }
        sim_turn(&sim);
    }
    everybody_has_it(2);
    cr_assert_eq(give.sent, 400);
    cr_assert_leq(credits, 400 / 4 + 2, "a quarter of the window at least");
}

Test(scenario_file, stall__one_is_dropped_and_told_and_the_rest_go_on)
{
    in_room(3, COUNT);
    (void)giver_offer(&give);
    for (size_t i = 0; i < 3; i++)
        (void)taker_accept(&takes[i]);
    takes[2].idle = true;
    run(1000);
    cr_assert_eq(give.sent, 16);
    sim_run(&sim, 32000);
    cr_assert(actor_has_event(&dave, OP_FILE_END));
    run(2000);
    everybody_has_it(2);
    cr_assert_eq(giver_state(&give, "dave"), FILE_GONE);
    cr_assert_eq(give.end, FILE_END_DONE);
    takes[2].idle = false;
    taker_step(&takes[2]);
    cr_assert_eq(takes[2].end, FILE_END_STALLED);
}

/* The offer stands for whoever was dropped, as for somebody who has not answered. */
Test(scenario_file, stall__the_only_one_may_accept_again)
{
    in_room(1, COUNT);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
    takes[0].idle = true;
    run((uint64_t)sim.config.limits.file_stall_s * 1000 + 5000);
    takes[0].idle = false;
    taker_step(&takes[0]); /* chunks that were on their way, and its end */
    cr_assert(takes[0].ended);
    cr_assert_eq(takes[0].end, FILE_END_STALLED);
    cr_assert_not(give.ended);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
    run(3000);
    cr_assert(taker_done(&takes[0]));
    cr_assert(give.ended);
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file, stall__an_offer_to_who_was_dropped_ends_like_any)
{
    in_room(1, COUNT);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
    takes[0].idle = true;
    run((uint64_t)sim.config.limits.file_stall_s * 1000 + 5000);
    cr_assert_not(give.ended);
    run((uint64_t)sim.config.limits.file_offer_s * 1000);
    cr_assert(give.ended);
    cr_assert_eq(give.end, FILE_END_NOBODY);
    cr_assert_eq(under_way(), 0);
}

Test(scenario_file, stall__a_line_that_reads_nothing_holds_no_more_than_a_window)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    (void)taker_accept(&takes[1]);
    sim_pause(carol.link, true);
    run(1000);
    cr_assert_leq(link_bulk_waits(sim_other(carol.link)), (size_t)(64 << 10) + 17 * 64);
    sim_run(&sim, 32000);
    cr_assert_eq(link_bulk_waits(sim_other(carol.link)), 0, "taken back when it was dropped");
    run(2000);
    everybody_has_it(1);
    sim_pause(carol.link, false);
    sim_run(&sim, 10);
}

Test(scenario_file, stall__a_sender_that_sends_nothing_ends_it)
{
    in_room(1, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    give.idle = true;
    sim_run(&sim, 29000);
    run(20);
    cr_assert_not(give.ended);
    sim_run(&sim, 3000);
    run(20);
    cr_assert(give.ended && takes[0].ended);
    cr_assert_eq(takes[0].end, FILE_END_STALLED);
}

Test(scenario_file, pause__by_the_sender_is_no_stall)
{
    struct msg_file_pause_order m;

    in_room(1, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    sim_run(&sim, 10);
    cr_assert_eq(files_pause(&alice, give.handle, 1), STATUS_DONE);
    actor_event(&bob, OP_FILE_PAUSE, &MSG_FILE_PAUSE, &m);
    cr_assert_eq(m.on, FILE_PAUSED_BY_SENDER);
    sim_run(&sim, 600000);
    cr_assert_eq(files_pause(&alice, give.handle, 0), STATUS_DONE);
    actor_event(&bob, OP_FILE_PAUSE, &MSG_FILE_PAUSE, &m);
    cr_assert_eq(m.on, FILE_GOES_ON);
    run(2000);
    everybody_has_it(1);
}

/* What it had credit for may come when it likes: the time to send begins anew. */
Test(scenario_file, pause__with_credit_out_is_no_stall_afterwards)
{
    in_room(1, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    sim_run(&sim, 10);
    cr_assert(actor_has_event(&alice, OP_FILE_CREDIT));
    give.idle = true;
    cr_assert_eq(files_pause(&alice, give.handle, 1), STATUS_DONE);
    run(100000);
    cr_assert_eq(files_pause(&alice, give.handle, 0), STATUS_DONE);
    run(20000);
    cr_assert_not(give.ended);
    give.idle = false;
    giver_step(&give);
    sim_run(&sim, 5000); /* nor is it one of who had nothing to take for so long */
    cr_assert_neq(giver_state(&give, "bob"), FILE_GONE);
    run(2000);
    everybody_has_it(1);
}

Test(scenario_file, pause__for_ever_is_not_held)
{
    in_room(1, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    (void)files_pause(&alice, give.handle, 1);
    sim_run(&sim, 3602000);
    run(20);
    cr_assert(give.ended);
    cr_assert_eq(give.end, FILE_END_STALLED);
}

Test(scenario_file, pause__by_a_receiver_lets_the_others_go_on)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    (void)taker_accept(&takes[1]);
    sim_run(&sim, 10);
    giver_step(&give);
    sim_run(&sim, 10);
    cr_assert_eq(files_pause(&carol, give.handle, 1), STATUS_DONE);
    takes[1].idle = true;
    run(2000);
    cr_assert(taker_done(&takes[0]));
    cr_assert_not(give.ended);
    cr_assert_eq(giver_state(&give, "carol"), FILE_PAUSED);
    cr_assert_eq(files_pause(&carol, give.handle, 0), STATUS_REFUSED);
    people_refused(&carol, CODE_NOT_ALLOWED, "accept again");
    takes[1].idle = false;
    taker_step(&takes[1]);
    cr_assert_eq(taker_accept(&takes[1]), STATUS_DONE);
    run(2000);
    everybody_has_it(2);
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file, pause__by_who_receives_nothing_is_refused)
{
    in_room(3, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    (void)taker_refuse(&takes[1]);
    run(5000);
    everybody_has_it(1);
    for (size_t i = 0; i < 3; i++) { /* has it, refused, was only asked */
        cr_assert_eq(files_pause(ALL[1 + i], give.handle, 1), STATUS_REFUSED);
        people_refused(ALL[1 + i], CODE_NO_TRANSFER, "no such file");
    }
    cr_assert_eq(giver_state(&give, "bob"), FILE_DONE);
}

/* Nothing else would tell the sender that there is room again. */
Test(scenario_file, pause__by_the_one_that_held_everybody_up)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    (void)taker_accept(&takes[1]);
    takes[1].idle = true;
    run(1000);
    cr_assert_eq(takes[0].has.held, give.window);
    cr_assert_eq(files_pause(&carol, give.handle, 1), STATUS_DONE);
    run(2000);
    cr_assert(taker_done(&takes[0]));
}

/* Somebody whose line is lost is not waited for at the start. */
Test(scenario_file, answer__of_somebody_out_of_reach_is_not_waited_for)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    actor_cut(&carol);
    sim_run(&sim, 100);
    (void)taker_accept(&takes[0]);
    sim_run(&sim, 20);
    cr_assert(actor_has_event(&alice, OP_FILE_CREDIT));
    takes[1].a = NULL;
    run(2000);
    cr_assert(taker_done(&takes[0]));
}

/* ---- the audit log ---- */

static void expect_audit(const char *dir, const char *const *lines, size_t n)
{
    char path[300];
    struct buf log;

    (void)snprintf(path, sizeof path, "%s/audit/audit.log", dir);
    buf_init(&log, 1u << 20);
    cr_assert_eq(file_read(path, &log), ERR_OK);
    for (size_t i = 0; i < n; i++)
        cr_assert_not_null(
            strstr(buf_cstr(&log), lines[i]), "%s is not in\n%s", lines[i], buf_cstr(&log));
    buf_free(&log);
}

Test(scenario_file, audit__has_who_offered_how_much_to_whom_and_how_it_ended)
{
    static const char *const LINES[] = {"405604 bytes in 100 chunks, to bob",
        "405604 bytes in 100 chunks, 2 may answer", "file_drop", "\"carol\"", "stalled",
        "done, 1 have it", "cancelled, 0 have it, by alice"};
    char dir[256];

    support_tmpdir(dir, sizeof dir);
    sim_stop(&sim);
    sim.audit_dir = dir;
    sim_start(&sim);
    in_room(2, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    (void)taker_accept(&takes[1]);
    takes[1].idle = true;
    run(40000);
    (void)taker_refuse(&takes[1]);
    run(1000);
    cr_assert_eq(give.end, FILE_END_DONE);
    giver_init(&give, &alice, 8, CONVO_DIRECT, "bob", COUNT);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    (void)giver_cancel(&give);
    sim_run(&sim, 10);
    expect_audit(dir, LINES, MEM_COUNT(LINES));
    sim_stop(&sim);
    sim.audit_dir = NULL;
    sim_start(&sim);
    support_rmtree(dir);
}

/* ---- cancel ---- */

Test(scenario_file, cancel__by_the_sender_ends_it_for_all)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    sim_run(&sim, 5000);
    giver_step(&give);
    cr_assert_eq(giver_cancel(&give), STATUS_DONE);
    run(50);
    cr_assert(takes[0].ended && takes[1].ended && give.ended);
    cr_assert_eq(takes[0].end, FILE_END_CANCELLED);
    cr_assert_eq(giver_cancel(&give), STATUS_REFUSED);
    people_refused(&alice, CODE_NO_TRANSFER, "no such file");
    cr_assert_eq(under_way(), 0);
    cr_assert_not_null(alice.link, "what was on its way is no offence");
}

Test(scenario_file, cancel__by_one_receiver_leaves_the_rest)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    (void)taker_accept(&takes[1]);
    sim_run(&sim, 10);
    giver_step(&give);
    sim_run(&sim, 10);
    cr_assert_eq(taker_refuse(&takes[1]), STATUS_DONE);
    run(2000);
    cr_assert(taker_done(&takes[0]));
    cr_assert_leq(takes[1].has.held, 16);
    cr_assert_eq(giver_state(&give, "carol"), FILE_REFUSED);
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file, cancel__by_a_receiver_who_then_wants_it_after_all)
{
    in_room(2, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    sim_run(&sim, 5000);
    giver_step(&give);
    (void)taker_refuse(&takes[0]);
    (void)taker_accept(&takes[0]);
    run(3000);
    everybody_has_it(1);
}

/* What was on its way for the first accept does not count for the second. */
Test(scenario_file, cancel__a_start_that_is_out_of_date_is_none)
{
    in_room(1, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    for (int i = 0; i < 20; i++) {
        giver_step(&give);
        sim_turn(&sim);
    }
    cr_assert(actor_has_event(&bob, OP_FILE_START));
    cr_assert_gt(actor_events(&bob, OP_FILE_CHUNK), 0);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
    run(3000);
    everybody_has_it(1);
    cr_assert_eq(give.end, FILE_END_DONE);
}

/* ---- operators ---- */

Test(scenario_file, drain__ends_it_and_goes)
{
    in_room(1, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    sim_run(&sim, 10);
    giver_step(&give);
    sim_turn(&sim);
    sim_drain(&sim);
    sim_start(&sim);
    cr_assert_eq(under_way(), 0);
}

Test(scenario_file, forbidden__is_said)
{
    in_room(1, COUNT);
    sim.config.limits.files = 0;
    cr_assert_eq(giver_offer(&give), STATUS_REFUSED);
    people_refused(&alice, CODE_NOT_ALLOWED, "takes no files");
}

Test(scenario_file, forbidden__while_one_is_under_way)
{
    in_room(1, COUNT);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    give.idle = true;
    sim_run(&sim, 10);
    sim.config.limits.files = 0;
    run(2000);
    cr_assert(give.ended && takes[0].ended);
    cr_assert_eq(takes[0].end, FILE_END_FORBIDDEN);
}
