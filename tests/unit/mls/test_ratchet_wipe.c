/* SPDX-License-Identifier: ISC */
/*
 * What the secret tree leaves in memory. Everything that leads to a key is worked out first and
 * kept with its bytes inverted; then the whole process is searched for it.
 */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "ratchet_ref.h"
#include "support/memsearch.h"

#define LEAVES 16u
#define OWN    5u
#define OTHER  9u
#define AT     3u /* the generation that is used */
#define LEVELS 5
#define APP    RATCHET_APPLICATION

struct needle {
    uint8_t masked[SUITE_HASH];
};

static void mask(struct needle *n, uint8_t *secret, size_t size)
{
    for (size_t i = 0; i < size; i++)
        n->masked[i] = (uint8_t)~secret[i];
    mem_wipe(secret, size);
}

/* All that leads to the key of one leaf's generation, root first, and the key itself last. */
struct way {
    struct needle inner[LEVELS];
    struct needle chain[AT + 1];
    struct needle key;
    struct needle next; /* the secret behind it */
};

static void work_out(const struct suite *s, uint32_t leaf, struct way *w)
{
    uint8_t path[TREEMATH_DEPTH_MAX + 1][SUITE_HASH], chain[SUITE_HASH];
    struct ratchet_key key;

    cr_assert_eq(ref_path(s, LEAVES, leaf, path), LEVELS);
    for (size_t i = 0; i < LEVELS; i++)
        mask(&w->inner[i], path[i], SUITE_HASH);
    for (uint32_t g = 0; g <= AT + 1; g++) {
        ref_chain(s, LEAVES, leaf, APP, g, chain);
        mask(g <= AT ? &w->chain[g] : &w->next, chain, SUITE_HASH);
    }
    ref_key(s, LEAVES, leaf, APP, AT, &key);
    mask(&w->key, key.key, s->aead->key_size);
    mem_wipe(&key, sizeof key);
}

static size_t count(const struct needle *n)
{
    return memsearch_count(n->masked, SUITE_HASH);
}

static void assert_gone(const struct way *w)
{
    for (size_t i = 0; i < LEVELS; i++)
        cr_assert_eq(count(&w->inner[i]), 0, "level %zu", i);
    for (size_t g = 0; g <= AT; g++)
        cr_assert_eq(count(&w->chain[g]), 0, "secret %zu", g);
    cr_assert_eq(count(&w->key), 0);
}

/* Linked before anything is judged: see memsearch.h. */
static void warm_up(const struct suite *s)
{
    static const uint8_t other[SUITE_HASH] = "nobody's secret";
    struct ratchet *r = ratchet_new(s, LEAVES, OWN, other);
    struct ratchet_key key;
    struct needle n = {{0}};
    uint32_t g;

    (void)ratchet_find(r, OTHER, APP, AT, &key);
    ratchet_spend(r, OTHER, APP, AT);
    (void)ratchet_find(r, OTHER, APP, 0, &key);
    ratchet_spend(r, OTHER, APP, 0);
    (void)ratchet_next(r, APP, &key, &g);
    ratchet_free(r);
    n.masked[0] = 1;
    (void)count(&n);
}

Test(ratchet_wipe, leaves_nothing_of_a_spent_key__of_another)
{
    const struct suite *s = suite_at(3);
    struct ratchet_key key;
    struct way w = {0};

    warm_up(s);
    work_out(s, OTHER, &w);
    struct ratchet *r = ratchet_new(s, LEAVES, OWN, REF_SECRET);
    cr_assert_geq(count(&w.inner[0]), 1);
    cr_assert_eq(ratchet_find(r, OTHER, APP, AT, &key), MLS_RULE_KEPT);
    cr_assert_geq(count(&w.key), 1);
    ratchet_spend(r, OTHER, APP, AT);
    mem_wipe(&key, sizeof key);
    assert_gone(&w);
    cr_assert_geq(count(&w.next), 1);
    ratchet_free(r);
    cr_assert_eq(count(&w.next), 0);
}

Test(ratchet_wipe, leaves_nothing_of_a_spent_key__that_was_kept)
{
    const struct suite *s = suite_at(3);
    struct ratchet_key key;
    struct way w = {0};

    warm_up(s);
    work_out(s, OTHER, &w);
    struct ratchet *r = ratchet_new(s, LEAVES, OWN, REF_SECRET);
    cr_assert_eq(ratchet_find(r, OTHER, APP, AT + 20, &key), MLS_RULE_KEPT);
    ratchet_spend(r, OTHER, APP, AT + 20);
    cr_assert_eq(count(&w.chain[AT]), 0);
    cr_assert_geq(count(&w.key), 1);
    cr_assert_eq(ratchet_find(r, OTHER, APP, AT, &key), MLS_RULE_KEPT);
    ratchet_spend(r, OTHER, APP, AT);
    mem_wipe(&key, sizeof key);
    assert_gone(&w);
    ratchet_free(r);
}

/* What falls out of the window is not kept anywhere either. */
Test(ratchet_wipe, leaves_nothing_of_a_key__that_was_dropped)
{
    const struct suite *s = suite_at(3);
    struct ratchet_key key;
    struct way w = {0};

    warm_up(s);
    work_out(s, OTHER, &w);
    struct ratchet *r = ratchet_new(s, LEAVES, OWN, REF_SECRET);
    cr_assert_eq(ratchet_find(r, OTHER, APP, AT + 20, &key), MLS_RULE_KEPT);
    ratchet_spend(r, OTHER, APP, AT + 20);
    cr_assert_geq(count(&w.key), 1);
    cr_assert_eq(ratchet_find(r, OTHER, APP, AT + 20 + RATCHET_KEPT, &key), MLS_RULE_KEPT);
    ratchet_spend(r, OTHER, APP, AT + 20 + RATCHET_KEPT);
    mem_wipe(&key, sizeof key);
    assert_gone(&w);
    ratchet_free(r);
}

Test(ratchet_wipe, leaves_nothing_of_a_spent_key__of_our_own)
{
    const struct suite *s = suite_at(3);
    struct ratchet_key key;
    struct way w = {0};
    uint32_t g = 0;

    warm_up(s);
    work_out(s, OWN, &w);
    struct ratchet *r = ratchet_new(s, LEAVES, OWN, REF_SECRET);
    while (g < AT)
        cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_OK);
    cr_assert_geq(count(&w.key), 1);
    mem_wipe(&key, sizeof key);
    assert_gone(&w);
    cr_assert_geq(count(&w.next), 1);
    ratchet_free(r);
    cr_assert_eq(count(&w.next), 0);
}

/* Found and never spent: what was worked out goes with the tree. */
Test(ratchet_wipe, leaves_nothing__of_what_was_only_found)
{
    const struct suite *s = suite_at(3);
    struct ratchet_key key;
    struct way w = {0};

    warm_up(s);
    work_out(s, OTHER, &w);
    struct ratchet *r = ratchet_new(s, LEAVES, OWN, REF_SECRET);
    cr_assert_eq(ratchet_find(r, OTHER, APP, AT, &key), MLS_RULE_KEPT);
    mem_wipe(&key, sizeof key);
    for (size_t g = 1; g <= AT; g++) /* what was walked over */
        cr_assert_eq(count(&w.chain[g]), 0, "secret %zu", g);
    cr_assert_eq(count(&w.key), 0);
    cr_assert_geq(count(&w.next), 1);
    ratchet_free(r);
    assert_gone(&w);
    cr_assert_eq(count(&w.next), 0);
}

struct seen {
    const struct needle *n;
    size_t most;
};

static enum err look(void *arg, uint32_t id, struct bytes record)
{
    struct seen *seen = arg;
    size_t n = count(seen->n);

    (void)id;
    (void)record;
    if (n > seen->most)
        seen->most = n;
    return ERR_OK;
}

/* Our own secret at the end of the reserve is made for the record alone. */
Test(ratchet_wipe, leaves_nothing__of_what_was_saved)
{
    const struct suite *s = suite_at(3);
    uint8_t reserved[SUITE_HASH];
    struct ratchet_key key;
    struct needle n;
    uint32_t g;

    warm_up(s);
    ref_chain(s, LEAVES, OWN, APP, RATCHET_RESERVE, reserved);
    mask(&n, reserved, SUITE_HASH);
    struct seen seen = {.n = &n};
    struct ratchet *r = ratchet_new(s, LEAVES, OWN, REF_SECRET);
    cr_assert_eq(ratchet_next(r, APP, &key, &g), ERR_OK);
    cr_assert_eq(ratchet_save(r, true, look, &seen), ERR_OK);
    cr_assert_eq(count(&n), 0);
    cr_assert_geq(seen.most, 1);
    ratchet_free(r);
}
