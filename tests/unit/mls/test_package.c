/* SPDX-License-Identifier: ISC */
#include "mls/package.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "mls/content.h"
#include "mls/wire.h"
#include "support/attack.h"
#include "support/mlskit.h"

#define BEFORE      1000u
#define AFTER       2000u
#define LAST_RESORT 0x000a
#define ROOM        0xf100 /* an extension of the application's */

static const uint16_t TYPES[] = {ROOM, 0x0a0a};

struct fixture {
    struct mlskit_world world;
    const struct suite *suite;
    struct mls_identity who;
    struct buf extensions;
    struct buf message;
    struct buf secret;
};

static void begin(struct fixture *f, const struct suite *s)
{
    *f = (struct fixture){.suite = s};
    mlskit_world_init(&f->world, s->id);
    buf_init(&f->extensions, 100);
    buf_init(&f->message, WIRE_MAX);
    buf_init(&f->secret, WIRE_MAX);
    mls_ext_put(&f->extensions, ROOM, bytes_str("of the leaf"));
    f->who = (struct mls_identity){.key = mlskit_sign_key(s, 1),
        .credential_type = MLS_BASIC,
        .identity = bytes_str("alice"),
        .extension_types = TYPES,
        .extension_types_n = MEM_COUNT(TYPES),
        .leaf_extensions = buf_view(&f->extensions)};
}

static enum err make(struct fixture *f, bool last_resort)
{
    struct mls_package_request what = {.suite = f->suite->id,
        .not_before = BEFORE,
        .not_after = AFTER,
        .last_resort = last_resort};

    buf_clear(&f->message);
    buf_clear(&f->secret);
    return mls_package_make(&f->world.env, &f->who, &what, &f->message, &f->secret);
}

static void end(struct fixture *f)
{
    sign_key_free(f->who.key);
    buf_free(&f->extensions);
    buf_free(&f->message);
    buf_wipe(&f->secret);
}

static enum mls_rule check_at(struct bytes message, uint64_t now)
{
    struct mls_package p;
    enum mls_rule rule = MLS_RULE_COUNT;
    enum err e = mls_package_check(message, now, &p, &rule);

    cr_assert_eq(e, rule == MLS_RULE_KEPT ? ERR_OK : ERR_REFUSED);
    cr_assert(rule == MLS_RULE_KEPT || (p.suite == 0 && p.member.identity.n == 0));
    return rule;
}

static bool takes(void *arg, struct bytes in)
{
    (void)arg;
    return check_at(in, BEFORE) == MLS_RULE_KEPT;
}

static bool within(struct bytes part, struct bytes whole)
{
    return part.p >= whole.p && part.p + part.n <= whole.p + whole.n;
}

Test(package, is_accepted_and_seen_as_it_was_made__every_suite)
{
    const struct suite *s;

    for (size_t i = 0; (s = suite_at(i)) != NULL; i++) {
        for (int last = 0; last < 2; last++) {
            struct fixture f;
            struct mls_package p;
            struct keypackage *k = NULL;
            uint8_t ref[SUITE_HASH];
            enum mls_rule rule;
            struct bytes message;

            begin(&f, s);
            cr_assert_eq(make(&f, last != 0), ERR_OK);
            message = buf_view(&f.message);
            cr_assert_eq(mls_package_check(message, BEFORE, &p, &rule), ERR_OK);
            cr_assert_eq(rule, MLS_RULE_KEPT);
            cr_assert_eq(p.suite, s->id);
            cr_assert_eq(p.last_resort, last != 0);
            cr_assert_eq(p.member.leaf, MLS_NOBODY);
            cr_assert_eq(p.member.credential_type, MLS_BASIC);
            cr_assert_eq(p.member.not_before, BEFORE);
            cr_assert_eq(p.member.not_after, AFTER);
            cr_assert(bytes_eq(p.member.identity, bytes_str("alice")));
            cr_assert(bytes_eq(p.member.signature_key, sign_key_pub(f.who.key)));
            cr_assert(bytes_eq(p.member.extensions, f.who.leaf_extensions));
            cr_assert_eq(p.member.encryption_key.n, s->hpke.kem->pub_size);
            cr_assert(within(p.member.identity, message));
            cr_assert(within(p.member.signature_key, message));
            cr_assert(within(p.member.encryption_key, message));
            cr_assert(within(p.member.extensions, message));
            cr_assert_eq(package_read(message, &k), ERR_OK);
            cr_assert_eq(keypackage_ref_hash(k, s, ref), ERR_OK);
            cr_assert_arr_eq(p.ref, ref, sizeof ref);
            keypackage_unref(k);
            end(&f);
        }
    }
}

/* The secret opens what the message's keys seal. */
Test(package, secret_is_of_the_keys_in_the_message__every_suite)
{
    const struct suite *s;

    for (size_t i = 0; (s = suite_at(i)) != NULL; i++) {
        struct fixture f;
        struct package_secret secret;
        struct keypackage *k = NULL;
        struct dh_key *init = NULL;
        struct dh_key *leaf = NULL;

        begin(&f, s);
        cr_assert_eq(make(&f, false), ERR_OK);
        cr_assert_eq(package_secret_read(buf_view(&f.secret), &secret), ERR_OK);
        cr_assert_eq(secret.suite, s);
        cr_assert_eq(package_read(buf_view(&f.message), &k), ERR_OK);
        cr_assert_eq(
            dh_key_new(s->hpke.kem, bytes_of(secret.init, DH_PRIV_SIZE), &init), ERR_OK);
        cr_assert_eq(
            dh_key_new(s->hpke.kem, bytes_of(secret.leaf, DH_PRIV_SIZE), &leaf), ERR_OK);
        cr_assert(bytes_eq(dh_key_pub(init), k->init_key));
        cr_assert(bytes_eq(dh_key_pub(leaf), k->leaf->encryption_key));
        cr_assert(!bytes_eq(dh_key_pub(init), dh_key_pub(leaf)));
        dh_key_free(init);
        dh_key_free(leaf);
        keypackage_unref(k);
        end(&f);
    }
}

Test(package, is_another_each_time__from_the_randomness_handed_in)
{
    struct fixture f;
    struct fixture again;
    struct buf first;

    begin(&f, suite_at(0));
    begin(&again, suite_at(0));
    buf_init(&first, WIRE_MAX);
    cr_assert_eq(make(&f, false), ERR_OK);
    buf_bytes(&first, buf_view(&f.message));
    cr_assert_eq(make(&again, false), ERR_OK);
    cr_assert(bytes_eq(buf_view(&first), buf_view(&again.message)));
    cr_assert_eq(make(&f, false), ERR_OK);
    cr_assert(!bytes_eq(buf_view(&first), buf_view(&f.message)));
    buf_free(&first);
    end(&f);
    end(&again);
}

Test(package, lists_the_mark_of_last_resort__once_and_only_where_it_is_set)
{
    static const uint16_t LISTED[] = {ROOM, LAST_RESORT};

    for (int way = 0; way < 4; way++) {
        struct fixture f;
        struct keypackage *k = NULL;
        size_t before;

        begin(&f, suite_at(0));
        if ((way & 2) != 0)
            f.who.extension_types = LISTED;
        before = f.who.extension_types_n;
        cr_assert_eq(make(&f, (way & 1) != 0), ERR_OK);
        cr_assert_eq(check_at(buf_view(&f.message), AFTER), MLS_RULE_KEPT);
        cr_assert_eq(package_read(buf_view(&f.message), &k), ERR_OK);
        cr_assert_eq(wire_u16s_has(k->leaf->extension_types, LAST_RESORT), way != 0);
        cr_assert_eq(k->leaf->extension_types.n, 2 * (before + (way == 1 ? 1 : 0)));
        cr_assert_eq(k->extensions.n, (way & 1) != 0 ? 3 : 0);
        keypackage_unref(k);
        end(&f);
    }
}

Test(package, is_refused__before_and_after_its_lifetime)
{
    struct fixture f;
    struct bytes m;

    begin(&f, suite_at(0));
    cr_assert_eq(make(&f, false), ERR_OK);
    m = buf_view(&f.message);
    cr_assert_eq(check_at(m, BEFORE - 1), MLS_RULE_LEAF_LIFETIME);
    cr_assert_eq(check_at(m, BEFORE), MLS_RULE_KEPT);
    cr_assert_eq(check_at(m, AFTER), MLS_RULE_KEPT);
    cr_assert_eq(check_at(m, AFTER + 1), MLS_RULE_LEAF_LIFETIME);
    cr_assert_eq(check_at(m, 0), MLS_RULE_LEAF_LIFETIME);
    cr_assert_eq(check_at(m, UINT64_MAX), MLS_RULE_LEAF_LIFETIME);
    end(&f);
}

Test(package, is_refused__truncated_with_more_or_any_bit_flipped)
{
    const struct suite *s;

    for (size_t i = 0; (s = suite_at(i)) != NULL; i++) {
        struct fixture f;
        size_t bit;

        begin(&f, s);
        cr_assert_eq(make(&f, true), ERR_OK);
        cr_assert(attack_none(buf_view(&f.message), takes, NULL));
        cr_assert_eq(attack_truncate(buf_view(&f.message), takes, NULL), ATTACK_HELD);
        cr_assert_eq(attack_trail(buf_view(&f.message), takes, NULL), ATTACK_HELD);
        bit = attack_flip(buf_view(&f.message), takes, NULL);
        cr_assert_eq(bit, ATTACK_HELD, "%s, bit %zu", s->name, bit);
        end(&f);
    }
}

/* ---- what its owner signed and still must not say ---- */

/* A key package message around this leaf, signed as it should be. */
static enum mls_rule judge(const struct mlskit_person *p, struct leaf *leaf,
    struct bytes init_key, struct bytes extensions)
{
    struct keypackage *k = NULL;
    enum mls_rule rule;
    struct buf b;

    buf_init(&b, WIRE_MAX);
    cr_assert_eq(keypackage_make(p->suite, p->sign, leaf, init_key, extensions, &k), ERR_OK);
    content_message_begin(&b, CONTENT_KEY_PACKAGE);
    buf_bytes(&b, k->raw);
    rule = check_at(buf_view(&b), BEFORE);
    keypackage_unref(k);
    leaf_unref(leaf);
    buf_free(&b);
    return rule;
}

static enum mls_rule judge_spec(const struct mlskit_person *p, const struct leaf_spec *spec)
{
    struct leaf_place nowhere = {.suite = p->suite};
    struct leaf *leaf = NULL;

    cr_assert_eq(leaf_make(spec, &nowhere, &leaf), ERR_OK);
    return judge(p, leaf, dh_key_pub(p->init_key), (struct bytes){0});
}

Test(package, is_refused__with_a_leaf_made_for_another_place)
{
    static const enum leaf_source OTHERS[] = {LEAF_UPDATE, LEAF_COMMIT};
    struct mlskit_person p;
    struct leaf_spec spec;

    mlskit_person_init(&p, suite_at(0), 1);
    spec = mlskit_spec(&p, LEAF_KEY_PACKAGE);
    cr_assert_eq(judge_spec(&p, &spec), MLS_RULE_KEPT);
    for (size_t i = 0; i < MEM_COUNT(OTHERS); i++) {
        spec = mlskit_spec(&p, OTHERS[i]);
        cr_assert_eq(judge_spec(&p, &spec), MLS_RULE_LEAF_SOURCE);
    }
    mlskit_person_fini(&p);
}

Test(package, is_refused__when_its_two_keys_are_one)
{
    struct mlskit_person p;
    struct leaf *leaf;

    mlskit_person_init(&p, suite_at(0), 1);
    leaf = mlskit_leaf(&p, LEAF_KEY_PACKAGE, NULL);
    cr_assert_eq(
        judge(&p, leaf, dh_key_pub(p.leaf_key), (struct bytes){0}), MLS_RULE_PACKAGE_INIT_KEY);
    mlskit_person_fini(&p);
}

Test(package, is_refused__with_keys_that_are_none)
{
    const struct suite *s;

    for (size_t i = 0; (s = suite_at(i)) != NULL; i++) {
        struct mlskit_person p;
        struct leaf_spec spec;
        struct bytes key;
        struct leaf *leaf;

        mlskit_person_init(&p, s, 1);
        key = dh_key_pub(p.init_key);
        for (size_t n = 0; n < key.n; n += 31) {
            leaf = mlskit_leaf(&p, LEAF_KEY_PACKAGE, NULL);
            cr_assert_eq(
                judge(&p, leaf, bytes_of(key.p, n), (struct bytes){0}), MLS_RULE_LEAF_KEY);
            spec = mlskit_spec(&p, LEAF_KEY_PACKAGE);
            spec.encryption_key.n = n;
            cr_assert_eq(judge_spec(&p, &spec), MLS_RULE_LEAF_KEY);
        }
        mlskit_person_fini(&p);
    }
}

Test(package, is_refused__with_an_extension_it_does_not_list)
{
    static const uint16_t LISTED[] = {ROOM};
    struct mlskit_person p;
    struct leaf_spec spec;
    struct leaf_place nowhere = {.suite = suite_at(0)};
    struct leaf *leaf = NULL;
    struct buf list;

    mlskit_person_init(&p, suite_at(0), 1);
    buf_init(&list, 100);
    mls_ext_put(&list, ROOM, (struct bytes){0});
    spec = mlskit_spec(&p, LEAF_KEY_PACKAGE);
    spec.extensions = buf_view(&list);
    cr_assert_eq(judge_spec(&p, &spec), MLS_RULE_LEAF_EXTENSION);
    leaf = mlskit_leaf(&p, LEAF_KEY_PACKAGE, NULL);
    cr_assert_eq(
        judge(&p, leaf, dh_key_pub(p.init_key), buf_view(&list)), MLS_RULE_LEAF_EXTENSION);
    spec.extension_types = LISTED;
    spec.extension_types_n = 1;
    cr_assert_eq(leaf_make(&spec, &nowhere, &leaf), ERR_OK);
    cr_assert_eq(judge(&p, leaf, dh_key_pub(p.init_key), buf_view(&list)), MLS_RULE_KEPT);
    buf_free(&list);
    mlskit_person_fini(&p);
}

/* Each says something else first than the suite its bytes were made for. */
Test(package, is_refused__of_another_suite_or_version)
{
    struct fixture f;

    begin(&f, suite_find(1));
    cr_assert_eq(make(&f, false), ERR_OK);
    f.message.p[7] = 4; /* not built */
    cr_assert_eq(check_at(buf_view(&f.message), BEFORE), MLS_RULE_PACKAGE_SUITE);
    f.message.p[7] = 3; /* the same keys fit */
    cr_assert_eq(check_at(buf_view(&f.message), BEFORE), MLS_RULE_PACKAGE_SIGNATURE);
    f.message.p[7] = 2;
    cr_assert_eq(check_at(buf_view(&f.message), BEFORE), MLS_RULE_LEAF_KEY);
    f.message.p[7] = 1;
    f.message.p[5] = 2;
    cr_assert_eq(check_at(buf_view(&f.message), BEFORE), MLS_RULE_PACKAGE_VERSION);
    f.message.p[5] = 1;
    cr_assert_eq(check_at(buf_view(&f.message), BEFORE), MLS_RULE_KEPT);
    f.message.p[1] = 2;
    cr_assert_eq(check_at(buf_view(&f.message), BEFORE), MLS_RULE_FORMAT);
    f.message.p[1] = 1;
    f.message.p[3] = CONTENT_WELCOME;
    cr_assert_eq(check_at(buf_view(&f.message), BEFORE), MLS_RULE_FORMAT);
    end(&f);
}

Test(package, is_not_made__with_a_key_of_another_scheme_or_a_suite_nobody_has)
{
    struct fixture f;
    const struct suite *s = NULL;

    begin(&f, suite_find(1));
    f.suite = suite_find(0xf001);
    cr_assert_eq(make(&f, false), ERR_REFUSED);
    cr_assert_eq(package_suite(0x0007, &f.who, &s), ERR_UNSUPPORTED);
    cr_assert_null(s);
    cr_assert_eq(package_suite(0x0002, &f.who, &s), ERR_REFUSED);
    cr_assert_null(s);
    cr_assert_eq(package_suite(0x0003, &f.who, &s), ERR_OK);
    cr_assert_eq(s, suite_find(3));
    cr_assert_eq(f.message.n + f.secret.n, 0);
    end(&f);
}

/* ---- the secret, and lists of extensions ---- */

static bool takes_secret(void *arg, struct bytes in)
{
    struct package_secret s;

    (void)arg;
    return package_secret_read(in, &s) == ERR_OK;
}

Test(package, secret_is_refused__truncated_with_more_or_of_a_newer_version)
{
    struct package_secret s;
    struct fixture f;

    begin(&f, suite_at(0));
    cr_assert_eq(make(&f, false), ERR_OK);
    cr_assert(attack_none(buf_view(&f.secret), takes_secret, NULL));
    cr_assert_eq(attack_truncate(buf_view(&f.secret), takes_secret, NULL), ATTACK_HELD);
    cr_assert_eq(attack_trail(buf_view(&f.secret), takes_secret, NULL), ATTACK_HELD);
    f.secret.p[0] = 2;
    cr_assert_eq(package_secret_read(buf_view(&f.secret), &s), ERR_VERSION);
    f.secret.p[0] = 0;
    cr_assert_eq(package_secret_read(buf_view(&f.secret), &s), ERR_CORRUPT);
    f.secret.p[0] = 1;
    f.secret.p[2] = 0x77;
    cr_assert_eq(package_secret_read(buf_view(&f.secret), &s), ERR_CORRUPT);
    end(&f);
}

Test(package, finds_what_was_put__in_a_list_of_extensions)
{
    struct buf list;
    struct bytes data;

    buf_init(&list, 100);
    mls_ext_put(&list, 0xf100, bytes_str("one"));
    mls_ext_put(&list, 0xf101, (struct bytes){0});
    mls_ext_put(&list, 0xf102, bytes_str("three"));
    cr_assert(mls_ext_find(buf_view(&list), 0xf100, &data));
    cr_assert(bytes_eq(data, bytes_str("one")));
    cr_assert(mls_ext_find(buf_view(&list), 0xf101, &data));
    cr_assert_eq(data.n, 0);
    cr_assert(mls_ext_find(buf_view(&list), 0xf102, &data));
    cr_assert(bytes_eq(data, bytes_str("three")));
    cr_assert(!mls_ext_find(buf_view(&list), 0xf103, &data));
    cr_assert(!mls_ext_find((struct bytes){0}, 0xf100, &data));
    buf_free(&list);
}

Test(package, requires_extension_types_and_nothing_else__as_section_11_1_writes_it)
{
    static const uint8_t WANT[] = {4, 0xf1, 0x00, 0x0a, 0x0a, 0, 0};
    struct ext_required need;
    struct buf data;

    buf_init(&data, 100);
    mls_ext_require(&data, TYPES, MEM_COUNT(TYPES));
    cr_assert(bytes_eq(buf_view(&data), bytes_of(WANT, sizeof WANT)));
    cr_assert_eq(ext_required_read(buf_view(&data), &need), ERR_OK);
    cr_assert(wire_u16s_has(need.extensions, ROOM));
    cr_assert_eq(need.proposals.n + need.credentials.n, 0);
    buf_clear(&data);
    mls_ext_require(&data, NULL, 0);
    cr_assert_eq(ext_required_read(buf_view(&data), &need), ERR_OK);
    cr_assert_eq(data.n, 3);
    buf_free(&data);
}
