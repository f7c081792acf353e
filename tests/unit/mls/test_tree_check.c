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

/* A tree in which some nodes are others'. Views of what the test holds. */
struct forged {
    struct buf bytes[2 * TREEKIT_MAX];
    struct tree_node node[2 * TREEKIT_MAX];
    size_t n;
};

static void forge(struct forged *f, const struct tree *t)
{
    f->n = 0;
    for (uint32_t i = 0; i < treemath_width(tree_leaves(t)); i++) {
        buf_init(&f->bytes[i], WIRE_MAX);
        tree_write_node(t, i, &f->bytes[i]);
        f->n++;
    }
}

static void forge_parent(struct forged *f, uint32_t node, struct bytes key,
    struct bytes parent_hash, const uint32_t *unmerged, size_t n)
{
    struct buf b;

    buf_init(&b, WIRE_MAX);
    buf_u8(&b, 1);
    buf_u8(&b, 2);
    wire_put(&b, key);
    wire_put(&b, parent_hash);
    wire_put_length(&b, 4 * n);
    for (size_t i = 0; i < n; i++)
        buf_u32(&b, unmerged[i]);
    buf_free(&f->bytes[node]);
    f->bytes[node] = b;
}

static void forge_unmerged(
    struct forged *f, const struct tree *t, uint32_t node, const uint32_t *unmerged, size_t n)
{
    const struct tree_parent *p = tree_parent(t, node);

    forge_parent(f, node, p->key, p->parent_hash, unmerged, n);
}

static void forge_blank(struct forged *f, uint32_t node)
{
    buf_clear(&f->bytes[node]);
    buf_u8(&f->bytes[node], 0);
}

/* What a joiner says of it; drops it. */
static enum mls_rule judge(struct forged *f, uint32_t leaves)
{
    struct tree *t = NULL;

    for (uint32_t i = 0; i < f->n; i++)
        f->node[i] = (struct tree_node){i, buf_view(&f->bytes[i])};
    cr_assert_eq(tree_build(kit.suite, leaves, f->node, f->n, &t), ERR_OK);
    enum mls_rule rule = tree_check(t, &kit.world.env, &kit.at);
    for (uint32_t i = 0; i < f->n; i++)
        buf_free(&f->bytes[i]);
    tree_free(t);
    return rule;
}

static struct forged forged;

/* Eight leaves: 5, 6 and 7 unmerged at 7 and 11, 5 and 7 below blanks. */
static void eight(void)
{
    treekit_init(&kit, 1, 31);
    treekit_fill(&kit, 8);
    for (uint32_t i = 5; i < 8; i++)
        treekit_remove(&kit, i);
    treekit_done(&kit);
    cr_assert_eq(tree_leaves(kit.tree), 8);
    cr_assert_eq(treekit_add(&kit), 5);
    treekit_done(&kit);
    treekit_path(&kit, 4); /* 9, 11 is left out: nobody is right of it */
    treekit_path(&kit, 0);
    for (uint32_t i = 6; i < 8; i++)
        cr_assert_eq(treekit_add(&kit), i);
    treekit_done(&kit);
    treekit_check(&kit);
}

Test(tree_check, unmerged__below_filled_nodes_are_accepted, .fini = finish)
{
    eight();
    cr_assert_eq(tree_parent(kit.tree, 7)->unmerged_n, 2);
    cr_assert_eq(tree_check(kit.tree, &kit.world.env, &kit.at), MLS_RULE_KEPT);
}

static enum mls_rule unmerged_at_root(const uint32_t *v, size_t n)
{
    forge(&forged, kit.tree);
    forge_unmerged(&forged, kit.tree, 7, v, n);
    return judge(&forged, 8);
}

#define AT_ROOT(...)                                                                           \
    unmerged_at_root((const uint32_t[]){__VA_ARGS__}, MEM_COUNT(((uint32_t[]){__VA_ARGS__})))

Test(tree_check, unmerged__of_every_wrong_kind_are_refused, .fini = finish)
{
    eight();
    cr_assert_eq(AT_ROOT(6, 7), MLS_RULE_KEPT);
    cr_assert_eq(AT_ROOT(7, 6), MLS_RULE_TREE_UNMERGED, "out of order");
    cr_assert_eq(AT_ROOT(6, 6), MLS_RULE_TREE_UNMERGED, "twice");
    cr_assert_eq(AT_ROOT(6, 7, 7), MLS_RULE_TREE_UNMERGED, "twice");
    cr_assert_eq(AT_ROOT(6, 7, 8), MLS_RULE_TREE_UNMERGED, "beyond the tree");
    cr_assert_eq(AT_ROOT(6, 7, UINT32_MAX), MLS_RULE_TREE_UNMERGED, "beyond any tree");
    cr_assert_eq(AT_ROOT(6, 7, 0x80000006), MLS_RULE_TREE_UNMERGED, "6, when doubled");
    cr_assert_eq(AT_ROOT(5, 6, 7), MLS_RULE_TREE_UNMERGED, "9 between has not got it");
    cr_assert_eq(unmerged_at_root(NULL, 0), MLS_RULE_TREE_PARENT_HASH, "none");
    cr_assert_eq(AT_ROOT(6), MLS_RULE_TREE_PARENT_HASH, "one too few");
    treekit_remove(&kit, 7);
    cr_assert_eq(tree_check(kit.tree, &kit.world.env, &kit.at), MLS_RULE_KEPT);
}

Test(tree_check, unmerged__that_is_blank_is_refused, .fini = finish)
{
    eight();
    forge(&forged, kit.tree);
    forge_blank(&forged, 2 * 6);
    cr_assert_eq(judge(&forged, 8), MLS_RULE_TREE_UNMERGED);
}

Test(tree_check, unmerged__elsewhere_is_refused, .fini = finish)
{
    eight();
    forge(&forged, kit.tree);
    forge_unmerged(&forged, kit.tree, 1, (const uint32_t[]){6}, 1);
    cr_assert_eq(judge(&forged, 8), MLS_RULE_TREE_UNMERGED);
}

/* 1, 3 and 7 filled; 1 is unmerged at 7 and 3, so it must be at 1 if that is not blank. */
Test(tree_check, unmerged__that_a_node_between_lacks_is_refused, .fini = finish)
{
    treekit_init(&kit, 1, 32);
    treekit_fill(&kit, 7);
    cr_assert_eq(treekit_add(&kit), 7);
    treekit_done(&kit);
    cr_assert_eq(tree_parent(kit.tree, 11)->unmerged_n, 1);
    treekit_check(&kit);
    forge(&forged, kit.tree);
    forge_unmerged(&forged, kit.tree, 11, NULL, 0);
    cr_assert_eq(judge(&forged, 8), MLS_RULE_TREE_UNMERGED);
}

Test(tree_check, parent__that_nobody_made_is_refused, .fini = finish)
{
    struct dh_key *key = NULL;

    treekit_init(&kit, 1, 33);
    treekit_fill(&kit, 8);
    treekit_remove(&kit, 5);
    treekit_done(&kit);
    key = mlskit_hpke_key(kit.suite, "mallory", 0);
    forge(&forged, kit.tree);
    forge_parent(&forged, 11, dh_key_pub(key), (struct bytes){0}, NULL, 0);
    cr_assert_eq(judge(&forged, 8), MLS_RULE_TREE_PARENT_HASH);
    dh_key_free(key);
}

Test(tree_check, parent__with_another_key_or_hash_or_blank_sibling_is_refused, .fini = finish)
{
    struct dh_key *key = NULL;
    uint8_t hash[SUITE_HASH];

    treekit_init(&kit, 1, 34);
    treekit_fill(&kit, 8);
    key = mlskit_hpke_key(kit.suite, "mallory", 0);
    for (uint32_t node = 1; node < 15; node += 2) {
        const struct tree_parent *p = tree_parent(kit.tree, node);
        forge(&forged, kit.tree);
        forge_parent(&forged, node, dh_key_pub(key), p->parent_hash, NULL, 0);
        cr_assert_eq(judge(&forged, 8), MLS_RULE_TREE_PARENT_HASH, "key of %u", node);
        forge(&forged, kit.tree);
        memset(hash, 0, sizeof hash);
        if (p->parent_hash.n > 0)
            memcpy(hash, p->parent_hash.p, sizeof hash);
        hash[9] ^= 4;
        forge_parent(&forged, node, p->key, bytes_of(hash, sizeof hash), NULL, 0);
        cr_assert_eq(judge(&forged, 8), MLS_RULE_TREE_PARENT_HASH, "hash of %u", node);
    }
    forge(&forged, kit.tree);
    forge_blank(&forged, 4); /* without blanking what is above it */
    cr_assert_eq(judge(&forged, 8), MLS_RULE_TREE_PARENT_HASH);
    forge(&forged, kit.tree);
    forge_blank(&forged, 11); /* 7 was made from here, by 7 */
    cr_assert_eq(judge(&forged, 8), MLS_RULE_TREE_PARENT_HASH);
    dh_key_free(key);
}

/* The chain is right, but between D and P somebody was there whom D's path left out: the
 * intersection of 7.9.2. Mallory at 0 skips 2 and 3, though they are there. */
Test(tree_check, parent__whose_maker_skipped_somebody_is_refused, .fini = finish)
{
    uint8_t hash[SUITE_HASH];
    size_t n;
    struct leaf *l = NULL;

    treekit_init(&kit, 1, 35);
    while (treekit_count(&kit) < 4)
        (void)treekit_add(&kit);
    treekit_done(&kit);
    struct tree_path skip = {.n = 1};
    skip.v[0].node = 3;
    skip.v[0].copath = 5; /* and not 1, beside leaf 1 */
    struct dh_key *key = mlskit_hpke_key(kit.suite, "mallory", 0);
    struct bytes pub = dh_key_pub(key);
    cr_assert_eq(tree_set_path(kit.tree, 0, &skip, &pub, hash, &n), ERR_OK);
    cr_assert_eq(n, SUITE_HASH);
    struct leaf_spec spec = mlskit_spec(&kit.member[0].who, LEAF_COMMIT);
    struct leaf_place at = kit.at;
    spec.parent_hash = bytes_of(hash, n);
    cr_assert_eq(leaf_make(&spec, &at, &l), ERR_OK);
    tree_set_leaf(kit.tree, 0, l);
    leaf_unref(l);
    cr_assert_eq(tree_check(kit.tree, &kit.world.env, &kit.at), MLS_RULE_TREE_PARENT_HASH);
    /* Were leaf 1 not there, it would be right. */
    forge(&forged, kit.tree);
    forge_blank(&forged, 2);
    cr_assert_eq(judge(&forged, 4), MLS_RULE_KEPT);
    /* Were it unmerged at 3, too: it came after the path. */
    forge(&forged, kit.tree);
    forge_unmerged(&forged, kit.tree, 3, (const uint32_t[]){1}, 1);
    cr_assert_eq(judge(&forged, 4), MLS_RULE_KEPT);
    dh_key_free(key);
}

/* Whoever added 6 before 2 did not take the leftmost leaf; a joiner cannot see that. */
Test(tree_check, unmerged__stay_in_order_whoever_comes_first, .fini = finish)
{
    struct tree *t = NULL;
    struct leaf *l;
    uint32_t at;

    treekit_init(&kit, 1, 43);
    treekit_fill(&kit, 8);
    treekit_remove(&kit, 2);
    treekit_remove(&kit, 6);
    treekit_done(&kit);
    treekit_path(&kit, 0);
    treekit_path(&kit, 4);
    cr_assert_eq(treekit_add(&kit), 2);
    cr_assert_eq(treekit_add(&kit), 6);
    treekit_done(&kit);
    forge(&forged, kit.tree);
    forge_unmerged(&forged, kit.tree, 7, (const uint32_t[]){6}, 1);
    forge_unmerged(&forged, kit.tree, 3, NULL, 0);
    forge_blank(&forged, 4);
    for (uint32_t i = 0; i < forged.n; i++)
        forged.node[i] = (struct tree_node){i, buf_view(&forged.bytes[i])};
    cr_assert_eq(tree_build(kit.suite, 8, forged.node, forged.n, &t), ERR_OK);
    cr_assert_eq(judge(&forged, 8), MLS_RULE_KEPT);
    l = leaf_ref(tree_leaf(kit.tree, 2));
    cr_assert_eq(tree_add(t, l, &at), ERR_OK);
    cr_assert_eq(at, 2);
    cr_assert_eq(tree_parent(t, 7)->unmerged_n, 2);
    cr_assert_eq(tree_parent(t, 7)->unmerged[0], 2);
    cr_assert_eq(tree_parent(t, 7)->unmerged[1], 6);
    cr_assert_eq(tree_check(t, &kit.world.env, &kit.at), MLS_RULE_KEPT);
    leaf_unref(l);
    tree_free(t);
}

/* A path of one's own by hand, with this key for its nodes. */
static void path_with(uint32_t leaf, struct bytes key, struct bytes leaf_key)
{
    struct tree_path path;
    struct bytes keys[TREEMATH_DEPTH_MAX];
    uint8_t hash[SUITE_HASH];
    struct leaf *l = NULL;
    size_t n;

    tree_path(kit.tree, leaf, &path);
    for (size_t i = 0; i < path.n; i++)
        keys[i] = key;
    cr_assert_eq(tree_set_path(kit.tree, leaf, &path, keys, hash, &n), ERR_OK);
    struct leaf_spec spec = mlskit_spec(&kit.member[leaf].who, LEAF_COMMIT);
    struct leaf_place at = kit.at;
    at.index = leaf;
    spec.parent_hash = bytes_of(hash, n);
    if (leaf_key.n > 0)
        spec.encryption_key = leaf_key;
    cr_assert_eq(leaf_make(&spec, &at, &l), ERR_OK);
    tree_set_leaf(kit.tree, leaf, l);
    leaf_unref(l);
}

static enum mls_rule check(void)
{
    return tree_check(kit.tree, &kit.world.env, &kit.at);
}

Test(tree_check, keys__that_are_there_twice_are_refused, .fini = finish)
{
    struct dh_key *key = NULL;

    treekit_init(&kit, 1, 36);
    while (treekit_count(&kit) < 4)
        (void)treekit_add(&kit);
    treekit_done(&kit);
    struct tree *honest = tree_copy(kit.tree);
    key = mlskit_hpke_key(kit.suite, "mallory", 0);
    cr_assert_eq(check(), MLS_RULE_KEPT);
    path_with(2, dh_key_pub(key), (struct bytes){0}); /* one key for both parents */
    cr_assert_eq(check(), MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE);
    tree_free(kit.tree);
    kit.tree = tree_copy(honest);
    treekit_remove(&kit, 3);
    treekit_remove(&kit, 2);
    path_with(0, dh_key_pub(key), (struct bytes){0});
    cr_assert_eq(check(), MLS_RULE_KEPT);
    path_with(0, tree_key(kit.tree, 2), (struct bytes){0}); /* a leaf's key for a parent */
    cr_assert_eq(check(), MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE);
    path_with(0, dh_key_pub(key), tree_key(kit.tree, 2)); /* another leaf's */
    cr_assert_eq(check(), MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE);
    path_with(0, dh_key_pub(key), dh_key_pub(key)); /* its own for both */
    cr_assert_eq(check(), MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE);
    uint8_t like[DH_PUB_MAX];
    memcpy(like, tree_key(kit.tree, 2).p, 32);
    like[1] ^= 0x10; /* where no fingerprint looks */
    path_with(0, bytes_of(like, 32), (struct bytes){0});
    cr_assert_eq(check(), MLS_RULE_KEPT);
    tree_free(honest);
    dh_key_free(key);
}

Test(tree_check, signature_key__that_is_there_twice_is_refused, .fini = finish)
{
    struct mlskit_person p;
    uint32_t at;

    treekit_init(&kit, 1, 37);
    treekit_fill(&kit, 3);
    mlskit_person_init(&p, kit.suite, kit.member[1].number);
    struct leaf *l = mlskit_leaf(&p, LEAF_KEY_PACKAGE, NULL);
    cr_assert_eq(tree_check_leaf(kit.tree, l, UINT32_MAX), MLS_RULE_LEAF_SIGNATURE_KEY_TWICE);
    cr_assert_eq(tree_check_leaf(kit.tree, l, 0), MLS_RULE_LEAF_SIGNATURE_KEY_TWICE);
    cr_assert_eq(tree_check_leaf(kit.tree, l, 1), MLS_RULE_KEPT, "in its own place");
    cr_assert_eq(tree_add(kit.tree, l, &at), ERR_OK);
    cr_assert_eq(check(), MLS_RULE_LEAF_SIGNATURE_KEY_TWICE);
    leaf_unref(l);
    mlskit_person_fini(&p);
}

static void keys_that_are_none(uint16_t suite, struct bytes key)
{
    treekit_init(&kit, suite, 38);
    (void)treekit_add(&kit);
    treekit_done(&kit);
    path_with(0, key, (struct bytes){0});
    cr_assert_eq(check(), MLS_RULE_LEAF_KEY);
    treekit_fini(&kit);
    treekit_init(&kit, suite, 38);
    path_with(0, (struct bytes){0}, key);
    cr_assert_eq(check(), MLS_RULE_LEAF_KEY);
    treekit_fini(&kit);
}

Test(tree_check, keys__that_are_none_are_refused)
{
    uint8_t key[DH_PUB_MAX + 1] = {4, 1, 2, 3};

    keys_that_are_none(1, bytes_of(key, 31));
    keys_that_are_none(1, bytes_of(key, 33));
    keys_that_are_none(1, bytes_of(key, 0 + 1));
    keys_that_are_none(2, bytes_of(key, 64));
    keys_that_are_none(2, bytes_of(key, 65)); /* not on the curve */
    keys_that_are_none(2, bytes_of(key, 66));
}

Test(tree_check, leaf__for_another_place_is_refused, .fini = finish)
{
    struct leaf_place at;
    struct leaf *l;

    treekit_init(&kit, 1, 39);
    treekit_fill(&kit, 4);
    at = kit.at;
    at.index = 2;
    treekit_update(&kit, 1);
    cr_assert_eq(check(), MLS_RULE_KEPT);
    l = mlskit_leaf(&kit.member[1].who, LEAF_UPDATE, &at);
    tree_update(kit.tree, 1, l);
    leaf_unref(l);
    cr_assert_eq(check(), MLS_RULE_LEAF_SIGNATURE);
    at.index = 1;
    l = mlskit_leaf(&kit.member[1].who, LEAF_UPDATE, &at);
    tree_update(kit.tree, 1, l);
    leaf_unref(l);
    cr_assert_eq(check(), MLS_RULE_KEPT);
    at.group_id = bytes_str("another");
    cr_assert_eq(tree_check(kit.tree, &kit.world.env, &at), MLS_RULE_LEAF_SIGNATURE);
}

/* A leaf as leaf_make() would never make it: its list of credential types replaced. */
static struct leaf *leaf_listing(const struct mlskit_person *p, uint16_t type, uint16_t lists)
{
    struct leaf_spec spec = mlskit_spec(p, LEAF_KEY_PACKAGE);
    struct leaf_place nowhere = {.suite = p->suite};
    struct leaf *made = NULL;
    struct leaf *l = NULL;
    struct reader r;
    uint8_t cert[8] = {7};

    spec.credential_type = type;
    if (type == LEAF_X509) { /* one certificate, one byte long */
        cert[0] = 1;
        cert[1] = 0x30;
        spec.identity = bytes_of(cert, 2);
    }
    cr_assert_eq(leaf_make(&spec, &nowhere, &made), ERR_OK);
    uint8_t *raw = mem_dup(made->raw.p, made->raw.n);
    size_t at = (size_t)(made->credential_types.p - made->raw.p);
    cr_assert_eq(made->credential_types.n, 4);
    raw[at + 1] = raw[at + 3] = (uint8_t)lists;
    reader_init(&r, bytes_of(raw, made->raw.n));
    leaf_read(&r, &l);
    cr_assert_eq(reader_end(&r), ERR_OK);
    mem_free(raw);
    leaf_unref(made);
    return l;
}

Test(tree_check, credential__must_be_listed_by_all, .fini = finish)
{
    struct mlskit_person p;
    uint32_t at;

    treekit_init(&kit, 1, 40);
    treekit_fill(&kit, 3);
    mlskit_person_init(&p, kit.suite, 77);
    struct leaf *basic = leaf_listing(&p, LEAF_BASIC, LEAF_BASIC);
    struct leaf *unlisted = leaf_listing(&p, LEAF_X509, LEAF_X509);
    struct leaf *x509 = leaf_listing(&p, LEAF_X509, LEAF_BASIC);
    cr_assert_eq(tree_check_leaf(kit.tree, unlisted, UINT32_MAX), MLS_RULE_LEAF_CREDENTIAL,
        "it does not list what the others use");
    cr_assert_eq(tree_check_leaf(kit.tree, basic, UINT32_MAX), MLS_RULE_KEPT);
    cr_assert_eq(tree_check_leaf(kit.tree, x509, UINT32_MAX), MLS_RULE_KEPT,
        "that it lists its own type is leaf_check()'s");
    cr_assert_eq(tree_add(kit.tree, basic, &at), ERR_OK);
    dh_key_free(p.leaf_key);
    p.leaf_key = mlskit_hpke_key(kit.suite, "leaf", 78);
    sign_key_free(p.sign);
    p.sign = mlskit_sign_key(kit.suite, 78);
    struct leaf *second = leaf_listing(&p, LEAF_X509, LEAF_BASIC);
    cr_assert_eq(tree_check_leaf(kit.tree, second, UINT32_MAX), MLS_RULE_LEAF_CREDENTIAL,
        "somebody does not list what it uses");
    cr_assert_eq(tree_check_leaf(kit.tree, second, at), MLS_RULE_KEPT, "in that one's place");
    cr_assert_eq(tree_check_leaf(kit.tree, second, 0), MLS_RULE_LEAF_CREDENTIAL,
        "whoever it replaces does not stand for who does not list it");
    /* In a tree as a whole: counted, so leave and come back. */
    cr_assert_eq(tree_add(kit.tree, second, &at), ERR_OK);
    cr_assert_eq(check(), MLS_RULE_LEAF_CREDENTIAL);
    tree_remove(kit.tree, at);
    cr_assert_eq(check(), MLS_RULE_LEAF_SIGNATURE, "forged above, but nothing else");
    tree_remove(kit.tree, at - 1);
    cr_assert_eq(check(), MLS_RULE_KEPT);
    cr_assert_eq(tree_add(kit.tree, x509, &at), ERR_OK);
    cr_assert_eq(tree_check_leaf(kit.tree, basic, at), MLS_RULE_KEPT,
        "nobody else uses what it does not list");
    leaf_unref(basic);
    leaf_unref(unlisted);
    leaf_unref(x509);
    leaf_unref(second);
    mlskit_person_fini(&p);
}

Test(tree_check, check_leaf__knows_keys_of_parents_and_others, .fini = finish)
{
    struct mlskit_person p;
    struct leaf_place nowhere;

    treekit_init(&kit, 1, 41);
    treekit_fill(&kit, 4);
    nowhere = (struct leaf_place){.suite = kit.suite};
    mlskit_person_init(&p, kit.suite, 77);
    for (uint32_t node = 0; node < 7; node++) {
        struct leaf_spec spec = mlskit_spec(&p, LEAF_KEY_PACKAGE);
        struct leaf *l = NULL;
        spec.encryption_key = tree_key(kit.tree, node);
        cr_assert_eq(leaf_make(&spec, &nowhere, &l), ERR_OK);
        cr_assert_eq(
            tree_check_leaf(kit.tree, l, UINT32_MAX), MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE);
        cr_assert_eq(tree_check_leaf(kit.tree, l, 3),
            node == 6 ? MLS_RULE_KEPT : MLS_RULE_LEAF_ENCRYPTION_KEY_TWICE);
        leaf_unref(l);
    }
    mlskit_person_fini(&p);
}

static enum err nobody_else(void *arg, const struct mls_member *member)
{
    (void)arg;
    return member->leaf == 2 ? ERR_REFUSED : ERR_OK;
}

Test(tree_check, application__is_asked_of_every_leaf, .fini = finish)
{
    treekit_init(&kit, 1, 42);
    treekit_fill(&kit, 4);
    kit.world.env.identify = nobody_else;
    cr_assert_eq(check(), MLS_RULE_LEAF_IDENTITY);
    treekit_remove(&kit, 2);
    cr_assert_eq(check(), MLS_RULE_KEPT);
}
