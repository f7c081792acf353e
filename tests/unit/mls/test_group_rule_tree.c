/* SPDX-License-Identifier: ISC */
/* RFC 9420, 7.3 to 7.9 and 12.4.3.1: the tree that a newcomer is given, by a welcome and by a
 * group info alike. Whoever bends it signs for the hash that it then has. */
#include "mls/tree_impl.h"
#include "rulebook.h"

static enum mls_rule welcomed(struct trial *t)
{
    size_t who = trial_person(t);

    mlsevil_add(&t->e, buf_view(&t->p.m[who]->package));
    (void)mlsevil_commit(&t->e);
    return trial_join(t, who, mlsevil_welcome(&t->e, who));
}

/* Both doors must say the same. */
static enum mls_rule shown(struct trial *t)
{
    enum mls_rule rule = welcomed(t);
    size_t who = trial_person(t);
    struct mlsevil e;

    mlsevil_init(&e, &t->p, 1);
    e.bend = t->e.bend;
    e.arg = t->e.arg;
    enum mls_rule other = trial_enter(t, who, mlsevil_info(&e));
    cr_expect_eq(rule, other, "by a welcome: %s; by a group info: %s", mls_rule_text(rule),
        mls_rule_text(other));
    mlsevil_fini(&e);
    return rule;
}

/* ---- leaves: the third's, in a tree without parents ---- */

static void bend_leaf(struct mlsevil *e, struct tree *t)
{
    const struct leaf_place at = {
        .suite = e->party->suite, .group_id = LIT("party"), .index = 2};
    enum mlsevil_lie lie = (enum mlsevil_lie)e->arg;
    bool placed = lie == MLSEVIL_LEAF_PLACE || lie == MLSEVIL_LEAF_GROUP;
    struct mlsevil_leaf l;

    mlsevil_leaf_init(&l, e->party, 2, placed ? LEAF_UPDATE : LEAF_KEY_PACKAGE);
    mlsevil_leaf_lie(&l, lie, e->party, 3);
    struct leaf *made = mlsevil_leaf_make(&l, at, lie);
    tree_set_leaf(t, 2, made);
    leaf_unref(made);
}

static enum mls_rule leaf(struct trial *t, int lie)
{
    trial_unfilled(t);
    t->e.bend = bend_leaf;
    t->e.arg = lie;
    return shown(t);
}

/* ---- parents: of a tree that is full, where 1 is above 0 and 1, 5 above 2 and 3 ---- */

enum parent_lie {
    HASH_OTHER,
    HASH_NONE,
    KEY_OTHER,
    KEY_NONE,
    KEY_OF_LEAF,
    KEY_OF_PARENT,
    UNMERGED_FAR,
    UNMERGED_BLANK,
    UNMERGED_ORDER,
    UNMERGED_TWICE,
    UNMERGED_ABOVE,
    FROM_NOWHERE,
};

static void put_parent(
    struct tree *t, uint32_t node, struct bytes key, const uint32_t *unmerged, size_t n)
{
    const struct tree_parent *old = tree_parent(t, node);
    struct bytes hash = old != NULL ? old->parent_hash : (struct bytes){0};

    tree_put_parent(t, node, tree_parent_new(key, hash, unmerged, n));
    tree_touch(t, node);
}

static void put_hash(struct tree *t, uint32_t node, struct bytes hash)
{
    struct bytes key = tree_key(t, node);

    tree_put_parent(t, node, tree_parent_new(key, hash, NULL, 0));
    tree_touch(t, node);
}

static void bend_parent(struct mlsevil *e, struct tree *t)
{
    static const uint8_t other[SUITE_HASH] = {1};
    static const uint32_t far[] = {3}, far_outside[] = {1u << 20}, twice[] = {0, 0},
                          down[] = {1, 0}, one[] = {0};
    struct bytes key = tree_key(t, 1);

    switch ((enum parent_lie)e->arg) {
    case HASH_OTHER:
        put_hash(t, 1, bytes_of(other, sizeof other));
        break;
    case HASH_NONE:
        put_hash(t, 1, (struct bytes){0});
        break;
    case KEY_OTHER:
        put_parent(t, 1, bytes_of(other, sizeof other), NULL, 0);
        break;
    case KEY_NONE:
        put_parent(t, 1, bytes_of(other, 31), NULL, 0);
        break;
    case KEY_OF_LEAF:
        put_parent(t, 1, tree_key(t, 2), NULL, 0);
        break;
    case KEY_OF_PARENT:
        put_parent(t, 1, tree_key(t, 5), NULL, 0);
        break;
    case UNMERGED_FAR:
        put_parent(t, 1, key, far, 1);
        break;
    case UNMERGED_BLANK:
        put_parent(t, 1, key, far_outside, 1);
        break;
    case UNMERGED_ORDER:
        put_parent(t, 1, key, down, 2);
        break;
    case UNMERGED_TWICE:
        put_parent(t, 1, key, twice, 2);
        break;
    case UNMERGED_ABOVE: /* and not in the node between */
        put_parent(t, 3, tree_key(t, 3), one, 1);
        break;
    case FROM_NOWHERE:
        put_parent(t, 1, bytes_of(other, sizeof other), NULL, 0);
        break;
    }
}

static enum mls_rule parent(struct trial *t, int lie)
{
    t->e.bend = bend_parent;
    t->e.arg = lie;
    return shown(t);
}

/* A parent where nobody ever committed. */
static enum mls_rule parent_from_nowhere(struct trial *t, int arg)
{
    (void)arg;
    trial_unfilled(t);
    return parent(t, FROM_NOWHERE);
}

/* Two parents that share a key pair, each chained as it should be: only its keys tell. The
 * first's path brought both, so it knows what both open. */
static void bend_twins(struct mlsevil *e, struct tree *t)
{
    const struct leaf_place at = {
        .suite = e->party->suite, .group_id = LIT("party"), .index = 1};
    static const uint8_t other[SUITE_HASH] = {1};
    const struct bytes keys[] = {
        bytes_of(other, sizeof other), bytes_of(other, sizeof other), bytes_of(other, 32)};
    uint8_t hash[SUITE_HASH];
    struct tree_path path;
    struct mlsevil_leaf l;
    size_t n = 0;

    tree_path(t, 1, &path);
    cr_assert_leq(path.n, 3);
    cr_assert_eq(tree_set_path(t, 1, &path, keys, hash, &n), ERR_OK);
    mlsevil_leaf_init(&l, e->party, 1, LEAF_COMMIT);
    l.parent_hash = bytes_of(hash, n);
    struct leaf *made = mlsevil_leaf_make(&l, at, MLSEVIL_HONEST);
    tree_set_leaf(t, 1, made);
    leaf_unref(made);
}

static enum mls_rule twins(struct trial *t, int arg)
{
    (void)arg;
    t->e.bend = bend_twins;
    return shown(t);
}

static const struct rulebook_row ROWS[] = {
    {"leaf: signature", MLS_RULE_LEAF_SIGNATURE, leaf, MLSEVIL_LEAF_SIGNATURE},
    {"leaf: another place", MLS_RULE_LEAF_SIGNATURE, leaf, MLSEVIL_LEAF_PLACE},
    {"leaf: another group", MLS_RULE_LEAF_SIGNATURE, leaf, MLSEVIL_LEAF_GROUP},
    {"leaf: version", MLS_RULE_LEAF_VERSION, leaf, MLSEVIL_LEAF_VERSION},
    {"leaf: suite", MLS_RULE_LEAF_SUITE, leaf, MLSEVIL_LEAF_SUITE},
    {"leaf: extension", MLS_RULE_LEAF_EXTENSION, leaf, MLSEVIL_LEAF_EXTENSION},
    {"leaf: credential", MLS_RULE_LEAF_CREDENTIAL, leaf, MLSEVIL_LEAF_CREDENTIAL},
    {"leaf: others' credentials", MLS_RULE_LEAF_CREDENTIAL, leaf, MLSEVIL_LEAF_CREDENTIALS},
    {"leaf: key", MLS_RULE_LEAF_KEY, leaf, MLSEVIL_LEAF_KEY},
    {"leaf: signature key", MLS_RULE_LEAF_KEY, leaf, MLSEVIL_LEAF_SIGNER},
    {"leaf: another's signature key", MLS_RULE_LEAF_SIGNATURE_KEY_TWICE, leaf,
        MLSEVIL_LEAF_SIGNER_TWICE},
    {"leaf: another's key", MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE, leaf, MLSEVIL_LEAF_KEY_TWICE},
    {"parent hash", MLS_RULE_TREE_PARENT_HASH, parent, HASH_OTHER},
    {"no parent hash", MLS_RULE_TREE_PARENT_HASH, parent, HASH_NONE},
    {"parent's key", MLS_RULE_TREE_PARENT_HASH, parent, KEY_OTHER},
    {"parent's key that is none", MLS_RULE_LEAF_KEY, parent, KEY_NONE},
    {"parent with a leaf's key", MLS_RULE_TREE_PARENT_HASH, parent, KEY_OF_LEAF},
    {"parent with another's key", MLS_RULE_TREE_PARENT_HASH, parent, KEY_OF_PARENT},
    {"parents that are twins", MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE, twins, 0},
    {"parent from nowhere", MLS_RULE_TREE_PARENT_HASH, parent_from_nowhere, 0},
    {"unmerged far away", MLS_RULE_TREE_UNMERGED, parent, UNMERGED_FAR},
    {"unmerged and blank", MLS_RULE_TREE_UNMERGED, parent, UNMERGED_BLANK},
    {"unmerged out of order", MLS_RULE_TREE_UNMERGED, parent, UNMERGED_ORDER},
    {"unmerged twice", MLS_RULE_TREE_UNMERGED, parent, UNMERGED_TWICE},
    {"unmerged above alone", MLS_RULE_TREE_UNMERGED, parent, UNMERGED_ABOVE},
};
const struct rulebook RULEBOOK_TREE = RULEBOOK(ROWS);

Test(group_rule_tree, each__is_refused_by_its_name_at_both_doors)
{
    rulebook_run(&RULEBOOK_TREE);
}
