/* SPDX-License-Identifier: ISC */
/* The lengths of vectors, and the arithmetic of trees. */
#include "base/buf.h"
#include "mls/treemath.h"
#include "mls/wire.h"
#include "vec.h"

#define LENGTH_MAX ((1 << 30) - 1)

/* The file has headers up to a gigabyte. What is behind one is not looked at, so it need not
 * be there. */
static void check_length_read(struct vec_case *c, struct bytes header, size_t n)
{
    struct reader r;

    reader_init(&r, bytes_of(header.p, header.n + n));
    (void)vec_equal(c, "length", (int64_t)n, (int64_t)wire_vec(&r, LENGTH_MAX).n);
    (void)vec_ok(c, "reading the vector", reader_end(&r));
}

static void run_length(struct vec_case *c, const cJSON *o)
{
    struct bytes header = vec_hex(c, o, "vlbytes_header");
    size_t n = (size_t)vec_int(c, o, "length", 0, LENGTH_MAX);
    uint8_t room[4];
    struct buf b;

    if (!vec_going(c))
        return;
    buf_init_fixed(&b, room, sizeof room);
    wire_put_length(&b, n);
    (void)vec_ok(c, "writing the length", buf_end(&b));
    (void)vec_same(c, "vlbytes_header", header, buf_view(&b));
    check_length_read(c, header, n);
}

const struct vec_kind VEC_MLS_LENGTH = {
    .name = "mls deserialization", .keys = {"vlbytes_header", "length"}, .each = run_length};

/* One array of the file against one function. JSON's null: the node has none, which the
 * function says by giving the node itself back. */
static void check_nodes(struct vec_case *c, const cJSON *o, const char *key, uint32_t leaves,
    uint32_t (*of)(uint32_t node, uint32_t leaves))
{
    const cJSON *item;
    uint32_t node = 0;

    cJSON_ArrayForEach(item, vec_arr(c, o, key))
    {
        if (!cJSON_IsNull(item) && !cJSON_IsNumber(item))
            vec_fail(c, "%s: %u is no number", key, node);
        double want = cJSON_IsNumber(item) ? item->valuedouble : node;
        (void)vec_equal(c, key, (int64_t)want, of(node, leaves));
        node++;
    }
    (void)vec_equal(c, "nodes", treemath_width(leaves), node);
}

static uint32_t left_of(uint32_t node, uint32_t leaves)
{
    (void)leaves;
    return treemath_left(node);
}

static uint32_t right_of(uint32_t node, uint32_t leaves)
{
    (void)leaves;
    return treemath_right(node);
}

static void run_math(struct vec_case *c, const cJSON *o)
{
    uint32_t leaves = (uint32_t)vec_int(c, o, "n_leaves", 1, TREEMATH_LEAVES_MAX);
    int64_t nodes = vec_int(c, o, "n_nodes", 1, UINT32_MAX);
    int64_t root = vec_int(c, o, "root", 0, UINT32_MAX);

    if (!vec_going(c))
        return;
    (void)vec_equal(c, "n_nodes", nodes, treemath_width(leaves));
    (void)vec_equal(c, "root", root, treemath_root(leaves));
    check_nodes(c, o, "left", leaves, left_of);
    check_nodes(c, o, "right", leaves, right_of);
    check_nodes(c, o, "parent", leaves, treemath_parent);
    check_nodes(c, o, "sibling", leaves, treemath_sibling);
}

const struct vec_kind VEC_MLS_TREE_MATH = {
    .name = "mls tree math", .keys = {"n_leaves", "n_nodes", "sibling"}, .each = run_math};
