/* SPDX-License-Identifier: ISC */
/* Into the group of a room by what the relay shows of it: the right one, or none at all. */
#include "client/group_enter.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "fake_peer.h"
#include "fake_relay.h"

static struct fake f;
static struct peer bob;

static void setup(void)
{
    fake_init(&f);
    fake_ready(&f);
    peer_init(&bob, 1, "bob");
}

static void teardown(void)
{
    fake_fini(&f);
    peer_fini(&bob);
}

TestSuite(group_enter, .init = setup, .fini = teardown);

/* In the room, which has a group, and waiting for the turn. */
static void wait_for_turn(uint8_t flags)
{
    struct msg_joined m = {
        .room = bytes_str("ops"), .online = 2, .flags = (uint8_t)(ROOM_GROUPED | flags)};

    fake_type(&f, "/join ops");
    cr_assert(fake_serve(&f, OP_JOIN));
    fake_tell(&f, OP_JOINED, &MSG_JOINED, &m);
    cr_assert(fake_serve(&f, OP_GROUP_INFO));
    fake_done(&f, &MSG_TURN, &(struct msg_turn){0});
}

static void show(struct bytes info, struct list nodes, uint64_t epoch)
{
    struct msg_room_key m = {.room = bytes_str("ops"),
        .kind = ROOM_KEY_INFO,
        .epoch = epoch,
        .seq = 1,
        .turn_ms = 10000,
        .body = info,
        .nodes = nodes};

    fake_tell(&f, OP_ROOM_KEY, &MSG_ROOM_KEY, &m);
}

static void show_bobs(void)
{
    show(buf_view(&bob.info), list_view(&bob.nodes), 0);
}

/* After what was shown nothing of ours went out, and the person was told. */
static void refused(const char *words)
{
    cr_assert(fake_said(&f, "ops", words), "%s", words);
    cr_assert_not(fake_serve(&f, OP_COMMIT));
    cr_assert_not(f.closing);
    cr_assert_neq(model_find(f.model, false, bytes_str("ops"))->seal, ROOM_SEALED);
}

#define ANOTHER_PLACE "THE RELAY OFFERS THE GROUP OF ANOTHER PLACE AS THAT OF #ops"
#define NOT_SOUND     "is not sound"

Test(group_enter, turn__of_the_right_group_commits_and_is_in)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    wait_for_turn(0);
    show_bobs();
    cr_assert(fake_serve(&f, OP_COMMIT));
    struct msg_commit m;
    const char *bad;
    struct bytes body = f.sent[f.read_n - 1].body;
    cr_assert_eq(schema_decode(&MSG_COMMIT, body, &m, &bad), ERR_OK);
    cr_assert_eq(m.flags, COMMIT_EXTERNAL);
    cr_assert_eq(m.removed.n, 0, "nobody goes with it");
    struct mls_event event;
    mls_event_init(&event);
    cr_assert_eq(mls_process(bob.group, m.commit, &event), ERR_OK);
    cr_assert(event.kind == MLS_EVENT_COMMIT && event.change->external);
    cr_assert_eq(policy_identify(&event.change->committer), ERR_OK);
    mls_event_clear(&event);
    fake_done(&f, &MSG_COMMIT_OK, &(struct msg_commit_ok){.seq = 2, .epoch = 1});
    cr_assert(fake_said(&f, "ops", "The keys of this room are agreed: 2 in its group"));
}

Test(group_enter, turn__of_another_room_is_refused_loudly)
{
    peer_found(&bob, "other", POLICY_OPEN);
    wait_for_turn(0);
    show_bobs();
    refused(ANOTHER_PLACE);
    fake_pass(&f, 60000);
    cr_assert_not(fake_serve(&f, OP_GROUP_INFO), "not asked for again by itself");
}

Test(group_enter, turn__of_another_epoch_is_refused)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    wait_for_turn(0);
    show(buf_view(&bob.info), list_view(&bob.nodes), 1);
    refused("another epoch of #ops than the group itself");
}

Test(group_enter, turn__of_what_is_no_group_is_refused)
{
    wait_for_turn(0);
    show(bytes_str("no group info"), (struct list){0}, 0);
    refused(NOT_SOUND);
}

Test(group_enter, turn__without_its_tree_is_refused)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    wait_for_turn(0);
    show(buf_view(&bob.info), (struct list){0}, 0);
    refused(NOT_SOUND);
}

Test(group_enter, turn__for_invited_people_is_refused_in_words)
{
    peer_found(&bob, "ops", POLICY_INVITE);
    wait_for_turn(ROOM_INVITE);
    show_bobs();
    refused("it is for invited people");
}

Test(group_enter, turn__with_a_password_that_nobody_typed_asks)
{
    peer_found(&bob, "ops", POLICY_PASSWORD);
    wait_for_turn(0);
    show_bobs();
    cr_assert(fake_asked(&f, "Password of #ops"));
    cr_assert_not(fake_serve(&f, OP_COMMIT));
}

Test(group_enter, turn__that_nobody_waits_for_is_left_alone)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    show_bobs();
    cr_assert_not(fake_serve(&f, OP_COMMIT), "not in the room at all");
    fake_room(&f, "ops");
    show_bobs();
    cr_assert_not(fake_serve(&f, OP_COMMIT), "in another group");
    cr_assert_not(f.closing);
}

/* A tree of nodes that cannot be. */
static void with_node(uint32_t index, struct bytes body, bool twice)
{
    struct list_writer w;
    struct msg_node row = {index, body};

    list_begin(&w, 1u << 16);
    list_add(&w, &MSG_NODE, &row);
    if (twice)
        list_add(&w, &MSG_NODE, &row);
    wait_for_turn(0);
    show(buf_view(&bob.info), list_view(&w), 0);
    refused(NOT_SOUND);
    list_end(&w);
}

static struct bytes bobs_leaf(void)
{
    struct list l = list_view(&bob.nodes);
    struct msg_node row = {0};

    cr_assert(list_next(&l, &MSG_NODE, &row));
    return row.body;
}

Test(group_enter, tree__twice_the_same_leaf)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    with_node(0, bobs_leaf(), true);
}

Test(group_enter, tree__somebody_at_another_leaf)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    with_node(2, bobs_leaf(), false);
}

Test(group_enter, tree__a_leaf_at_the_end_of_the_world)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    with_node(UINT32_MAX - 1, bobs_leaf(), false);
}

Test(group_enter, tree__a_parent_beyond_every_leaf)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    with_node(UINT32_MAX, bobs_leaf(), false);
}

Test(group_enter, tree__the_widest_that_is_looked_at)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    with_node(2 * 65535, bobs_leaf(), false);
}

/* Anything that is changed in the info, or in the leaf, ends it: its own turn each time. */
static void with_a_bit_flipped(uint8_t *at, size_t bit, const uint8_t *leaf, size_t leaf_n)
{
    struct list_writer w;

    at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    list_begin(&w, 1u << 16);
    list_add(&w, &MSG_NODE, &(struct msg_node){0, bytes_of(leaf, leaf_n)});
    wait_for_turn(0);
    show(buf_view(&bob.info), list_view(&w), 0);
    cr_assert_not(fake_serve(&f, OP_COMMIT), "bit %zu was not seen", bit);
    list_end(&w);
    at[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static void flip_all(bool in_leaf)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    struct bytes leaf = bobs_leaf();
    uint8_t *own = mem_dup(leaf.p, leaf.n);
    uint8_t *at = in_leaf ? own : bob.info.p;
    size_t bits = 8 * (in_leaf ? leaf.n : bob.info.n);

    for (size_t bit = 0; bit < bits; bit += 37) {
        with_a_bit_flipped(at, bit, own, leaf.n);
        fake_fini(&f);
        fake_init(&f);
        fake_ready(&f);
    }
    mem_free(own);
}

Test(group_enter, info__with_a_bit_flipped_is_refused)
{
    flip_all(false);
}

Test(group_enter, leaf__with_a_bit_flipped_is_refused)
{
    flip_all(true);
}

Test(group_enter, commit__that_is_refused_is_tried_again)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    wait_for_turn(0);
    show_bobs();
    cr_assert(fake_serve(&f, OP_COMMIT));
    fake_refuse(&f, OP_COMMIT, CODE_STALE, "somebody was faster");
    for (int i = 0; i < 40 && !fake_serve(&f, OP_GROUP_INFO); i++)
        fake_pass(&f, 250);
    fake_done(&f, &MSG_TURN, &(struct msg_turn){0});
    show_bobs();
    cr_assert(fake_serve(&f, OP_COMMIT));
}

Test(group_enter, link__lost_under_way_begins_anew)
{
    peer_found(&bob, "ops", POLICY_OPEN);
    wait_for_turn(0);
    show_bobs();
    cr_assert(fake_serve(&f, OP_COMMIT));
    fake_down(&f, LINK_END_LOST);
    while (!f.linked)
        fake_pass(&f, 250);
    fake_greet(&f, HELLO_GUESTS);
    (void)fake_expect(&f, OP_RESUME);
    fake_in(&f, "rand0", ROLE_GUEST, true);
    cr_assert(fake_serve(&f, OP_GROUP_INFO), "a turn of its own");
}
