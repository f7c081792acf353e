/* SPDX-License-Identifier: ISC */
/* Files over lines that fail, people who go, relays that start again, and rules broken. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "files.h"
#include "group.h"
#include "server/transfer.h"
#include "support/world.h"

#define COUNT 200

static struct sim sim;
static struct actor alice, bob, carol, dave;
static struct actor *const ALL[] = {&alice, &bob, &carol, &dave};
static struct giver give;
static struct taker takes[2];

static void setup(void)
{
    people_init(&sim, 22);
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

TestSuite(scenario_file_line, .init = setup, .fini = teardown);

static void run(uint64_t ms)
{
    struct giver *gs[] = {&give, NULL};
    struct taker *ts[] = {&takes[0], &takes[1]};

    files_run(&sim, gs, ts, 2, ms);
    cr_assert_null(world_wrong(sim.server), "%s", world_wrong(sim.server));
}

/* Some of it is there and some is on its way. */
static void half_way(void)
{
    for (int i = 0; i < 6; i++) {
        giver_step(&give);
        sim_run(&sim, 5);
        taker_step(&takes[0]);
        taker_step(&takes[1]);
        sim_run(&sim, 5);
    }
    giver_step(&give);
    sim_turn(&sim);
    cr_assert_gt(takes[0].has.held, 10);
    cr_assert_lt(takes[0].has.held, COUNT - 32);
}

/* alice offers, bob and carol have accepted; accounts when asked for. */
static void under_way(bool accounts)
{
    static const char *const NAMES[] = {"alice", "bob", "carol"};

    for (size_t i = 0; i < 3; i++) {
        if (accounts)
            people_account(ALL[i], NAMES[i]);
        else
            actor_enter(ALL[i], NAMES[i]);
        (void)actor_join(ALL[i], "ops");
    }
    giver_init(&give, &alice, 7, CONVO_ROOM, "ops", COUNT);
    taker_init(&takes[0], &bob, &give);
    taker_init(&takes[1], &carol, &give);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
    cr_assert_eq(taker_accept(&takes[1]), STATUS_DONE);
    half_way();
}

static void settled(void)
{
    give.idle = true;
    run(100);
}

static void both_have_it(void)
{
    cr_assert(taker_done(&takes[0]), "bob has %u", takes[0].has.held);
    cr_assert(taker_done(&takes[1]), "carol has %u", takes[1].has.held);
}

static void resume(struct actor *a)
{
    uint8_t token[MSG_SECRET];

    memcpy(token, a->resume, sizeof token);
    actor_hello(a);
    cr_assert_eq(actor_resume(a, token), STATUS_DONE);
}

/* ---- receivers ---- */

Test(scenario_file_line, receiver__back_within_the_grace_time_gets_what_it_lacks)
{
    under_way(false);
    actor_cut(&carol);
    takes[1].counting = false;
    uint32_t had = takes[1].has.held;
    run(500);
    cr_assert_eq(giver_state(&give, "carol"), FILE_AWAY);
    cr_assert_eq(takes[1].has.held, had);
    cr_assert(taker_done(&takes[0]), "nobody waits for her");
    resume(&carol);
    cr_assert_eq(taker_accept(&takes[1]), STATUS_DONE);
    run(3000);
    both_have_it();
    cr_assert_eq(takes[1].twice, 0);
    cr_assert_leq(give.sent, 2 * COUNT - had + 2 * give.window);
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file_line, receiver__an_account_back_after_the_grace_time)
{
    under_way(true);
    actor_cut(&carol);
    takes[1].counting = false;
    run(40000);
    cr_assert(taker_done(&takes[0]));
    cr_assert_not(give.ended);
    people_login(&carol, "carol");
    cr_assert_eq(taker_accept(&takes[1]), STATUS_DONE);
    run(3000);
    both_have_it();
    cr_assert_eq(takes[1].twice, 0);
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file_line, receiver__an_account_that_does_not_come_back_is_not_held_for_ever)
{
    under_way(true);
    actor_cut(&carol);
    run(40000);
    sim_run(&sim, 3600000);
    run(20);
    cr_assert_eq(giver_state(&give, "carol"), FILE_GONE);
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file_line, receiver__a_guest_gone_for_good_leaves_the_rest)
{
    under_way(false);
    actor_cut(&carol);
    run(40000);
    cr_assert_eq(giver_state(&give, "carol"), FILE_GONE);
    cr_assert(taker_done(&takes[0]));
    cr_assert_eq(give.end, FILE_END_DONE);
    /* Who takes her name is somebody else. */
    actor_enter(&carol, "carol");
    cr_assert_eq(taker_accept(&takes[1]), STATUS_REFUSED);
}

Test(scenario_file_line, receiver__a_guest_gone_before_it_answered_is_not_waited_for)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    for (size_t i = 0; i < 3; i++)
        (void)actor_join(ALL[i], "ops");
    giver_init(&give, &alice, 7, CONVO_ROOM, "ops", COUNT);
    taker_init(&takes[0], &bob, &give);
    taker_init(&takes[1], &carol, &give);
    (void)giver_offer(&give);
    actor_cut(&carol);
    sim_run(&sim, 35000);
    (void)taker_refuse(&takes[0]);
    run(20);
    cr_assert(give.ended);
    cr_assert_eq(give.end, FILE_END_NOBODY);
}

Test(scenario_file_line, receiver__a_session_taken_up_from_another_place)
{
    under_way(false);
    dave.sim = &sim;
    memcpy(dave.resume, carol.resume, sizeof dave.resume);
    (void)snprintf(dave.name, sizeof dave.name, "carol");
    resume(&dave);
    takes[1].a = &dave;
    cr_assert_eq(taker_accept(&takes[1]), STATUS_DONE);
    run(3000);
    both_have_it();
}

Test(scenario_file_line, receiver__kicked_in_the_middle)
{
    under_way(true);
    cr_assert_eq(people_kick(&alice, "ops", "carol"), STATUS_DONE);
    run(2000);
    cr_assert(takes[1].ended);
    cr_assert_eq(takes[1].end, FILE_END_LEFT);
    cr_assert_eq(giver_state(&give, "carol"), FILE_GONE);
    cr_assert(taker_done(&takes[0]));
    cr_assert_eq(give.end, FILE_END_DONE);
    cr_assert_eq(taker_accept(&takes[1]), STATUS_REFUSED);
}

Test(scenario_file_line, receiver__leaves_and_joins_and_was_not_asked)
{
    struct msg_leave room = {.more = true, .room = bytes_str("ops")};

    under_way(false);
    (void)actor_ask(&carol, OP_LEAVE, &room);
    run(200);
    cr_assert_eq(takes[1].end, FILE_END_LEFT);
    (void)actor_join(&carol, "ops");
    cr_assert_eq(taker_accept(&takes[1]), STATUS_REFUSED);
}

Test(scenario_file_line, receiver__a_guest_with_another_name_is_the_same)
{
    struct msg_name nick = {bytes_str("caroline")};

    under_way(false);
    (void)actor_ask(&carol, OP_NICK, &nick);
    run(3000);
    both_have_it();
    cr_assert_eq(giver_state(&give, "caroline"), FILE_DONE);
}

/* ---- the sender ---- */

Test(scenario_file_line, sender__back_within_the_grace_time)
{
    struct msg_file_pause_order m;

    under_way(false);
    actor_cut(&alice);
    run(1000);
    actor_event(&bob, OP_FILE_PAUSE, &MSG_FILE_PAUSE, &m);
    cr_assert_eq(m.on, FILE_SENDER_AWAY);
    uint32_t handle = give.handle;
    resume(&alice);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    cr_assert_eq(give.handle, handle);
    run(3000);
    both_have_it();
    cr_assert_eq(takes[0].twice + takes[1].twice, 0);
    cr_assert_leq(give.sent, COUNT + 2 * give.window);
    actor_event(&bob, OP_FILE_PAUSE, &MSG_FILE_PAUSE, &m);
    cr_assert_eq(m.on, FILE_GOES_ON);
    cr_assert_eq(give.end, FILE_END_DONE);
}

/* A pause goes with the line, and the sender hears anew how everybody stands. */
Test(scenario_file_line, sender__back_after_it_had_paused)
{
    under_way(false);
    settled();
    cr_assert_eq(files_pause(&alice, give.handle, 1), STATUS_DONE);
    actor_cut(&alice);
    run(1000);
    resume(&alice);
    (void)giver_state(&give, "bob");
    (void)giver_state(&give, "carol");
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    sim_run(&sim, 10);
    cr_assert_eq(giver_state(&give, "bob"), FILE_ACTIVE);
    cr_assert_eq(giver_state(&give, "carol"), FILE_ACTIVE);
    give.idle = false;
    run(3000);
    both_have_it();
}

Test(scenario_file_line, sender__back_when_all_credit_was_out_and_unused)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    (void)actor_join(&alice, "ops");
    (void)actor_join(&bob, "ops");
    giver_init(&give, &alice, 7, CONVO_ROOM, "ops", 10);
    taker_init(&takes[0], &bob, &give);
    taker_init(&takes[1], &carol, &give);
    (void)giver_offer(&give);
    (void)taker_accept(&takes[0]);
    sim_run(&sim, 100);
    cr_assert(actor_has_event(&alice, OP_FILE_CREDIT));
    actor_cut(&alice);
    resume(&alice);
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    run(1000);
    cr_assert(taker_done(&takes[0]));
    cr_assert_eq(give.end, FILE_END_DONE);
}

Test(scenario_file_line, sender__a_session_taken_up_from_another_place)
{
    under_way(false);
    memcpy(dave.resume, alice.resume, sizeof dave.resume);
    (void)snprintf(dave.name, sizeof dave.name, "alice");
    resume(&dave);
    give.a = &dave;
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    run(3000);
    both_have_it();
    cr_assert_eq(give.end, FILE_END_DONE);
}

/* Once a second, and not for each acknowledgement. */
Test(scenario_file_line, sender__hears_how_far_each_receiver_is)
{
    struct msg_file_state_event m;
    uint32_t have = 0;
    size_t n;

    under_way(false);
    settled();
    run(1100);
    n = actor_events(&alice, OP_FILE_STATE);
    cr_assert_leq(n, 2 * 6);
    for (size_t i = 0; i < n; i++) {
        actor_event(&alice, OP_FILE_STATE, &MSG_FILE_STATE, &m);
        have = bytes_eq(m.user, bytes_str("carol")) ? m.have : have;
    }
    cr_assert_gt(takes[1].has.held, 0);
    cr_assert_eq(have, takes[1].has.held);
}

Test(scenario_file_line, sender__another_file_under_the_same_id)
{
    under_way(false);
    cr_assert_eq(giver_offer(&give), STATUS_REFUSED);
    people_refused(&alice, CODE_CONFLICT, "under way");
    give.count--;
    give.bytes -= FILES_CHUNK;
    cr_assert_eq(giver_offer(&give), STATUS_REFUSED);
    people_refused(&alice, CODE_CONFLICT, "another file");
}

Test(scenario_file_line, sender__gone_for_good_then_offers_it_again)
{
    under_way(true);
    actor_cut(&alice);
    takes[0].counting = takes[1].counting = true;
    run(1000);
    sim_run(&sim, 32000);
    run(20);
    cr_assert(takes[0].ended && takes[1].ended);
    cr_assert_eq(takes[0].end, FILE_END_SENDER);
    uint32_t had =
        takes[0].has.held < takes[1].has.held ? takes[0].has.held : takes[1].has.held;
    cr_assert_gt(had, 0);
    people_login(&alice, "alice");
    (void)actor_join(&alice, "ops");
    size_t before = give.sent;
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    (void)taker_accept(&takes[0]);
    (void)taker_accept(&takes[1]);
    run(3000);
    both_have_it();
    cr_assert_eq(takes[0].twice + takes[1].twice, 0);
    cr_assert_leq(give.sent - before, COUNT - had);
}

Test(scenario_file_line, sender__leaves_the_room)
{
    struct msg_leave room = {.more = true, .room = bytes_str("ops")};

    under_way(false);
    (void)actor_ask(&alice, OP_LEAVE, &room);
    run(100);
    cr_assert(takes[0].ended && give.ended);
    cr_assert_eq(takes[0].end, FILE_END_LEFT);
}

/* ---- the relay starts again ---- */

Test(scenario_file_line, restart__goes_on_under_the_same_id)
{
    under_way(false);
    uint32_t had = takes[0].has.held;
    sim_stop(&sim);
    sim_start(&sim);
    for (size_t i = 0; i < 3; i++) {
        static const char *const NAMES[] = {"alice", "bob", "carol"};
        actor_enter(ALL[i], NAMES[i]);
        (void)actor_join(ALL[i], "ops");
    }
    size_t before = give.sent;
    cr_assert_eq(giver_offer(&give), STATUS_DONE);
    (void)taker_accept(&takes[0]);
    (void)taker_accept(&takes[1]);
    run(3000);
    both_have_it();
    cr_assert_eq(takes[0].twice + takes[1].twice, 0);
    cr_assert_leq(give.sent - before, COUNT - had + give.window);
    cr_assert_eq(give.end, FILE_END_DONE);
}

/* ---- limits ---- */

static void offered(uint8_t id, uint8_t status)
{
    giver_init(&give, &alice, id, CONVO_ROOM, "ops", COUNT);
    cr_assert_eq(giver_offer(&give), status, "offer %u", id);
}

static void two_in_a_room(void)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    (void)actor_join(&alice, "ops");
    (void)actor_join(&bob, "ops");
}

Test(scenario_file_line, limit__files_of_one_user)
{
    two_in_a_room();
    sim.config.limits.file_transfers_per_user = 2;
    offered(1, STATUS_DONE);
    offered(2, STATUS_DONE);
    offered(3, STATUS_REFUSED);
    people_refused(&alice, CODE_FULL, "file_transfers_per_user");
    cr_assert_eq(actor_refusal(&alice).num, 2);
    memset(give.id, 1, sizeof give.id);
    (void)giver_cancel(&give);
    offered(3, STATUS_DONE);
}

Test(scenario_file_line, limit__files_in_all)
{
    two_in_a_room();
    sim.config.limits.file_transfers = 1;
    offered(1, STATUS_DONE);
    give.a = &bob;
    cr_assert_eq(giver_offer(&give), STATUS_REFUSED);
    people_refused(&bob, CODE_FULL, "file_transfers:");
}

Test(scenario_file_line, limit__memory_in_all)
{
    two_in_a_room();
    sim.config.limits.file_memory_bytes = 100 << 10;
    offered(1, STATUS_DONE);
    offered(2, STATUS_REFUSED);
    people_refused(&alice, CODE_FULL, "file_memory_bytes");
    sim.config.limits.file_memory_bytes = (int64_t)sim.server->files->reserved;
    memset(give.id, 1, sizeof give.id);
    taker_init(&takes[0], &bob, &give);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_REFUSED);
    people_refused(&bob, CODE_FULL, "file_memory_bytes");
    sim.config.limits.file_memory_bytes = 200 << 10;
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
}

Test(scenario_file_line, limit__memory_up_to_the_last_byte)
{
    two_in_a_room();
    offered(1, STATUS_DONE);
    sim.config.limits.file_memory_bytes = 2 * (int64_t)sim.server->files->reserved;
    offered(2, STATUS_DONE);
    offered(3, STATUS_REFUSED);
    memset(give.id, 2, sizeof give.id);
    cr_assert_eq(giver_cancel(&give), STATUS_DONE);
    offered(3, STATUS_DONE);
}

Test(scenario_file_line, limit__size)
{
    two_in_a_room();
    sim.config.limits.file_bytes = (COUNT - 1) * FILES_CHUNK;
    offered(1, STATUS_REFUSED);
    people_refused(&alice, CODE_TOO_LARGE, "file_bytes");
    cr_assert_eq(actor_refusal(&alice).num, (COUNT - 1) * FILES_CHUNK);
}

Test(scenario_file_line, limit__receivers)
{
    two_in_a_room();
    actor_enter(&carol, "carol");
    (void)actor_join(&carol, "ops");
    sim.config.limits.file_receivers = 1;
    offered(1, STATUS_DONE);
    taker_init(&takes[0], &bob, &give);
    taker_init(&takes[1], &carol, &give);
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE);
    cr_assert_eq(taker_accept(&takes[1]), STATUS_REFUSED);
    people_refused(&carol, CODE_FULL, "file_receivers");
    cr_assert_eq(taker_accept(&takes[0]), STATUS_DONE, "one who is in may say it again");
}

Test(scenario_file_line, limit__the_muted_offer_nothing)
{
    under_way(true);
    cr_assert_eq(people_timed(&alice, OP_MUTE, "ops", "bob", 60), STATUS_DONE);
    give.a = &bob;
    cr_assert_eq(giver_offer(&give), STATUS_REFUSED);
    people_refused(&bob, CODE_MUTED, "muted");
    give.a = &alice;
}

/* ---- rules broken ---- */

Test(scenario_file_line, offer__numbers_that_do_not_agree)
{
    struct msg_file_offer m = {
        .to = bytes_str("ops"), .chunk = 4096, .count = 2, .bytes = 8192};
    static const struct {
        uint8_t kind;
        uint32_t chunk, count;
        uint64_t bytes;
        const char *words;
    } BAD[] = {
        {2, 4096, 2, 8192, "kind"},
        {0, 4095, 2, 8192, "chunk"},
        {0, 0, 0, 0, "chunk"},
        {0, 65537, 2, 65538, "chunk"},
        {0, 4096, 1, 8192, "count"},
        {0, 4096, 3, 8192, "count"},
        {0, 4096, 0, 0, "count"},
        {0, 4096, UINT32_MAX, (uint64_t)4096 * ((1u << 20) + 1), "count: at most"},
    };

    two_in_a_room();
    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        m.kind = BAD[i].kind;
        m.chunk = BAD[i].chunk;
        m.count = BAD[i].count;
        m.bytes = BAD[i].bytes;
        (void)actor_ask(&alice, OP_FILE_OFFER, &m);
        people_refused(&alice, CODE_BAD_FIELD, BAD[i].words);
    }
    cr_assert_eq(sim.server->files->count, 0);
}

static uint8_t answer_ranges(struct actor *a, const struct msg_range *r, size_t n)
{
    struct msg_file_answer m = {.sender = bytes_str("alice"), .verdict = FILE_ACCEPT};
    struct list_writer w;

    memset(m.id, 7, sizeof m.id);
    list_begin(&w, 8192);
    for (size_t i = 0; i < n; i++)
        list_add(&w, &MSG_RANGE, &r[i]);
    m.have = list_view(&w);
    (void)actor_ask(a, OP_FILE_ANSWER, &m);
    list_end(&w);
    return actor_status(a);
}

Test(scenario_file_line, answer__ranges_that_are_none)
{
    static const struct msg_range BAD[][2] = {
        {{0, COUNT + 1}, {COUNT, 0}},
        {{COUNT + 1, 0}, {COUNT + 1, 0}},
        {{1, UINT32_MAX}, {0, 0}},
        {{0, 5}, {4, 2}},
        {{10, 5}, {0, 2}},
    };
    static const struct msg_range GOOD[] = {{0, 5}, {5, 1}, {10, COUNT - 10}};

    under_way(false);
    for (size_t i = 0; i < MEM_COUNT(BAD); i++) {
        cr_assert_eq(answer_ranges(&bob, BAD[i], 2), STATUS_REFUSED, "%zu", i);
        people_refused(&bob, CODE_BAD_FIELD, "have");
    }
    cr_assert_eq(answer_ranges(&bob, GOOD, 3), STATUS_DONE);
    cr_assert_null(world_wrong(sim.server), "%s", world_wrong(sim.server));
    run(10);
}

/* One chunk that must not come ends the transfer; the line is kept. */
static void broken(uint32_t index, size_t n)
{
    give.idle = true;
    giver_send(&give, index, n);
    run(50);
    cr_assert(give.ended && takes[0].ended && takes[1].ended, "%u, %zu", index, n);
    cr_assert_eq(give.end, FILE_END_BROKEN);
    cr_assert_not_null(alice.link);
    cr_assert_eq(sim.server->files->count, 0);
}

static uint32_t next_due(void)
{
    const struct transfer *t = transfer_at(sim.server, give.handle);

    for (uint32_t i = 0; i < COUNT; i++) {
        if (chunkmap_has(&t->due, i))
            return i;
    }
    cr_assert_fail("no credit is out");
    return 0;
}

Test(scenario_file_line, chunk__above_the_credit)
{
    under_way(false);
    settled();
    broken(COUNT - 1, 100 + MSG_CHUNK_TAG);
}

/* Slow is not still: a chunk now and then, and credit that is never used up. */
Test(scenario_file_line, chunk__now_and_then_is_no_stall)
{
    under_way(false);
    settled();
    for (int i = 0; i < 20; i++) {
        giver_send(&give, next_due(), FILES_CHUNK + MSG_CHUNK_TAG);
        run(4000);
    }
    cr_assert_not(give.ended);
    cr_assert_gt(takes[0].has.held, 30);
    cr_assert_eq(giver_cancel(&give), STATUS_DONE);
}

Test(scenario_file_line, chunk__out_of_range)
{
    under_way(false);
    settled();
    broken(COUNT, FILES_CHUNK + MSG_CHUNK_TAG);
}

Test(scenario_file_line, chunk__repeated)
{
    under_way(false);
    settled();
    broken(0, FILES_CHUNK + MSG_CHUNK_TAG);
}

Test(scenario_file_line, chunk__too_long)
{
    under_way(false);
    settled();
    broken(next_due(), FILES_CHUNK + MSG_CHUNK_TAG + 1);
}

Test(scenario_file_line, chunk__too_short)
{
    under_way(false);
    settled();
    broken(next_due(), FILES_CHUNK + MSG_CHUNK_TAG - 1);
}

Test(scenario_file_line, chunk__larger_than_any)
{
    uint8_t *body = mem_alloc(OPCODE_TEXT);

    under_way(false);
    actor_send_raw(&alice, OP_FILE_CHUNK, bytes_of(body, OPCODE_TEXT));
    mem_free(body);
    sim_run(&sim, 10);
    (void)actor_wait_reply(&alice);
    people_refused(&alice, CODE_BAD_FIELD, "data");
    run(3000);
    both_have_it();
}

Test(scenario_file_line, chunk__of_no_transfer_is_passed_over_and_many_end_the_line)
{
    under_way(false);
    give.handle ^= 0x10000;
    giver_send(&give, 0, FILES_CHUNK + MSG_CHUNK_TAG);
    sim_run(&sim, 10);
    cr_assert_not_null(alice.link);
    for (int i = 0; i < 20; i++)
        giver_send(&give, 0, FILES_CHUNK + MSG_CHUNK_TAG);
    cr_assert(actor_wait_down(&alice));
    cr_assert_null(world_wrong(sim.server), "%s", world_wrong(sim.server));
}

/* Credit that was out when a file ended is forgiven, and not saved up. */
Test(scenario_file_line, chunk__of_many_that_were_cancelled_is_forgiven_four_times_at_most)
{
    under_way(false);
    settled();
    for (uint8_t id = 20; id < 30; id++) {
        (void)giver_cancel(&give);
        giver_init(&give, &alice, id, CONVO_ROOM, "ops", COUNT);
        taker_fini(&takes[0]);
        taker_init(&takes[0], &bob, &give);
        (void)giver_offer(&give);
        (void)taker_accept(&takes[0]);
        sim_run(&sim, 4000);
        cr_assert(actor_has_event(&alice, OP_FILE_CREDIT));
    }
    (void)giver_cancel(&give);
    for (uint32_t i = 0; i < 4 * give.window + 1; i++)
        giver_send(&give, 0, FILES_CHUNK + MSG_CHUNK_TAG);
    cr_assert(actor_wait_down(&alice));
}

Test(scenario_file_line, chunk__by_somebody_who_is_not_the_sender)
{
    under_way(false);
    settled();
    give.a = &bob;
    giver_send(&give, next_due(), FILES_CHUNK + MSG_CHUNK_TAG);
    sim_run(&sim, 10);
    give.a = &alice;
    give.idle = false;
    cr_assert_not_null(bob.link);
    run(3000);
    both_have_it();
}

Test(scenario_file_line, chunk__after_the_end)
{
    under_way(false);
    settled();
    uint32_t due = next_due();
    cr_assert_eq(giver_cancel(&give), STATUS_DONE);
    giver_send(&give, due, FILES_CHUNK + MSG_CHUNK_TAG);
    run(50);
    cr_assert_not_null(alice.link);
    cr_assert_eq(actor_say(&alice, "ops", "still here"), STATUS_DONE);
}

Test(scenario_file_line, ack__of_more_than_was_sent_drops_that_receiver)
{
    under_way(false);
    settled();
    takes[1].idle = true;
    taker_ack(&takes[1], takes[1].taken + 17);
    give.idle = false;
    run(3000);
    cr_assert_eq(giver_state(&give, "carol"), FILE_GONE);
    cr_assert(taker_done(&takes[0]));
    takes[1].idle = false;
    taker_step(&takes[1]);
    cr_assert_eq(takes[1].end, FILE_END_BROKEN);
}

/* Whoever guesses what was handed out for it would have the relay hold more than a window. */
Test(scenario_file_line, ack__of_what_has_not_left_the_relay_drops_that_receiver)
{
    const struct receiver *r = NULL;
    const struct transfer *t;

    under_way(false);
    settled();
    sim_pause(carol.link, true);
    give.idle = false;
    run(200);
    t = transfer_at(sim.server, give.handle);
    for (size_t i = 0; i < t->active_count; i++)
        r = strcmp(t->active[i]->name.s, "carol") == 0 ? t->active[i] : r;
    cr_assert_gt(r->ring_n, 4);
    taker_ack(&takes[1], r->taken + r->ring_n);
    takes[1].acked = takes[1].taken;
    run(3000);
    cr_assert_eq(giver_state(&give, "carol"), FILE_GONE);
    cr_assert_eq(link_bulk_waits(sim_other(carol.link)), 0);
    cr_assert(taker_done(&takes[0]));
    sim_pause(carol.link, false);
    run(50);
    cr_assert_eq(takes[1].end, FILE_END_BROKEN);
}

Test(scenario_file_line, ack__older_than_the_last_drops_that_receiver)
{
    under_way(false);
    settled();
    cr_assert_gt(takes[1].acked, 0);
    taker_ack(&takes[1], 0);
    run(50);
    cr_assert_eq(takes[1].end, FILE_END_BROKEN);
}

Test(scenario_file_line, ack__said_twice_is_once)
{
    under_way(false);
    settled();
    taker_ack(&takes[1], takes[1].acked);
    give.idle = false;
    run(3000);
    both_have_it();
}

/* The same number again and again is no sign that anything is taken. */
Test(scenario_file_line, ack__said_again_for_ever_is_a_stall)
{
    under_way(false);
    settled();
    takes[1].idle = true;
    give.idle = false;
    for (int i = 0; i < 8; i++) {
        run(5000);
        taker_ack(&takes[1], takes[1].acked);
    }
    run(2000);
    cr_assert_eq(giver_state(&give, "carol"), FILE_GONE);
    cr_assert(taker_done(&takes[0]));
    takes[1].idle = false;
    run(10);
    cr_assert_eq(takes[1].end, FILE_END_STALLED);
}

Test(scenario_file_line, ack__by_strangers_is_nothing)
{
    under_way(false);
    actor_enter(&dave, "dave");
    struct msg_file_ack m = {give.handle, 3};
    actor_send(&dave, OP_FILE_ACK, &m);
    actor_send(&alice, OP_FILE_ACK, &m);
    m.handle = 0;
    actor_send(&dave, OP_FILE_ACK, &m);
    run(3000);
    both_have_it();
    cr_assert_eq(dave.replies == NULL, true);
}

Test(scenario_file_line, id__of_another_sender_is_another_file)
{
    struct giver other;

    under_way(false);
    giver_init(&other, &bob, 7, CONVO_ROOM, "ops", 3);
    cr_assert_eq(giver_offer(&other), STATUS_DONE);
    cr_assert_neq(other.handle, give.handle);
    run(3000);
    both_have_it();
    cr_assert_eq(giver_cancel(&other), STATUS_DONE);
}

/* ---- beside messages, and each other ---- */

static bool chunk_came(void *arg)
{
    (void)arg;
    return actor_has_event(&carol, OP_FILE_CHUNK);
}

/* One chunk gets through now and then, and is acknowledged: of each file often enough. */
Test(scenario_file_line, many__on_a_slow_line_take_turns_and_none_is_stalled)
{
    struct giver gives[2];
    struct actor *const who[] = {&alice, &bob};

    for (size_t i = 0; i < 3; i++)
        actor_enter(ALL[i], (const char *[]){"alice", "bob", "carol"}[i]);
    for (size_t i = 0; i < 2; i++) {
        giver_init(&gives[i], who[i], (uint8_t)(7 + i), CONVO_DIRECT, "carol", COUNT);
        taker_init(&takes[i], &carol, &gives[i]);
        cr_assert_eq(giver_offer(&gives[i]), STATUS_DONE);
        cr_assert_eq(taker_accept(&takes[i]), STATUS_DONE);
    }
    for (int i = 0; i < 40; i++) {
        (void)sim_until(&sim, chunk_came, NULL, 10);
        sim_pause(carol.link, true);
        for (size_t k = 0; k < 2; k++) {
            giver_step(&gives[k]);
            taker_step(&takes[k]);
            if (takes[k].taken != takes[k].acked)
                taker_ack(&takes[k], takes[k].taken);
        }
        sim_run(&sim, 3000);
        sim_pause(carol.link, false);
    }
    for (size_t i = 0; i < 2; i++) {
        cr_assert_not(takes[i].ended, "%zu: %u", i, takes[i].end);
        cr_assert_gt(takes[i].has.held, 10);
    }
}

Test(scenario_file_line, messages__do_not_wait_for_chunks)
{
    under_way(false);
    takes[1].idle = true;
    sim_pause(carol.link, true);
    for (int i = 0; i < 20; i++) {
        giver_step(&give);
        sim_turn(&sim);
    }
    cr_assert_gt(link_bulk_waits(sim_other(carol.link)), 4 * FILES_CHUNK);
    cr_assert_eq(actor_say(&bob, "ops", "in front"), STATUS_DONE);
    sim_pause(carol.link, false);
    size_t before = actor_events(&carol, OP_FILE_CHUNK);
    while (!actor_has_event(&carol, OP_SAY))
        sim_turn(&sim);
    cr_assert_leq(actor_events(&carol, OP_FILE_CHUNK) - before, 2);
    takes[1].idle = false;
    run(3000);
    both_have_it();
}
