/* SPDX-License-Identifier: ISC */
/* Every rule of leaf_check() broken alone, and the rule that is named. */
#include "base/mem.h"
#include "leafform.h"
#include "mls/leaf.h"

static struct mlskit_person who;
static struct leaf_place at;

static void setup(void)
{
    mlskit_person_init(&who, suite_find(1), 0);
    at = (struct leaf_place){.suite = who.suite, .group_id = LIT("group"), .index = 3};
}

static void teardown(void)
{
    mlskit_person_fini(&who);
}

TestSuite(leaf_rule, .init = setup, .fini = teardown);

static enum mls_rule check_env(const struct mls_env *env, const struct leafform *f)
{
    struct leaf *l;

    cr_assert_eq(leafform_make(f, &l), ERR_OK);
    enum mls_rule rule = leaf_check(env, l, &at, 1u << f->source);
    leaf_unref(l);
    return rule;
}

static enum mls_rule check(const struct leafform *f)
{
    return check_env(NULL, f);
}

Test(leaf_rule, kept__by_a_good_leaf_of_every_source)
{
    for (uint8_t source = 1; source <= 3; source++) {
        struct leafform f = leafform_good(&who, source);
        cr_assert_eq(check(&f), MLS_RULE_KEPT);
    }
}

Test(leaf_rule, key__that_is_none)
{
    static const uint8_t zeros[65];
    struct leafform f = leafform_good(&who, LEAF_UPDATE);

    f.encryption_key.n--;
    cr_assert_eq(check(&f), MLS_RULE_LEAF_KEY);
    f.encryption_key = (struct bytes){0};
    cr_assert_eq(check(&f), MLS_RULE_LEAF_KEY);
    f.encryption_key = bytes_of(zeros, 33);
    cr_assert_eq(check(&f), MLS_RULE_LEAF_KEY);
    f = leafform_good(&who, LEAF_UPDATE);
    f.signature_key.n--;
    cr_assert_eq(check(&f), MLS_RULE_LEAF_KEY);
    f.signature_key = (struct bytes){0};
    cr_assert_eq(check(&f), MLS_RULE_LEAF_KEY);
}

Test(leaf_rule, key__that_is_not_on_the_curve)
{
    struct mlskit_person p;
    uint8_t off[DH_PUB_MAX];

    mlskit_person_init(&p, suite_find(2), 0);
    at.suite = p.suite;
    struct leafform f = leafform_good(&p, LEAF_UPDATE);
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
    memcpy(off, f.encryption_key.p, f.encryption_key.n);
    off[64] ^= 1;
    f.encryption_key = bytes_of(off, 65);
    cr_assert_eq(check(&f), MLS_RULE_LEAF_KEY);
    f = leafform_good(&p, LEAF_UPDATE);
    memcpy(off, f.signature_key.p, f.signature_key.n);
    off[64] ^= 1;
    f.signature_key = bytes_of(off, 65);
    cr_assert_eq(check(&f), MLS_RULE_LEAF_KEY);
    mlskit_person_fini(&p);
}

Test(leaf_rule, key__of_rsa_with_another_exponent)
{
    struct mlskit_person p;
    uint8_t spki[SIGN_PUB_MAX];

    mlskit_person_init(&p, suite_find(0xf001), 0);
    at.suite = p.suite;
    struct leafform f = leafform_good(&p, LEAF_UPDATE);
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
    memcpy(spki, f.signature_key.p, f.signature_key.n);
    spki[f.signature_key.n - 1] = 3;
    f.signature_key.p = spki;
    cr_assert_eq(check(&f), MLS_RULE_LEAF_KEY);
    mlskit_person_fini(&p);
}

Test(leaf_rule, signature__for_another_place)
{
    struct leafform f = leafform_good(&who, LEAF_UPDATE);

    f.index = 4;
    cr_assert_eq(check(&f), MLS_RULE_LEAF_SIGNATURE);
    f = leafform_good(&who, LEAF_COMMIT);
    f.index = 4;
    cr_assert_eq(check(&f), MLS_RULE_LEAF_SIGNATURE);
    f = leafform_good(&who, LEAF_UPDATE);
    f.group_id = LIT("grouq");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_SIGNATURE);
    f = leafform_good(&who, LEAF_COMMIT);
    f.group_id = (struct bytes){0};
    cr_assert_eq(check(&f), MLS_RULE_LEAF_SIGNATURE);
    f = leafform_good(&who, LEAF_COMMIT);
    at.group_id = LIT("grouq");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_SIGNATURE);
    f.group_id = at.group_id;
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
    /* A key package's is for every place. */
    f = leafform_good(&who, LEAF_KEY_PACKAGE);
    at.index = 9;
    at.group_id = LIT("another");
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
}

Test(leaf_rule, signature__by_another_or_for_another_purpose)
{
    struct sign_key *other = mlskit_sign_key(who.suite, 1);
    struct leafform f = leafform_good(&who, LEAF_UPDATE);

    f.key = other;
    cr_assert_eq(check(&f), MLS_RULE_LEAF_SIGNATURE);
    f = leafform_good(&who, LEAF_UPDATE);
    f.label = "KeyPackageTBS";
    cr_assert_eq(check(&f), MLS_RULE_LEAF_SIGNATURE);
    sign_key_free(other);
}

Test(leaf_rule, signature__alone_is_what_check_signature_asks)
{
    struct leafform f = leafform_good(&who, LEAF_UPDATE);
    struct leaf *l;

    f.versions = f.suites = f.credential_types = (struct bytes){0};
    f.encryption_key.n--;
    cr_assert_eq(leafform_make(&f, &l), ERR_OK);
    cr_assert_eq(leaf_check_signature(l, &at), MLS_RULE_KEPT);
    at.index++;
    cr_assert_eq(leaf_check_signature(l, &at), MLS_RULE_LEAF_SIGNATURE);
    leaf_unref(l);
    at.index--;
    f.signature_key.n--;
    cr_assert_eq(leafform_make(&f, &l), ERR_OK);
    cr_assert_eq(leaf_check_signature(l, &at), MLS_RULE_LEAF_KEY);
    leaf_unref(l);
}

Test(leaf_rule, source__only_where_it_belongs)
{
    for (uint8_t source = 1; source <= 3; source++) {
        struct leafform f = leafform_good(&who, source);
        struct leaf *l;
        cr_assert_eq(leafform_make(&f, &l), ERR_OK);
        for (unsigned allowed = 0; allowed < 16; allowed++)
            cr_assert_eq(leaf_check(NULL, l, &at, allowed),
                allowed >> source & 1 ? MLS_RULE_KEPT : MLS_RULE_LEAF_SOURCE);
        leaf_unref(l);
    }
}

Test(leaf_rule, version__must_be_listed)
{
    struct leafform f = leafform_good(&who, LEAF_UPDATE);

    f.versions = LIT("\x00\x02\x0a\x0a");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_VERSION);
    f.versions = (struct bytes){0};
    cr_assert_eq(check(&f), MLS_RULE_LEAF_VERSION);
    f.versions = LIT("\x0a\x0a\x00\x02\x00\x01");
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
}

Test(leaf_rule, suite__must_be_listed)
{
    struct leafform f = leafform_good(&who, LEAF_UPDATE);

    f.suites = LIT("\x00\x02\x00\x03\xf0\x01");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_SUITE);
    f.suites = LIT("\x3a\x3a\x00\x01");
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
}

/* required_capabilities with the three lists, as a group context's extensions. */
static void require(struct buf *b, struct bytes ext, struct bytes prop, struct bytes cred)
{
    struct buf data;

    buf_init(&data, 1000);
    wire_put(&data, ext);
    wire_put(&data, prop);
    wire_put(&data, cred);
    buf_init(b, 1000);
    ext_put(b, EXT_REQUIRED_CAPABILITIES, buf_view(&data));
    buf_free(&data);
    at.extensions = buf_view(b);
}

Test(leaf_rule, required__every_list_is_asked)
{
    const struct {
        struct bytes ext, prop, cred;
        enum mls_rule rule;
    } rows[] = {
        {{0}, {0}, {0}, MLS_RULE_KEPT},
        {LIT("\xf0\xa1"), LIT("\xf0\xb1"), LIT("\x00\x01"), MLS_RULE_KEPT},
        {LIT("\xf0\xa1\xf0\xa2"), {0}, {0}, MLS_RULE_LEAF_REQUIRED},
        {LIT("\xf0\xb1"), {0}, {0}, MLS_RULE_LEAF_REQUIRED},
        {{0}, LIT("\xf0\xa1"), {0}, MLS_RULE_LEAF_REQUIRED},
        {{0}, LIT("\x00\x08"), {0}, MLS_RULE_LEAF_REQUIRED},
        {{0}, LIT("\x00\x00"), {0}, MLS_RULE_LEAF_REQUIRED},
        {{0}, {0}, LIT("\x00\x03"), MLS_RULE_LEAF_REQUIRED},
        {{0}, {0}, LIT("\x0a\x0a"), MLS_RULE_LEAF_REQUIRED},
        {LIT("\x00\x06"), {0}, {0}, MLS_RULE_LEAF_REQUIRED},
        {LIT("\x00\x00"), {0}, {0}, MLS_RULE_LEAF_REQUIRED},
        /* What everybody has needs no listing; of credentials there is nothing like that. */
        {LIT("\x00\x01\x00\x02\x00\x03\x00\x04\x00\x05"), {0}, {0}, MLS_RULE_KEPT},
        {{0}, LIT("\x00\x01\x00\x02\x00\x03\x00\x04\x00\x05\x00\x06\x00\x07"), {0},
            MLS_RULE_KEPT},
        {{0}, {0}, LIT("\x00\x02"), MLS_RULE_LEAF_REQUIRED},
    };

    for (size_t i = 0; i < MEM_COUNT(rows); i++) {
        struct leafform f = leafform_good(&who, LEAF_UPDATE);
        struct buf b;
        f.extension_types = LIT("\x5a\x5a\xf0\xa1");
        f.proposal_types = LIT("\x5a\x5a\xf0\xb1");
        f.credential_types = LIT("\x00\x01");
        require(&b, rows[i].ext, rows[i].prop, rows[i].cred);
        cr_assert_eq(check(&f), rows[i].rule, "%zu", i);
        buf_free(&b);
    }
}

Test(leaf_rule, required__that_does_not_decode_is_a_broken_form)
{
    struct leafform f = leafform_good(&who, LEAF_UPDATE);

    at.extensions = LIT("\x00\x03\x02\x00\x00");
    cr_assert_eq(check(&f), MLS_RULE_FORMAT);
    at.extensions = LIT("\x00\x03\x04\x00\x00\x00\x00");
    cr_assert_eq(check(&f), MLS_RULE_FORMAT);
    at.extensions = LIT("\x00\x03\x00");
    cr_assert_eq(check(&f), MLS_RULE_FORMAT);
    at.extensions = LIT("\x00\x03\x03\x00\x00\x00");
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
}

Test(leaf_rule, group_extension__must_be_listed_unless_everybody_has_it)
{
    struct leafform f = leafform_good(&who, LEAF_UPDATE);

    at.extensions = LIT("\x00\x05\x00\x00\x01\x00\x00\x04\x00\x00\x02\x00");
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
    at.extensions = LIT("\x00\x05\x00\xf0\xa1\x01z");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_GROUP_EXTENSION);
    f.extension_types = LIT("\xf0\xa2");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_GROUP_EXTENSION);
    f.extension_types = LIT("\xf0\xa2\xf0\xa1");
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
    at.extensions = LIT("\x4a\x4a\x00");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_GROUP_EXTENSION);
}

Test(leaf_rule, extensions__are_asked_of_everybody_alone_too)
{
    struct leafform f = leafform_good(&who, LEAF_UPDATE);
    struct leaf *l;

    f.versions = f.suites = (struct bytes){0};
    f.key = who.sign;
    f.extension_types = LIT("\xf0\xa1");
    cr_assert_eq(leafform_make(&f, &l), ERR_OK);
    cr_assert_eq(leaf_check_extensions(l, (struct bytes){0}), MLS_RULE_KEPT);
    cr_assert_eq(leaf_check_extensions(l, LIT("\xf0\xa1\x00")), MLS_RULE_KEPT);
    cr_assert_eq(leaf_check_extensions(l, LIT("\xf0\xa2\x00")), MLS_RULE_LEAF_GROUP_EXTENSION);
    cr_assert_eq(leaf_check_extensions(l, LIT("\x00\x03\x05\x02\xf0\xa2\x00\x00")),
        MLS_RULE_LEAF_REQUIRED);
    leaf_unref(l);
}

Test(leaf_rule, extension__of_its_own_must_be_listed)
{
    struct leafform f = leafform_good(&who, LEAF_UPDATE);

    f.extensions = LIT("\x00\x01\x02id");
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
    f.extensions = LIT("\x00\x01\x02id\xf0\xa1\x00");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_EXTENSION);
    f.extension_types = LIT("\xf0\xa1");
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
    f.extensions = LIT("\x00\x06\x00");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_EXTENSION);
    f.extensions = LIT("\x00\x00\x00");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_EXTENSION);
}

Test(leaf_rule, credential__must_be_listed_by_itself)
{
    struct leafform f = leafform_good(&who, LEAF_UPDATE);

    f.credential_types = LIT("\x00\x02");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_CREDENTIAL);
    f.credential_types = (struct bytes){0};
    cr_assert_eq(check(&f), MLS_RULE_LEAF_CREDENTIAL);
    f.credential_type = LEAF_X509;
    f.identity = LIT("\x01z");
    f.credential_types = LIT("\x0a\x0a\x00\x01");
    cr_assert_eq(check(&f), MLS_RULE_LEAF_CREDENTIAL);
    f.credential_types = LIT("\x0a\x0a\x00\x02");
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
}

/* A receiver that judged by its clock would leave the group of those who did not. */
Test(leaf_rule, lifetime__is_not_judged_here)
{
    struct leafform f = leafform_good(&who, LEAF_KEY_PACKAGE);

    f.not_before = UINT64_MAX;
    f.not_after = 0;
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
}

Test(leaf_rule, grease__is_tolerated_in_every_list)
{
    struct leafform f = leafform_good(&who, LEAF_KEY_PACKAGE);

    f.versions = LIT("\x0a\x0a\x00\x01\xea\xea");
    f.suites = LIT("\x1a\x1a\x00\x01\x2a\x2a");
    f.extension_types = LIT("\x3a\x3a\x4a\x4a");
    f.proposal_types = LIT("\x5a\x5a");
    f.credential_types = LIT("\x6a\x6a\x00\x01");
    f.extensions = LIT("\x4a\x4a\x03xyz");
    cr_assert_eq(check(&f), MLS_RULE_KEPT);
}

struct asked {
    unsigned times;
    struct mls_member member;
    enum err answer;
    struct bytes name;
};

static enum err identify(void *arg, const struct mls_member *member)
{
    struct asked *a = arg;

    a->times++;
    a->member = *member;
    cr_assert(bytes_eq(member->identity, a->name));
    return a->answer;
}

Test(leaf_rule, identity__is_the_application_s_to_judge_and_asked_last)
{
    struct leafform f = leafform_good(&who, LEAF_UPDATE);
    struct asked a = {.name = f.identity};
    const struct mls_env env = {.arg = &a, .identify = identify};

    cr_assert_eq(check_env(&env, &f), MLS_RULE_KEPT);
    cr_assert_eq(a.times, 1);
    cr_assert_eq(a.member.leaf, 3);
    a.answer = ERR_REFUSED;
    cr_assert_eq(check_env(&env, &f), MLS_RULE_LEAF_IDENTITY);
    cr_assert_eq(a.times, 2);
    f.credential_types = (struct bytes){0};
    cr_assert_eq(check_env(&env, &f), MLS_RULE_LEAF_CREDENTIAL);
    cr_assert_eq(a.times, 2);
}

/* From a leaf with everything wrong, one repair at a time: the order leaf.h promises. */
Test(leaf_rule, order__is_that_of_the_contract)
{
    struct asked a = {.answer = ERR_REFUSED};
    const struct mls_env env = {.arg = &a, .identify = identify};
    struct leafform f = leafform_good(&who, LEAF_UPDATE);
    struct leafform good = f;
    struct leaf *l;
    enum mls_rule got[10];
    static const enum mls_rule want[] = {MLS_RULE_LEAF_KEY, MLS_RULE_LEAF_SIGNATURE,
        MLS_RULE_LEAF_SOURCE, MLS_RULE_LEAF_VERSION, MLS_RULE_LEAF_SUITE,
        MLS_RULE_LEAF_REQUIRED, MLS_RULE_LEAF_GROUP_EXTENSION, MLS_RULE_LEAF_EXTENSION,
        MLS_RULE_LEAF_CREDENTIAL, MLS_RULE_LEAF_IDENTITY};

    a.name = f.identity;
    at.extensions = LIT("\x00\x03\x05\x02\xf0\xa1\x00\x00\xf0\xa2\x00");
    f.encryption_key.n--;
    f.label = "Other";
    f.versions = f.suites = f.credential_types = (struct bytes){0};
    f.extensions = LIT("\xf0\xa3\x00");
    for (size_t i = 0; i < MEM_COUNT(want); i++) {
        cr_assert_eq(leafform_make(&f, &l), ERR_OK);
        got[i] = leaf_check(&env, l, &at, i < 3 ? 1u << LEAF_COMMIT : 1u << LEAF_UPDATE);
        cr_assert_eq(got[i], want[i], "%zu: %s", i, mls_rule_text(got[i]));
        leaf_unref(l);
        switch (i) {
        case 0:
            f.encryption_key = good.encryption_key;
            break;
        case 1:
            f.label = good.label;
            break;
        case 3:
            f.versions = good.versions;
            break;
        case 4:
            f.suites = good.suites;
            break;
        case 5:
            f.extension_types = LIT("\xf0\xa1");
            break;
        case 6:
            f.extension_types = LIT("\xf0\xa1\xf0\xa2");
            break;
        case 7:
            f.extension_types = LIT("\xf0\xa1\xf0\xa2\xf0\xa3");
            break;
        case 8:
            f.credential_types = good.credential_types;
            break;
        default:
            break;
        }
    }
}
