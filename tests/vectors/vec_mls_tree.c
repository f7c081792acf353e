/* SPDX-License-Identifier: ISC */
/* RFC 9420, chapters 7 and 12.1: what proposals do to a tree, and what a joiner verifies. */
#include "mls/proposal.h"
#include "mls/wire.h"
#include "vec.h"

static const struct suite *suite_of(struct vec_case *c, const cJSON *o)
{
    int64_t id = vec_int(c, o, "cipher_suite", 0, UINT16_MAX);
    const struct suite *s = suite_find((uint16_t)id);

    if (s == NULL)
        vec_not_built(c, "suite 0x%04llx", (unsigned long long)id);
    return s;
}

static void same_root(struct vec_case *c, const cJSON *o, const char *key, struct tree *t)
{
    uint8_t hash[SUITE_HASH];

    if (vec_ok(c, "tree_hash_root", tree_hash_root(t, hash)))
        (void)vec_same(c, key, vec_hex(c, o, key), bytes_of(hash, sizeof hash));
}

static void same_tree(
    struct vec_case *c, const char *what, struct bytes want, const struct tree *t)
{
    struct buf out;

    buf_init(&out, WIRE_MAX);
    tree_write(t, &out);
    if (vec_ok(c, what, buf_end(&out)))
        (void)vec_same(c, what, want, buf_view(&out));
    buf_free(&out);
}

static void apply(struct vec_case *c, const cJSON *o, struct tree *t)
{
    uint32_t sender = (uint32_t)vec_int(c, o, "proposal_sender", 0, UINT32_MAX);
    struct proposal p;
    struct reader r;
    uint32_t index;

    reader_init(&r, vec_hex(c, o, "proposal"));
    proposal_read(&r, &p);
    if (!vec_ok(c, "proposal", reader_end(&r)))
        return;
    if (p.type == PROPOSAL_ADD)
        (void)vec_ok(c, "tree_add", tree_add(t, p.package->leaf, &index));
    else if (p.type == PROPOSAL_UPDATE && vec_true(c, "sender", tree_leaf(t, sender) != NULL))
        tree_update(t, sender, p.leaf);
    else if (p.type == PROPOSAL_REMOVE &&
             vec_true(c, "removed", tree_leaf(t, p.removed) != NULL))
        tree_remove(t, p.removed);
    else
        vec_fail(c, "a proposal of type %u", p.type);
    proposal_fini(&p);
}

static void operation(struct vec_case *c, const cJSON *o)
{
    const struct suite *s = suite_of(c, o);
    struct bytes before = vec_hex(c, o, "tree_before");
    struct tree *t = NULL;

    if (vec_going(c) && vec_ok(c, "tree_before", tree_read(s, before, &t))) {
        same_root(c, o, "tree_hash_before", t);
        same_tree(c, "tree_before again", before, t);
        apply(c, o, t);
        same_tree(c, "tree_after", vec_hex(c, o, "tree_after"), t);
        same_root(c, o, "tree_hash_after", t);
    }
    tree_free(t);
}

static void resolutions(struct vec_case *c, const cJSON *all, const struct tree *t)
{
    struct tree_list got = {0};
    const cJSON *want = NULL;
    const cJSON *item = NULL;
    uint32_t node = 0;

    cJSON_ArrayForEach(want, all)
    {
        size_t i = 0;
        tree_resolution(t, node++, &got);
        (void)vec_equal(c, "nodes in a resolution", cJSON_GetArraySize(want), (int64_t)got.n);
        if (!vec_going(c))
            break;
        cJSON_ArrayForEach(item, want)(void)
            vec_true(c, "a node of a resolution", item->valuedouble == got.v[i++]);
    }
    tree_list_free(&got);
}

static void hashes(struct vec_case *c, const cJSON *all, struct tree *t)
{
    const cJSON *want = NULL;
    uint8_t hash[SUITE_HASH];
    uint32_t node = 0;

    cJSON_ArrayForEach(want, all)
    {
        if (vec_ok(c, "tree_hash", tree_hash(t, node++, hash)))
            (void)vec_same(c, "tree hash", vec_hex_of(c, want, "tree_hashes"),
                bytes_of(hash, sizeof hash));
    }
}

static void validation(struct vec_case *c, const cJSON *o)
{
    const struct suite *s = suite_of(c, o);
    struct leaf_place at = {.suite = s, .group_id = vec_hex(c, o, "group_id")};
    struct bytes bytes = vec_hex(c, o, "tree");
    struct tree *t = NULL;

    if (vec_going(c) && vec_ok(c, "tree", tree_read(s, bytes, &t))) {
        int64_t width = treemath_width(tree_leaves(t));
        const cJSON *r = vec_arr(c, o, "resolutions");
        const cJSON *h = vec_arr(c, o, "tree_hashes");
        (void)vec_equal(c, "resolutions", width, cJSON_GetArraySize(r));
        (void)vec_equal(c, "tree_hashes", width, cJSON_GetArraySize(h));
        resolutions(c, r, t);
        hashes(c, h, t);
        same_tree(c, "tree again", bytes, t);
        enum mls_rule rule = tree_check(t, &(struct mls_env){0}, &at);
        (void)vec_true(c, mls_rule_text(rule), rule == MLS_RULE_KEPT);
    }
    tree_free(t);
}

const struct vec_kind VEC_MLS_TREE_OPERATIONS = {
    .name = "mls tree operations",
    .keys = {"tree_before", "proposal", "proposal_sender", "tree_after"},
    .each = operation,
};

const struct vec_kind VEC_MLS_TREE_VALIDATION = {
    .name = "mls tree validation",
    .keys = {"tree", "group_id", "resolutions", "tree_hashes"},
    .each = validation,
};
