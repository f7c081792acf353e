/* SPDX-License-Identifier: ISC */
/* What the application is asked about commits and people: what it hears, and that its no
 * leaves everything as it was. */
#include "cast.h"

#include "mls/ext.h"

/* After a commit: everybody was asked once, and about the same, which reads so. */
static void heard(struct cast *c, const char *words)
{
    const struct cast_app *first = NULL;

    for (size_t i = 0; i < c->p.n; i++) {
        struct cast_app *a = &c->app[i];
        if (a->judged == 0)
            continue;
        if (first == NULL)
            first = a;
        cr_assert_eq(a->judged, 1, "member %zu was asked %zu times", i, a->judged);
        cr_assert_str_eq(buf_cstr(&a->change), words, "member %zu", i);
        cr_assert(bytes_eq(buf_view(&a->leaves), buf_view(&first->leaves)), "member %zu", i);
        a->judged = 0;
    }
}

static void ask(struct cast *c, size_t expected)
{
    size_t asked = 0;

    for (size_t i = 0; i < c->p.n; i++)
        asked += c->app[i].judged;
    cr_assert_eq(asked, expected);
}

static void forget(struct cast *c)
{
    for (size_t i = 0; i < c->p.n; i++)
        c->app[i].judged = 0;
}

static void commits(uint16_t suite)
{
    struct cast c;

    cast_init(&c, suite, 4);
    forget(&c);
    cast_all_learn(&c, "k", "of ours");
    cast_all_learn(&c, "l", "of ours too");
    party_update(&c.p, 2);
    ask(&c, 4);
    heard(&c, "party 1 committer: 2=person 2 added: removed: updated: psks: before:  after:  "
              "data: ");
    size_t five = cast_person(&c);
    size_t six = cast_person(&c);
    const struct mls_proposal updates = {.type = MLS_UPDATE};
    cast_learn(&c, five, "k", "of ours");
    cast_learn(&c, five, "l", "of ours too");
    cast_learn(&c, six, "k", "of ours");
    cast_learn(&c, six, "l", "of ours too");
    const struct mls_proposal many[] = {
        {.type = MLS_PSK, .psk_id = LIT("l")},
        {.type = MLS_ADD, .package = buf_view(&c.p.m[five]->package)},
        {.type = MLS_REMOVE, .leaf = 1},
        {.type = MLS_PSK, .psk_id = LIT("k")},
        {.type = MLS_CONTEXT, .extensions = LIT("\x00\x01\x02hi")},
        {.type = MLS_PSK, .psk_epoch = 2},
        {.type = MLS_ADD, .package = buf_view(&c.p.m[six]->package)},
    };
    cast_propose(&c, 3, &updates, 0);
    party_stage(&c.p, 0, many, 5, 0); /* without what newcomers cannot have */
    mls_discard(cast_group(&c, 0));
    forget(&c);
    party_stage(&c.p, 0, many, 7, 0);
    party_deliver(&c.p, 0, buf_view(&c.p.last.commit));
    cr_assert_eq(mls_apply(cast_group(&c, 0)), ERR_OK);
    ask(&c, 4); /* the one who is removed, too */
    heard(&c, "party 2 committer: 0=person 0 added: 1=person 4 4=person 5 removed: 1=person 1 "
              "updated: 3=person 3 psks: l k before:  after: 0001026869 data: ");
    party_agree(&c.p);
    cast_fini(&c);
}

Test(group_judge, hears__who_does_what_to_whom)
{
    cast_suites(commits);
}

static void data_and_reinit(uint16_t suite)
{
    const struct mls_proposal next = {
        .type = MLS_REINIT, .group_id = LIT("next"), .suite = suite};
    const struct mls_commit_request what = {
        .wrap = {.authenticated_data = LIT("signed")}, .proposals = &next, .proposals_n = 1};
    struct cast c;

    cast_init(&c, suite, 2);
    forget(&c);
    buf_clear(&c.p.last.commit);
    cr_assert_eq(mls_commit(cast_group(&c, 1), &what, &c.p.last), ERR_OK);
    cast_hear(&c, 0, buf_view(&c.p.last.commit));
    ask(&c, 2);
    cr_assert(c.event.change->reinit);
    cr_assert(bytes_eq(c.event.authenticated_data, LIT("signed")));
    heard(&c, "party 1 committer: 1=person 1 added: removed: updated: psks: before:  after:  "
              "data: 7369676e6564 reinit");
    cast_fini(&c);
}

Test(group_judge, hears__authenticated_data_and_reinit)
{
    cast_suites(data_and_reinit);
}

static void outsiders(uint16_t suite)
{
    struct cast_entry how = {.insider = 1};
    struct cast c;

    cast_init(&c, suite, 3);
    forget(&c);
    cast_come_in(&c, cast_person(&c), &how);
    ask(&c, 4);
    heard(&c, "party 1 joiner: 3=person 3 added: removed: updated: psks: before:  after:  "
              "data: 6c6574206d6520696e");
    how.resync = true;
    cast_come_in(&c, 2, &how);
    ask(&c, 4);
    heard(&c, "party 2 joiner: 2=person 2 added: removed: 2=person 2 updated: psks: before:  "
              "after:  data: 6c6574206d6520696e");
    cast_fini(&c);
}

Test(group_judge, hears__who_comes_in_and_who_comes_back)
{
    cast_suites(outsiders);
}

/* The event of a commit says what the application heard. */
static void events(uint16_t suite)
{
    struct buf words;
    struct cast c;

    cast_init(&c, suite, 3);
    buf_init(&words, WIRE_MAX);
    const struct mls_proposal remove = {.type = MLS_REMOVE, .leaf = 2};
    party_stage(&c.p, 1, &remove, 1, 0);
    for (size_t i = 0; i < 3; i++) {
        cast_hear(&c, i, buf_view(&c.p.last.commit));
        cr_assert_eq(c.event.kind, i == 1 ? MLS_EVENT_OWN : MLS_EVENT_COMMIT);
        cr_assert_eq(c.event.removes_us, i == 2);
        cast_tell(c.event.change, &words);
        cr_assert(bytes_eq(buf_view(&words), buf_view(&c.app[i].change)));
        mls_event_clear(&c.event);
        cr_assert_eq(mls_apply(cast_group(&c, i)), ERR_OK);
    }
    cr_assert(cast_view(&c, 2).removed);
    buf_free(&words);
    cast_fini(&c);
}

Test(group_judge, event__has_the_same_change)
{
    cast_suites(events);
}

static void says_no(uint16_t suite)
{
    struct cast c;

    cast_init(&c, suite, 3);
    size_t new = cast_person(&c);
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&c.p.m[new]->package)};
    const struct mls_proposal updates = {.type = MLS_UPDATE};
    cast_propose(&c, 2, &updates, 0);
    c.app[0].verdict = ERR_REFUSED;
    cast_cannot(&c, 0, &add, 1, MLS_RULE_COMMIT_POLICY);
    cr_assert_eq(cast_view(&c, 0).proposals, 1); /* what waits goes on waiting */
    c.app[0].verdict = ERR_OK;
    party_stage(&c.p, 0, &add, 1, 0);
    c.app[1].verdict = ERR_REFUSED;
    cast_refused(&c, 1, buf_view(&c.p.last.commit), MLS_RULE_COMMIT_POLICY);
    cast_refused(&c, 1, buf_view(&c.p.last.commit), MLS_RULE_COMMIT_POLICY);
    cr_assert_eq(cast_view(&c, 1).proposals, 1);
    c.app[1].verdict = ERR_OK;
    party_deliver(&c.p, 0, buf_view(&c.p.last.commit));
    cr_assert_eq(mls_apply(cast_group(&c, 0)), ERR_OK);
    cr_assert_eq(cast_join(&c, new, NULL), MLS_RULE_KEPT);
    cast_alive(&c);
    cast_fini(&c);
}

Test(group_judge, no__leaves_both_sides_as_they_were)
{
    cast_suites(says_no);
}

/* A stage that is there is not lost over a commit that is refused. */
static void stage_stays(uint16_t suite)
{
    struct buf first;
    struct cast c;

    cast_init(&c, suite, 3);
    buf_init(&first, WIRE_MAX);
    party_stage(&c.p, 1, NULL, 0, MLS_PATH);
    buf_bytes(&first, buf_view(&c.p.last.commit));
    party_stage(&c.p, 2, NULL, 0, MLS_PATH);
    c.app[1].verdict = ERR_REFUSED;
    cast_refused(&c, 1, buf_view(&c.p.last.commit), MLS_RULE_COMMIT_POLICY);
    cr_assert(cast_view(&c, 1).staged_own);
    party_deliver(&c.p, 1, buf_view(&first));
    cr_assert_eq(mls_apply(cast_group(&c, 1)), ERR_OK);
    cast_alive(&c);
    buf_free(&first);
    cast_fini(&c);
}

Test(group_judge, no__keeps_what_was_staged_before)
{
    cast_suites(stage_stays);
}

/* ---- who somebody is ---- */

static void hush(struct cast *c)
{
    for (size_t i = 0; i < c->p.n; i++)
        buf_clear(&c->app[i].identified);
}

static void expect(struct cast *c, size_t who, const char *names)
{
    cr_assert_str_eq(buf_cstr(&c->app[who].identified), names, "member %zu", who);
}

static void identified(uint16_t suite)
{
    const struct mls_proposal updates = {.type = MLS_UPDATE};
    const struct cast_entry how = {0};
    struct cast c;

    cast_init(&c, suite, 3);
    expect(&c, 2, "person 0.person 1.person 2."); /* a joiner of all who are there */
    hush(&c);
    party_update(&c.p, 1);
    expect(&c, 0, "person 1.");
    expect(&c, 2, "person 1.");
    hush(&c);
    cast_propose(&c, 2, &updates, 0);
    expect(&c, 0, "person 2.");
    hush(&c);
    size_t new = cast_person(&c);
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&c.p.m[new]->package)};
    party_commit(&c.p, 0, &add, 1, MLS_NO_PENDING);
    expect(&c, 0, "person 3.");
    expect(&c, 1, "person 3.");
    hush(&c);
    cast_come_in(&c, cast_person(&c), &how);
    expect(&c, 1, "person 4.");
    expect(&c, 4, "person 0.person 1.person 2.person 3.");
    cast_fini(&c);
}

Test(group_judge, identify__is_asked_about_every_new_leaf)
{
    cast_suites(identified);
}

static void unwelcome(uint16_t suite)
{
    const struct cast_entry how = {0};
    enum mls_rule rule;
    struct buf commit;
    struct cast c;

    cast_init(&c, suite, 3);
    buf_init(&commit, WIRE_MAX);
    size_t new = cast_person(&c);
    const struct mls_proposal add = {
        .type = MLS_ADD, .package = buf_view(&c.p.m[new]->package)};
    c.app[0].not_welcome = LIT("person 3");
    cast_cannot(&c, 0, &add, 1, MLS_RULE_LEAF_IDENTITY);
    party_stage(&c.p, 1, &add, 1, 0);
    cast_refused(&c, 0, buf_view(&c.p.last.commit), MLS_RULE_LEAF_IDENTITY);
    mls_discard(cast_group(&c, 1));
    cr_assert_eq(cast_enter(&c, new, &how, &commit, &rule), ERR_OK);
    cast_refused(&c, 0, buf_view(&commit), MLS_RULE_LEAF_IDENTITY);
    mls_group_free(cast_group(&c, new));
    c.p.m[new]->g = NULL;
    c.app[new].not_welcome = LIT("person 2"); /* with whom it will not be */
    cr_assert_eq(cast_enter(&c, new, &how, &commit, &rule), ERR_REFUSED);
    cr_assert_eq(rule, MLS_RULE_LEAF_IDENTITY);
    c.app[0].not_welcome = (struct bytes){0};
    party_stage(&c.p, 1, &add, 1, 0);
    party_deliver(&c.p, 1, buf_view(&c.p.last.commit));
    cr_assert_eq(mls_apply(cast_group(&c, 1)), ERR_OK);
    cr_assert_eq(cast_join(&c, new, NULL), MLS_RULE_LEAF_IDENTITY);
    c.app[new].not_welcome = (struct bytes){0};
    cr_assert_eq(cast_join(&c, new, NULL), MLS_RULE_KEPT);
    cast_alive(&c);
    buf_free(&commit);
    cast_fini(&c);
}

Test(group_judge, identify__keeps_out_whom_it_does_not_know)
{
    cast_suites(unwelcome);
}
