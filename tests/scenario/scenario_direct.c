/* SPDX-License-Identifier: ISC */
/* Stories of two people: their group, their log, and guests whose names change hands. */
#include <criterion/criterion.h>

#include "group.h"

static struct sim sim;
static struct actor alice, bob, carol, dave;

static void setup(void)
{
    people_init(&sim, 13);
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

TestSuite(scenario_direct, .init = setup, .fini = teardown);

static uint8_t create(struct actor *a, const char *to, uint8_t req, uint64_t replaces)
{
    struct msg_dm_key m = {.user = bytes_str(to),
        .flags = COMMIT_CREATE,
        .epoch = 1,
        .replaces = replaces,
        .welcome = bytes_str("the welcome")};

    memset(m.req, req, sizeof m.req);
    (void)actor_ask(a, OP_DM_KEY, &m);
    return actor_status(a);
}

static uint8_t next(struct actor *a, const char *to, uint8_t req, uint64_t epoch)
{
    struct msg_dm_key m = {
        .user = bytes_str(to), .epoch = epoch, .commit = bytes_str("the commit")};

    memset(m.req, req, sizeof m.req);
    (void)actor_ask(a, OP_DM_KEY, &m);
    return actor_status(a);
}

static uint8_t say(struct actor *a, const char *to, uint64_t epoch, const char *text)
{
    struct msg_say m = {
        .to = bytes_str(to), .text = bytes_str(text), .more = true, .epoch = epoch};

    (void)actor_ask(a, OP_DIRECT, &m);
    return actor_status(a);
}

static bool heard(struct actor *a, const char *text)
{
    struct msg_direct_event m;

    sim_run(&sim, 50);
    while (actor_has_event(a, OP_DIRECT)) {
        actor_event(a, OP_DIRECT, &MSG_DIRECT_EVENT, &m);
        if (bytes_eq(m.text, bytes_str(text)))
            return true;
    }
    return false;
}

/* Gone at once, as one who says goodbye. */
static void quit(struct actor *a)
{
    struct msg_leave none = {0};

    while (a->link != NULL) {
        (void)actor_ask(a, OP_LEAVE, &none);
        sim_run(&sim, 10);
    }
}

Test(scenario_direct, group__one_of_two_that_begin_at_once_wins)
{
    struct msg_dm_key_event seen;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(create(&alice, "bob", 1, 0), STATUS_DONE);
    uint64_t founded = group_seq(&alice);
    cr_assert_neq(create(&bob, "alice", 2, 0), STATUS_DONE);
    people_refused(&bob, CODE_CONFLICT, "epoch");
    actor_event(&bob, OP_DM_KEY, &MSG_DM_KEY_EVENT, &seen);
    cr_assert_eq(seen.seq, founded);
    cr_assert_eq(seen.epoch, 1);
    cr_assert_eq(seen.flags, COMMIT_CREATE);
    cr_assert(bytes_eq(seen.welcome, bytes_str("the welcome")));
    cr_assert(bytes_eq(seen.sender, bytes_str("alice")));
    cr_assert_eq(say(&alice, "bob", 1, "hello"), STATUS_DONE);
    cr_assert(heard(&bob, "hello"));
    cr_assert_neq(say(&alice, "bob", 0, "hello"), STATUS_DONE);
    people_refused(&alice, CODE_STALE, "epoch");
}

Test(scenario_direct, group__asked_again_with_the_same_request_id_is_answered_the_same)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(create(&alice, "bob", 1, 0), STATUS_DONE);
    uint64_t founded = group_seq(&alice);
    cr_assert_eq(create(&alice, "bob", 1, 0), STATUS_DONE);
    cr_assert_eq(group_seq(&alice), founded);
}

Test(scenario_direct, group__is_replaced_only_by_who_names_the_present_one)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(create(&alice, "bob", 1, 0), STATUS_DONE);
    uint64_t founded = group_seq(&alice);
    cr_assert_neq(create(&bob, "alice", 2, founded + 1), STATUS_DONE);
    cr_assert_eq(create(&bob, "alice", 3, founded), STATUS_DONE);
    uint64_t second = group_seq(&bob);
    cr_assert_gt(second, founded);
    cr_assert_neq(create(&alice, "bob", 4, founded), STATUS_DONE, "that one is gone");
}

Test(scenario_direct, commit__goes_to_the_other_and_has_one_winner)
{
    struct msg_dm_key_event seen;

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(create(&alice, "bob", 1, 0), STATUS_DONE);
    cr_assert_eq(next(&bob, "alice", 2, 1), STATUS_DONE);
    cr_assert_neq(next(&alice, "bob", 3, 1), STATUS_DONE);
    people_refused(&alice, CODE_CONFLICT, "epoch");
    cr_assert_eq(actor_refusal(&alice).num, 2);
    actor_event(&alice, OP_DM_KEY, &MSG_DM_KEY_EVENT, &seen);
    cr_assert(bytes_eq(seen.commit, bytes_str("the commit")));
    cr_assert_eq(seen.welcome.n, 0);
    cr_assert_eq(say(&alice, "bob", 1, "grace"), STATUS_DONE);
    cr_assert_eq(say(&alice, "bob", 2, "new"), STATUS_DONE);
}

Test(scenario_direct, key__is_a_welcome_or_a_commit)
{
    struct msg_dm_key m = {.user = bytes_str("bob"), .flags = COMMIT_CREATE, .epoch = 1};

    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    (void)actor_ask(&alice, OP_DM_KEY, &m);
    people_refused(&alice, CODE_BAD_FIELD, "welcome");
    m.welcome = m.commit = bytes_str("x");
    (void)actor_ask(&alice, OP_DM_KEY, &m);
    people_refused(&alice, CODE_BAD_FIELD, "commit");
    m.flags = 0;
    (void)actor_ask(&alice, OP_DM_KEY, &m);
    people_refused(&alice, CODE_BAD_FIELD, "welcome");
    m.commit = m.welcome = (struct bytes){0};
    (void)actor_ask(&alice, OP_DM_KEY, &m);
    people_refused(&alice, CODE_BAD_FIELD, "commit");
    m.user = bytes_str("alice"), m.commit = bytes_str("x");
    (void)actor_ask(&alice, OP_DM_KEY, &m);
    people_refused(&alice, CODE_NOT_ALLOWED, "yourself");
    m.user = bytes_str("nobody");
    cr_assert_eq(actor_ask(&alice, OP_DM_KEY, &m), OP_NO_USER);
}

Test(scenario_direct, absent__an_account_finds_it_stored_in_order)
{
    struct msg_sent sent;
    struct log log;

    people_account(&bob, "bob");
    actor_cut(&bob);
    sim_run(&sim, 31000);
    people_account(&alice, "alice");
    cr_assert_eq(create(&alice, "bob", 1, 0), STATUS_DONE);
    cr_assert_eq(say(&alice, "bob", 1, "one"), STATUS_DONE);
    actor_answer(&alice, &MSG_SENT, &sent);
    cr_assert_eq(sent.stored, 1);
    cr_assert_eq(next(&alice, "bob", 2, 1), STATUS_DONE);
    cr_assert_eq(say(&alice, "bob", 2, "two"), STATUS_DONE);
    people_login(&bob, "bob");
    log_read(&bob, CONVO_DIRECT, "alice", 0, &log);
    cr_assert_eq(log.count, 4);
    log_in_order(&log);
    cr_assert_eq(log.rows[0].kind, ENTRY_WELCOME);
    cr_assert_str_eq(log.rows[0].body, "the welcome");
    cr_assert_str_eq(log.rows[1].body, "one");
    cr_assert_eq(log.rows[2].kind, ENTRY_COMMIT);
    cr_assert_str_eq(log.rows[2].body, "the commit");
    cr_assert_str_eq(log.rows[3].body, "two");
    cr_assert_eq(log.rows[3].epoch, 2);
    cr_assert_not(log.gone);
    cr_assert_eq(say(&bob, "alice", 2, "back"), STATUS_DONE);
    cr_assert(heard(&alice, "back"));
}

Test(scenario_direct, absent__nobody_of_that_name)
{
    actor_enter(&alice, "alice");
    cr_assert_eq(say(&alice, "nobody", 0, "x"), 0xff);
    cr_assert_eq(alice.last->op, OP_NO_USER);
    cr_assert_eq(say(&alice, "no body", 0, "x"), 0xff);
    cr_assert_eq(say(&alice, "rand7", 0, "x"), 0xff);
    cr_assert_eq(say(&alice, "alice", 0, "x"), STATUS_REFUSED);
    people_refused(&alice, CODE_NOT_ALLOWED, "yourself");
}

Test(scenario_direct, guest__who_came_back_under_his_name_is_heard_again)
{
    actor_enter(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(say(&alice, "bob", 0, "one"), STATUS_DONE);
    cr_assert(heard(&bob, "one"));
    quit(&bob);
    cr_assert_eq(say(&alice, "bob", 0, "into the void"), 0xff, "nobody of that name");
    cr_assert_eq(alice.last->op, OP_NO_USER);
    actor_enter(&bob, "bob");
    cr_assert_eq(say(&alice, "bob", 0, "two"), STATUS_DONE);
    cr_assert(heard(&bob, "two"));
    cr_assert_eq(say(&bob, "alice", 0, "three"), STATUS_DONE);
    cr_assert(heard(&alice, "three"));
}

Test(scenario_direct, guest__with_another_name_gets_nothing_for_his_old_one)
{
    struct msg_name robert = {.name = bytes_str("robert")};

    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(say(&alice, "bob", 0, "one"), STATUS_DONE);
    cr_assert_eq(actor_ask(&bob, OP_NICK, &robert), OP_RENAMED);
    cr_assert_eq(say(&alice, "bob", 0, "nobody there"), 0xff);
    actor_enter(&carol, "bob");
    actor_forget(&bob);
    cr_assert_eq(say(&alice, "bob", 0, "for the new bob"), STATUS_DONE);
    cr_assert(heard(&carol, "for the new bob"));
    cr_assert_not(heard(&bob, "for the new bob"));
    cr_assert_eq(say(&bob, "alice", 0, "from robert"), STATUS_DONE);
    cr_assert(heard(&alice, "from robert"));
    cr_assert_not(heard(&carol, "from robert"));
}

Test(scenario_direct, guest__reads_nothing_from_before_he_had_the_name)
{
    struct log log;

    people_account(&alice, "alice");
    actor_enter(&bob, "bob");
    cr_assert_eq(say(&alice, "bob", 0, "for the first bob"), STATUS_DONE);
    quit(&bob);
    actor_enter(&carol, "bob");
    cr_assert_eq(say(&alice, "bob", 0, "for the second"), STATUS_DONE);
    log_read(&carol, CONVO_DIRECT, "alice", 0, &log);
    cr_assert_not(log_has(&log, "for the first bob"));
    cr_assert(log_has(&log, "for the second"));
}

Test(scenario_direct, guest__what_he_left_for_an_account_waits_when_he_is_gone)
{
    struct msg_sent sent;
    struct log log;

    people_account(&alice, "alice");
    actor_cut(&alice);
    sim_run(&sim, 31000);
    actor_enter(&bob, "bob");
    cr_assert_eq(say(&bob, "alice", 0, "call me"), STATUS_DONE);
    actor_answer(&bob, &MSG_SENT, &sent);
    cr_assert_eq(sent.stored, 1);
    quit(&bob);
    people_login(&alice, "alice");
    log_read(&alice, CONVO_DIRECT, "bob", 0, &log);
    cr_assert(log_has(&log, "call me"));
}

Test(scenario_direct, log__nobody_else_can_read_it)
{
    struct msg_catch_up m = {.kind = CONVO_DIRECT, .name = bytes_str("bob")};

    people_account(&alice, "alice");
    people_account(&bob, "bob");
    people_account(&carol, "carol");
    cr_assert_eq(say(&alice, "bob", 0, "secret"), STATUS_DONE);
    (void)actor_ask(&carol, OP_CATCH_UP, &m);
    people_refused(&carol, CODE_NOT_MEMBER, "name");
    m.name = bytes_str("alice");
    (void)actor_ask(&carol, OP_CATCH_UP, &m);
    people_refused(&carol, CODE_NOT_MEMBER, "name");
    m.kind = 7;
    (void)actor_ask(&carol, OP_CATCH_UP, &m);
    people_refused(&carol, CODE_NOT_MEMBER, "name");
}
