/* SPDX-License-Identifier: ISC */
#include "mls/treekem.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/wire.h"
#include "unit/mls/treekit.h"

static struct treekit kit;

static void finish(void)
{
    treekit_fini(&kit);
}

/* What mallory at 0 sends to seven others, with something changed; the rule of the first who
 * does not take it. */
struct attack {
    struct tree *t;
    struct treekem_update u;
};

static struct attack attack_begin(uint64_t seed)
{
    struct attack a;

    treekit_init(&kit, 0x0001, seed);
    treekit_fill(&kit, 8);
    treekit_make(&kit, 0, &a.t);
    a.u = treekit_read(&kit);
    return a;
}

static enum mls_rule attack_merge(const struct attack *a)
{
    struct tree *t = tree_copy(kit.tree);
    enum mls_rule rule = treekem_merge(&a->u, t, 0, NULL);

    tree_free(t);
    return rule;
}

static enum mls_rule attack_open(const struct attack *a, uint32_t leaf)
{
    struct treekem *keys = treekem_copy(kit.member[leaf].keys);
    uint8_t got[SUITE_HASH] = {0};
    enum mls_rule rule = treekem_open(&a->u, keys, a->t, (struct treekem_from){0, NULL},
        bytes_of(kit.context, SUITE_HASH), got);

    if (rule == MLS_RULE_KEPT)
        cr_assert_arr_eq(got, kit.secret, SUITE_HASH);
    else if (rule == MLS_RULE_PATH_SECRET)
        cr_assert_arr_neq(got, kit.secret, SUITE_HASH);
    treekem_free(keys);
    return rule;
}

static void attack_end(struct attack *a)
{
    treekem_update_fini(&a->u);
    tree_free(a->t);
}

Test(treekem_attack, merge__refuses_more_or_fewer_nodes, .fini = finish)
{
    struct attack a = attack_begin(60);

    cr_assert_eq(attack_merge(&a), MLS_RULE_KEPT);
    a.u.n--;
    cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_LENGTH);
    cr_assert_eq(attack_open(&a, 1), MLS_RULE_PATH_LENGTH);
    a.u.n = 4;
    a.u.v[3] = a.u.v[2];
    cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_LENGTH);
    a.u.n = 0;
    cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_LENGTH);
    attack_end(&a);
}

Test(treekem_attack, merge__refuses_more_or_fewer_ciphertexts, .fini = finish)
{
    struct attack a = attack_begin(61);

    for (size_t i = 0; i < a.u.n; i++) {
        a.u.v[i].count++;
        cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_CIPHERTEXTS);
        a.u.v[i].count -= 2;
        cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_CIPHERTEXTS);
        a.u.v[i].count++;
    }
    /* One for somebody whom the commit adds. */
    cr_assert_eq(treekit_add(&kit), 8);
    struct tree *t = tree_copy(kit.tree);
    cr_assert_eq(treekem_merge(&a.u, t, 0, NULL), MLS_RULE_PATH_LENGTH);
    tree_free(t);
    attack_end(&a);
}

Test(treekem_attack, merge__refuses_keys_that_are_there, .fini = finish)
{
    struct attack a = attack_begin(62);
    struct bytes mine = a.u.v[1].key;

    for (uint32_t node = 0; node < 15; node++) {
        a.u.v[1].key = tree_key(kit.tree, node);
        cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_KEY_TWICE, "node %u", node);
    }
    a.u.v[1].key = a.u.v[0].key;
    cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_KEY_TWICE);
    a.u.v[1].key = a.u.leaf->encryption_key;
    cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_KEY_TWICE);
    a.u.v[1].key = bytes_of(mine.p, mine.n - 1);
    cr_assert_eq(attack_merge(&a), MLS_RULE_LEAF_KEY);
    a.u.v[1].key = (struct bytes){0};
    cr_assert_eq(attack_merge(&a), MLS_RULE_LEAF_KEY);
    a.u.v[1].key = mine;
    cr_assert_eq(attack_merge(&a), MLS_RULE_KEPT);
    attack_end(&a);
}

Test(treekem_attack, merge__refuses_a_parent_hash_of_another_path, .fini = finish)
{
    struct attack a = attack_begin(63);
    struct dh_key *key = mlskit_hpke_key(kit.suite, "mallory", 0);
    struct bytes mine = a.u.v[2].key;

    for (size_t i = 0; i < a.u.n; i++) {
        mine = a.u.v[i].key;
        a.u.v[i].key = dh_key_pub(key);
        cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_PARENT_HASH, "key %zu", i);
        a.u.v[i].key = mine;
    }
    /* The leaf of a path that was made in another tree. */
    treekit_update(&kit, 5);
    cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_CIPHERTEXTS);
    struct buf sent = kit.update; /* into which the views point */
    buf_init(&kit.update, WIRE_MAX);
    treekit_path(&kit, 5);
    cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_PARENT_HASH);
    buf_free(&sent);
    dh_key_free(key);
    attack_end(&a);
}

Test(treekem_attack, merge__refuses_a_leaf_without_the_parent_hash, .fini = finish)
{
    struct attack a = attack_begin(64);
    struct leaf_spec spec = mlskit_spec(&kit.member[0].who, LEAF_COMMIT);

    leaf_unref(a.u.leaf);
    spec.encryption_key = tree_key(a.t, 0);
    cr_assert_eq(leaf_make(&spec, &kit.at, &a.u.leaf), ERR_OK);
    cr_assert_eq(attack_merge(&a), MLS_RULE_PATH_PARENT_HASH);
    attack_end(&a);
}

Test(treekem_attack, open__refuses_every_flip_of_what_is_for_us, .fini = finish)
{
    struct attack a = attack_begin(65);
    const size_t at[3] = {1, 2, 4}; /* whose ciphertext is in which node */

    for (size_t i = 0; i < 3; i++) {
        struct bytes sealed = a.u.v[i].ciphertexts;
        uint8_t *copy = mem_dup(sealed.p, sealed.n);
        a.u.v[i].ciphertexts = bytes_of(copy, sealed.n);
        for (size_t bit = 0; bit < sealed.n * 8; bit++) {
            copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
            enum mls_rule rule = attack_open(&a, (uint32_t)at[i]);
            /* X25519 looks away from the highest bit of a key, but the seal binds it. */
            cr_assert_eq(rule, MLS_RULE_PATH_SECRET, "node %zu, bit %zu", i, bit);
            copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t n = 0; n < sealed.n; n++) {
            a.u.v[i].ciphertexts.n = n;
            cr_assert_eq(attack_open(&a, (uint32_t)at[i]), MLS_RULE_PATH_SECRET);
        }
        a.u.v[i].ciphertexts = sealed;
        mem_free(copy);
        cr_assert_eq(attack_open(&a, (uint32_t)at[i]), MLS_RULE_KEPT);
    }
    attack_end(&a);
}

Test(treekem_attack, open__refuses_another_context, .fini = finish)
{
    struct attack a = attack_begin(66);

    kit.context[3] ^= 1;
    for (uint32_t i = 1; i < 8; i++)
        cr_assert_eq(attack_open(&a, i), MLS_RULE_PATH_SECRET);
    attack_end(&a);
}

/* Sealed well, but it does not give the keys that the path announces: at any height. */
Test(treekem_attack, open__refuses_a_secret_that_is_not_of_the_path, .fini = finish)
{
    struct attack a = attack_begin(67);

    for (size_t i = 0; i < 3; i++) {
        kit.path.secret[i][0] ^= 1;
        treekem_update_fini(&a.u);
        buf_clear(&kit.update);
        cr_assert_eq(treekem_seal(&kit.path, a.t, &kit.world.env, NULL,
                         bytes_of(kit.context, SUITE_HASH), &kit.update),
            ERR_OK);
        a.u = treekit_read(&kit);
        for (uint32_t leaf = 1; leaf < 8; leaf++) {
            size_t mine = leaf == 1 ? 0 : leaf < 4 ? 1 : 2;
            cr_assert_eq(attack_open(&a, leaf),
                mine == i ? MLS_RULE_PATH_SECRET : MLS_RULE_KEPT, "node %zu, leaf %u", i, leaf);
        }
        kit.path.secret[i][0] ^= 1;
    }
    attack_end(&a);
}

/* The public key of one node is not what the secrets give: those below must notice, too. */
Test(treekem_attack, open__compares_every_key_up_to_the_root, .fini = finish)
{
    struct attack a = attack_begin(68);
    struct dh_key *key = mlskit_hpke_key(kit.suite, "mallory", 0);
    struct bytes keys[TREEMATH_DEPTH_MAX];
    uint8_t hash[SUITE_HASH];
    size_t n;

    for (size_t i = 0; i < 3; i++)
        keys[i] = i == 2 ? dh_key_pub(key) : a.u.v[i].key;
    cr_assert_eq(tree_set_path(a.t, 0, &kit.path.path, keys, hash, &n), ERR_OK);
    for (uint32_t leaf = 1; leaf < 8; leaf++)
        cr_assert_eq(attack_open(&a, leaf), MLS_RULE_PATH_SECRET);
    dh_key_free(key);
    attack_end(&a);
}

Test(treekem_attack, open__of_ones_own_path_is_refused, .fini = finish)
{
    struct attack a = attack_begin(69);

    cr_assert_eq(attack_open(&a, 0), MLS_RULE_PATH_SECRET);
    attack_end(&a);
}

Test(treekem_attack, path__of_nobody_is_refused, .fini = finish)
{
    static const uint32_t NOBODY[] = {5, 8, 1u << 31, UINT32_MAX};
    struct attack a = attack_begin(78);
    struct treekem *keys = kit.member[1].keys;
    uint8_t got[SUITE_HASH];

    treekit_remove(&kit, 5);
    for (size_t i = 0; i < MEM_COUNT(NOBODY); i++) {
        cr_assert_eq(treekem_merge(&a.u, kit.tree, NOBODY[i], NULL), MLS_RULE_MESSAGE_SENDER);
        cr_assert_eq(treekem_open(&a.u, keys, kit.tree, (struct treekem_from){NOBODY[i], NULL},
                         bytes_of(kit.context, SUITE_HASH), got),
            MLS_RULE_MESSAGE_SENDER);
        cr_assert_eq(treekem_welcome(keys, kit.tree, NOBODY[i], kit.path.secret[0]),
            MLS_RULE_MESSAGE_SENDER);
    }
    attack_end(&a);
}

Test(treekem_attack, open__without_any_key_is_refused, .fini = finish)
{
    struct attack a = attack_begin(70);
    uint8_t got[SUITE_HASH];

    for (uint32_t leaf = 0; leaf < 8; leaf++) {
        struct treekem *none = treekem_new(leaf);
        cr_assert_eq(treekem_open(&a.u, none, a.t, (struct treekem_from){0, NULL},
                         bytes_of(kit.context, SUITE_HASH), got),
            MLS_RULE_PATH_SECRET);
        treekem_free(none);
    }
    attack_end(&a);
}

Test(treekem_attack, welcome__refuses_another_secret_or_committer, .fini = finish)
{
    struct tree *t;
    uint8_t secret[SUITE_HASH];

    treekit_init(&kit, 0x0001, 71);
    treekit_fill(&kit, 4);
    cr_assert_eq(treekit_add(&kit), 4);
    treekit_make(&kit, 1, &t);
    memcpy(secret, treekem_path_secret(&kit.path, 4), SUITE_HASH);
    struct treekem *keys = treekem_copy(kit.member[4].keys);
    cr_assert_eq(treekem_welcome(keys, t, 1, secret), MLS_RULE_KEPT);
    cr_assert(treekem_has(keys, 7));
    treekem_free(keys);
    for (size_t bit = 0; bit < SUITE_HASH * 8; bit++) {
        keys = treekem_copy(kit.member[4].keys);
        secret[bit / 8] ^= (uint8_t)(1u << bit % 8);
        cr_assert_eq(treekem_welcome(keys, t, 1, secret), MLS_RULE_PATH_SECRET);
        cr_assert_not(treekem_has(keys, 7));
        secret[bit / 8] ^= (uint8_t)(1u << bit % 8);
        treekem_free(keys);
    }
    keys = treekem_copy(kit.member[4].keys);
    cr_assert_eq(treekem_welcome(keys, t, 4, secret), MLS_RULE_PATH_SECRET, "oneself");
    treekem_free(keys);
    tree_free(t);
    /* A tree in which the node above both is blank. */
    keys = treekem_copy(kit.member[4].keys);
    treekit_update(&kit, 4);
    cr_assert_eq(treekem_welcome(keys, kit.tree, 1, secret), MLS_RULE_PATH_SECRET);
    treekem_free(keys);
}

Test(treekem_attack, update__comes_back_as_it_was_and_refuses_truncation, .fini = finish)
{
    struct attack a = attack_begin(72);
    struct treekem_update u;
    struct reader r;

    cr_assert_eq(a.u.n, 3);
    for (size_t i = 0; i < 3; i++)
        cr_assert(bytes_eq(a.u.v[i].key, tree_key(a.t, kit.path.path.v[i].node)));
    cr_assert(bytes_eq(a.u.leaf->raw, tree_leaf(a.t, 0)->raw));
    for (size_t n = 0; n < kit.update.n; n++) {
        uint8_t *exact = mem_dup(kit.update.p, n);
        reader_init(&r, bytes_of(exact, n));
        treekem_update_read(&r, &u);
        cr_assert_neq(reader_end(&r), ERR_OK, "%zu bytes", n);
        treekem_update_fini(&u);
        mem_free(exact);
    }
    buf_u8(&kit.update, 0);
    reader_init(&r, buf_view(&kit.update));
    treekem_update_read(&r, &u);
    cr_assert_eq(reader_err(&r), ERR_OK);
    cr_assert_eq(reader_left(&r), 1, "what follows is somebody else's");
    treekem_update_fini(&u);
    attack_end(&a);
}

/* Each bit of the whole path: refused by form, by the leaf's signature, by the merge, or by
 * whoever it was for. */
Test(treekem_attack, update__flips_are_noticed_by_somebody, .fini = finish)
{
    struct attack a = attack_begin(73);

    for (size_t bit = 0; bit < kit.update.n * 8; bit++) {
        struct treekem_update honest = a.u;
        struct reader r;
        bool noticed = true;
        kit.update.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        reader_init(&r, buf_view(&kit.update));
        treekem_update_read(&r, &a.u);
        if (reader_end(&r) == ERR_OK &&
            leaf_check(&kit.world.env, a.u.leaf, &kit.at, 1u << LEAF_COMMIT) == MLS_RULE_KEPT &&
            attack_merge(&a) == MLS_RULE_KEPT) {
            noticed = false;
            for (uint32_t leaf = 1; leaf < 8 && !noticed; leaf++)
                noticed = attack_open(&a, leaf) != MLS_RULE_KEPT;
        }
        cr_assert(noticed, "bit %zu", bit);
        treekem_update_fini(&a.u);
        a.u = honest;
        kit.update.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    attack_end(&a);
}

Test(treekem_attack, update__of_more_nodes_than_any_tree_has_is_refused, .fini = finish)
{
    struct attack a = attack_begin(74);
    struct treekem_update u;
    struct reader r;

    for (size_t nodes = TREEMATH_DEPTH_MAX; nodes <= TREEMATH_DEPTH_MAX + 1; nodes++) {
        struct buf b;
        buf_init(&b, WIRE_MAX);
        buf_bytes(&b, a.u.leaf->raw);
        size_t at = wire_open(&b);
        for (size_t i = 0; i < nodes; i++) {
            wire_put(&b, a.u.v[0].key);
            wire_put(&b, a.u.v[0].ciphertexts);
        }
        wire_close(&b, at);
        reader_init(&r, buf_view(&b));
        treekem_update_read(&r, &u);
        cr_assert_eq(
            reader_end(&r), nodes == TREEMATH_DEPTH_MAX ? ERR_OK : ERR_TOO_BIG, "%zu", nodes);
        treekem_update_fini(&u);
        buf_free(&b);
    }
    attack_end(&a);
}
