/* SPDX-License-Identifier: ISC */
/*
 * The records of the secret tree. Beside what they hold, what they must no longer hold: each
 * key is compared by its bytes with everything that is stored.
 */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/ratchet_impl.h"
#include "ratchet_ref.h"
#include "support/attack.h"
#include "support/mlskit.h"

#define LEAVES 16u
#define OWN    5u
#define APP    RATCHET_APPLICATION
#define HAND   RATCHET_HANDSHAKE

static const struct suite *S;

static struct ratchet *make(uint32_t leaves, uint32_t own)
{
    S = suite_at(3);
    return ratchet_new(S, leaves, own, REF_SECRET);
}

static void speak(struct ratchet *r, enum ratchet_kind kind, uint32_t *generation)
{
    struct ratchet_key got, want;

    cr_assert_eq(ratchet_next(r, kind, &got, generation), ERR_OK);
    ref_key(S, r->leaves, r->own, kind, *generation, &want);
    cr_assert_eq(memcmp(&got, &want, sizeof got), 0);
}

/* Some messages in some order, each spent; as a seed says. */
static void chatter(struct ratchet *r, uint64_t seed, int messages, struct ref_store *st)
{
    struct mlskit_world w;

    mlskit_world_init(&w, seed);
    for (int i = 0; i < messages; i++) {
        uint32_t leaf = (uint32_t)(mlskit_draw(&w) % LEAVES);
        enum ratchet_kind kind = mlskit_draw(&w) % RATCHET_KINDS;
        uint32_t g = (uint32_t)(mlskit_draw(&w) % 12) * (uint32_t)(mlskit_draw(&w) % 12);

        if (leaf == r->own)
            speak(r, kind, &g);
        else if (ref_rule(r, leaf, kind, g) == MLS_RULE_KEPT)
            ref_take(r, S, LEAVES, leaf, kind, g);
        if (st != NULL && ratchet_dirty(r))
            ref_store_save(st, r, false);
    }
}

Test(ratchet_save, says_the_same_bytes__after_the_same_messages)
{
    struct ref_store one = {0}, two = {0};
    struct ratchet *a = make(LEAVES, OWN), *b = make(LEAVES, OWN);

    chatter(a, 11, 100, NULL);
    chatter(b, 11, 100, NULL);
    ref_store_save(&one, a, true);
    ref_store_save(&two, b, true);
    cr_assert(ref_store_same(&one, &two));
    chatter(b, 12, 5, NULL);
    ref_store_save(&two, b, true);
    cr_assert(!ref_store_same(&one, &two));
    ref_store_fini(&one);
    ref_store_fini(&two);
    ratchet_free(a);
    ratchet_free(b);
}

/* What was written bit by bit is what would be written at once, after every message. */
Test(ratchet_save, comes_to_the_same__by_changes_and_as_a_whole)
{
    struct ref_store by_change = {0}, whole = {0};
    struct ratchet *r = make(LEAVES, OWN);

    ref_store_save(&by_change, r, false);
    cr_assert_eq(by_change.n, 1);
    for (uint64_t i = 0; i < 120; i++) {
        struct ratchet *copy;

        chatter(r, i, 1, &by_change);
        copy = ref_store_load(&by_change, S, LEAVES, OWN);
        cr_assert_not_null(copy);
        ref_store_save(&whole, copy, true);
        cr_assert(ref_store_same(&by_change, &whole));
        ratchet_free(copy);
    }
    ref_store_save(&whole, r, true);
    cr_assert(ref_store_same(&by_change, &whole));
    ref_store_fini(&by_change);
    ref_store_fini(&whole);
    ratchet_free(r);
}

Test(ratchet_save, says_all_there_is__in_every_shape)
{
    for (uint32_t leaves = 1; leaves <= 1024; leaves *= 2) {
        struct ratchet *r = make(leaves, UINT32_MAX);
        struct ref_store st = {0};

        for (uint32_t spoken = 0; spoken < 4; spoken++) {
            uint32_t leaf = spoken * 331 % leaves;

            ref_store_save(&st, r, true);
            ratchet_free(r);
            r = ref_store_load(&st, S, leaves, UINT32_MAX);
            cr_assert_not_null(r, "%u leaves", leaves);
            if (ref_rule(r, leaf, APP, 1) == MLS_RULE_KEPT)
                ref_take(r, S, leaves, leaf, APP, 1);
        }
        ref_store_fini(&st);
        ratchet_free(r);
    }
}

Test(ratchet_save, writes_nothing__when_nothing_changed)
{
    struct ref_store st = {0};
    struct ratchet *r = make(LEAVES, OWN);

    cr_assert(ratchet_dirty(r));
    ref_store_save(&st, r, true);
    ref_store_save(&st, r, false);
    cr_assert_eq(st.puts, 0);
    cr_assert(ref_finds(r, S, LEAVES, 1, APP, 50));
    cr_assert(!ratchet_dirty(r));
    ratchet_spend(r, 1, APP, 50);
    cr_assert(ratchet_dirty(r));
    ref_store_fini(&st);
    ratchet_free(r);
}

static enum err refuse(void *arg, uint32_t id, struct bytes record)
{
    size_t *left = arg;

    (void)id;
    (void)record;
    return (*left)-- == 0 ? ERR_IO : ERR_OK;
}

Test(ratchet_save, says_all_of_it_again__after_a_put_that_failed)
{
    struct ref_store st = {0}, whole = {0};
    struct ratchet *r = make(LEAVES, OWN);

    ref_store_save(&st, r, false);
    ref_take(r, S, LEAVES, 1, APP, 3);
    for (size_t fails = 0; fails < 3; fails++) {
        size_t left = fails;

        cr_assert_eq(ratchet_save(r, false, refuse, &left), ERR_IO);
        left = fails % 2;
        cr_assert_eq(ratchet_save(r, true, refuse, &left), ERR_IO);
        cr_assert(ratchet_dirty(r));
    }
    ref_store_save(&st, r, false);
    ref_store_save(&whole, r, true);
    cr_assert(ref_store_same(&st, &whole));
    ref_store_fini(&st);
    ref_store_fini(&whole);
    ratchet_free(r);
}

/* The worst there is: somebody's first message, with a whole window skipped, and before it is
 * written the same again in the other ratchet. */
Test(ratchet_save, stays_below_a_turn__at_the_worst)
{
    static const uint32_t SIZES[] = {1, 2, 1000, TREEMATH_LEAVES_MAX};

    for (size_t i = 0; i < MEM_COUNT(SIZES); i++) {
        for (uint32_t at = 0; at < 8 && at < SIZES[i]; at++) {
            uint32_t leaf = (at * 8171u + SIZES[i] - 1) % SIZES[i];
            struct ratchet *r = make(SIZES[i], UINT32_MAX);
            struct ref_store st = {0};

            ref_store_save(&st, r, true);
            ref_take(r, S, SIZES[i], leaf, APP, 100);
            ref_take(r, S, SIZES[i], leaf, HAND, 100);
            ref_store_save(&st, r, false);
            cr_assert_lt(st.written, RATCHET_TURN);
            cr_assert_lt(st.largest, RATCHET_RECORD);
            cr_assert_gt(st.largest, 2 * RATCHET_KEPT * (AEAD_KEY_MAX + AEAD_NONCE));
            cr_assert_leq(st.puts, 7);
            ref_store_fini(&st);
            ratchet_free(r);
        }
    }
}

Test(ratchet_save, writes_our_own__once_in_a_reserve)
{
    struct ratchet *r = make(LEAVES, OWN);
    struct ref_store st = {0};
    uint32_t g;

    ref_store_save(&st, r, true);
    for (uint32_t i = 0; i < 4 * RATCHET_RESERVE; i++) {
        speak(r, APP, &g);
        cr_assert_eq(g, i);
        cr_assert_eq(ratchet_dirty(r), i % RATCHET_RESERVE == 0);
        ref_store_save(&st, r, false);
        cr_assert_eq(st.puts > 0, i % RATCHET_RESERVE == 0);
    }
    ref_store_fini(&st);
    ratchet_free(r);
}

/* Whatever happens between the making of a message and its way out, no generation goes out
 * twice: sent are those that were stored before. */
Test(ratchet_next, never_repeats_itself__wherever_the_crash_is)
{
    enum { BEFORE_SAVE, AFTER_SAVE, AFTER_SEND, POINTS };

    for (int point = 0; point < POINTS; point++) {
        for (uint32_t crash = 0; crash < 70; crash += 3) {
            struct ratchet *r = make(LEAVES, OWN);
            struct ref_store st = {0};
            bool sent[RATCHET_KINDS][600] = {{false}};
            uint32_t g = 0;

            ref_store_save(&st, r, true);
            for (uint32_t i = 0; i < 140; i++) {
                enum ratchet_kind kind = i % 5 == 0 ? HAND : APP;
                bool now = i == crash || i == 2 * crash + 1;

                speak(r, kind, &g);
                cr_assert_lt(g, 600);
                cr_assert(!sent[kind][g]);
                if (!(now && point == BEFORE_SAVE))
                    ref_store_save(&st, r, false);
                sent[kind][g] = !now || point == AFTER_SEND;
                if (!now)
                    continue;
                ratchet_free(r);
                r = ref_store_load(&st, S, LEAVES, OWN);
                cr_assert_not_null(r);
            }
            ref_store_fini(&st);
            ratchet_free(r);
        }
    }
}

static void assert_gone(
    const struct ref_store *st, uint32_t leaf, enum ratchet_kind kind, uint32_t generation)
{
    uint8_t path[TREEMATH_DEPTH_MAX + 1][SUITE_HASH], chain[SUITE_HASH];
    size_t n = ref_path(S, LEAVES, leaf, path);
    struct ratchet_key key;

    for (size_t i = 0; i < n; i++)
        cr_assert(!ref_store_holds(st, path[i], SUITE_HASH), "level %zu", i);
    for (uint32_t g = 0; g <= generation; g++) {
        ref_chain(S, LEAVES, leaf, kind, g, chain);
        cr_assert(!ref_store_holds(st, chain, SUITE_HASH), "secret %u", g);
    }
    ref_key(S, LEAVES, leaf, kind, generation, &key);
    cr_assert(!ref_store_holds(st, key.key, S->aead->key_size));
    cr_assert(!ref_store_holds(st, key.nonce, AEAD_NONCE));
}

Test(ratchet_save, holds_nothing_that_leads_to_a_spent_key__of_others)
{
    static const struct {
        uint32_t leaf;
        enum ratchet_kind kind;
        uint32_t generation;
    } SAID[] = {{9, APP, 0}, {9, APP, 4}, {9, APP, 2}, {9, APP, 3}, {0, HAND, 60},
        {0, HAND, 59}, {0, HAND, 30}, {15, APP, 0}, {15, APP, 1}, {15, HAND, 0}, {9, APP, 40},
        {8, APP, 0}};
    struct ratchet *r = make(LEAVES, OWN);
    struct ref_store st = {0};
    struct ratchet_key key;

    ref_store_save(&st, r, true);
    cr_assert(ref_store_holds(&st, REF_SECRET, SUITE_HASH)); /* it would be seen */
    for (size_t i = 0; i < MEM_COUNT(SAID); i++) {
        ref_take(r, S, LEAVES, SAID[i].leaf, SAID[i].kind, SAID[i].generation);
        ref_store_save(&st, r, false);
        for (size_t k = 0; k <= i; k++)
            assert_gone(&st, SAID[k].leaf, SAID[k].kind, SAID[k].generation);
    }
    ref_key(S, LEAVES, 0, HAND, 58, &key);
    cr_assert(ref_store_holds(&st, key.key, S->aead->key_size)); /* so would a key */
    ref_store_fini(&st);
    ratchet_free(r);
}

Test(ratchet_save, holds_nothing_that_leads_to_a_spent_key__of_our_own)
{
    struct ratchet *r = make(LEAVES, OWN);
    struct ref_store st = {0};
    uint32_t g;

    ref_store_save(&st, r, true);
    for (uint32_t i = 0; i < 3 * RATCHET_RESERVE; i++) {
        speak(r, APP, &g);
        ref_store_save(&st, r, i % 7 == 0);
        assert_gone(&st, OWN, APP, g);
    }
    ref_store_fini(&st);
    ratchet_free(r);
}

Test(ratchet_load, goes_on__where_the_records_end)
{
    struct ratchet *r = make(LEAVES, OWN);
    struct ref_store st = {0}, again = {0};
    uint32_t g;

    ref_take(r, S, LEAVES, 2, APP, 6);
    ref_take(r, S, LEAVES, 2, APP, 1);
    ref_take(r, S, LEAVES, 14, HAND, 0);
    speak(r, APP, &g);
    ref_store_save(&st, r, true);
    ratchet_free(r);
    r = ref_store_load(&st, S, LEAVES, OWN);
    cr_assert_not_null(r);
    cr_assert(!ratchet_dirty(r));
    ref_store_save(&again, r, true);
    cr_assert(ref_store_same(&st, &again));
    cr_assert_eq(ref_rule(r, 2, APP, 6), MLS_RULE_MESSAGE_REPLAY);
    cr_assert_eq(ref_rule(r, 2, APP, 1), MLS_RULE_MESSAGE_REPLAY);
    cr_assert_eq(ref_rule(r, 14, HAND, 0), MLS_RULE_MESSAGE_REPLAY);
    ref_take(r, S, LEAVES, 2, APP, 0);
    ref_take(r, S, LEAVES, 2, APP, 5);
    ref_take(r, S, LEAVES, 2, APP, 7);
    ref_take(r, S, LEAVES, 14, HAND, 1);
    ref_take(r, S, LEAVES, 3, HAND, 2);
    speak(r, APP, &g);
    cr_assert_eq(g, RATCHET_RESERVE);
    speak(r, HAND, &g);
    cr_assert_eq(g, 0);
    ref_store_fini(&st);
    ref_store_fini(&again);
    ratchet_free(r);
}

/* Locked memory is scarce: it is taken as people speak, not as they are counted. */
Test(ratchet_new, takes_one_chunk__however_many_could_speak)
{
    struct ratchet *r = make(TREEMATH_LEAVES_MAX, 3);
    uint32_t g;

    cr_assert_eq(r->cells.chunks_n, 1);
    speak(r, APP, &g);
    cr_assert_leq(r->cells.chunks_n, 2);
    ratchet_free(r);
}
