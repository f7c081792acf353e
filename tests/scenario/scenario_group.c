/* SPDX-License-Identifier: ISC */
/* Stories of groups: founding, commits, joiners in line. */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "group.h"

static struct sim sim;
static struct actor alice, bob, carol, dave;

static void setup(void)
{
    people_init(&sim, 11);
    sim.config.limits.commit_burst = 0;
    sim_start(&sim);
    actor_init(&alice, &sim, "127.0.0.1");
    actor_init(&bob, &sim, "127.0.0.1");
    actor_init(&carol, &sim, "127.0.0.1");
    actor_init(&dave, &sim, "127.0.0.1");
}

static void teardown(void)
{
    actor_fini(&alice);
    actor_fini(&bob);
    actor_fini(&carol);
    actor_fini(&dave);
    sim_fini(&sim);
}

TestSuite(scenario_group, .init = setup, .fini = teardown);

/* Alice, bob and carol in one group of "ops"; the epoch. */
static uint64_t three(void)
{
    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    people_account(&carol, "carol");
    group_found(&alice, "ops");
    (void)group_join(&bob, "ops");
    uint64_t epoch = group_join(&carol, "ops");
    sim_run(&sim, 100);
    actor_forget(&alice);
    actor_forget(&bob);
    actor_forget(&carol);
    return epoch;
}

/* ---- commits ---- */

Test(scenario_group, found__the_first_makes_the_group_and_a_second_does_not)
{
    struct msg_commit_ok ok;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    (void)actor_join(&alice, "ops");
    (void)actor_join(&bob, "ops");
    cr_assert_eq(actor_commit(&alice, "ops", 0, COMMIT_CREATE, 1), STATUS_DONE);
    actor_answer(&alice, &MSG_COMMIT_OK, &ok);
    cr_assert_eq(ok.epoch, 0);
    cr_assert_neq(ok.seq, 0);
    cr_assert_neq(actor_commit(&bob, "ops", 0, COMMIT_CREATE, 2), STATUS_DONE);
    people_refused(&bob, CODE_CONFLICT, "epoch");
    cr_assert_eq(actor_refusal(&bob).num, 0);
}

Test(scenario_group, commit__goes_to_the_others_with_its_number)
{
    struct msg_commit_event seen;
    struct msg_commit_ok ok;
    uint64_t epoch = three();

    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .commit = "secret"};
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    actor_answer(&alice, &MSG_COMMIT_OK, &ok);
    cr_assert_eq(ok.epoch, epoch + 1);
    actor_event(&bob, OP_COMMIT, &MSG_COMMIT_EVENT, &seen);
    cr_assert_eq(seen.seq, ok.seq);
    cr_assert_eq(seen.epoch, epoch);
    cr_assert(bytes_eq(seen.sender, bytes_str("alice")));
    cr_assert(bytes_eq(seen.commit, bytes_str("secret")));
    actor_event(&carol, OP_COMMIT, &MSG_COMMIT_EVENT, &seen);
    sim_run(&sim, 1000);
    cr_assert_not(actor_has_event(&alice, OP_COMMIT), "nobody is told his own");
}

Test(scenario_group, commit__of_two_in_one_turn_one_wins_and_the_other_learns_the_epoch)
{
    uint64_t epoch = three();
    struct group_commit a = {.room = "ops", .epoch = epoch, .req = 1};
    struct group_commit b = {.room = "ops", .epoch = epoch, .req = 2};

    group_send(&alice, &a);
    group_send(&bob, &b);
    (void)actor_wait_reply(&alice);
    (void)actor_wait_reply(&bob);
    struct actor *lost = actor_status(&alice) == STATUS_DONE ? &bob : &alice;
    struct actor *won = lost == &bob ? &alice : &bob;
    cr_assert_eq(actor_status(won), STATUS_DONE);
    people_refused(lost, CODE_CONFLICT, "epoch");
    cr_assert_eq(actor_refusal(lost).num, epoch + 1);
    cr_assert(actor_has_event(lost, OP_COMMIT), "the winner was told to the loser");
    cr_assert_not(actor_has_event(won, OP_COMMIT));
}

Test(scenario_group, commit__twenty_race_and_one_wins)
{
    static struct actor many[20];
    uint64_t epoch = 0;
    size_t won = 0;

    actor_enter(&alice, "alice");
    group_found(&alice, "ops");
    for (size_t i = 0; i < 20; i++) {
        actor_init(&many[i], &sim, "127.0.0.1");
        actor_enter(&many[i], people_name("m", i));
        epoch = group_join(&many[i], "ops");
    }
    for (size_t i = 0; i < 20; i++)
        group_send(&many[i],
            &(struct group_commit){.room = "ops", .epoch = epoch, .req = (uint8_t)(i + 1)});
    for (size_t i = 0; i < 20; i++) {
        (void)actor_wait_reply(&many[i]);
        won += actor_status(&many[i]) == STATUS_DONE;
        if (actor_status(&many[i]) != STATUS_DONE)
            people_refused(&many[i], CODE_CONFLICT, "");
    }
    cr_assert_eq(won, 1);
    for (size_t i = 0; i < 20; i++)
        actor_fini(&many[i]);
}

Test(scenario_group, commit__from_the_future_or_long_past_is_stale)
{
    uint64_t epoch = three();

    cr_assert_neq(actor_commit(&alice, "ops", epoch + 1, 0, 1), STATUS_DONE);
    people_refused(&alice, CODE_STALE, "epoch");
    cr_assert_eq(actor_refusal(&alice).num, epoch);
    cr_assert_neq(actor_commit(&alice, "ops", UINT64_MAX, 0, 2), STATUS_DONE);
    people_refused(&alice, CODE_STALE, "epoch");
    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 3), STATUS_DONE);
}

Test(scenario_group, commit__asked_again_with_the_same_request_id_is_answered_the_same)
{
    uint64_t epoch = three();
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 7};
    struct msg_commit_ok ok;

    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    uint64_t seq = group_seq(&alice);
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    actor_answer(&alice, &MSG_COMMIT_OK, &ok);
    cr_assert_eq(ok.seq, seq);
    cr_assert_eq(ok.epoch, epoch + 1);
    sim_run(&sim, 100);
    struct msg_commit_event seen;
    actor_event(&bob, OP_COMMIT, &MSG_COMMIT_EVENT, &seen);
    cr_assert_not(actor_has_event(&bob, OP_COMMIT), "told once");
    /* Later commits do not change the answer. */
    cr_assert_eq(actor_commit(&bob, "ops", epoch + 1, 0, 8), STATUS_DONE);
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert_eq(group_seq(&alice), seq);
}

Test(scenario_group, found__asked_again_with_the_same_request_id_is_answered_the_same)
{
    actor_enter(&alice, "alice");
    (void)actor_join(&alice, "ops");
    cr_assert_eq(actor_commit(&alice, "ops", 0, COMMIT_CREATE, 1), STATUS_DONE);
    uint64_t seq = group_seq(&alice);
    cr_assert_eq(actor_commit(&alice, "ops", 0, COMMIT_CREATE, 1), STATUS_DONE);
    cr_assert_eq(group_seq(&alice), seq);
}

Test(scenario_group, commit__by_whom_is_not_in_the_group_is_refused)
{
    uint64_t epoch = three();

    actor_enter(&dave, "dave");
    cr_assert_neq(actor_commit(&dave, "ops", epoch, 0, 1), STATUS_DONE);
    people_refused(&dave, CODE_NOT_MEMBER, "room");
    (void)actor_join(&dave, "ops");
    cr_assert_neq(actor_commit(&dave, "ops", epoch, 0, 1), STATUS_DONE);
    people_refused(&dave, CODE_NOT_MEMBER, "external");
    cr_assert_neq(actor_commit(&dave, "ops", epoch, COMMIT_EXTERNAL, 1), STATUS_DONE);
    people_refused(&dave, CODE_NO_TURN, "turn");
}

Test(scenario_group, commit__without_bytes_names_the_field)
{
    uint64_t epoch = three();
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .commit = ""};

    cr_assert_neq(group_commit(&alice, &g), STATUS_DONE);
    people_refused(&alice, CODE_BAD_FIELD, "commit");
    g.commit = "fine", g.info = "";
    struct msg_commit m = {.room = bytes_str("ops"), .epoch = epoch, .commit = bytes_str("x")};
    struct buf b;
    buf_init(&b, 1000); /* as a client would that does not know the shape */
    buf_u8(&b, 3), buf_text(&b, "ops"), buf_u8(&b, 0), buf_u64(&b, m.epoch);
    buf_put(&b, m.req, 16), buf_u8(&b, 0), buf_u32(&b, 1), buf_u8(&b, 'x'), buf_u32(&b, 0);
    buf_u16(&b, 0), buf_u16(&b, 0);
    actor_send_raw(&alice, OP_COMMIT, buf_view(&b));
    buf_free(&b);
    (void)actor_wait_reply(&alice);
    people_refused(&alice, CODE_BAD_FIELD, "info");
    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 3), STATUS_DONE, "nothing changed");
}

Test(scenario_group, commit__so_large_that_it_could_not_be_handed_on_is_refused)
{
    uint64_t epoch = three();
    char *big = mem_alloc(OPCODE_LARGE);

    memset(big, 'x', OPCODE_LARGE - 1);
    big[OPCODE_LARGE - 200] = '\0';
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .commit = big};
    cr_assert_neq(group_commit(&alice, &g), STATUS_DONE);
    people_refused(&alice, CODE_BAD_FIELD, "commit");
    big[OPCODE_LARGE - 5000] = '\0';
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    struct msg_commit_event seen;
    actor_event(&bob, OP_COMMIT, &MSG_COMMIT_EVENT, &seen);
    cr_assert_eq(seen.commit.n, OPCODE_LARGE - 5000);
    mem_free(big);
}

/* ---- messages and epochs ---- */

Test(scenario_group, say__of_the_epoch_before_is_taken_for_five_seconds)
{
    uint64_t epoch = three();

    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 1), STATUS_DONE);
    cr_assert_eq(group_say(&bob, "ops", epoch, "late"), STATUS_DONE);
    cr_assert_eq(group_say(&bob, "ops", epoch + 1, "new"), STATUS_DONE);
    sim_run(&sim, 4000);
    cr_assert_eq(group_say(&bob, "ops", epoch, "late"), STATUS_DONE);
    sim_run(&sim, 1500);
    cr_assert_neq(group_say(&bob, "ops", epoch, "too late"), STATUS_DONE);
    people_refused(&bob, CODE_STALE, "epoch");
    cr_assert_eq(actor_refusal(&bob).num, epoch + 1);
    cr_assert_neq(group_say(&bob, "ops", epoch + 2, "early"), STATUS_DONE);
    people_refused(&bob, CODE_STALE, "epoch");
    cr_assert_eq(group_say(&bob, "ops", epoch + 1, "new"), STATUS_DONE);
}

Test(scenario_group, say__of_two_epochs_before_is_never_taken)
{
    uint64_t epoch = three();

    cr_assert_eq(actor_commit(&alice, "ops", epoch, 0, 1), STATUS_DONE);
    cr_assert_eq(actor_commit(&alice, "ops", epoch + 1, 0, 2), STATUS_DONE);
    cr_assert_neq(group_say(&bob, "ops", epoch, "x"), STATUS_DONE);
    cr_assert_eq(group_say(&bob, "ops", epoch + 1, "x"), STATUS_DONE);
}

Test(scenario_group, say__no_grace_after_a_commit_that_removed_somebody)
{
    uint64_t epoch = three();
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .removed = {"bob"}};

    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    cr_assert_neq(group_say(&carol, "ops", epoch, "x"), STATUS_DONE);
    people_refused(&carol, CODE_STALE, "epoch");
    cr_assert_eq(group_say(&carol, "ops", epoch + 1, "x"), STATUS_DONE);
}

Test(scenario_group, say__behind_a_commit_in_the_same_turn_is_judged_after_it)
{
    uint64_t epoch = three();
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .removed = {"bob"}};
    struct msg_say m = {
        .to = bytes_str("ops"), .text = bytes_str("old"), .more = true, .epoch = epoch};

    group_send(&carol, &g); /* the newest line is read first */
    actor_send(&alice, OP_SAY, &m);
    (void)actor_wait_reply(&carol);
    (void)actor_wait_reply(&alice);
    cr_assert_eq(actor_status(&carol), STATUS_DONE);
    people_refused(&alice, CODE_STALE, "epoch");
}

/* ---- who is removed ---- */

Test(scenario_group, remove__the_removed_one_is_told_and_is_out)
{
    struct msg_removed_event gone;
    uint64_t epoch = three();
    struct group_commit g = {.room = "ops", .epoch = epoch, .req = 1, .removed = {"bob"}};

    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    actor_event(&bob, OP_REMOVED, &MSG_REMOVED, &gone);
    cr_assert(bytes_eq(gone.by, bytes_str("alice")));
    sim_run(&sim, 100);
    cr_assert_not(actor_has_event(&bob, OP_COMMIT), "what he cannot read is not his business");
    cr_assert_neq(group_say(&bob, "ops", epoch + 1, "x"), STATUS_DONE);
    people_refused(&bob, CODE_NOT_MEMBER, "room");
    cr_assert_eq(people_told(&carol, PRESENCE_LEFT, "ops", "bob"), 1);
    cr_assert_not(group_departed(&sim, "ops", "bob"), "his leaf is gone already");
}

Test(scenario_group, remove__of_an_account_is_for_owner_and_moderators_where_not_open)
{
    uint8_t proof[MSG_SECRET] = {7};

    people_account(&alice, "alice");
    people_account(&bob, "bob");
    people_account(&carol, "carol");
    cr_assert_eq(actor_join_proof(&alice, "den", proof), OP_CREATED);
    cr_assert_eq(actor_commit(&alice, "den", 0, COMMIT_CREATE, 1), STATUS_DONE);
    cr_assert_eq(actor_join_proof(&bob, "den", proof), OP_JOINED);
    (void)group_enter(&bob, "den");
    cr_assert_eq(actor_join_proof(&carol, "den", proof), OP_JOINED);
    uint64_t epoch = group_enter(&carol, "den");
    struct group_commit g = {.room = "den", .epoch = epoch, .req = 1, .removed = {"carol"}};
    cr_assert_neq(group_commit(&bob, &g), STATUS_DONE);
    people_refused(&bob, CODE_NOT_ALLOWED, "removed");
    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
}

Test(scenario_group, remove__more_names_than_a_room_has_members_is_refused)
{
    uint64_t epoch = three();
    struct buf run;

    buf_init(&run, 1u << 20);
    for (int i = 0; i < 1001; i++)
        names_add(&run, bytes_str("x"));
    struct msg_commit m = {.room = bytes_str("ops"),
        .epoch = epoch,
        .removed = buf_view(&run),
        .commit = bytes_str("c"),
        .info = bytes_str("i")};
    (void)actor_ask(&alice, OP_COMMIT, &m);
    people_refused(&alice, CODE_FULL, "removed");
    buf_free(&run);
}

/* ---- the line of joiners ---- */

Test(scenario_group, turn__info_is_what_the_last_commit_stored_with_the_nodes_merged)
{
    struct msg_name ask = {.name = bytes_str("ops")};
    struct msg_room_key key;
    struct msg_node node;
    uint64_t epoch = three();
    struct group_commit g = {.room = "ops",
        .epoch = epoch,
        .req = 1,
        .info = "info one",
        .nodes = {{0, bytes_str("zero")}, {2, bytes_str("two")}, {9, bytes_str("nine")}},
        .node_count = 3};

    cr_assert_eq(group_commit(&alice, &g), STATUS_DONE);
    g = (struct group_commit){.room = "ops",
        .epoch = epoch + 1,
        .req = 2,
        .info = "info two",
        .nodes = {{2, bytes_str("TWO")}, {9, {0}}, {4, bytes_str("four")}},
        .node_count = 3};
    cr_assert_eq(group_commit(&bob, &g), STATUS_DONE);
    uint64_t seq = group_seq(&bob);
    actor_enter(&dave, "dave");
    (void)actor_join(&dave, "ops");
    (void)actor_ask(&dave, OP_GROUP_INFO, &ask);
    actor_event(&dave, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    cr_assert_eq(key.kind, ROOM_KEY_INFO);
    cr_assert_eq(key.epoch, epoch + 2);
    cr_assert_eq(key.seq, seq);
    cr_assert_eq(key.turn_ms, 2000);
    cr_assert(bytes_eq(key.body, bytes_str("info two")));
    cr_assert_eq(key.nodes.count, 3);
    cr_assert(list_next(&key.nodes, &MSG_NODE, &node) && node.index == 0 &&
              bytes_eq(node.body, bytes_str("zero")));
    cr_assert(list_next(&key.nodes, &MSG_NODE, &node) && node.index == 2 &&
              bytes_eq(node.body, bytes_str("TWO")));
    cr_assert(list_next(&key.nodes, &MSG_NODE, &node) && node.index == 4 &&
              bytes_eq(node.body, bytes_str("four")));
}

Test(scenario_group, turn__in_a_room_without_a_group_there_is_none)
{
    struct msg_name ask = {.name = bytes_str("ops")};

    actor_enter(&alice, "alice");
    (void)actor_join(&alice, "ops");
    (void)actor_ask(&alice, OP_GROUP_INFO, &ask);
    people_refused(&alice, CODE_NO_SUCH_ROOM, "group");
    ask.name = bytes_str("elsewhere");
    (void)actor_ask(&alice, OP_GROUP_INFO, &ask);
    people_refused(&alice, CODE_NOT_MEMBER, "room");
}

Test(scenario_group, turn__twenty_join_at_once_one_after_the_other)
{
    static struct actor many[20];
    struct msg_name ask = {.name = bytes_str("ops")};
    struct msg_turn turn;
    struct msg_room_key key;
    uint64_t epoch = three();
    bool in[20] = {false};

    for (size_t i = 0; i < 20; i++) {
        actor_init(&many[i], &sim, "127.0.0.1");
        actor_enter(&many[i], people_name("m", i));
        (void)actor_join(&many[i], "ops");
        actor_send(&many[i], OP_GROUP_INFO, &ask);
    }
    for (size_t i = 0; i < 20; i++) {
        (void)actor_wait_reply(&many[i]);
        actor_answer(&many[i], &MSG_TURN, &turn);
        cr_assert_eq(turn.before, i);
    }
    for (size_t done = 0; done < 20; done++) {
        size_t who = 20;
        sim_run(&sim, 10);
        for (size_t i = 0; i < 20; i++) {
            if (in[i] || !actor_has_event(&many[i], OP_ROOM_KEY))
                continue;
            cr_assert_eq(who, 20, "one at a time");
            who = i;
        }
        cr_assert_eq(who, done, "in the order of asking");
        actor_event(&many[who], OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
        cr_assert_eq(key.epoch, epoch + done);
        cr_assert_eq(
            actor_commit(&many[who], "ops", key.epoch, COMMIT_EXTERNAL, (uint8_t)(50 + who)),
            STATUS_DONE);
        in[who] = true;
    }
    for (size_t i = 0; i < 20; i++)
        actor_fini(&many[i]);
}

Test(scenario_group, turn__is_lost_after_two_seconds_and_the_next_one_has_it)
{
    struct msg_name ask = {.name = bytes_str("ops")};
    struct msg_room_key key;

    actor_enter(&alice, "alice");
    group_found(&alice, "ops");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    (void)actor_join(&bob, "ops");
    (void)actor_join(&carol, "ops");
    (void)actor_ask(&bob, OP_GROUP_INFO, &ask);
    (void)actor_ask(&carol, OP_GROUP_INFO, &ask);
    actor_event(&bob, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    cr_assert_neq(actor_commit(&carol, "ops", key.epoch, COMMIT_EXTERNAL, 1), STATUS_DONE);
    people_refused(&carol, CODE_NO_TURN, "turn");
    sim_run(&sim, 1800);
    cr_assert_not(actor_has_event(&carol, OP_ROOM_KEY));
    sim_run(&sim, 300);
    cr_assert(actor_has_event(&carol, OP_ROOM_KEY));
    cr_assert_neq(actor_commit(&bob, "ops", 0, COMMIT_EXTERNAL, 2), STATUS_DONE);
    people_refused(&bob, CODE_NO_TURN, "turn");
    cr_assert_eq(actor_commit(&carol, "ops", 0, COMMIT_EXTERNAL, 3), STATUS_DONE);
}

Test(scenario_group, turn__a_members_commit_in_between_brings_new_info_three_times)
{
    struct msg_name ask = {.name = bytes_str("ops")};
    struct msg_room_key key;
    uint64_t epoch = three();

    actor_enter(&dave, "dave");
    (void)actor_join(&dave, "ops");
    (void)actor_ask(&dave, OP_GROUP_INFO, &ask);
    for (int i = 0; i < 3; i++) {
        actor_event(&dave, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
        cr_assert_eq(key.epoch, epoch + (uint64_t)i);
        cr_assert_eq(
            actor_commit(&alice, "ops", epoch + (uint64_t)i, 0, (uint8_t)(i + 1)), STATUS_DONE);
        cr_assert_neq(actor_commit(&dave, "ops", key.epoch, COMMIT_EXTERNAL, 9), STATUS_DONE);
        people_refused(&dave, CODE_CONFLICT, "epoch");
    }
    actor_event(&dave, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    cr_assert_eq(actor_commit(&dave, "ops", key.epoch, COMMIT_EXTERNAL, 10), STATUS_DONE);
}

Test(scenario_group, turn__the_holder_leaves_and_the_next_one_has_it)
{
    struct msg_name ask = {.name = bytes_str("ops")};

    actor_enter(&alice, "alice");
    group_found(&alice, "ops");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    (void)actor_join(&bob, "ops");
    (void)actor_join(&carol, "ops");
    (void)actor_ask(&bob, OP_GROUP_INFO, &ask);
    (void)actor_ask(&carol, OP_GROUP_INFO, &ask);
    cr_assert_eq(group_leave(&bob, "ops"), OP_LEFT);
    sim_run(&sim, 50);
    cr_assert(actor_has_event(&carol, OP_ROOM_KEY));
    cr_assert_not(group_departed(&sim, "ops", "bob"), "he never had a leaf");
}

Test(scenario_group, turn__asked_for_twice_is_one_place_in_line)
{
    struct msg_name ask = {.name = bytes_str("ops")};
    struct msg_turn turn;

    actor_enter(&alice, "alice");
    group_found(&alice, "ops");
    actor_enter(&bob, "bob");
    actor_enter(&carol, "carol");
    (void)actor_join(&bob, "ops");
    (void)actor_join(&carol, "ops");
    (void)actor_ask(&bob, OP_GROUP_INFO, &ask);
    for (int i = 0; i < 3; i++) {
        (void)actor_ask(&carol, OP_GROUP_INFO, &ask);
        actor_answer(&carol, &MSG_TURN, &turn);
        cr_assert_eq(turn.before, 1);
    }
    actor_cut(&bob);
    sim_run(&sim, 2100);
    cr_assert(actor_has_event(&carol, OP_ROOM_KEY), "a dropped line holds nobody up");
}
