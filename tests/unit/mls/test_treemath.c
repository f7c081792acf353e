/* SPDX-License-Identifier: ISC */
#include "mls/treemath.h"

#include <criterion/criterion.h>

#include "base/mem.h"

#define MOST 64

/*
 * RFC 9420, appendix C:
 *
 *                             7
 *                    _________|________
 *                   /                  \
 *                  3                   11
 *              ____|____            ____|____
 *             /         \          /         \
 *            1           5        9          13
 *           / \         / \      / \         / \
 *          0   2       4   6    8  10      12  14
 */
Test(treemath, eight_leaves__are_as_printed)
{
    static const struct {
        unsigned level;
        uint32_t left, right, parent, sibling;
    } rows[] = {
        {0, 0, 0, 1, 2},
        {1, 0, 2, 3, 5},
        {0, 2, 2, 1, 0},
        {2, 1, 5, 7, 11},
        {0, 4, 4, 5, 6},
        {1, 4, 6, 3, 1},
        {0, 6, 6, 5, 4},
        {3, 3, 11, 7, 7},
        {0, 8, 8, 9, 10},
        {1, 8, 10, 11, 13},
        {0, 10, 10, 9, 8},
        {2, 9, 13, 7, 3},
        {0, 12, 12, 13, 14},
        {1, 12, 14, 11, 9},
        {0, 14, 14, 13, 12},
    };

    cr_assert_eq(treemath_width(8), MEM_COUNT(rows));
    cr_assert_eq(treemath_root(8), 7);
    for (uint32_t i = 0; i < MEM_COUNT(rows); i++) {
        cr_assert_eq(treemath_level(i), rows[i].level);
        cr_assert_eq(treemath_left(i), rows[i].left);
        cr_assert_eq(treemath_right(i), rows[i].right);
        cr_assert_eq(treemath_parent(i, 8), rows[i].parent);
        cr_assert_eq(treemath_sibling(i, 8), rows[i].sibling);
    }
}

Test(treemath, root_and_width__of_every_size)
{
    cr_assert_eq(treemath_width(0), 0);
    for (unsigned d = 0; d <= TREEMATH_DEPTH_MAX; d++) {
        uint32_t leaves = 1u << d;
        cr_assert_eq(treemath_width(leaves), 2 * leaves - 1);
        cr_assert_eq(treemath_root(leaves), leaves - 1);
        cr_assert_eq(treemath_level(treemath_root(leaves)), d);
    }
}

/* A tree with pointers, made by halving, that knows nothing of bits. */
struct plain {
    uint32_t parent, left, right;
    unsigned level;
    uint32_t first, count;
};

static uint32_t plain_make(struct plain *t, uint32_t first, uint32_t count)
{
    /* In order: the left half, the node, the right half. */
    uint32_t half = count / 2;
    uint32_t me = 2 * first + count - 1;

    t[me] = (struct plain){me, me, me, 0, first, count};
    if (half == 0)
        return me;
    t[me].left = plain_make(t, first, half);
    t[me].right = plain_make(t, first + half, half);
    t[me].level = t[t[me].left].level + 1;
    t[t[me].left].parent = me;
    t[t[me].right].parent = me;
    return me;
}

static bool plain_below(const struct plain *t, uint32_t x, uint32_t above)
{
    while (x != above && t[x].parent != x)
        x = t[x].parent;
    return x == above;
}

static uint32_t plain_common(const struct plain *t, uint32_t a, uint32_t b)
{
    while (!plain_below(t, b, a))
        a = t[a].parent;
    return a;
}

static void check_pairs(const struct plain *t, uint32_t width)
{
    for (uint32_t a = 0; a < width; a++) {
        for (uint32_t b = 0; b < width; b++) {
            cr_assert_eq(treemath_below(a, b), plain_below(t, a, b), "%u %u", a, b);
            cr_assert_eq(treemath_common(a, b), plain_common(t, a, b), "%u %u", a, b);
        }
    }
}

Test(treemath, every_node__up_to_sixty_four_leaves)
{
    struct plain t[2 * MOST];

    for (uint32_t leaves = 1; leaves <= MOST; leaves *= 2) {
        cr_assert_eq(plain_make(t, 0, leaves), treemath_root(leaves));
        uint32_t width = treemath_width(leaves);
        for (uint32_t i = 0; i < width; i++) {
            uint32_t p = t[i].parent;
            uint32_t sibling = p == i ? i : t[p].left == i ? t[p].right : t[p].left;
            cr_assert_eq(treemath_level(i), t[i].level);
            cr_assert_eq(treemath_left(i), t[i].left);
            cr_assert_eq(treemath_right(i), t[i].right);
            cr_assert_eq(treemath_parent(i, leaves), p);
            cr_assert_eq(treemath_sibling(i, leaves), sibling);
            cr_assert_eq(treemath_first_leaf(i), t[i].first);
            cr_assert_eq(treemath_leaf_count(i), t[i].count);
        }
        check_pairs(t, width);
    }
}

Test(treemath, leaves_for__is_the_next_power_of_two)
{
    uint32_t want = 1;

    for (uint32_t count = 1; count <= 4 * TREEMATH_LEAVES_MAX; count++) {
        if (count > want)
            want *= 2;
        cr_assert_eq(treemath_leaves_for(count), want);
    }
    cr_assert_eq(treemath_leaves_for(0), 1);
    cr_assert_eq(treemath_leaves_for(1u << 31), 1u << 31);
    cr_assert_eq(treemath_leaves_for((1u << 31) + 1), 0);
}

/* Indices that no tree of ours has come from foreign bytes: no shift may go wrong. */
Test(treemath, far_indices__are_only_numbers)
{
    static const uint32_t far[] = {
        UINT32_MAX, UINT32_MAX - 1, 0x7fffffff, 0x80000000, 0xbfffffff, 0x3fffffff};

    for (size_t i = 0; i < MEM_COUNT(far); i++) {
        (void)treemath_left(far[i]);
        (void)treemath_right(far[i]);
        (void)treemath_first_leaf(far[i]);
        (void)treemath_leaf_count(far[i]);
        (void)treemath_sibling(far[i], 8);
        cr_assert(treemath_below(far[i], far[i]));
        cr_assert_eq(treemath_common(far[i], far[i]), far[i]);
        for (size_t k = 0; k < MEM_COUNT(far); k++) {
            uint32_t top = treemath_common(far[i], far[k]);
            cr_assert(treemath_below(far[i], top));
            cr_assert(treemath_below(far[k], top));
        }
    }
}
