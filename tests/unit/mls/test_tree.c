/* SPDX-License-Identifier: ISC */
#include "mls/tree.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "unit/mls/treekit.h"

static struct treekit kit;

static void finish(void)
{
    treekit_fini(&kit);
}

static struct leaf *leaf_of(unsigned n)
{
    struct mlskit_person p;

    mlskit_person_init(&p, suite_find(1), n);
    struct leaf *l = mlskit_leaf(&p, LEAF_KEY_PACKAGE, NULL);
    mlskit_person_fini(&p);
    return l;
}

/* n members, no parents. */
static struct tree *flat(unsigned n)
{
    struct tree *t = tree_new(suite_find(1));

    for (unsigned i = 0; i < n; i++) {
        struct leaf *l = leaf_of(i);
        uint32_t at;
        cr_assert_eq(tree_add(t, l, &at), ERR_OK);
        cr_assert_eq(at, i);
        leaf_unref(l);
    }
    return t;
}

static void expect_list(const struct tree_list *l, const uint32_t *v, size_t n)
{
    cr_assert_eq(l->n, n, "%zu, not %zu", l->n, n);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(l->v[i], v[i], "the %zu-th is %u, not %u", i, l->v[i], v[i]);
}

#define EXPECT_LIST(l, ...)                                                                    \
    expect_list((l), (const uint32_t[]){__VA_ARGS__}, MEM_COUNT(((uint32_t[]){__VA_ARGS__})))

Test(tree, of_nobody__has_no_leaf_and_no_hash)
{
    struct tree *t = tree_new(suite_find(1));
    uint8_t hash[SUITE_HASH];

    cr_assert_eq(tree_leaves(t), 0);
    cr_assert_eq(tree_members(t), 0);
    cr_assert_null(tree_leaf(t, 0));
    cr_assert(tree_blank(t, 0));
    cr_assert_eq(tree_hash_root(t, hash), ERR_STATE);
    tree_free(t);
}

Test(tree, add__doubles_when_full)
{
    static const uint32_t LEAVES[] = {1, 2, 4, 4, 8, 8, 8, 8, 16};

    for (unsigned n = 1; n <= MEM_COUNT(LEAVES); n++) {
        struct tree *t = flat(n);
        cr_assert_eq(tree_leaves(t), LEAVES[n - 1]);
        cr_assert_eq(tree_members(t), n);
        tree_free(t);
    }
}

Test(tree, add__takes_the_leftmost_blank_leaf)
{
    struct tree *t = flat(8);
    struct leaf *l = leaf_of(20);
    uint32_t at;

    tree_remove(t, 5);
    tree_remove(t, 2);
    cr_assert_eq(tree_add(t, l, &at), ERR_OK);
    cr_assert_eq(at, 2);
    cr_assert_eq(tree_add(t, l, &at), ERR_OK);
    cr_assert_eq(at, 5);
    cr_assert_eq(tree_add(t, l, &at), ERR_OK);
    cr_assert_eq(at, 8);
    cr_assert_eq(tree_leaves(t), 16);
    leaf_unref(l);
    tree_free(t);
}

Test(tree, add__beyond_the_ceiling_is_refused)
{
    struct tree *t = tree_new(suite_find(1));
    struct leaf *l = leaf_of(0);
    uint32_t at;

    for (uint32_t i = 0; i < TREEMATH_LEAVES_MAX; i++)
        cr_assert_eq(tree_add(t, l, &at), ERR_OK);
    cr_assert_eq(at, TREEMATH_LEAVES_MAX - 1);
    cr_assert_eq(tree_add(t, l, &at), ERR_FULL);
    cr_assert_eq(at, UINT32_MAX);
    cr_assert_eq(tree_members(t), TREEMATH_LEAVES_MAX);
    leaf_unref(l);
    tree_free(t);
}

Test(tree, add__is_unmerged_in_every_parent_above_in_order, .fini = finish)
{
    treekit_init(&kit, 1, 1);
    treekit_fill(&kit, 8);
    treekit_remove(&kit, 2);
    treekit_remove(&kit, 6);
    treekit_done(&kit);
    treekit_path(&kit, 0); /* fills 7, 3 and 1; 5 stays blank, and so do 11 and 13 */
    treekit_path(&kit, 4); /* fills 9, 11 */
    cr_assert(tree_blank(kit.tree, 5));
    cr_assert_eq(treekit_add(&kit), 2);
    cr_assert_eq(treekit_add(&kit), 6);
    const struct tree_parent *root = tree_parent(kit.tree, 7);
    cr_assert_eq(root->unmerged_n, 2);
    cr_assert_eq(root->unmerged[0], 2);
    cr_assert_eq(root->unmerged[1], 6);
    cr_assert_eq(tree_parent(kit.tree, 3)->unmerged_n, 1);
    cr_assert_eq(tree_parent(kit.tree, 11)->unmerged[0], 6);
    cr_assert_eq(tree_parent(kit.tree, 1)->unmerged_n, 0);
    treekit_done(&kit);
    treekit_check(&kit);
}

Test(tree, remove__blanks_the_direct_path_alone, .fini = finish)
{
    treekit_init(&kit, 1, 2);
    treekit_fill(&kit, 8);
    treekit_remove(&kit, 2);
    cr_assert_null(tree_leaf(kit.tree, 2));
    cr_assert(tree_blank(kit.tree, 4));
    cr_assert(tree_blank(kit.tree, 5));
    cr_assert(tree_blank(kit.tree, 3));
    cr_assert(tree_blank(kit.tree, 7));
    cr_assert_not(tree_blank(kit.tree, 1));
    cr_assert_not(tree_blank(kit.tree, 11));
    cr_assert_eq(tree_members(kit.tree), 7);
}

Test(tree, remove__truncates_to_the_last_who_is_left)
{
    struct tree *t = flat(9);

    cr_assert_eq(tree_leaves(t), 16);
    for (uint32_t i = 3; i < 8; i++) {
        tree_remove(t, i);
        cr_assert_eq(tree_leaves(t), 16, "somebody is in the right half");
    }
    tree_remove(t, 8);
    cr_assert_eq(tree_leaves(t), 4);
    tree_remove(t, 1);
    tree_remove(t, 2);
    cr_assert_eq(tree_leaves(t), 1);
    tree_remove(t, 0);
    cr_assert_eq(tree_leaves(t), 0);
    cr_assert_eq(tree_members(t), 0);
    tree_free(t);
}

Test(tree, remove__of_a_page_full_leaves_no_trace)
{
    struct tree *t = flat(33);
    struct tree *small = flat(3);
    uint8_t a[SUITE_HASH];
    uint8_t b[SUITE_HASH];

    (void)treekit_hash(t, a);
    for (uint32_t i = 32; i > 2; i--)
        tree_remove(t, i);
    (void)treekit_hash(t, a);
    (void)treekit_hash(small, b);
    cr_assert_arr_eq(a, b, SUITE_HASH);
    for (unsigned n = 3; n < 33; n++) { /* and grows again over what was cut */
        struct leaf *l = leaf_of(n);
        uint32_t at;
        cr_assert_eq(tree_add(t, l, &at), ERR_OK);
        cr_assert_eq(at, n);
        leaf_unref(l);
    }
    struct tree *large = flat(33);
    (void)treekit_hash(t, a);
    (void)treekit_hash(large, b);
    cr_assert_arr_eq(a, b, SUITE_HASH);
    tree_free(large);
    tree_free(small);
    tree_free(t);
}

Test(tree, update__blanks_the_direct_path_and_keeps_the_place, .fini = finish)
{
    treekit_init(&kit, 1, 3);
    treekit_fill(&kit, 4);
    struct leaf *before = leaf_ref(tree_leaf(kit.tree, 2));
    treekit_update(&kit, 2);
    cr_assert_not(bytes_eq(before->encryption_key, tree_key(kit.tree, 4)));
    leaf_unref(before);
    cr_assert_eq(tree_leaf(kit.tree, 2)->source, LEAF_UPDATE);
    cr_assert(tree_blank(kit.tree, 5));
    cr_assert(tree_blank(kit.tree, 3));
    cr_assert_not(tree_blank(kit.tree, 1));
}

Test(tree, set_leaf__replaces_nothing_else, .fini = finish)
{
    struct leaf *l = leaf_of(30);

    treekit_init(&kit, 1, 4);
    treekit_fill(&kit, 4);
    tree_set_leaf(kit.tree, 1, l);
    cr_assert_eq(tree_leaf(kit.tree, 1), l);
    for (uint32_t node = 1; node < 7; node += 2)
        cr_assert_not(tree_blank(kit.tree, node));
    leaf_unref(l);
}

Test(tree, copy__is_another_tree, .fini = finish)
{
    uint8_t was[SUITE_HASH];
    uint8_t now[SUITE_HASH];

    treekit_init(&kit, 1, 5);
    treekit_fill(&kit, 40);
    struct buf before = treekit_bytes(kit.tree);
    (void)treekit_hash(kit.tree, was);
    for (uint32_t leaf = 0; leaf < 40; leaf++) {
        struct tree *c = tree_copy(kit.tree);
        struct leaf *l = leaf_of(100 + leaf);
        uint32_t at;
        cr_assert_arr_eq(treekit_hash(c, now).p, was, SUITE_HASH);
        if (leaf % 3 == 0)
            tree_remove(c, leaf);
        else if (leaf % 3 == 1)
            tree_update(c, leaf, l);
        else
            cr_assert_eq(tree_add(c, l, &at), ERR_OK);
        (void)treekit_hash(c, now);
        cr_assert_arr_neq(now, was, SUITE_HASH);
        leaf_unref(l);
        tree_free(c);
    }
    struct buf after = treekit_bytes(kit.tree);
    cr_assert(bytes_eq(buf_view(&before), buf_view(&after)));
    treekit_check(&kit);
    buf_free(&before);
    buf_free(&after);
}

static void copy_and_remove(uint32_t leaf, bool known, bool copy_first)
{
    struct tree *t = flat(40);
    struct tree *same = flat(40);
    uint8_t a[SUITE_HASH];
    uint8_t b[SUITE_HASH];

    if (known)
        (void)treekit_hash(t, a);
    struct tree *c = tree_copy(t);
    tree_remove(c, leaf);
    if (copy_first)
        (void)treekit_hash(c, b);
    (void)treekit_hash(t, a);
    (void)treekit_hash(same, b);
    cr_assert_arr_eq(a, b, SUITE_HASH);
    tree_remove(same, leaf);
    (void)treekit_hash(c, a);
    (void)treekit_hash(same, b);
    cr_assert_arr_eq(a, b, SUITE_HASH);
    tree_free(same);
    tree_free(c);
    tree_free(t);
}

Test(tree, copy__takes_no_hash_from_the_other)
{
    /* The root, blank, lies in the first page: beside leaf 3, but not beside leaf 35. */
    for (unsigned i = 0; i < 8; i++)
        copy_and_remove(i & 1 ? 35 : 3, (i & 2) != 0, (i & 4) != 0);
}

/* A tree that nobody checked may have a parent over nobody, which no removal blanks. */
Test(tree, remove__cuts_off_a_parent_over_nobody_too)
{
    struct leaf *l = leaf_of(0);
    struct buf bytes[3];
    struct tree_node node[3] = {{.index = 0}, {.index = 13}, {.index = 16}};
    struct tree *t = NULL;
    struct tree *again = NULL;
    uint32_t at;
    uint8_t a[SUITE_HASH];
    uint8_t b[SUITE_HASH];

    for (size_t i = 0; i < 3; i++) {
        buf_init(&bytes[i], 4096);
        buf_u8(&bytes[i], 1);
        buf_u8(&bytes[i], i == 1 ? 2 : 1);
        buf_bytes(&bytes[i], i == 1 ? bytes_of("\2ab\0", 5) : l->raw);
        node[i].bytes = buf_view(&bytes[i]);
    }
    cr_assert_eq(tree_build(suite_find(1), 16, node, 3, &t), ERR_OK);
    (void)treekit_hash(t, a); /* which is then known of all that is cut off */
    tree_remove(t, 8);
    cr_assert_eq(tree_leaves(t), 1);
    cr_assert(tree_blank(t, 13));
    for (uint32_t i = 1; i < 5; i++)
        cr_assert_eq(tree_add(t, l, &at), ERR_OK);
    cr_assert_eq(tree_leaves(t), 8);
    cr_assert(tree_blank(t, 13));
    struct buf out = treekit_bytes(t);
    cr_assert_eq(tree_read(suite_find(1), buf_view(&out), &again), ERR_OK);
    cr_assert_arr_eq(treekit_hash(t, a).p, treekit_hash(again, b).p, SUITE_HASH);
    for (size_t i = 0; i < 3; i++)
        buf_free(&bytes[i]);
    buf_free(&out);
    leaf_unref(l);
    tree_free(again);
    tree_free(t);
}

Test(tree, copy__outlives_the_original)
{
    struct tree *t = flat(5);
    struct tree *c = tree_copy(t);

    tree_free(t);
    cr_assert_eq(tree_members(c), 5);
    cr_assert_not_null(tree_leaf(c, 4));
    tree_free(c);
}

Test(tree, resolution__is_the_node_then_its_unmerged_leaves, .fini = finish)
{
    struct tree_list l = {0};

    treekit_init(&kit, 1, 6);
    treekit_fill(&kit, 7);
    cr_assert_eq(treekit_add(&kit), 7);
    tree_resolution(kit.tree, 11, &l);
    EXPECT_LIST(&l, 11, 14);
    tree_resolution(kit.tree, 7, &l);
    EXPECT_LIST(&l, 7, 14);
    tree_resolution_without(kit.tree, 7, &kit.added, &l);
    EXPECT_LIST(&l, 7);
    tree_resolution(kit.tree, 13, &l); /* never filled: left, then right */
    EXPECT_LIST(&l, 12, 14);
    tree_resolution_without(kit.tree, 13, &kit.added, &l);
    EXPECT_LIST(&l, 12);
    tree_resolution_without(kit.tree, 14, &kit.added, &l);
    cr_assert_eq(l.n, 0);
    tree_list_free(&l);
}

Test(tree, resolution__of_blanks_is_left_before_right, .fini = finish)
{
    struct tree_list l = {0};

    treekit_init(&kit, 1, 7);
    treekit_fill(&kit, 8);
    treekit_remove(&kit, 2);
    tree_resolution(kit.tree, 7, &l);
    EXPECT_LIST(&l, 1, 6, 11);
    treekit_remove(&kit, 5);
    tree_resolution(kit.tree, 7, &l);
    EXPECT_LIST(&l, 1, 6, 8, 13);
    tree_resolution(kit.tree, 4, &l);
    cr_assert_eq(l.n, 0);
    tree_list_free(&l);
}

Test(tree, path__leaves_out_nodes_over_nobody)
{
    struct tree *t = flat(5); /* 8 leaves, of which 5, 6 and 7 are blank */
    struct tree_path p;

    tree_path(t, 4, &p);
    cr_assert_eq(p.n, 1);
    cr_assert_eq(p.v[0].node, 7);
    cr_assert_eq(p.v[0].copath, 3);
    tree_path(t, 2, &p);
    cr_assert_eq(p.n, 3);
    cr_assert_eq(p.v[0].node, 5);
    cr_assert_eq(p.v[0].copath, 6);
    cr_assert_eq(p.v[1].node, 3);
    cr_assert_eq(p.v[1].copath, 1);
    cr_assert_eq(p.v[2].node, 7);
    cr_assert_eq(p.v[2].copath, 11);
    tree_free(t);
    t = flat(1);
    tree_path(t, 0, &p);
    cr_assert_eq(p.n, 0);
    tree_free(t);
}

Test(tree, keys__are_found_where_they_are, .fini = finish)
{
    struct leaf *l = leaf_of(90);

    treekit_init(&kit, 2, 8);
    treekit_fill(&kit, 6);
    for (uint32_t node = 0; node < 15; node++) {
        if (!tree_blank(kit.tree, node))
            cr_assert(tree_has_key(kit.tree, tree_key(kit.tree, node)), "node %u", node);
    }
    for (uint32_t i = 0; i < 6; i++) {
        struct bytes key = tree_leaf(kit.tree, i)->signature_key;
        cr_assert_eq(tree_find_signer(kit.tree, key), i);
        cr_assert(tree_has_signer(kit.tree, key, UINT32_MAX));
        cr_assert(tree_has_signer(kit.tree, key, (i + 1) % 6));
        cr_assert_not(tree_has_signer(kit.tree, key, i));
    }
    cr_assert_not(tree_has_key(kit.tree, l->encryption_key));
    cr_assert_not(tree_has_key(kit.tree, (struct bytes){0}));
    cr_assert_eq(tree_find_signer(kit.tree, l->signature_key), UINT32_MAX);
    cr_assert_eq(tree_find_signer(kit.tree, (struct bytes){0}), UINT32_MAX);
    uint8_t all[64] = {0}; /* prints as a blank does */
    cr_assert_not(tree_has_key(kit.tree, bytes_of(all, sizeof all)));
    leaf_unref(l);
}

/* Keys that differ only where no fingerprint looks are different keys. */
Test(tree, keys__that_print_alike_are_told_apart, .fini = finish)
{
    uint8_t like[DH_PUB_MAX];

    treekit_init(&kit, 1, 9);
    treekit_fill(&kit, 2);
    struct bytes key = tree_key(kit.tree, 1);
    memcpy(like, key.p, key.n);
    like[0] ^= 1;
    cr_assert_not(tree_has_key(kit.tree, bytes_of(like, key.n)));
    like[0] ^= 1;
    cr_assert(tree_has_key(kit.tree, bytes_of(like, key.n)));
}

Test(tree, changed__are_the_nodes_that_differ, .fini = finish)
{
    struct tree_list l = {0};

    treekit_init(&kit, 1, 10);
    treekit_fill(&kit, 8);
    struct tree *before = tree_copy(kit.tree);
    tree_changed(before, kit.tree, &l);
    cr_assert_eq(l.n, 0);
    treekit_path(&kit, 2);
    tree_changed(before, kit.tree, &l);
    EXPECT_LIST(&l, 3, 4, 5, 7);
    cr_assert_eq(treekit_add(&kit), 8);
    treekit_done(&kit);
    treekit_path(&kit, 0);
    tree_changed(before, kit.tree, &l);
    EXPECT_LIST(&l, 0, 1, 3, 4, 5, 7, 15, 16);
    struct tree *larger = tree_copy(kit.tree);
    treekit_remove(&kit, 8);
    tree_changed(larger, kit.tree, &l); /* 7 is the root again and stays as it is */
    EXPECT_LIST(&l, 15, 16);
    /* The same bytes in other memory are no change. */
    struct buf bytes = treekit_bytes(larger);
    struct tree *again = NULL;
    cr_assert_eq(tree_read(kit.suite, buf_view(&bytes), &again), ERR_OK);
    tree_changed(larger, again, &l);
    cr_assert_eq(l.n, 0);
    buf_free(&bytes);
    tree_free(again);
    tree_free(larger);
    tree_free(before);
    tree_list_free(&l);
}

static void storm(uint64_t seed, unsigned members, unsigned steps)
{
    treekit_init(&kit, 1, seed);
    for (unsigned step = 0; step < steps; step++) {
        unsigned n = treekit_count(&kit);
        uint64_t what = mlskit_draw(&kit.world);
        if (n > 2 && what % 8 == 0)
            treekit_update(&kit, treekit_pick(&kit));
        for (unsigned i = 0; i < what / 8 % 4 && n > 2; i++, n--)
            treekit_remove(&kit, treekit_pick(&kit));
        for (unsigned i = 0; i < what / 32 % 7 && n < members; i++, n++)
            (void)treekit_add(&kit);
        uint32_t who = treekit_pick(&kit);
        if (what / 256 % 3 != 0 && !tree_list_has(&kit.added, who))
            treekit_path(&kit, who);
        else
            treekit_done(&kit);
        treekit_check(&kit);
    }
}

Test(tree, storm__agrees_with_itself_after_each_step_of_64, .fini = finish)
{
    storm(0x64, 64, 60);
}

Test(tree, storm__of_few_grows_and_shrinks, .fini = finish)
{
    storm(0x9, 9, 150);
}
