/* SPDX-License-Identifier: ISC */
/* RFC 9420, 11.2 and 11.3: a group goes on as another one, or some of it as a branch. */
#include "cast.h"

#define PEOPLE 3

/* The group that follows: the same people, with what they need in its suite. */
struct heirs {
    struct cast c;
    const struct suite *suite;
    struct mls_identity who[PEOPLE + 1]; /* the last is a stranger */
    struct buf package[PEOPLE + 1];
    struct buf secret[PEOPLE + 1];
    struct buf extensions;
    struct mls_group *g[PEOPLE + 1];
    struct mls_commit_result first; /* commit of the founder */
};

static void heirs_init(struct heirs *h, uint16_t suite, uint16_t next)
{
    cast_init(&h->c, suite, PEOPLE);
    h->suite = suite_find(next);
    buf_init(&h->extensions, WIRE_SMALL);
    buf_init(&h->first.commit, WIRE_MAX);
    buf_init(&h->first.welcome, WIRE_MAX);
    buf_init(&h->first.info, WIRE_MAX);
    for (size_t i = 0; i <= PEOPLE; i++) {
        const struct mls_package_request what = {.suite = next, .not_after = UINT64_MAX};
        size_t person = i < PEOPLE ? i : cast_person(&h->c);
        struct party_member *m = h->c.p.m[person];
        h->who[i] = m->who;
        h->who[i].key = suite_find(suite)->sign == h->suite->sign
                            ? sign_key_ref(m->key)
                            : mlskit_sign_key(h->suite, (unsigned)i);
        h->g[i] = NULL;
        buf_init(&h->package[i], WIRE_MAX);
        buf_init(&h->secret[i], WIRE_MAX);
        cr_assert_eq(
            mls_package_make(&m->world.env, &h->who[i], &what, &h->package[i], &h->secret[i]),
            ERR_OK);
    }
}

static void heirs_fini(struct heirs *h)
{
    for (size_t i = 0; i <= PEOPLE; i++) {
        mls_group_free(h->g[i]);
        sign_key_free(h->who[i].key);
        buf_wipe(&h->package[i]);
        buf_wipe(&h->secret[i]);
    }
    buf_free(&h->extensions);
    buf_wipe(&h->first.commit);
    buf_wipe(&h->first.welcome);
    buf_wipe(&h->first.info);
    cast_fini(&h->c);
}

static struct mls_proposal reinit(const struct heirs *h)
{
    return (struct mls_proposal){.type = MLS_REINIT,
        .group_id = LIT("the next"),
        .suite = h->suite->id,
        .extensions = buf_view(&h->extensions)};
}

/* What the founder makes of it: as it was agreed unless a test says otherwise. */
struct founding {
    uint16_t suite;
    struct bytes group_id;
    struct bytes extensions;
    bool untied;  /* no PSK of the group before */
    size_t first; /* of those who are added: 1, or fewer people */
    size_t last;
};

static struct founding agreed(const struct heirs *h)
{
    return (struct founding){.suite = h->suite->id,
        .group_id = LIT("the next"),
        .extensions = buf_view(&h->extensions),
        .first = 1,
        .last = PEOPLE - 1};
}

static enum err found(struct heirs *h, const struct founding *how)
{
    const struct mls_group_request request = {
        .suite = how->suite, .group_id = how->group_id, .extensions = how->extensions};
    struct mls_proposal what[PEOPLE + 1] = {0};
    size_t n = 0;

    if (!how->untied)
        what[n++] = (struct mls_proposal){.type = MLS_PSK, .prior = cast_group(&h->c, 0)};
    for (size_t i = how->first; i <= how->last; i++)
        what[n++] = (struct mls_proposal){.type = MLS_ADD, .package = buf_view(&h->package[i])};
    mls_group_free(h->g[0]);
    cr_assert_eq(
        mls_group_create(&h->c.p.m[0]->world.env, &h->who[0], &request, &h->g[0]), ERR_OK);
    const struct mls_commit_request commit = {
        .wrap = {.flags = MLS_WITH_TREE}, .proposals = what, .proposals_n = n};
    buf_clear(&h->first.commit);
    buf_clear(&h->first.welcome);
    enum err e = mls_commit(h->g[0], &commit, &h->first);
    if (e == ERR_OK)
        e = mls_apply(h->g[0]);
    return e;
}

static enum mls_rule follow(struct heirs *h, size_t who, const struct mls_group *prior)
{
    const struct mls_join_request what = {
        .welcome = buf_view(&h->first.welcome),
        .package = buf_view(&h->package[who]),
        .secret = buf_view(&h->secret[who]),
        .prior = prior,
    };
    enum mls_rule rule = MLS_RULE_COUNT;

    enum err e =
        mls_group_join(&h->c.p.m[who]->world.env, &h->who[who], &what, &h->g[who], &rule);
    cr_assert_eq(e == ERR_OK, rule == MLS_RULE_KEPT);
    return rule;
}

static void all_follow(struct heirs *h, size_t last)
{
    struct mls_view first;
    struct mls_view v;

    mls_group_view(h->g[0], &first);
    for (size_t i = 1; i <= last; i++) {
        enum mls_rule rule = follow(h, i, cast_group(&h->c, i));
        cr_assert_eq(rule, MLS_RULE_KEPT, "%s", mls_rule_text(rule));
        mls_group_view(h->g[i], &v);
        cr_assert_eq(v.epoch, 1);
        cr_assert_eq(v.suite, h->suite->id);
        cr_assert_arr_eq(v.authenticator, first.authenticator, sizeof v.authenticator);
    }
}

static void one_speaks(struct heirs *h, size_t last)
{
    const struct mls_wrap wrap = {0};
    struct buf message;

    buf_init(&message, WIRE_MAX);
    cr_assert_eq(mls_protect(h->g[0], LIT("we go on"), &wrap, &message), ERR_OK);
    for (size_t i = 1; i <= last; i++) {
        cr_assert_eq(mls_process(h->g[i], buf_view(&message), &h->c.event), ERR_OK);
        cr_assert(bytes_eq(h->c.event.data, LIT("we go on")));
    }
    buf_free(&message);
}

/* ---- re-initialised ---- */

static void suspended_at(struct heirs *h, size_t who)
{
    const struct mls_proposal what = {.type = MLS_UPDATE};
    const struct mls_wrap wrap = {0};
    struct mls_group *g = cast_group(&h->c, who);
    struct buf out;

    buf_init(&out, WIRE_MAX);
    cr_assert(cast_view(&h->c, who).suspended);
    cr_assert_eq(mls_protect(g, LIT("more"), &wrap, &out), ERR_REFUSED);
    cr_assert_eq(mls_group_rule(g), MLS_RULE_GROUP_SUSPENDED);
    cr_assert_eq(mls_propose(g, &what, &wrap, &out), ERR_REFUSED);
    cr_assert_eq(mls_group_rule(g), MLS_RULE_GROUP_SUSPENDED);
    cr_assert_eq(mls_group_info(g, 0, &out), ERR_REFUSED);
    cr_assert_eq(mls_group_rule(g), MLS_RULE_GROUP_SUSPENDED);
    cast_cannot(&h->c, who, NULL, 0, MLS_RULE_GROUP_SUSPENDED);
    cr_assert_eq(out.n, 0);
    buf_free(&out);
}

static void suspend(struct heirs *h)
{
    const struct mls_proposal what = reinit(h);
    struct buf late;

    buf_init(&late, WIRE_MAX);
    (void)party_seal(&h->c.p, 2, "on its way", &late);
    cr_assert_not(cast_view(&h->c, 0).suspended);
    party_commit(&h->c.p, 0, &what, 1, 0);
    party_agree(&h->c.p);
    for (size_t i = 0; i < PEOPLE; i++)
        suspended_at(h, i);
    cast_hear(&h->c, 1, buf_view(&late)); /* what was said before is heard */
    cr_assert(bytes_eq(h->c.event.data, LIT("on its way")));
    buf_free(&late);
}

static void goes_on(uint16_t suite, uint16_t next)
{
    struct heirs h;

    heirs_init(&h, suite, next);
    mls_ext_put(&h.extensions, 0x0001, LIT("an application's"));
    suspend(&h);
    const struct founding how = agreed(&h);
    cr_assert_eq(found(&h, &how), ERR_OK);
    all_follow(&h, PEOPLE - 1);
    one_speaks(&h, PEOPLE - 1);
    heirs_fini(&h);
}

Test(group_reinit, goes_on__in_the_same_suite)
{
    goes_on(0x0001, 0x0001);
    goes_on(0xf001, 0xf001);
}

Test(group_reinit, goes_on__in_another_suite)
{
    goes_on(0x0001, 0x0003);
    goes_on(0x0001, 0xf001);
    goes_on(0xf001, 0xf002);
    goes_on(0xf001, 0x0002);
}

static void proposed(uint16_t suite)
{
    struct heirs h;

    heirs_init(&h, suite, suite);
    const struct mls_proposal what = reinit(&h);
    cast_propose(&h.c, 2, &what, 0);
    party_commit(&h.c.p, 1, NULL, 0, 0);
    for (size_t i = 0; i < PEOPLE; i++)
        suspended_at(&h, i);
    const struct founding how = agreed(&h);
    cr_assert_eq(found(&h, &how), ERR_OK);
    all_follow(&h, PEOPLE - 1);
    heirs_fini(&h);
}

Test(group_reinit, proposal__of_one_is_committed_by_another)
{
    cast_suites(proposed);
}

static void refused_by_all(struct heirs *h, const struct founding *how, const char *what)
{
    cr_assert_eq(found(h, how), ERR_OK, "%s", what);
    for (size_t i = how->first; i <= how->last; i++) {
        enum mls_rule rule = follow(h, i, cast_group(&h->c, i));
        cr_assert_eq(rule, MLS_RULE_WELCOME_REINIT, "%s: %s", what, mls_rule_text(rule));
        cr_assert_null(h->g[i]);
    }
}

static void another(uint16_t suite)
{
    struct heirs h;
    struct buf other;

    heirs_init(&h, suite, suite);
    buf_init(&other, WIRE_SMALL);
    mls_ext_put(&h.extensions, 0x0001, LIT("one"));
    mls_ext_put(&other, 0x0001, LIT("two"));
    suspend(&h);
    struct founding how = agreed(&h);
    how.group_id = LIT("another");
    refused_by_all(&h, &how, "id");
    how = agreed(&h);
    how.extensions = buf_view(&other);
    refused_by_all(&h, &how, "extensions");
    how = agreed(&h);
    how.untied = true;
    refused_by_all(&h, &how, "without the key");
    how = agreed(&h);
    how.first = 2;
    refused_by_all(&h, &how, "without one of us");
    how = agreed(&h);
    cr_assert_eq(found(&h, &how), ERR_OK);
    cr_assert_eq(follow(&h, 1, NULL), MLS_RULE_PSK_UNKNOWN);
    all_follow(&h, PEOPLE - 1); /* and the right one is still right */
    buf_free(&other);
    heirs_fini(&h);
}

Test(group_reinit, successor__must_be_the_one_that_was_agreed_on)
{
    cast_suites(another);
}

Test(group_reinit, successor__of_another_suite_is_refused)
{
    struct heirs h;

    heirs_init(&h, 0x0001, 0x0001);
    h.suite = suite_find(0x0003); /* that is agreed, but the packages are of suite 1 */
    suspend(&h);
    struct founding how = agreed(&h);
    how.suite = 0x0001;
    refused_by_all(&h, &how, "suite");
    heirs_fini(&h);
}

/* A commit that ties a group to another is its first, and its successor may have more. */
Test(group_reinit, successor__is_tied_in_its_first_commit_and_may_grow)
{
    struct heirs h;

    heirs_init(&h, 0x0001, 0x0001);
    suspend(&h);
    struct founding how = agreed(&h);
    how.untied = true;
    cr_assert_eq(found(&h, &how), ERR_OK);
    const struct mls_proposal late = {.type = MLS_PSK, .prior = cast_group(&h.c, 0)};
    const struct mls_commit_request commit = {.proposals = &late, .proposals_n = 1};
    cr_assert_eq(mls_commit(h.g[0], &commit, &h.first), ERR_REFUSED);
    cr_assert_eq(mls_group_rule(h.g[0]), MLS_RULE_PSK_USAGE);
    how = agreed(&h);
    how.last = PEOPLE; /* a stranger as well */
    cr_assert_eq(found(&h, &how), ERR_OK);
    all_follow(&h, PEOPLE - 1);
    cr_assert_eq(follow(&h, PEOPLE, NULL), MLS_RULE_PSK_UNKNOWN); /* who cannot know it */
    heirs_fini(&h);
}

/* ---- branches ---- */

static void branched(uint16_t suite)
{
    struct heirs h;

    heirs_init(&h, suite, suite);
    struct founding how = agreed(&h);
    how.group_id = LIT("a branch");
    how.last = 1;
    cr_assert_eq(found(&h, &how), ERR_OK);
    all_follow(&h, 1);
    one_speaks(&h, 1);
    cast_alive(&h.c); /* the trunk goes on */
    party_update(&h.c.p, 2);
    cast_alive(&h.c);
    heirs_fini(&h);
}

Test(group_reinit, branch__of_some)
{
    cast_suites(branched);
}

static void strangers(uint16_t suite)
{
    struct heirs h;

    heirs_init(&h, suite, suite);
    struct founding how = agreed(&h);
    how.first = 2;
    how.last = PEOPLE;
    cr_assert_eq(found(&h, &how), ERR_OK);
    cr_assert_eq(follow(&h, 2, cast_group(&h.c, 2)), MLS_RULE_WELCOME_REINIT);
    cr_assert_eq(follow(&h, PEOPLE, NULL), MLS_RULE_PSK_UNKNOWN);
    how.last = 2;
    cr_assert_eq(found(&h, &how), ERR_OK);
    party_update(&h.c.p, 1); /* the trunk is ahead of its branch: the key is still kept */
    cr_assert_eq(follow(&h, 2, cast_group(&h.c, 2)), MLS_RULE_KEPT);
    heirs_fini(&h);
}

Test(group_reinit, branch__has_no_strangers)
{
    cast_suites(strangers);
}

Test(group_reinit, branch__is_of_the_trunk_s_suite)
{
    struct heirs h;

    heirs_init(&h, 0x0001, 0x0003);
    const struct founding how = agreed(&h);
    refused_by_all(&h, &how, "a branch of another suite");
    heirs_fini(&h);
}
