/* SPDX-License-Identifier: ISC */
#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/wire.h"
#include "unit/mls/treekit.h"

static struct treekit kit;

static void finish(void)
{
    treekit_fini(&kit);
}

/* Section 7.8 once more, by the letter: without a cache, and from the structs as the RFC has
 * them; without the leaves in gone, as 7.9 asks of the original tree hash. */
static void by_the_letter(
    const struct tree *t, uint32_t node, const struct tree_list *gone, uint8_t out[SUITE_HASH])
{
    const struct tree_parent *p = tree_parent(t, node);
    uint8_t child[SUITE_HASH];
    struct buf b;

    buf_init(&b, WIRE_MAX);
    buf_u8(&b, node % 2 == 0 ? 1 : 2);
    if (node % 2 == 0) {
        const struct leaf *l = tree_list_has(gone, node / 2) ? NULL : tree_leaf(t, node / 2);
        buf_u32(&b, node / 2);
        buf_u8(&b, l != NULL);
        if (l != NULL)
            buf_bytes(&b, l->raw);
    } else {
        buf_u8(&b, p != NULL);
        if (p != NULL) {
            wire_put(&b, p->key);
            wire_put(&b, p->parent_hash);
            size_t at = wire_open(&b);
            for (size_t i = 0; i < p->unmerged_n; i++)
                if (!tree_list_has(gone, p->unmerged[i]))
                    buf_u32(&b, p->unmerged[i]);
            wire_close(&b, at);
        }
        by_the_letter(t, treemath_left(node), gone, child);
        wire_put(&b, bytes_of(child, sizeof child));
        by_the_letter(t, treemath_right(node), gone, child);
        wire_put(&b, bytes_of(child, sizeof child));
    }
    cr_assert_eq(buf_end(&b), ERR_OK);
    cr_assert_eq(hash_sha256(buf_view(&b), out), ERR_OK);
    buf_free(&b);
}

static void expect_letter(struct tree *t)
{
    const struct tree_list none = {0};
    uint8_t want[SUITE_HASH];
    uint8_t got[SUITE_HASH];

    for (uint32_t node = 0; node < treemath_width(tree_leaves(t)); node++) {
        by_the_letter(t, node, &none, want);
        cr_assert_eq(tree_hash(t, node, got), ERR_OK);
        cr_assert_arr_eq(got, want, SUITE_HASH, "node %u", node);
    }
}

Test(tree_hash, every_node__is_what_the_letter_says, .fini = finish)
{
    treekit_init(&kit, 1, 21);
    treekit_fill(&kit, 9);
    expect_letter(kit.tree);
    treekit_remove(&kit, 3);
    treekit_update(&kit, 6);
    (void)treekit_add(&kit);
    (void)treekit_add(&kit);
    expect_letter(kit.tree);
}

Test(tree_hash, cache__follows_each_kind_of_change, .fini = finish)
{
    struct tree_list none = {0};
    uint8_t want[SUITE_HASH];
    uint8_t got[SUITE_HASH];

    treekit_init(&kit, 1, 22);
    treekit_fill(&kit, 12);
    for (unsigned step = 0; step < 40; step++) {
        (void)treekit_hash(kit.tree, got);
        if (step % 5 == 0)
            treekit_remove(&kit, treekit_pick(&kit));
        else if (step % 5 == 1)
            (void)treekit_add(&kit);
        else if (step % 5 == 2)
            treekit_update(&kit, treekit_pick(&kit));
        else if (step % 5 == 3)
            treekit_done(&kit);
        else
            treekit_path(&kit, treekit_pick(&kit));
        by_the_letter(kit.tree, treemath_root(tree_leaves(kit.tree)), &none, want);
        (void)treekit_hash(kit.tree, got);
        cr_assert_arr_eq(got, want, SUITE_HASH, "step %u", step);
    }
}

Test(tree_hash, of_a_node_outside__is_refused, .fini = finish)
{
    uint8_t out[SUITE_HASH];

    treekit_init(&kit, 1, 23);
    cr_assert_eq(tree_hash(kit.tree, 1, out), ERR_STATE);
    cr_assert_eq(tree_hash(kit.tree, UINT32_MAX, out), ERR_STATE);
}

/* Section 7.9: key, parent hash, and the sibling's tree hash without P's unmerged leaves. */
static void parent_hash_by_the_letter(
    const struct tree *t, uint32_t p, uint32_t sibling, uint8_t out[SUITE_HASH])
{
    const struct tree_parent *n = tree_parent(t, p);
    struct tree_list gone = {0};
    uint8_t original[SUITE_HASH];
    struct buf b;

    for (size_t i = 0; i < n->unmerged_n; i++)
        tree_list_put(&gone, n->unmerged[i]);
    by_the_letter(t, sibling, &gone, original);
    buf_init(&b, WIRE_MAX);
    wire_put(&b, n->key);
    wire_put(&b, n->parent_hash);
    wire_put(&b, bytes_of(original, sizeof original));
    cr_assert_eq(hash_sha256(buf_view(&b), out), ERR_OK);
    buf_free(&b);
    tree_list_free(&gone);
}

static struct bytes carried(const struct tree *t, uint32_t node)
{
    return node % 2 == 0 ? tree_leaf(t, node / 2)->parent_hash
                         : tree_parent(t, node)->parent_hash;
}

Test(tree_hash, path__chains_every_node_to_the_one_above, .fini = finish)
{
    struct tree_path path;
    uint8_t want[SUITE_HASH];

    treekit_init(&kit, 1, 24);
    treekit_fill(&kit, 11);
    treekit_remove(&kit, 9);
    treekit_done(&kit);
    treekit_path(&kit, 8);
    tree_path(kit.tree, 8, &path);
    cr_assert_eq(path.n, 2, "nodes over nobody are left out");
    uint32_t below = 2 * 8;
    for (size_t i = 0; i < path.n; i++) {
        parent_hash_by_the_letter(kit.tree, path.v[i].node, path.v[i].copath, want);
        cr_assert(bytes_eq(carried(kit.tree, below), bytes_of(want, SUITE_HASH)), "%zu", i);
        below = path.v[i].node;
    }
    cr_assert_eq(carried(kit.tree, below).n, 0, "the root's has no bytes");
}

/* Leaves that were added since a path was made change no parent hash on it, on either side. */
Test(tree_hash, original__looks_away_from_unmerged_leaves, .fini = finish)
{
    uint8_t want[SUITE_HASH];

    treekit_init(&kit, 1, 25);
    treekit_fill(&kit, 16);
    treekit_remove(&kit, 5);
    treekit_remove(&kit, 7);
    treekit_remove(&kit, 10);
    treekit_remove(&kit, 13);
    treekit_done(&kit);
    for (uint32_t i = 0; i < 16; i += 2)
        if (kit.member[i].in)
            treekit_path(&kit, i);
    treekit_path(&kit, 0);
    for (unsigned i = 0; i < 4; i++) {
        (void)treekit_add(&kit);
        treekit_done(&kit);
        treekit_check(&kit);
        parent_hash_by_the_letter(kit.tree, 15, 23, want);
        cr_assert(bytes_eq(carried(kit.tree, 7), bytes_of(want, SUITE_HASH)), "%u added", i);
    }
    cr_assert_eq(tree_parent(kit.tree, 15)->unmerged_n, 4);
    treekit_path(&kit, 8); /* merges those on the right into the right's nodes, and 15 */
    treekit_check(&kit);
    cr_assert_eq(tree_parent(kit.tree, 15)->unmerged_n, 0);
    cr_assert_eq(tree_parent(kit.tree, 7)->unmerged_n, 2);
}
