/* SPDX-License-Identifier: ISC */
/*
 * Arithmetic on the array form of a complete binary tree (RFC 9420, appendix C): leaves at
 * even indices, node 2i is leaf i. A tree has a power of two of leaves. Nothing here reads a
 * tree; asking for the child of a leaf or the parent of the root is a mistake of the caller
 * and gives the node itself back.
 */
#ifndef MLS_TREEMATH_H
#define MLS_TREEMATH_H

#include <stdbool.h>
#include <stdint.h>

#define TREEMATH_LEAVES_MAX 65536u /* our ceiling; the RFC's is 2^31 */
#define TREEMATH_DEPTH_MAX  16

uint32_t treemath_width(uint32_t leaves); /* nodes: 2 * leaves - 1; 0 of none */
uint32_t treemath_root(uint32_t leaves);
unsigned treemath_level(uint32_t node); /* 0 of a leaf */
uint32_t treemath_left(uint32_t node);
uint32_t treemath_right(uint32_t node);
uint32_t treemath_parent(uint32_t node, uint32_t leaves);
uint32_t treemath_sibling(uint32_t node, uint32_t leaves);
uint32_t treemath_common(
    uint32_t a, uint32_t b); /* the lowest node above both (or one of them) */
bool treemath_below(uint32_t node, uint32_t ancestor); /* or the same */
uint32_t treemath_first_leaf(uint32_t node);           /* as leaf number, not node */
uint32_t treemath_leaf_count(uint32_t node);           /* leaves below it */
/* The smallest power of two not below count; 0 above 2^31, where there is none. */
uint32_t treemath_leaves_for(uint32_t count);

#endif
