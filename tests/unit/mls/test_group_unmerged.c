/* SPDX-License-Identifier: ISC */
/*
 * RFC 9420, 7.5 and 7.7: a receiver who is an unmerged leaf below a node that is filled. The
 * path secret for it is sealed to its own leaf, beside the one for the node; a reader who takes
 * the node above it for one whose key it has cannot follow.
 */
#include "mls/tree_impl.h"
#include "rulebook.h"

/* RSA keys are drawn from a few. */
static const uint16_t SUITES[] = {0x0001, 0x0002, 0x0003, 0xf001, 0xf002};

static const struct tree *tree_of(const struct party *p, size_t who)
{
    return p->m[who]->g->now->tree;
}

/* Whether the fixture is what it should be, as this member sees it. */
static bool is_unmerged(const struct party *p, size_t who, uint32_t node, uint32_t leaf)
{
    const struct tree_parent *n = tree_parent(tree_of(p, who), node);

    return n != NULL && tree_sorted_has(n->unmerged, n->unmerged_n, leaf);
}

/* Six in a tree of eight; the fourth leaf is blank, and the node above the first four filled.
 *
 *              7
 *        3           11
 *     1     5     9      13
 *    0 1   2 -   4 5    -  -
 */
static void gather(struct party *p, uint16_t suite)
{
    party_init(p, suite, 21);
    party_gather(p, 6, true);
    party_remove(p, 5, 3);
    for (size_t i = 0; i < 3; i++)
        party_update(p, i);
    party_update(p, 4);
    party_update(p, 5);
    cr_assert(!tree_blank(tree_of(p, 0), 3));
    cr_assert(tree_blank(tree_of(p, 0), 6));
}

static void everybody_speaks(struct party *p)
{
    party_agree(p);
    for (size_t i = 0; i < p->n; i++)
        if (p->m[i]->g != NULL)
            party_say(p, i, "do you hear me");
}

/* Added without a path: it knows its own key and no other. */
static void added_bare(uint16_t suite)
{
    struct party p;

    gather(&p, suite);
    size_t who = party_person(&p);
    party_add(&p, 5, who);
    cr_assert_eq(party_leaf(&p, who), 3);
    cr_assert(is_unmerged(&p, who, 3, 3));
    cr_assert(is_unmerged(&p, 0, 7, 3));
    cr_assert_not(treekem_has(p.m[who]->g->now->priv, 3));
    party_update(&p, 4); /* whose copath node is the filled one */
    cr_assert(is_unmerged(&p, who, 3, 3));
    everybody_speaks(&p);
    party_update(&p, 5);
    party_update(&p, 0); /* who merges it */
    cr_assert_not(is_unmerged(&p, who, 3, 3));
    everybody_speaks(&p);
    party_update(&p, 4);
    everybody_speaks(&p);
    party_fini(&p);
}

Test(group_unmerged, below_a_filled_copath_node__follows_every_path)
{
    for (size_t i = 0; i < sizeof SUITES / sizeof *SUITES; i++)
        added_bare(SUITES[i]);
}

/* Added with a path by somebody beyond the root: it knows the root's key, and not that of the
 * filled node between. */
static void added_with_path(uint16_t suite)
{
    struct party p;

    gather(&p, suite);
    size_t who = party_person(&p);
    const struct mls_proposal add = {.type = MLS_ADD, .package = buf_view(&p.m[who]->package)};
    party_commit(&p, 5, &add, 1, MLS_PATH);
    cr_assert(is_unmerged(&p, who, 3, 3));
    cr_assert(treekem_has(p.m[who]->g->now->priv, 7));
    cr_assert_not(treekem_has(p.m[who]->g->now->priv, 3));
    party_update(&p, 4);
    everybody_speaks(&p);
    party_update(&p, 5);
    everybody_speaks(&p);
    party_update(&p, who);
    everybody_speaks(&p);
    party_fini(&p);
}

Test(group_unmerged, with_the_root_s_key__follows_every_path)
{
    for (size_t i = 0; i < sizeof SUITES / sizeof *SUITES; i++)
        added_with_path(SUITES[i]);
}

/* Two of them, at two heights, in public and in private, and one that an outsider's commit put
 * there. */
static void several(unsigned flags)
{
    struct party p;

    party_init(&p, 1, 22);
    p.flags |= flags;
    party_gather(&p, 16, true);
    party_remove(&p, 15, 1);
    party_remove(&p, 15, 6);
    for (size_t i = 0; i < 16; i++)
        if (p.m[i]->g != NULL)
            party_update(&p, i);
    size_t one = party_person(&p);
    size_t two = party_person(&p);
    party_add(&p, 15, one);
    party_add(&p, 14, two);
    cr_assert(is_unmerged(&p, 0, 3, 1));
    cr_assert(is_unmerged(&p, 0, 7, 1));
    cr_assert(is_unmerged(&p, 0, 11, 6));
    cr_assert(is_unmerged(&p, 0, 7, 6));
    party_update(&p, 8); /* the left half is its copath */
    everybody_speaks(&p);
    party_update(&p, 4); /* merges the second; the first stays below 3, which is its copath */
    cr_assert(is_unmerged(&p, 0, 3, 1));
    cr_assert_not(is_unmerged(&p, 0, 7, 1));
    everybody_speaks(&p);
    party_update(&p, two);
    everybody_speaks(&p);
    party_remove(&p, 12, two);
    everybody_speaks(&p);
    party_update(&p, 13);
    everybody_speaks(&p);
    party_fini(&p);
}

Test(group_unmerged, several_at_once__follow_every_path)
{
    several(0);
    several(MLS_PUBLIC);
}

/* Loaded from what was saved, it follows just the same. */
static enum err put_record(void *arg, uint32_t id, struct bytes record)
{
    struct {
        struct mls_record v[64];
        struct buf bytes[64];
        size_t n;
    } *all = arg;

    if (id == MLS_RECORD_RESET)
        return ERR_OK;
    cr_assert_lt(all->n, 64);
    buf_init(&all->bytes[all->n], 1u << 24);
    buf_bytes(&all->bytes[all->n], record);
    all->v[all->n] = (struct mls_record){id, buf_view(&all->bytes[all->n])};
    all->n++;
    return ERR_OK;
}

Test(group_unmerged, loaded__follows_every_path)
{
    struct {
        struct mls_record v[64];
        struct buf bytes[64];
        size_t n;
    } all = {.n = 0};
    struct party p;

    gather(&p, 1);
    size_t who = party_person(&p);
    struct party_member *m = p.m[who];
    party_add(&p, 5, who);
    cr_assert_eq(mls_save(m->g, true, put_record, &all), ERR_OK);
    mls_group_free(m->g);
    m->g = NULL;
    cr_assert_eq(mls_group_load(&m->world.env, &m->who, all.v, all.n, &m->g), ERR_OK);
    cr_assert(is_unmerged(&p, who, 3, 3));
    party_update(&p, 4);
    everybody_speaks(&p);
    for (size_t i = 0; i < all.n; i++)
        buf_wipe(&all.bytes[i]);
    party_fini(&p);
}
