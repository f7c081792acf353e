/* SPDX-License-Identifier: ISC */
#include "mls/treemath.h"

uint32_t treemath_width(uint32_t leaves)
{
    return leaves == 0 ? 0 : 2 * leaves - 1;
}

uint32_t treemath_root(uint32_t leaves)
{
    return leaves == 0 ? 0 : leaves - 1;
}

unsigned treemath_level(uint32_t node)
{
    return node == UINT32_MAX ? 32 : (unsigned)__builtin_ctz(~node);
}

uint32_t treemath_left(uint32_t node)
{
    unsigned level = treemath_level(node);

    return level == 0 ? node : node ^ 1u << (level - 1);
}

uint32_t treemath_right(uint32_t node)
{
    unsigned level = treemath_level(node);

    return level == 0 ? node : node ^ (uint32_t)((uint64_t)3 << (level - 1));
}

uint32_t treemath_parent(uint32_t node, uint32_t leaves)
{
    unsigned level = treemath_level(node);

    if (node == treemath_root(leaves) || level >= 31)
        return node;
    return (node | 1u << level) & ~(uint32_t)((uint64_t)1 << (level + 1));
}

uint32_t treemath_sibling(uint32_t node, uint32_t leaves)
{
    uint32_t parent = treemath_parent(node, leaves);

    if (parent == node)
        return node;
    return node < parent ? treemath_right(parent) : treemath_left(parent);
}

bool treemath_below(uint32_t node, uint32_t ancestor)
{
    unsigned level = treemath_level(ancestor);

    return treemath_level(node) <= level &&
           (uint64_t)node >> (level + 1) == (uint64_t)ancestor >> (level + 1);
}

uint32_t treemath_common(uint32_t a, uint32_t b)
{
    if (treemath_below(a, b))
        return b;
    if (treemath_below(b, a))
        return a;
    /* The bits above the highest one that differs are those of the path to it. */
    unsigned k = 32 - (unsigned)__builtin_clz(a ^ b);
    return (uint32_t)((uint64_t)a >> k << k) + (1u << (k - 1)) - 1;
}

uint32_t treemath_first_leaf(uint32_t node)
{
    unsigned level = treemath_level(node);

    return (node - ((uint32_t)((uint64_t)1 << level) - 1)) / 2;
}

uint32_t treemath_leaf_count(uint32_t node)
{
    return (uint32_t)((uint64_t)1 << treemath_level(node));
}

uint32_t treemath_leaves_for(uint32_t count)
{
    uint32_t leaves = 1;

    while (leaves < count && leaves != 0)
        leaves <<= 1;
    return leaves;
}
