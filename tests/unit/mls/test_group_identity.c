/* SPDX-License-Identifier: ISC */
/* Who members are: credentials, sizes of keys, key packages that last, lifetimes. */
#include "cast.h"

#include "support/rsapool.h"

/* ---- certificates, which the library does not read ---- */

/* A chain as RFC 9420, 5.3 has it: each certificate a vector. */
static void chain(struct buf *out, const char *name)
{
    wire_put(out, bytes_str(name));
    wire_put(out, LIT("\x30\x82\x01\x00 of an authority"));
}

static size_t certified(struct cast *c, struct buf *cert)
{
    size_t who = cast_person(c);

    buf_init(cert, WIRE_SMALL);
    chain(cert, c->p.m[who]->name);
    c->p.m[who]->who.credential_type = MLS_X509;
    c->p.m[who]->who.identity = buf_view(cert);
    party_repackage(&c->p, who);
    return who;
}

static void certificates(uint16_t suite)
{
    const struct mls_proposal updates = {.type = MLS_UPDATE};
    struct cast_entry how = {0};
    struct mls_member m;
    struct buf cert[3];
    struct cast c;

    cast_init(&c, suite, 0);
    party_found(&c.p, certified(&c, &cert[0]), (struct bytes){0});
    size_t basic = cast_person(&c); /* both kinds in one group */
    party_add(&c.p, 0, basic);
    party_add(&c.p, basic, certified(&c, &cert[1]));
    cast_come_in(&c, certified(&c, &cert[2]), &how);
    cast_alive(&c);
    for (uint32_t i = 0; i < 4; i++) {
        cr_assert(mls_group_member(cast_group(&c, basic), i, &m));
        cr_assert_eq(m.credential_type, i == 1 ? MLS_BASIC : MLS_X509);
        cr_assert(bytes_eq(m.identity, c.p.m[i]->who.identity));
    }
    party_update(&c.p, 0); /* new leaves have the chain too */
    cast_propose(&c, 2, &updates, 0);
    party_update(&c.p, basic);
    how.resync = true;
    cast_come_in(&c, 3, &how);
    for (uint32_t i = 0; i < 4; i++) {
        cr_assert(mls_group_member(cast_group(&c, basic), i, &m));
        cr_assert(bytes_eq(m.identity, c.p.m[i]->who.identity));
    }
    cast_alive(&c);
    for (size_t i = 0; i < 3; i++)
        buf_free(&cert[i]);
    cast_fini(&c);
}

Test(group_identity, x509__chains_are_carried_as_they_came)
{
    cast_suites(certificates);
}

/* ---- RSA keys of three sizes ---- */

static struct rsapool *pools[2];

static struct sign_key *of_any_size(struct party *p, size_t who)
{
    if (who % 3 == 0)
        return mlskit_sign_key(p->suite, (unsigned)who);
    return rsapool_key(pools[who % 3 - 1], who / 3);
}

Test(group_identity, rsa__of_2048_3072_and_4096_bits_in_one_group)
{
    static const size_t BYTES[] = {294, 422, 550}; /* of a SubjectPublicKeyInfo */
    struct cast_entry how = {.insider = 1};
    struct mls_member m;
    struct cast c;

    pools[0] = rsapool_new(3072, 1);
    pools[1] = rsapool_new(4096, 1);
    cast_init(&c, 0xf001, 0);
    c.p.key = of_any_size;
    party_found(&c.p, cast_person(&c), (struct bytes){0});
    party_add(&c.p, 0, cast_person(&c));
    cast_come_in(&c, cast_person(&c), &how);
    party_add(&c.p, 2, cast_person(&c));
    cast_alive(&c);
    for (size_t i = 0; i < 4; i++) {
        party_update(&c.p, i);
        cr_assert(mls_group_member(cast_group(&c, 3 - i), (uint32_t)i, &m));
        cr_assert_eq(m.signature_key.n, BYTES[i % 3]);
        cr_assert(bytes_eq(m.signature_key, sign_key_pub(c.p.m[i]->key)));
    }
    cast_alive(&c);
    party_remove(&c.p, 1, 0);
    how.resync = true;
    cast_come_in(&c, 2, &how);
    cast_alive(&c);
    cast_fini(&c);
    rsapool_free(pools[0]);
    rsapool_free(pools[1]);
}

/* ---- key packages ---- */

static void repackage(struct cast *c, size_t who, const struct mls_package_request *what)
{
    struct party_member *m = c->p.m[who];

    buf_clear(&m->package);
    buf_clear(&m->secret);
    cr_assert_eq(
        mls_package_make(&m->world.env, &m->who, what, &m->package, &m->secret), ERR_OK);
}

static void last_resort(uint16_t suite)
{
    const struct mls_package_request what = {
        .suite = suite, .not_after = UINT64_MAX, .last_resort = true};
    struct mls_package package;
    enum mls_rule rule;
    struct cast one;
    struct cast two;

    cast_init(&one, suite, 2);
    cast_init(&two, suite, 3);
    size_t who = cast_person(&one);
    repackage(&one, who, &what);
    struct bytes message = buf_view(&one.p.m[who]->package);
    cr_assert_eq(mls_package_check(message, 1, &package, &rule), ERR_OK);
    cr_assert(package.last_resort);
    party_add(&one.p, 1, who);
    cast_alive(&one);

    party_remove(&two.p, 0, 2); /* the same person, by the same package, in another group */
    buf_clear(&two.p.m[2]->package);
    buf_clear(&two.p.m[2]->secret);
    buf_bytes(&two.p.m[2]->package, message);
    buf_bytes(&two.p.m[2]->secret, buf_view(&one.p.m[who]->secret));
    party_add(&two.p, 1, 2);
    cast_alive(&two);
    party_update(&one.p, who);
    party_update(&two.p, 2);
    cast_alive(&one);
    cast_alive(&two);
    cast_fini(&one);
    cast_fini(&two);
}

Test(group_identity, last_resort__serves_twice)
{
    cast_suites(last_resort);
}

/* ---- lifetimes ---- */

static enum err commit_at(
    struct cast *c, size_t who, const struct mls_proposal *what, uint64_t now)
{
    const struct mls_commit_request request = {.wrap = {.flags = MLS_WITH_TREE},
        .proposals = what,
        .proposals_n = what != NULL,
        .now = now};

    buf_clear(&c->p.last.commit);
    buf_clear(&c->p.last.welcome);
    return mls_commit(cast_group(c, who), &request, &c->p.last);
}

static void lifetime(uint16_t suite)
{
    static const struct {
        uint64_t now;
        bool in;
    } TIMES[] = {{1, false}, {99, false}, {100, true}, {150, true}, {200, true}, {201, false},
        {UINT64_MAX, false}, {0, true}};
    const struct mls_package_request what = {
        .suite = suite, .not_before = 100, .not_after = 200};
    struct cast c;

    cast_init(&c, suite, 2);
    size_t who = cast_person(&c);
    repackage(&c, who, &what);
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&c.p.m[who]->package)};
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        enum err e = commit_at(&c, 0, &add, TIMES[i].now);
        cr_assert_eq(e, TIMES[i].in ? ERR_OK : ERR_REFUSED, "%llu: %s",
            (unsigned long long)TIMES[i].now, err_str(e));
        cr_assert_eq(mls_group_rule(cast_group(&c, 0)),
            TIMES[i].in ? MLS_RULE_KEPT : MLS_RULE_LEAF_LIFETIME);
        cr_assert_eq(cast_view(&c, 0).staged, TIMES[i].in);
        mls_discard(cast_group(&c, 0));
    }
    cast_propose(&c, 1, &add, 0); /* another's proposal that is over is left out */
    cr_assert_eq(commit_at(&c, 0, NULL, 201), ERR_OK);
    cr_assert_eq(c.p.last.welcome.n, 0);
    mls_discard(cast_group(&c, 0));
    cr_assert_eq(commit_at(&c, 0, NULL, 200), ERR_OK);
    party_deliver(&c.p, 0, buf_view(&c.p.last.commit));
    cr_assert_eq(mls_apply(cast_group(&c, 0)), ERR_OK);
    cr_assert_eq(cast_join(&c, who, NULL), MLS_RULE_KEPT);
    cast_alive(&c);
    cr_assert_eq(commit_at(&c, 1, NULL, 500), ERR_OK); /* who is in stays in */
    mls_discard(cast_group(&c, 1));
    cast_fini(&c);
}

Test(group_identity, lifetime__is_judged_by_whoever_adds)
{
    cast_suites(lifetime);
}

/* Receivers have no clock, and so cannot disagree; the application may look. */
static void expired(uint16_t suite)
{
    const struct mls_package_request what = {.suite = suite, .not_before = 1, .not_after = 2};
    const struct cast_entry how = {0};
    struct mls_package package;
    struct mls_member m;
    enum mls_rule rule;
    struct cast c;

    cast_init(&c, suite, 2);
    size_t who = cast_person(&c);
    repackage(&c, who, &what);
    cr_assert_eq(
        mls_package_check(buf_view(&c.p.m[who]->package), 3, &package, &rule), ERR_REFUSED);
    cr_assert_eq(rule, MLS_RULE_LEAF_LIFETIME);
    party_add(&c.p, 0, who);
    cast_come_in(&c, cast_person(&c), &how); /* past a leaf that is over */
    cast_alive(&c);
    cr_assert(mls_group_member(cast_group(&c, 1), party_leaf(&c.p, who), &m));
    cr_assert_eq(m.not_before, 1);
    cr_assert_eq(m.not_after, 2);
    party_update(&c.p, who); /* a leaf of a commit has none */
    cr_assert(mls_group_member(cast_group(&c, 1), party_leaf(&c.p, who), &m));
    cr_assert_eq(m.not_after, 0);
    cast_fini(&c);
}

Test(group_identity, lifetime__is_not_judged_by_receivers)
{
    cast_suites(expired);
}
