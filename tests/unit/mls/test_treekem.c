/* SPDX-License-Identifier: ISC */
#include "mls/treekem.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/wire.h"
#include "unit/mls/treekit.h"

static struct treekit kit;

static void finish(void)
{
    treekit_fini(&kit);
}

static void storm(uint16_t suite, unsigned members, unsigned steps)
{
    treekit_init(&kit, suite, 0x1000u + suite);
    for (unsigned step = 0; step < steps; step++) {
        unsigned n = treekit_count(&kit);
        uint64_t what = mlskit_draw(&kit.world);
        if (n > 2 && what % 6 == 0)
            treekit_update(&kit, treekit_pick(&kit));
        if (n > 2 && what / 8 % 3 == 0)
            treekit_remove(&kit, treekit_pick(&kit));
        for (unsigned i = 0; i < what / 32 % 4 && treekit_count(&kit) < members; i++)
            (void)treekit_add(&kit);
        uint32_t who = treekit_pick(&kit);
        if (what / 256 % 4 != 0 && !tree_list_has(&kit.added, who))
            treekit_path(&kit, who);
        else
            treekit_done(&kit);
        treekit_check(&kit);
    }
}

Test(treekem, storm__all_agree_with_x25519, .fini = finish)
{
    storm(0x0001, 16, 120);
}

Test(treekem, storm__all_agree_with_p256, .fini = finish)
{
    storm(0x0002, 16, 40);
}

Test(treekem, storm__all_agree_with_rsa, .fini = finish)
{
    storm(0xF001, 8, 60);
}

/*
 *              7 [7]
 *         _____|_____
 *        3         11 [7]
 *       / \         / \
 *      1   5       9   _
 *     / \ / \     / \ / \
 *     0 1 2 3     4 5 6 7
 *
 * 7 is unmerged below 11, which is filled: 11 is above 7 and in the resolution of 0's copath,
 * but 7 does not know its key. Its own ciphertext is the second.
 */
static void unmerged_below_filled(void)
{
    treekit_fill(&kit, 7);
    cr_assert_eq(treekit_add(&kit), 7);
    treekit_done(&kit);
    cr_assert_eq(tree_parent(kit.tree, 11)->unmerged_n, 1);
    cr_assert(tree_blank(kit.tree, 13));
    for (uint32_t node = 1; node < 15; node += 2)
        cr_assert_not(treekem_has(kit.member[7].keys, node));
    treekit_path(&kit, 0);
    cr_assert(treekem_has(kit.member[7].keys, 7), "now it knows the root's");
    cr_assert_not(treekem_has(kit.member[7].keys, 11));
    treekit_check(&kit);
    treekit_path(&kit, 3); /* 7 is still unmerged at 11 */
    treekit_check(&kit);
    treekit_path(&kit, 7); /* and merges itself */
    cr_assert_eq(tree_parent(kit.tree, 11)->unmerged_n, 0);
    treekit_check(&kit);
    treekit_path(&kit, 1);
    treekit_check(&kit);
}

Test(treekem, open__by_an_unmerged_leaf_below_a_filled_copath_node, .fini = finish)
{
    treekit_init(&kit, 0x0001, 51);
    unmerged_below_filled();
}

Test(treekem, open__by_an_unmerged_leaf_with_p256, .fini = finish)
{
    treekit_init(&kit, 0x0002, 52);
    unmerged_below_filled();
}

Test(treekem, open__by_an_unmerged_leaf_with_rsa, .fini = finish)
{
    treekit_init(&kit, 0xF001, 53);
    unmerged_below_filled();
}

/* A stale key of the filled node above does not draw the receiver away from its own leaf. */
Test(treekem, open__is_not_misled_by_a_key_it_should_not_have, .fini = finish)
{
    uint8_t wrong[DH_PRIV_SIZE];
    uint8_t got[SUITE_HASH];
    struct tree *t;

    treekit_init(&kit, 0x0001, 54);
    treekit_fill(&kit, 7);
    (void)treekit_add(&kit);
    treekit_done(&kit);
    memset(wrong, 5, sizeof wrong);
    struct treekem *keys = treekem_copy(kit.member[7].keys);
    treekem_put(keys, 11, bytes_of(wrong, sizeof wrong), (struct bytes){0});
    cr_assert(treekem_has(keys, 11));
    treekit_make(&kit, 0, &t);
    struct treekem_update u = treekit_read(&kit);
    cr_assert_eq(treekem_open(&u, keys, t, (struct treekem_from){0, NULL},
                     bytes_of(kit.context, SUITE_HASH), got),
        MLS_RULE_KEPT);
    cr_assert_arr_eq(got, kit.secret, SUITE_HASH);
    cr_assert_not(treekem_has(keys, 11), "forgotten, since it is not the tree's");
    treekem_free(keys);
    treekem_update_fini(&u);
    tree_free(t);
}

/* The key of a copath node that was learned from somebody else's commit before. */
Test(treekem, open__with_a_key_learned_earlier, .fini = finish)
{
    uint8_t wrong[DH_PRIV_SIZE];
    uint8_t got[SUITE_HASH];
    struct tree *t;

    treekit_init(&kit, 0x0001, 55);
    treekit_fill(&kit, 8);
    treekit_path(&kit, 4); /* 7 learns 11 from it */
    memset(wrong, 6, sizeof wrong);
    struct treekem *keys = treekem_copy(kit.member[7].keys);
    treekem_put(keys, 14, bytes_of(wrong, sizeof wrong), (struct bytes){0}); /* and 11 alone */
    treekem_put(keys, 13, bytes_of(wrong, sizeof wrong), (struct bytes){0});
    treekit_make(&kit, 0, &t);
    struct treekem_update u = treekit_read(&kit);
    cr_assert_eq(treekem_open(&u, keys, t, (struct treekem_from){0, NULL},
                     bytes_of(kit.context, SUITE_HASH), got),
        MLS_RULE_KEPT);
    cr_assert_arr_eq(got, kit.secret, SUITE_HASH);
    treekem_free(keys);
    treekem_update_fini(&u);
    tree_free(t);
}

Test(treekem, path__of_one_alone_still_has_a_commit_secret, .fini = finish)
{
    uint8_t none[SUITE_HASH] = {0};

    treekit_init(&kit, 0x0001, 56);
    treekit_path(&kit, 0);
    cr_assert_eq(kit.path.path.n, 0);
    cr_assert_arr_neq(kit.secret, none, SUITE_HASH);
    cr_assert_eq(tree_leaf(kit.tree, 0)->source, LEAF_COMMIT);
    cr_assert_eq(tree_leaf(kit.tree, 0)->parent_hash.n, 0);
    treekit_check(&kit);
}

Test(treekem, path__excludes_whom_the_commit_adds, .fini = finish)
{
    treekit_init(&kit, 0x0001, 57);
    treekit_fill(&kit, 4);
    for (unsigned i = 0; i < 3; i++)
        (void)treekit_add(&kit);
    struct tree *t;
    treekit_make(&kit, 0, &t);
    struct treekem_update u = treekit_read(&kit);
    cr_assert_eq(u.n, 3, "the root is in the path: somebody is below its other child");
    cr_assert_eq(u.v[0].count, 1);
    cr_assert_eq(u.v[1].count, 1);
    cr_assert_eq(u.v[2].count, 0, "but nobody to seal to");
    for (uint32_t i = 4; i < 7; i++) {
        const uint8_t *secret = treekem_path_secret(&kit.path, i);
        cr_assert_eq(secret, kit.path.secret[2]);
        struct treekem *keys = treekem_copy(kit.member[i].keys);
        uint8_t got[SUITE_HASH];
        cr_assert_eq(treekem_open(&u, keys, t, (struct treekem_from){0, &kit.added},
                         bytes_of(kit.context, SUITE_HASH), got),
            MLS_RULE_PATH_SECRET, "it is welcomed instead");
        treekem_free(keys);
    }
    cr_assert_eq(treekem_path_secret(&kit.path, 1), kit.path.secret[0]);
    cr_assert_eq(treekem_path_secret(&kit.path, 2), kit.path.secret[1]);
    treekem_update_fini(&u);
    tree_free(t);
}

Test(treekem, make__blanks_and_refills_and_forgets_the_old_keys, .fini = finish)
{
    treekit_init(&kit, 0x0001, 58);
    treekit_fill(&kit, 8);
    treekit_remove(&kit, 1);
    treekit_done(&kit);
    struct tree *t;
    uint8_t wrong[DH_PRIV_SIZE] = {7};
    treekem_put(kit.member[0].keys, 1, bytes_of(wrong, sizeof wrong), (struct bytes){0});
    treekit_make(&kit, 0, &t);
    cr_assert(tree_blank(t, 1), "over nobody else, so it is left out");
    cr_assert_not(treekem_has(kit.made, 1));
    cr_assert(treekem_has(kit.made, 3));
    cr_assert(treekem_has(kit.made, 0));
    tree_free(t);
    treekit_path(&kit, 0);
    treekit_check(&kit);
}

Test(treekem, keys__come_back_from_storage, .fini = finish)
{
    treekit_init(&kit, 0x0002, 75);
    treekit_fill(&kit, 8);
    treekit_remove(&kit, 1);
    (void)treekit_add(&kit);
    treekit_path(&kit, 3);
    for (uint32_t i = 0; i < 8; i++) {
        struct buf b;
        struct buf again;
        struct reader r;
        struct treekem *keys = NULL;
        buf_init(&b, WIRE_MAX);
        buf_init(&again, WIRE_MAX);
        treekem_write(kit.member[i].keys, &b);
        for (size_t n = 0; n < b.n; n++) {
            reader_init(&r, bytes_of(b.p, n));
            treekem_read(kit.suite, &r, &keys);
            cr_assert_null(keys);
            cr_assert_neq(reader_end(&r), ERR_OK);
        }
        reader_init(&r, buf_view(&b));
        treekem_read(kit.suite, &r, &keys);
        cr_assert_eq(reader_end(&r), ERR_OK);
        treekem_write(keys, &again);
        cr_assert(bytes_eq(buf_view(&b), buf_view(&again)));
        cr_assert_eq(treekem_leaf(keys), i);
        treekem_free(kit.member[i].keys); /* and the group goes on with what was read */
        kit.member[i].keys = keys;
        buf_wipe(&b);
        buf_wipe(&again);
    }
    treekit_path(&kit, 6);
    treekit_check(&kit);
}

/* leaf, count, and then a node and its keys each. */
static enum err reads_keys(uint32_t leaf, uint8_t count, const uint32_t *nodes, size_t pub)
{
    uint8_t zero[DH_PUB_MAX + 1] = {0};
    struct treekem *keys = NULL;
    struct reader r;
    struct buf b;

    buf_init(&b, WIRE_MAX);
    buf_u32(&b, leaf);
    buf_u8(&b, count);
    for (uint8_t i = 0; i < count; i++) {
        buf_u32(&b, nodes[i]);
        buf_put(&b, zero, DH_PRIV_SIZE);
        wire_put(&b, bytes_of(zero, pub));
    }
    reader_init(&r, buf_view(&b));
    treekem_read(suite_find(1), &r, &keys);
    enum err e = reader_end(&r);
    cr_assert_eq(keys != NULL, e == ERR_OK);
    treekem_free(keys);
    buf_free(&b);
    return e;
}

Test(treekem, keys__that_nobody_can_have_are_refused)
{
    static const uint32_t GOOD[] = {4, 5, 3, 7, 15};
    static const uint32_t TWICE[] = {4, 5, 5};
    static const uint32_t ORDER[] = {5, 4};
    static const uint32_t OTHER[] = {4, 1};
    static const uint32_t FAR[] = {UINT32_MAX};
    uint32_t many[18] = {0};

    cr_assert_eq(reads_keys(2, 5, GOOD, 32), ERR_OK);
    cr_assert_eq(reads_keys(2, 5, GOOD, 0), ERR_OK);
    cr_assert_eq(reads_keys(2, 0, GOOD, 0), ERR_OK);
    cr_assert_eq(reads_keys(2, 5, GOOD, 31), ERR_FORMAT);
    cr_assert_eq(reads_keys(2, 5, GOOD, 65), ERR_FORMAT, "of another suite");
    cr_assert_eq(reads_keys(2, 5, GOOD, 66), ERR_TOO_BIG);
    cr_assert_eq(reads_keys(2, 3, TWICE, 32), ERR_FORMAT);
    cr_assert_eq(reads_keys(2, 2, ORDER, 32), ERR_FORMAT);
    cr_assert_eq(reads_keys(2, 2, OTHER, 32), ERR_FORMAT);
    cr_assert_eq(reads_keys(2, 1, FAR, 32), ERR_FORMAT);
    cr_assert_eq(reads_keys(0, 18, many, 32), ERR_FORMAT);
    cr_assert_eq(reads_keys(TREEMATH_LEAVES_MAX, 0, many, 32), ERR_FORMAT);
    cr_assert_eq(reads_keys(TREEMATH_LEAVES_MAX - 1, 0, many, 32), ERR_OK);
}

Test(treekem, put__of_a_node_that_is_not_above_us_is_nothing, .fini = finish)
{
    uint8_t priv[DH_PRIV_SIZE] = {9};

    treekit_init(&kit, 0x0001, 76);
    struct treekem *k = treekem_new(2);
    treekem_put(k, 1, bytes_of(priv, sizeof priv), (struct bytes){0});
    treekem_put(k, 5, bytes_of(priv, sizeof priv - 1), (struct bytes){0});
    for (uint32_t node = 0; node < 15; node++)
        cr_assert_not(treekem_has(k, node));
    treekem_put(k, 5, bytes_of(priv, sizeof priv), (struct bytes){0});
    cr_assert(treekem_has(k, 5));
    struct treekem *c = treekem_copy(k);
    treekem_prune(k, kit.tree); /* which has no such node */
    cr_assert_not(treekem_has(k, 5));
    cr_assert(treekem_has(c, 5), "a copy is another's");
    treekem_free(k);
    k = treekem_new(0); /* a private key alone is enough */
    dh_key_priv(kit.member[0].who.leaf_key, priv);
    treekem_put(k, 0, bytes_of(priv, sizeof priv), (struct bytes){0});
    treekem_prune(k, kit.tree);
    cr_assert(treekem_has(k, 0));
    treekem_free(c);
    treekem_free(k);
}

Test(treekem, prune__keeps_what_the_tree_still_has, .fini = finish)
{
    treekit_init(&kit, 0x0001, 77);
    treekit_fill(&kit, 8);
    struct treekem *k = treekem_copy(kit.member[3].keys);
    treekit_update(&kit, 2); /* blanks 5, 3 and 7 */
    treekem_prune(k, kit.tree);
    cr_assert(treekem_has(k, 6));
    cr_assert_not(treekem_has(k, 5));
    cr_assert_not(treekem_has(k, 3));
    cr_assert_not(treekem_has(k, 7));
    treekem_free(k);
    k = treekem_copy(kit.member[6].keys);
    treekem_prune(k, kit.tree);
    cr_assert(treekem_has(k, 13));
    cr_assert(treekem_has(k, 11));
    cr_assert_not(treekem_has(k, 7));
    treekem_free(k);
}
