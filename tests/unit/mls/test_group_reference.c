/* SPDX-License-Identifier: ISC */
/* RFC 9420, 12.1 and 12.4: proposals that one sends and another commits. */
#include "cast.h"

#include <stdio.h>

#include "mls/ext.h"
#include "mls/package.h"
#include "support/mlsevil.h"

static void both_ways(uint16_t suite, void (*run)(struct cast *c, unsigned flags))
{
    static const unsigned FLAGS[] = {0, MLS_PUBLIC};

    for (size_t i = 0; i < 2; i++) {
        struct cast c;
        cast_init(&c, suite, 4);
        run(&c, FLAGS[i]);
        cast_fini(&c);
    }
}

static void in_each_suite(void (*run)(struct cast *c, unsigned flags))
{
    both_ways(0x0001, run);
    both_ways(0xf001, run);
}

/* Commits what waits, and says what its application heard of it. */
static const char *commit(struct cast *c, size_t who, unsigned flags)
{
    party_commit(&c->p, who, NULL, 0, flags);
    cr_assert_eq(cast_view(c, who).proposals, 0);
    return buf_cstr(&c->app[who].change);
}

static void mute(struct cast *c)
{
    const struct mls_wrap wrap = {0};
    struct buf out;

    buf_init(&out, WIRE_MAX);
    for (size_t i = 0; i < c->p.n; i++) {
        struct mls_group *g = cast_group(c, i);
        if (g == NULL)
            continue;
        cr_assert_eq(mls_protect(g, LIT("first this"), &wrap, &out), ERR_REFUSED);
        cr_assert_eq(mls_group_rule(g), MLS_RULE_GROUP_PROPOSALS);
        cr_assert_eq(out.n, 0);
    }
    buf_free(&out);
}

static void add(struct cast *c, unsigned flags)
{
    size_t new = cast_person(c);
    const struct mls_proposal what = {
        .type = MLS_ADD, .package = buf_view(&c->p.m[new]->package)};

    cast_propose(c, 1, &what, flags);
    mute(c);
    cr_assert_not_null(strstr(commit(c, 2, flags), "added: 4=person 4 removed: updated:"));
    cr_assert_eq(cast_join(c, new, NULL), MLS_RULE_KEPT);
    cast_alive(c);
}

Test(group_reference, add)
{
    in_each_suite(add);
}

static void update(struct cast *c, unsigned flags)
{
    const struct mls_proposal what = {.type = MLS_UPDATE};
    struct mls_member m;
    char key[64];

    for (size_t i = 0; i < 4; i++)
        party_update(&c->p, i);
    cr_assert(mls_group_member(cast_group(c, 0), 3, &m));
    memcpy(key, m.encryption_key.p, m.encryption_key.n);
    cast_propose(c, 3, &what, flags);
    mute(c);
    cr_assert(mls_group_member(cast_group(c, 3), 3, &m));
    cr_assert_arr_eq(m.encryption_key.p, key, m.encryption_key.n); /* not yet */
    cr_assert_not_null(strstr(commit(c, 0, flags), "added: removed: updated: 3=person 3"));
    cr_assert(mls_group_member(cast_group(c, 0), 3, &m));
    cr_assert_arr_neq(m.encryption_key.p, key, m.encryption_key.n);
    cast_alive(c);
    for (size_t i = 0; i < 4; i++) /* paths are sealed to the new key, and it opens them */
        party_update(&c->p, i);
    cast_alive(c);
}

Test(group_reference, update__of_another_whose_new_key_works)
{
    in_each_suite(update);
}

static void updates(struct cast *c, unsigned flags)
{
    const struct mls_proposal what = {.type = MLS_UPDATE};

    for (size_t i = 0; i < 4; i++)
        cast_propose(c, i, &what, flags);
    cast_propose(c, 2, &what, flags);       /* once more: the newest counts */
    const char *said = commit(c, 1, flags); /* its own is its path */
    cr_assert_not_null(strstr(said, "updated: 0=person 0 3=person 3 2=person 2 psks"));
    cast_alive(c);
    for (size_t i = 0; i < 4; i++)
        party_update(&c->p, i);
    cast_alive(c);
}

Test(group_reference, update__of_everybody_at_once)
{
    in_each_suite(updates);
}

static void removal(struct cast *c, unsigned flags)
{
    const struct mls_proposal leaves = {.type = MLS_REMOVE, .leaf = 2};

    cast_propose(c, 2, &leaves, flags); /* somebody goes by itself */
    cr_assert_not_null(strstr(commit(c, 3, flags), "removed: 2=person 2 updated"));
    cr_assert_null(cast_group(c, 2));
    cast_alive(c);
    const struct mls_proposal other = {.type = MLS_REMOVE, .leaf = 0};
    cast_propose(c, 1, &other, flags);
    cr_assert_not_null(strstr(commit(c, 1, flags), "removed: 0=person 0 updated"));
    cr_assert_null(cast_group(c, 0));
    cast_alive(c);
}

Test(group_reference, remove__of_oneself_and_of_another)
{
    in_each_suite(removal);
}

static void remove_wins(struct cast *c, unsigned flags)
{
    const struct mls_proposal updates = {.type = MLS_UPDATE};
    const struct mls_proposal removes = {.type = MLS_REMOVE, .leaf = 2};

    cast_propose(c, 2, &updates, flags);
    cast_propose(c, 3, &updates, flags);
    cast_propose(c, 0, &removes, flags);
    cast_propose(c, 2, &updates, flags);
    const char *said = commit(c, 1, flags);
    cr_assert_not_null(strstr(said, "removed: 2=person 2 updated: 3=person 3 psks"));
    cr_assert_null(cast_group(c, 2));
    cast_alive(c);
}

Test(group_reference, remove__wins_over_an_update_of_the_same_leaf)
{
    in_each_suite(remove_wins);
}

static void psk_and_context(struct cast *c, unsigned flags)
{
    struct buf extensions;

    buf_init(&extensions, WIRE_SMALL);
    mls_ext_put(&extensions, EXT_APPLICATION_ID, LIT("the room"));
    const struct mls_proposal psk = {.type = MLS_PSK, .psk_id = LIT("a key")};
    const struct mls_proposal resumption = {.type = MLS_PSK, .psk_epoch = 1};
    const struct mls_proposal context = {
        .type = MLS_CONTEXT, .extensions = buf_view(&extensions)};
    cast_all_learn(c, "a key", "of ours");
    cast_propose(c, 0, &psk, flags);
    cast_propose(c, 3, &resumption, flags);
    cast_propose(c, 1, &context, flags);
    cr_assert_eq(cast_view(c, 2).proposals, 3);
    (void)commit(c, 2, flags);
    for (size_t i = 0; i < 4; i++) {
        cr_assert(bytes_eq(cast_view(c, i).extensions, buf_view(&extensions)));
        cr_assert_not_null(strstr(buf_cstr(&c->app[i].change), "psks: a key before"));
    }
    cast_alive(c);
    buf_free(&extensions);
}

Test(group_reference, psk_and_context__together)
{
    in_each_suite(psk_and_context);
}

static enum err any_psk(void *arg, struct bytes id, struct buf *out)
{
    (void)arg;
    buf_bytes(out, id);
    return ERR_OK;
}

/* More keys than a commit can have: what is too much is left out, and stops nobody. */
static void many_psks(struct cast *c, unsigned flags)
{
    char id[8];

    for (size_t i = 0; i < 4; i++)
        c->p.m[i]->world.env.psk = any_psk;
    for (size_t i = 0; i < 70; i++) {
        (void)snprintf(id, sizeof id, "%zu", i);
        const struct mls_proposal psk = {.type = MLS_PSK, .psk_id = bytes_str(id)};
        cast_propose(c, 1, &psk, flags);
    }
    (void)commit(c, 2, flags);
    cr_assert_not_null(strstr(buf_cstr(&c->app[1].change), " 69 before"));
    cr_assert_null(strstr(buf_cstr(&c->app[1].change), " 5 6 "));
    cast_alive(c);
}

Test(group_reference, psks__more_than_a_commit_has)
{
    both_ways(0x0001, many_psks);
}

/* By value and by reference in one commit. */
static void mixed(struct cast *c, unsigned flags)
{
    const struct mls_proposal updates = {.type = MLS_UPDATE};
    size_t new = cast_person(c);
    const struct mls_proposal what[] = {
        {.type = MLS_ADD, .package = buf_view(&c->p.m[new]->package)},
        {.type = MLS_REMOVE, .leaf = 1},
    };

    cast_propose(c, 3, &updates, flags);
    cast_propose(c, 1, &updates, flags); /* but it is removed */
    party_commit(&c->p, 0, what, 2, flags);
    cr_assert_not_null(strstr(buf_cstr(&c->app[0].change),
        "added: 1=person 4 removed: 1=person 1 updated: 3=person 3 psks"));
    cr_assert_eq(party_leaf(&c->p, new), 1);
    cast_alive(c);
    party_update(&c->p, 3);
    cast_alive(c);
}

Test(group_reference, beside_proposals_by_value)
{
    in_each_suite(mixed);
}

/* What was left out ends with the epoch, and cannot come back in the next. */
static void left_out(struct cast *c, unsigned flags)
{
    const struct mls_proposal what = {.type = MLS_REMOVE, .leaf = 2};
    const struct mls_wrap wrap = {.flags = flags, .authenticated_data = LIT("again")};
    struct buf late;

    buf_init(&late, WIRE_MAX);
    cast_propose(c, 1, &what, flags);
    cr_assert_eq(mls_propose(cast_group(c, 1), &what, &wrap, &late), ERR_OK);
    cr_assert_eq(cast_view(c, 1).proposals, 2);
    const char *said = commit(c, 0, MLS_NO_PENDING | MLS_PATH | flags);
    cr_assert_not_null(strstr(said, "removed: updated: psks"));
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(cast_view(c, i).proposals, 0);
    cast_alive(c);
    cr_assert_eq(mls_process(cast_group(c, 3), buf_view(&late), &c->event), ERR_STALE);
    cr_assert_eq(cast_view(c, 3).proposals, 0);
    cr_assert_not_null(strstr(commit(c, 3, flags), "removed: updated: psks"));
    cr_assert_not_null(cast_group(c, 2));
    cast_alive(c);
    buf_free(&late);
}

Test(group_reference, left_out__ends_with_the_epoch)
{
    in_each_suite(left_out);
}

/* One that did not reach somebody: the commit is refused there until it has. */
static void missed(struct cast *c, unsigned flags)
{
    const struct mls_proposal what = {.type = MLS_REMOVE, .leaf = 3};
    const struct mls_wrap wrap = {.flags = flags};
    struct buf message;

    buf_init(&message, WIRE_MAX);
    cr_assert_eq(mls_propose(cast_group(c, 1), &what, &wrap, &message), ERR_OK);
    cast_hear(c, 0, buf_view(&message));
    cast_hear(c, 3, buf_view(&message));
    party_stage(&c->p, 0, NULL, 0, flags);
    cast_refused(c, 2, buf_view(&c->p.last.commit), MLS_RULE_PROPOSAL_UNKNOWN);
    cast_hear(c, 2, buf_view(&message));
    party_deliver(&c->p, 0, buf_view(&c->p.last.commit));
    cr_assert_eq(mls_apply(cast_group(c, 0)), ERR_OK);
    cr_assert_null(cast_group(c, 3));
    cast_alive(c);
    buf_free(&message);
}

Test(group_reference, missed__is_asked_for_by_the_commit)
{
    in_each_suite(missed);
}

/* ---- from outside: what a server or a newcomer would send ---- */

static void external_senders(struct cast *c, size_t who, struct buf *out)
{
    struct buf list;
    struct buf content;

    buf_init(&list, WIRE_SMALL);
    buf_init(&content, WIRE_SMALL);
    wire_put(&list, LIT("no key of anybody")); /* the first of them never says anything */
    buf_u16(&list, MLS_BASIC);
    wire_put(&list, LIT("nobody"));
    wire_put(&list, sign_key_pub(c->p.m[who]->key));
    buf_u16(&list, MLS_BASIC);
    wire_put(&list, LIT("the server"));
    wire_put(&content, buf_view(&list));
    mls_ext_put(out, EXT_EXTERNAL_SENDERS, buf_view(&content));
    buf_free(&list);
    buf_free(&content);
}

static void by_the_server(uint16_t suite)
{
    const struct proposal what = {.type = PROPOSAL_REMOVE, .removed = 2};
    struct buf extensions;
    struct mlsevil server;
    struct cast c;

    cast_init(&c, suite, 4);
    buf_init(&extensions, WIRE_SMALL);
    size_t who = cast_person(&c);
    external_senders(&c, who, &extensions);
    const struct mls_proposal context = {
        .type = MLS_CONTEXT, .extensions = buf_view(&extensions)};
    party_commit(&c.p, 0, &context, 1, 0);
    mlsevil_init(&server, &c.p, 0);
    struct bytes message =
        mlsevil_outsider(&server, SENDER_EXTERNAL, 1, c.p.m[who]->key, &what);
    for (size_t i = 0; i < 4; i++) {
        cast_hear(&c, i, message);
        cr_assert_eq(c.event.kind, MLS_EVENT_PROPOSAL);
        cr_assert_eq(c.event.proposal, MLS_REMOVE);
        cr_assert_eq(c.event.sender, MLS_NOBODY);
    }
    mute(&c);
    cr_assert_not_null(strstr(commit(&c, 3, 0), "removed: 2=person 2 updated"));
    cr_assert_null(cast_group(&c, 2));
    cast_alive(&c);
    mlsevil_fini(&server);
    buf_free(&extensions);
    cast_fini(&c);
}

Test(group_reference, external_sender__proposes_a_remove)
{
    cast_suites(by_the_server);
}

static void by_a_newcomer(uint16_t suite)
{
    struct proposal what = {.type = PROPOSAL_ADD};
    struct mlsevil newcomer;
    struct cast c;

    cast_init(&c, suite, 3);
    size_t who = cast_person(&c);
    cr_assert_eq(package_read(buf_view(&c.p.m[who]->package), &what.package), ERR_OK);
    mlsevil_init(&newcomer, &c.p, 0);
    struct bytes message =
        mlsevil_outsider(&newcomer, SENDER_NEW_PROPOSAL, 0, c.p.m[who]->key, &what);
    for (size_t i = 0; i < 3; i++) {
        cast_hear(&c, i, message);
        cr_assert_eq(c.event.proposal, MLS_ADD);
        cr_assert_eq(c.event.sender, MLS_NOBODY);
    }
    mute(&c);
    cr_assert_not_null(strstr(commit(&c, 1, 0), "added: 3=person 3 removed"));
    cr_assert_eq(cast_join(&c, who, NULL), MLS_RULE_KEPT);
    cast_alive(&c);
    proposal_fini(&what);
    mlsevil_fini(&newcomer);
    cast_fini(&c);
}

Test(group_reference, newcomer__proposes_its_own_add)
{
    cast_suites(by_a_newcomer);
}
