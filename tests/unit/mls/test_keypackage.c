/* SPDX-License-Identifier: ISC */
#include "mls/keypackage.h"

#include "base/mem.h"
#include "leafform.h"

static struct mlskit_person who;

static void setup(void)
{
    mlskit_person_init(&who, suite_find(1), 0);
}

static void teardown(void)
{
    mlskit_person_fini(&who);
}

TestSuite(keypackage, .init = setup, .fini = teardown);

static enum err read_package(struct bytes wire, struct keypackage **out)
{
    struct reader r;

    reader_init(&r, wire);
    keypackage_read(&r, out);
    enum err e = reader_end(&r);
    if (e != ERR_OK) {
        keypackage_unref(*out);
        *out = NULL;
    }
    return e;
}

/* A key package written field by field, so that a test breaks exactly what it names. */
struct form {
    struct sign_key *key;
    const char *label;
    uint16_t version, suite;
    struct bytes init_key, leaf, extensions;
};

static struct form form_good(const struct leaf *l)
{
    return (struct form){
        who.sign, "KeyPackageTBS", 1, who.suite->id, dh_key_pub(who.init_key), l->raw, {0}};
}

static enum err form_make(const struct form *f, struct keypackage **out)
{
    uint8_t sig[SIGN_MAX];
    size_t n;
    struct buf b;

    buf_init(&b, WIRE_MAX);
    buf_u16(&b, f->version);
    buf_u16(&b, f->suite);
    wire_put(&b, f->init_key);
    buf_bytes(&b, f->leaf);
    wire_put(&b, f->extensions);
    cr_assert_eq(label_sign(f->key, f->label, buf_view(&b), sig, &n), ERR_OK);
    wire_put(&b, bytes_of(sig, n));
    enum err e = read_package(buf_view(&b), out);
    buf_free(&b);
    return e;
}

static enum mls_rule form_rule(const struct form *f)
{
    struct keypackage *k;

    cr_assert_eq(form_make(f, &k), ERR_OK);
    enum mls_rule rule = keypackage_check(k, who.suite);
    keypackage_unref(k);
    return rule;
}

static void check_cuts(struct bytes raw)
{
    struct keypackage *k;

    for (size_t cut = 0; cut < raw.n; cut++) {
        uint8_t *exact = mem_dup(raw.p, cut + (cut == 0));
        cr_assert_neq(read_package(bytes_of(exact, cut), &k), ERR_OK);
        cr_assert_null(k);
        mem_free(exact);
    }
    uint8_t *more = mem_alloc(raw.n + 1);
    memcpy(more, raw.p, raw.n);
    cr_assert_eq(read_package(bytes_of(more, raw.n + 1), &k), ERR_FORMAT);
    mem_free(more);
}

static void check_flips(struct bytes raw, const struct suite *s)
{
    uint8_t *p = mem_dup(raw.p, raw.n);

    for (size_t bit = 0; bit < 8 * raw.n; bit++) {
        struct keypackage *k;
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (read_package(bytes_of(p, raw.n), &k) == ERR_OK)
            cr_assert_neq(keypackage_check(k, s), MLS_RULE_KEPT, "bit %zu", bit);
        keypackage_unref(k);
        p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    mem_free(p);
}

static void check_suite(const struct suite *s)
{
    struct mlskit_person p;
    struct leaf_place at = {.suite = s};

    mlskit_person_init(&p, s, 3);
    struct keypackage *k = mlskit_keypackage(&p);
    cr_assert_eq(keypackage_check(k, s), MLS_RULE_KEPT);
    cr_assert_eq(leaf_check(NULL, k->leaf, &at, 1u << LEAF_KEY_PACKAGE), MLS_RULE_KEPT);
    check_cuts(k->raw);
    check_flips(k->raw, s);
    keypackage_unref(k);
    mlskit_person_fini(&p);
}

Test(keypackage, read__cut_or_flipped_anywhere_is_never_accepted)
{
    for (size_t i = 0; suite_at(i) != NULL; i++)
        check_suite(suite_at(i));
}

Test(keypackage, read__what_came_in_is_what_goes_out)
{
    struct leaf *l = mlskit_leaf(&who, LEAF_KEY_PACKAGE, NULL);
    struct buf b;
    struct keypackage *made, *k;
    struct reader r;

    cr_assert_eq(keypackage_make(who.suite, who.sign, l, dh_key_pub(who.init_key),
                     LIT("\xf0\xa1\x01z"), &made),
        ERR_OK);
    buf_init(&b, WIRE_MAX);
    buf_text(&b, "before");
    buf_bytes(&b, made->raw);
    buf_text(&b, "behind");
    reader_init(&r, buf_view(&b));
    r.at = 6;
    keypackage_read(&r, &k);
    cr_assert_eq(r.at, 6 + made->raw.n);
    mem_wipe(b.p, b.n);
    cr_assert(bytes_eq(k->raw, made->raw));
    cr_assert_eq(k->version, 1);
    cr_assert_eq(k->suite, 1);
    cr_assert(bytes_eq(k->init_key, dh_key_pub(who.init_key)));
    cr_assert(bytes_eq(k->leaf->raw, l->raw));
    cr_assert(bytes_eq(k->extensions, LIT("\xf0\xa1\x01z")));
    cr_assert_eq(k->signature.n, 64);
    cr_assert_eq(k->raw.n, k->tbs + 2 + 64);
    keypackage_unref(k);
    keypackage_unref(made);
    leaf_unref(l);
    buf_free(&b);
}

/* Of a version or suite that is not known here it still reads; whether it will do is asked
 * afterwards. */
Test(keypackage, check__version_and_suite)
{
    struct leaf *l = mlskit_leaf(&who, LEAF_KEY_PACKAGE, NULL);
    struct form f = form_good(l);

    cr_assert_eq(form_rule(&f), MLS_RULE_KEPT);
    f.version = 2;
    cr_assert_eq(form_rule(&f), MLS_RULE_PACKAGE_VERSION);
    f.version = 0;
    cr_assert_eq(form_rule(&f), MLS_RULE_PACKAGE_VERSION);
    f = form_good(l);
    f.suite = 3; /* whose keys have the same form */
    cr_assert_eq(form_rule(&f), MLS_RULE_PACKAGE_SUITE);
    f.suite = 0x0a0a;
    cr_assert_eq(form_rule(&f), MLS_RULE_PACKAGE_SUITE);
    leaf_unref(l);
}

Test(keypackage, check__signature)
{
    struct sign_key *other = mlskit_sign_key(who.suite, 1);
    struct leaf *l = mlskit_leaf(&who, LEAF_KEY_PACKAGE, NULL);
    struct form f = form_good(l);

    f.label = "LeafNodeTBS";
    cr_assert_eq(form_rule(&f), MLS_RULE_PACKAGE_SIGNATURE);
    f = form_good(l);
    f.key = other;
    cr_assert_eq(form_rule(&f), MLS_RULE_PACKAGE_SIGNATURE);
    sign_key_free(other);
    leaf_unref(l);
}

Test(keypackage, check__a_leaf_from_another_package_is_refused)
{
    struct mlskit_person other;

    mlskit_person_init(&other, who.suite, 1);
    struct leaf *l = mlskit_leaf(&other, LEAF_KEY_PACKAGE, NULL);
    struct form f = form_good(l);
    cr_assert_eq(form_rule(&f), MLS_RULE_PACKAGE_SIGNATURE);
    leaf_unref(l);
    mlskit_person_fini(&other);
}

Test(keypackage, check__one_key_for_two_purposes_is_refused)
{
    struct leaf *l = mlskit_leaf(&who, LEAF_KEY_PACKAGE, NULL);
    struct form f = form_good(l);

    f.init_key = l->encryption_key;
    cr_assert_eq(form_rule(&f), MLS_RULE_PACKAGE_INIT_KEY);
    leaf_unref(l);
}

Test(keypackage, check__keys_that_are_none)
{
    struct leaf *l = mlskit_leaf(&who, LEAF_KEY_PACKAGE, NULL);
    struct form f = form_good(l);

    f.init_key.n--;
    cr_assert_eq(form_rule(&f), MLS_RULE_LEAF_KEY);
    f.init_key = (struct bytes){0};
    cr_assert_eq(form_rule(&f), MLS_RULE_LEAF_KEY);
    leaf_unref(l);
    struct leafform lf = leafform_good(&who, LEAF_KEY_PACKAGE);
    lf.signature_key.n--;
    cr_assert_eq(leafform_make(&lf, &l), ERR_OK);
    f = form_good(l);
    cr_assert_eq(form_rule(&f), MLS_RULE_LEAF_KEY);
    leaf_unref(l);
}

/* The leaf's source is leaf_check()'s to judge. */
Test(keypackage, check__a_leaf_of_another_source_is_the_leaf_s_rule)
{
    struct leaf_place at = {.suite = who.suite, .group_id = LIT("group"), .index = 3};
    struct leaf *l = mlskit_leaf(&who, LEAF_UPDATE, &at);
    struct form f = form_good(l);
    struct keypackage *k;

    cr_assert_eq(form_make(&f, &k), ERR_OK);
    cr_assert_eq(leaf_check(NULL, k->leaf, &at, 1u << LEAF_KEY_PACKAGE), MLS_RULE_LEAF_SOURCE);
    keypackage_unref(k);
    leaf_unref(l);
}

Test(keypackage, read__an_extension_twice_is_refused_and_unknown_ones_are_not)
{
    struct leaf *l = mlskit_leaf(&who, LEAF_KEY_PACKAGE, NULL);
    struct form f = form_good(l);
    struct keypackage *k;

    f.extensions = LIT("\x0a\x0a\x00\xf0\xa1\x00");
    cr_assert_eq(form_rule(&f), MLS_RULE_KEPT);
    f.extensions = LIT("\x0a\x0a\x00\x0a\x0a\x00");
    cr_assert_eq(form_make(&f, &k), ERR_FORMAT);
    cr_assert_null(k);
    leaf_unref(l);
}

Test(keypackage, ref_hash__is_over_all_of_it)
{
    struct keypackage *k = mlskit_keypackage(&who);
    uint8_t a[SUITE_HASH], b[SUITE_HASH];
    struct buf written;

    buf_init(&written, WIRE_MAX);
    wire_put(&written, bytes_str("MLS 1.0 KeyPackage Reference"));
    wire_put(&written, k->raw);
    cr_assert_eq(keypackage_ref_hash(k, who.suite, a), ERR_OK);
    cr_assert_eq(hash_sha256(buf_view(&written), b), ERR_OK);
    cr_assert_arr_eq(a, b, SUITE_HASH);
    buf_free(&written);
    keypackage_unref(k);
}

Test(keypackage, make__with_a_key_of_another_suite_is_refused)
{
    struct leaf *l = mlskit_leaf(&who, LEAF_KEY_PACKAGE, NULL);
    struct keypackage *k = NULL;

    cr_assert_eq(keypackage_make(suite_find(2), who.sign, l, dh_key_pub(who.init_key),
                     (struct bytes){0}, &k),
        ERR_STATE);
    cr_assert_null(k);
    cr_assert_eq(
        keypackage_make(who.suite, who.sign, l, dh_key_pub(who.init_key), LIT("\x00\x01"), &k),
        ERR_FORMAT);
    cr_assert_null(k);
    leaf_unref(l);
}

Test(keypackage, ref__the_last_owner_frees)
{
    struct keypackage *k = mlskit_keypackage(&who);

    cr_assert_eq(keypackage_ref(k), k);
    keypackage_unref(k);
    cr_assert_eq(k->suite, 1);
    keypackage_unref(k);
    keypackage_unref(NULL);
}
