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

/* 4 leaves, the last of them unmerged at the root. */
static struct buf four(void)
{
    treekit_init(&kit, 1, 11);
    treekit_fill(&kit, 3);
    cr_assert_eq(treekit_add(&kit), 3);
    treekit_done(&kit);
    cr_assert_eq(tree_parent(kit.tree, 3)->unmerged_n, 1);
    return treekit_bytes(kit.tree);
}

static enum err reads(struct bytes in)
{
    struct tree *t = NULL;
    enum err e = tree_read(suite_find(1), in, &t);

    cr_assert_eq(t != NULL, e == ERR_OK);
    tree_free(t);
    return e;
}

Test(tree_wire, bytes__come_back_as_they_were, .fini = finish)
{
    struct buf in = four();
    struct tree *t = NULL;

    cr_assert_eq(tree_read(kit.suite, buf_view(&in), &t), ERR_OK);
    struct buf out = treekit_bytes(t);
    cr_assert(bytes_eq(buf_view(&in), buf_view(&out)));
    tree_free(t);
    buf_free(&in);
    buf_free(&out);
}

Test(tree_wire, read__refuses_every_truncation_and_what_trails, .fini = finish)
{
    struct buf in = four();

    for (size_t n = 0; n < in.n; n++) {
        uint8_t *exact = mem_dup(in.p, n); /* so that a step beyond it is seen */
        cr_assert_neq(reads(bytes_of(exact, n)), ERR_OK, "%zu bytes", n);
        mem_free(exact);
    }
    buf_u8(&in, 0);
    cr_assert_eq(reads(buf_view(&in)), ERR_FORMAT);
    buf_free(&in);
}

Test(tree_wire, flips__are_refused_or_seen_in_the_hash, .fini = finish)
{
    struct buf in = four();
    uint8_t was[SUITE_HASH];
    uint8_t now[SUITE_HASH];
    size_t accepted = 0;

    (void)treekit_hash(kit.tree, was);
    for (size_t bit = 0; bit < in.n * 8; bit++) {
        struct tree *t = NULL;
        in.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (tree_read(kit.suite, buf_view(&in), &t) == ERR_OK) {
            accepted++;
            (void)treekit_hash(t, now);
            cr_assert_arr_neq(now, was, SUITE_HASH, "bit %zu", bit);
            /* Nothing in a tree is free: what is not signed is chained to what is. */
            cr_assert_neq(
                tree_check(t, &kit.world.env, &kit.at), MLS_RULE_KEPT, "bit %zu", bit);
        }
        tree_free(t);
        in.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    cr_assert_gt(accepted, 1000, "the form lets keys and signatures through");
    buf_free(&in);
}

/* Nodes by hand: 'l' a leaf, 'p' a parent, '-' a blank. */
static enum err reads_nodes(const char *nodes)
{
    struct mlskit_person p;
    struct buf b;

    mlskit_person_init(&p, suite_find(1), 0);
    struct leaf *l = mlskit_leaf(&p, LEAF_KEY_PACKAGE, NULL);
    buf_init(&b, WIRE_MAX);
    size_t at = wire_open(&b);
    for (; *nodes != '\0'; nodes++) {
        buf_u8(&b, *nodes != '-');
        if (*nodes == 'l') {
            buf_u8(&b, 1);
            buf_bytes(&b, l->raw);
        } else if (*nodes == 'p') {
            buf_u8(&b, 2);
            wire_put(&b, l->encryption_key);
            wire_put_length(&b, 0);
            wire_put_length(&b, 0);
        }
    }
    wire_close(&b, at);
    enum err e = reads(buf_view(&b));
    buf_free(&b);
    leaf_unref(l);
    mlskit_person_fini(&p);
    return e;
}

Test(tree_wire, read__refuses_shapes_that_cannot_be)
{
    static const struct {
        const char *nodes;
        enum err want;
    } rows[] = {
        {"l", ERR_OK},
        {"lpl", ERR_OK},
        {"l-l", ERR_OK},
        {"l-l-l", ERR_OK},
        {"--l", ERR_OK}, /* leaf 0 has left */
        {"", ERR_FORMAT},
        {"-", ERR_FORMAT},
        {"l-", ERR_FORMAT},   /* ends in a blank */
        {"l--", ERR_FORMAT},  /* the same */
        {"lp", ERR_FORMAT},   /* an even number of nodes */
        {"l-lp", ERR_FORMAT}, /* the same */
        {"l-l-", ERR_FORMAT}, /* both */
        {"p", ERR_FORMAT},    /* a parent where a leaf belongs */
        {"lll", ERR_FORMAT},  /* a leaf where a parent belongs */
        {"l-p", ERR_FORMAT},  /* a parent where a leaf belongs */
        {"l-l--", ERR_FORMAT},
    };

    for (size_t i = 0; i < MEM_COUNT(rows); i++)
        cr_assert_eq(reads_nodes(rows[i].nodes), rows[i].want, "%s", rows[i].nodes);
}

Test(tree_wire, read__refuses_a_presence_or_kind_of_node_that_is_none)
{
    static const uint8_t PRESENCE[] = {1, 2};
    static const uint8_t KIND[] = {2, 1, 0};
    static const uint8_t LATER[] = {2, 1, 3};

    cr_assert_eq(reads(bytes_of(PRESENCE, sizeof PRESENCE)), ERR_FORMAT);
    cr_assert_eq(reads(bytes_of(KIND, sizeof KIND)), ERR_FORMAT);
    cr_assert_eq(reads(bytes_of(LATER, sizeof LATER)), ERR_FORMAT);
}

Test(tree_wire, read__refuses_more_leaves_than_the_ceiling)
{
    struct mlskit_person p;
    struct buf b;

    mlskit_person_init(&p, suite_find(1), 0);
    struct leaf *l = mlskit_leaf(&p, LEAF_KEY_PACKAGE, NULL);
    for (size_t leaves = TREEMATH_LEAVES_MAX; leaves <= TREEMATH_LEAVES_MAX + 1; leaves++) {
        buf_init(&b, WIRE_MAX);
        size_t at = wire_open(&b);
        (void)buf_space(&b, 2 * leaves - 2);
        buf_u8(&b, 1);
        buf_u8(&b, 1);
        buf_bytes(&b, l->raw);
        wire_close(&b, at);
        cr_assert_eq(buf_end(&b), ERR_OK);
        cr_assert_eq(reads(buf_view(&b)), leaves == TREEMATH_LEAVES_MAX ? ERR_OK : ERR_TOO_BIG);
        buf_free(&b);
    }
    leaf_unref(l);
    mlskit_person_fini(&p);
}

struct parts {
    struct buf bytes[2 * TREEKIT_MAX];
    struct tree_node node[2 * TREEKIT_MAX];
    size_t n;
};

static void take_apart(const struct tree *t, struct parts *p, bool blanks)
{
    p->n = 0;
    for (uint32_t i = 0; i < treemath_width(tree_leaves(t)); i++) {
        if (tree_blank(t, i) && !blanks)
            continue;
        struct buf *b = &p->bytes[p->n];
        buf_init(b, WIRE_MAX);
        tree_write_node(t, i, b);
        cr_assert_eq(buf_end(b), ERR_OK);
        p->node[p->n++] = (struct tree_node){i, buf_view(b)};
    }
}

static void drop(struct parts *p)
{
    for (size_t i = 0; i < p->n; i++)
        buf_free(&p->bytes[i]);
}

Test(tree_wire, build__equals_read, .fini = finish)
{
    static struct parts parts;

    treekit_init(&kit, 1, 12);
    treekit_fill(&kit, 37);
    treekit_remove(&kit, 4);
    treekit_remove(&kit, 0);
    treekit_done(&kit);
    struct buf want = treekit_bytes(kit.tree);
    for (unsigned blanks = 0; blanks < 2; blanks++) {
        struct tree *t = NULL;
        take_apart(kit.tree, &parts, blanks != 0);
        for (size_t i = 0; i < parts.n / 2; i++) { /* in any order */
            struct tree_node swap = parts.node[i];
            parts.node[i] = parts.node[parts.n - 1 - i];
            parts.node[parts.n - 1 - i] = swap;
        }
        cr_assert_eq(tree_build(kit.suite, 64, parts.node, parts.n, &t), ERR_OK);
        struct buf got = treekit_bytes(t);
        cr_assert(bytes_eq(buf_view(&want), buf_view(&got)));
        cr_assert_eq(tree_members(t), 35);
        cr_assert_eq(tree_check(t, &kit.world.env, &kit.at), MLS_RULE_KEPT);
        buf_free(&got);
        tree_free(t);
        drop(&parts);
    }
    buf_free(&want);
}

/* What a store gets: nodes as they change, on top of those it has. */
Test(tree_wire, build__from_changed_nodes_follows_the_group, .fini = finish)
{
    static struct buf store[2 * TREEKIT_MAX];
    struct tree_node node[2 * TREEKIT_MAX];
    struct tree_list changed = {0};

    treekit_init(&kit, 1, 13);
    struct tree *before = tree_new(kit.suite);
    for (unsigned step = 0; step < 40; step++) {
        unsigned n = treekit_count(&kit);
        if (n < 20 && step % 4 != 3)
            (void)treekit_add(&kit);
        for (unsigned i = 0; step % 9 == 8 && i < n - 2; i++)
            treekit_remove(&kit, treekit_pick(&kit));
        treekit_done(&kit);
        treekit_path(&kit, treekit_pick(&kit));
        tree_changed(before, kit.tree, &changed);
        for (size_t i = 0; i < changed.n; i++) {
            buf_free(&store[changed.v[i]]);
            buf_init(&store[changed.v[i]], WIRE_MAX);
            tree_write_node(kit.tree, changed.v[i], &store[changed.v[i]]);
        }
        size_t kept = 0;
        for (uint32_t i = 0; i < treemath_width(tree_leaves(kit.tree)); i++)
            if (store[i].n > 0)
                node[kept++] = (struct tree_node){i, buf_view(&store[i])};
        struct tree *t = NULL;
        cr_assert_eq(tree_build(kit.suite, tree_leaves(kit.tree), node, kept, &t), ERR_OK);
        struct buf a = treekit_bytes(t);
        struct buf b = treekit_bytes(kit.tree);
        cr_assert(bytes_eq(buf_view(&a), buf_view(&b)), "step %u", step);
        buf_free(&a);
        buf_free(&b);
        tree_free(t);
        tree_free(before);
        before = tree_copy(kit.tree);
    }
    for (size_t i = 0; i < 2 * TREEKIT_MAX; i++)
        buf_free(&store[i]);
    tree_free(before);
    tree_list_free(&changed);
}

static enum err builds(uint32_t leaves, const struct tree_node *nodes, size_t n)
{
    struct tree *t = NULL;
    enum err e = tree_build(suite_find(1), leaves, nodes, n, &t);

    cr_assert_eq(t != NULL, e == ERR_OK);
    tree_free(t);
    return e;
}

/* A parent's unmerged leaves are whole numbers. */
Test(tree_wire, build__refuses_half_a_leaf_index, .fini = finish)
{
    static const uint8_t HALF[] = {1, 2, 1, 7, 0, 3, 0, 0, 0};
    static const uint8_t WHOLE[] = {1, 2, 1, 7, 0, 4, 0, 0, 0, 0};
    static struct parts parts;

    treekit_init(&kit, 1, 15);
    treekit_fill(&kit, 2);
    take_apart(kit.tree, &parts, false);
    parts.node[1].bytes = bytes_of(WHOLE, sizeof WHOLE);
    cr_assert_eq(builds(2, parts.node, 3), ERR_OK);
    parts.node[1].bytes = bytes_of(HALF, sizeof HALF);
    cr_assert_eq(builds(2, parts.node, 3), ERR_FORMAT);
    drop(&parts);
}

Test(tree_wire, build__refuses_what_is_no_tree, .fini = finish)
{
    static struct parts parts;
    uint8_t longer[4096];
    struct tree_node node[3];

    treekit_init(&kit, 1, 14);
    treekit_fill(&kit, 2);
    take_apart(kit.tree, &parts, false);
    cr_assert_eq(parts.n, 3);
    cr_assert_eq(builds(2, parts.node, 3), ERR_OK);
    cr_assert_eq(builds(0, parts.node, 0), ERR_FORMAT);
    cr_assert_eq(builds(2, parts.node, 0), ERR_FORMAT, "nobody is in it");
    cr_assert_eq(builds(3, parts.node, 3), ERR_FORMAT);
    cr_assert_eq(builds(1, parts.node, 3), ERR_FORMAT, "a node outside");
    cr_assert_eq(builds(4, parts.node, 3), ERR_FORMAT, "a right half without anybody");
    cr_assert_eq(builds(2, parts.node, 2), ERR_FORMAT, "the same");
    cr_assert_eq(builds(2 * TREEMATH_LEAVES_MAX, parts.node, 3), ERR_TOO_BIG);
    memcpy(node, parts.node, sizeof node);
    node[0].index = UINT32_MAX;
    cr_assert_eq(builds(2, node, 3), ERR_FORMAT);
    node[0].index = 2;
    cr_assert_eq(builds(2, node, 3), ERR_FORMAT, "a node twice");
    node[0].index = 1;
    cr_assert_eq(builds(2, node, 3), ERR_FORMAT, "a leaf at a parent's place");
    node[0] = parts.node[0];
    memcpy(longer, node[0].bytes.p, node[0].bytes.n);
    longer[node[0].bytes.n] = 0;
    node[0].bytes = bytes_of(longer, node[0].bytes.n + 1);
    cr_assert_eq(builds(2, node, 3), ERR_FORMAT, "something trails");
    for (size_t n = 0; n < parts.node[0].bytes.n; n++) {
        node[0].bytes = bytes_of(mem_dup(longer, n), n);
        cr_assert_neq(builds(2, node, 3), ERR_OK, "%zu bytes of a node", n);
        mem_free((void *)(uintptr_t)node[0].bytes.p);
    }
    drop(&parts);
}
