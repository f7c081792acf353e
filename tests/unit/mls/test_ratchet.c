/* SPDX-License-Identifier: ISC */
#include "mls/ratchet.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/cells.h"
#include "ratchet_ref.h"

#define OTHER 2u
#define APP   RATCHET_APPLICATION

static const struct suite *S;

static struct ratchet *make(uint32_t leaves, uint32_t own)
{
    S = suite_at(0);
    return ratchet_new(S, leaves, own, REF_SECRET);
}

Test(ratchet, gives_what_the_rfc_says__every_suite_and_shape)
{
    static const uint32_t SHAPES[] = {1, 2, 3, 4, 5, 8, 33, 1000, TREEMATH_LEAVES_MAX};

    for (size_t row = 0; suite_at(row) != NULL; row++) {
        for (size_t i = 0; i < MEM_COUNT(SHAPES); i++) {
            uint32_t n = SHAPES[i];
            const uint32_t leaves[] = {n - 1, 0, n / 2, n / 3};
            struct ratchet *r = ratchet_new(suite_at(row), n, UINT32_MAX, REF_SECRET);

            for (uint32_t g = 0; g < 2; g++)
                for (size_t at = 0; at < MEM_COUNT(leaves); at++)
                    for (enum ratchet_kind kind = 0; kind < RATCHET_KINDS; kind++)
                        if (ref_rule(r, leaves[at], kind, g) != MLS_RULE_MESSAGE_REPLAY)
                            ref_take(r, suite_at(row), n, leaves[at], kind, g);
            ratchet_free(r);
        }
    }
}

Test(ratchet, gives_the_same_keys__in_whatever_order_people_speak)
{
    struct ratchet *r = make(64, UINT32_MAX);
    bool spoken[64] = {false};
    uint32_t leaf = 17;

    for (int i = 0; i < 64; i++, leaf = (leaf * 37 + 11) % 64) {
        if (!spoken[leaf])
            ref_take(r, S, 64, leaf, RATCHET_HANDSHAKE, 0);
        spoken[leaf] = true;
    }
    for (leaf = 0; leaf < 64; leaf++) {
        if (!spoken[leaf])
            ref_take(r, S, 64, leaf, RATCHET_HANDSHAKE, 0);
        ref_take(r, S, 64, leaf, APP, 1);
        ref_take(r, S, 64, leaf, APP, 0);
    }
    ratchet_free(r);
}

Test(ratchet_next, speaks__what_others_find)
{
    struct ratchet *mine = make(5, 3);
    struct ratchet *theirs = make(5, 4);

    for (uint32_t i = 0; i < 80; i++) {
        for (enum ratchet_kind kind = 0; kind < RATCHET_KINDS; kind++) {
            struct ratchet_key sent, found;
            uint32_t g;

            cr_assert_eq(ratchet_next(mine, kind, &sent, &g), ERR_OK);
            cr_assert_eq(g, i);
            cr_assert_eq(ratchet_find(theirs, 3, kind, g, &found), MLS_RULE_KEPT);
            cr_assert_eq(memcmp(&sent, &found, sizeof sent), 0);
            ratchet_spend(theirs, 3, kind, g);
        }
    }
    ratchet_free(mine);
    ratchet_free(theirs);
}

Test(ratchet_next, is_refused__without_a_leaf_of_our_own)
{
    static const struct ratchet_key nothing;
    struct ratchet *r = make(4, UINT32_MAX);
    struct ratchet_key key;
    uint32_t g;

    cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_STATE);
    cr_assert_eq(memcmp(&key, &nothing, sizeof key), 0);
    cr_assert_eq(ratchet_own(r), UINT32_MAX);
    ratchet_free(r);
}

Test(ratchet_next, speaks__alone_in_a_tree_of_one)
{
    struct ratchet *r = make(1, 0);
    struct ratchet_key key, want;
    uint32_t g;

    cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_OK);
    ref_key(S, 1, 0, APP, 0, &want);
    cr_assert_eq(memcmp(&key, &want, sizeof key), 0);
    cr_assert_eq(ref_rule(r, 0, APP, 0), MLS_RULE_MESSAGE_SENDER);
    ratchet_free(r);
}

Test(ratchet_find, refuses_a_leaf__that_is_ours_or_not_there)
{
    struct ratchet *r = make(5, 1);

    cr_assert_eq(ref_rule(r, 1, APP, 0), MLS_RULE_MESSAGE_SENDER);
    cr_assert_eq(ref_rule(r, 8, APP, 0), MLS_RULE_MESSAGE_SENDER);
    cr_assert_eq(ref_rule(r, UINT32_MAX, APP, 0), MLS_RULE_MESSAGE_SENDER);
    cr_assert_eq(ref_rule(r, 7, APP, 0), MLS_RULE_KEPT); /* blank, but of the tree */
    ratchet_free(r);
}

Test(ratchet_find, changes_nothing__whatever_is_asked)
{
    static const uint32_t ASKED[] = {0, 1, 31, 32, 33, 40, 4096, 4097, UINT32_MAX};
    struct ratchet *r = make(16, 1);
    struct ref_store before = {0}, after = {0};

    ref_take(r, S, 16, OTHER, APP, 7);
    ref_store_save(&before, r, true);
    for (size_t i = 0; i < MEM_COUNT(ASKED); i++)
        for (uint32_t leaf = 0; leaf < 17; leaf++)
            (void)ref_rule(r, leaf, i % 2 ? APP : RATCHET_HANDSHAKE, ASKED[i]);
    cr_assert(!ratchet_dirty(r));
    ref_store_save(&after, r, true);
    cr_assert(ref_store_same(&before, &after));
    cr_assert(ref_finds(r, S, 16, OTHER, APP, 3));
    cr_assert(ref_finds(r, S, 16, OTHER, APP, 3));
    cr_assert(ref_finds(r, S, 16, 15, APP, 40));
    cr_assert(ref_finds(r, S, 16, 15, APP, 0));
    ref_store_fini(&before);
    ref_store_fini(&after);
    ratchet_free(r);
}

Test(ratchet_spend, makes_a_key_unfindable__and_no_other)
{
    struct ratchet *r = make(4, 0);

    for (uint32_t g = 0; g < 10; g++) {
        ref_take(r, S, 4, OTHER, APP, g);
        for (uint32_t old = 0; old <= g; old++)
            cr_assert_eq(ref_rule(r, OTHER, APP, old), MLS_RULE_MESSAGE_REPLAY);
        cr_assert(ref_finds(r, S, 4, OTHER, RATCHET_HANDSHAKE, g));
        cr_assert(ref_finds(r, S, 4, OTHER + 1, APP, g));
    }
    ratchet_free(r);
}

Test(ratchet_spend, keeps_what_was_skipped__each_to_be_found_once)
{
    struct ratchet *r = make(4, 0);

    ref_take(r, S, 4, OTHER, APP, RATCHET_KEPT);
    for (uint32_t i = 0; i < RATCHET_KEPT; i++) {
        uint32_t g = (i * 13 + 5) % RATCHET_KEPT;

        ref_take(r, S, 4, OTHER, APP, g);
        cr_assert_eq(ref_rule(r, OTHER, APP, g), MLS_RULE_MESSAGE_REPLAY);
    }
    ratchet_free(r);
}

Test(ratchet_spend, keeps_the_newest_alone__of_one_jump)
{
    struct ratchet *r = make(4, 0);

    ref_take(r, S, 4, OTHER, APP, RATCHET_KEPT + 8);
    for (uint32_t g = 0; g < 8; g++)
        cr_assert_eq(ref_rule(r, OTHER, APP, g), MLS_RULE_MESSAGE_REPLAY);
    for (uint32_t g = 8; g < RATCHET_KEPT + 8; g++)
        ref_take(r, S, 4, OTHER, APP, g);
    ratchet_free(r);
}

Test(ratchet_spend, keeps_the_newest_alone__of_several_jumps)
{
    struct ratchet *r = make(4, 0);

    ref_take(r, S, 4, OTHER, APP, 20); /* keeps 0 - 19 */
    ref_take(r, S, 4, OTHER, APP, 19); /* 19 that are left */
    ref_take(r, S, 4, OTHER, APP, 41); /* and 20 more: seven too many */
    for (uint32_t g = 0; g < 7; g++)
        cr_assert_eq(ref_rule(r, OTHER, APP, g), MLS_RULE_MESSAGE_REPLAY);
    for (uint32_t g = 7; g < 19; g++)
        ref_take(r, S, 4, OTHER, APP, g);
    for (uint32_t g = 21; g < 41; g++)
        ref_take(r, S, 4, OTHER, APP, g);
    for (uint32_t g = 0; g < 42; g++)
        cr_assert_eq(ref_rule(r, OTHER, APP, g), MLS_RULE_MESSAGE_REPLAY);
    ratchet_free(r);
}

Test(ratchet_find, refuses_a_jump__beyond_the_window)
{
    struct ratchet *r = make(4, 0);

    cr_assert_eq(ref_rule(r, OTHER, APP, RATCHET_AHEAD + 1), MLS_RULE_MESSAGE_AHEAD);
    cr_assert_eq(ref_rule(r, OTHER, APP, UINT32_MAX), MLS_RULE_MESSAGE_AHEAD);
    ref_take(r, S, 4, OTHER, APP, RATCHET_AHEAD);
    cr_assert_eq(ref_rule(r, OTHER, APP, 2 * RATCHET_AHEAD + 2), MLS_RULE_MESSAGE_AHEAD);
    cr_assert(ref_finds(r, S, 4, OTHER, APP, 2 * RATCHET_AHEAD + 1));
    cr_assert_eq(
        ref_rule(r, OTHER, RATCHET_HANDSHAKE, RATCHET_AHEAD + 1), MLS_RULE_MESSAGE_AHEAD);
    ratchet_free(r);
}

Test(ratchet_spend, spends_what_was_asked__though_another_was_found_since)
{
    struct ratchet *r = make(4, 0);
    struct ratchet_key key;
    uint32_t g;

    cr_assert(ref_finds(r, S, 4, OTHER, APP, 3));
    cr_assert(ref_finds(r, S, 4, 3, RATCHET_HANDSHAKE, 0));
    ratchet_spend(r, OTHER, APP, 3);
    cr_assert_eq(ref_rule(r, OTHER, APP, 3), MLS_RULE_MESSAGE_REPLAY);
    cr_assert(ref_finds(r, S, 4, 3, RATCHET_HANDSHAKE, 0));
    cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_OK);
    ratchet_spend(r, 3, RATCHET_HANDSHAKE, 0);
    cr_assert_eq(ref_rule(r, 3, RATCHET_HANDSHAKE, 0), MLS_RULE_MESSAGE_REPLAY);
    cr_assert(ref_finds(r, S, 4, 3, RATCHET_HANDSHAKE, 1));
    for (g = 0; g < 3; g++)
        ref_take(r, S, 4, OTHER, APP, g);
    ratchet_free(r);
}

Test(ratchet_spend, does_nothing__of_what_cannot_be_found)
{
    struct ratchet *r = make(4, 0);
    struct ref_store before = {0}, after = {0};

    ref_take(r, S, 4, OTHER, APP, 0);
    ref_store_save(&before, r, true);
    ratchet_spend(r, OTHER, APP, 0);
    ratchet_spend(r, OTHER, APP, UINT32_MAX);
    ratchet_spend(r, 0, APP, 0);
    ratchet_spend(r, 9, APP, 0);
    ref_store_save(&after, r, true);
    cr_assert(ref_store_same(&before, &after));
    ref_store_fini(&before);
    ref_store_fini(&after);
    ratchet_free(r);
}

/* A tree without secrets, as when it was not wholly loaded. */
Test(ratchet, says_nobody_is_there__without_secrets)
{
    struct ratchet_key key;
    uint32_t g;
    struct ratchet *r = ratchet_blank(suite_at(0), 4, 0);

    cr_assert_eq(ref_rule(r, OTHER, APP, 0), MLS_RULE_MESSAGE_SENDER);
    cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_NOT_FOUND);
    cr_assert_eq(ratchet_loaded(r), ERR_CORRUPT);
    ratchet_free(r);
    ratchet_free(NULL);
}

Test(cells, hands_out_zeroes__and_wipes_what_comes_back)
{
    static const struct cell nothing;
    struct cells p = {0};
    uint32_t cells[100];

    for (size_t i = 0; i < MEM_COUNT(cells); i++) {
        cells[i] = cells_take(&p);
        cr_assert_eq(memcmp(cells_at(&p, cells[i]), &nothing, sizeof nothing), 0);
        memset(cells_at(&p, cells[i]), (int)i + 1, sizeof nothing);
    }
    for (size_t i = 0; i < MEM_COUNT(cells); i++) {
        struct cell want;

        memset(&want, (int)i + 1, sizeof want);
        cr_assert_eq(memcmp(cells_at(&p, cells[i]), &want, sizeof want), 0);
    }
    for (size_t i = 0; i < MEM_COUNT(cells); i++) {
        cells_give(&p, cells[i]);
        cells_at(&p, cells[i])->next = 0;
        cr_assert_eq(memcmp(cells_at(&p, cells[i]), &nothing, sizeof nothing), 0);
    }
    cells_fini(&p);
}
