/* SPDX-License-Identifier: ISC */
/* RFC 9420, 12.1.7 and 11.1: the extensions of a group's context, and what they require. */
#include "cast.h"

#include "mls/ext.h"

#define ROOM  0xf0a0 /* an application's own extension */
#define OTHER 0xf0a1

static const uint16_t LISTED[] = {ROOM};

/* required_capabilities that name the room's extension, and the extension itself. */
static void room(struct buf *out, struct bytes content)
{
    struct buf data;

    buf_init(&data, WIRE_SMALL);
    mls_ext_require(&data, LISTED, 1);
    mls_ext_put(out, EXT_REQUIRED_CAPABILITIES, buf_view(&data));
    mls_ext_put(out, ROOM, content);
    buf_free(&data);
}

static size_t listing(struct cast *c)
{
    size_t who = cast_person(c);

    c->p.m[who]->who.extension_types = LISTED;
    c->p.m[who]->who.extension_types_n = 1;
    party_repackage(&c->p, who);
    return who;
}

static struct mls_proposal adds(const struct cast *c, size_t who)
{
    return (struct mls_proposal){.type = MLS_ADD, .package = buf_view(&c->p.m[who]->package)};
}

struct hall {
    struct cast c;
    struct buf extensions;
};

/* Three people who list it in a room, and a fourth who does not, outside. */
static void hall_init(struct hall *h, uint16_t suite)
{
    cast_init(&h->c, suite, 0);
    buf_init(&h->extensions, WIRE_SMALL);
    room(&h->extensions, LIT("open"));
    party_found(&h->c.p, listing(&h->c), buf_view(&h->extensions));
    party_add(&h->c.p, 0, listing(&h->c));
    party_add(&h->c.p, 1, listing(&h->c));
    (void)cast_person(&h->c);
}

static void hall_fini(struct hall *h)
{
    buf_free(&h->extensions);
    cast_fini(&h->c);
}

static void founded(uint16_t suite)
{
    struct bytes content;
    struct hall h;

    hall_init(&h, suite);
    for (size_t i = 0; i < 3; i++) {
        cr_assert(bytes_eq(cast_view(&h.c, i).extensions, buf_view(&h.extensions)));
        cr_assert(mls_ext_find(cast_view(&h.c, i).extensions, ROOM, &content));
        cr_assert(bytes_eq(content, LIT("open")));
    }
    cast_alive(&h.c);
    hall_fini(&h);
}

Test(group_context, extensions__are_the_founder_s_at_everybody)
{
    cast_suites(founded);
}

static void unable(uint16_t suite)
{
    const struct cast_entry how = {0};
    enum mls_rule rule;
    struct buf commit;
    struct hall h;

    hall_init(&h, suite);
    buf_init(&commit, WIRE_MAX);
    const struct mls_proposal add = adds(&h.c, 3);
    cast_cannot(&h.c, 1, &add, 1, MLS_RULE_LEAF_REQUIRED);
    cr_assert_eq(cast_enter(&h.c, 3, &how, &commit, &rule), ERR_REFUSED);
    cr_assert_eq(rule, MLS_RULE_LEAF_REQUIRED);
    cast_propose(&h.c, 0, &add, 0); /* proposed it may be, but nobody commits it */
    party_commit(&h.c.p, 1, NULL, 0, 0);
    cr_assert_eq(cast_view(&h.c, 0).members, 3);
    cr_assert_eq(h.c.p.last.welcome.n, 0);
    cast_alive(&h.c);
    size_t able = listing(&h.c);
    cast_come_in(&h.c, able, &how);
    cast_alive(&h.c);
    buf_free(&commit);
    hall_fini(&h);
}

Test(group_context, requirement__keeps_out_who_does_not_meet_it)
{
    cast_suites(unable);
}

/* A founder who cannot do what he asks for. */
static void founder(uint16_t suite)
{
    struct buf extensions;
    struct cast c;

    cast_init(&c, suite, 0);
    buf_init(&extensions, WIRE_SMALL);
    room(&extensions, LIT("open"));
    struct party_member *m = c.p.m[cast_person(&c)];
    const struct mls_group_request what = {
        .suite = suite, .group_id = LIT("room"), .extensions = buf_view(&extensions)};
    cr_assert_eq(mls_group_create(&m->world.env, &m->who, &what, &m->g), ERR_REFUSED);
    cr_assert_null(m->g);
    buf_free(&extensions);
    cast_fini(&c);
}

Test(group_context, requirement__is_met_by_the_founder)
{
    cast_suites(founder);
}

static void changed(uint16_t suite)
{
    struct buf next;
    struct buf unmet;
    struct hall h;

    hall_init(&h, suite);
    buf_init(&next, WIRE_SMALL);
    buf_init(&unmet, WIRE_SMALL);
    room(&next, LIT("password"));
    const struct mls_proposal change = {.type = MLS_CONTEXT, .extensions = buf_view(&next)};
    party_stage(&h.c.p, 2, &change, 1, 0);
    for (size_t i = 0; i < 3; i++) {
        cast_hear(&h.c, i, buf_view(&h.c.p.last.commit));
        cr_assert(bytes_eq(h.c.event.change->extensions_before, buf_view(&h.extensions)));
        cr_assert(bytes_eq(h.c.event.change->extensions_after, buf_view(&next)));
        cr_assert(bytes_eq(cast_view(&h.c, i).extensions, buf_view(&h.extensions)));
        cr_assert_eq(mls_apply(cast_group(&h.c, i)), ERR_OK);
        cr_assert(bytes_eq(cast_view(&h.c, i).extensions, buf_view(&next)));
    }
    cast_alive(&h.c);
    mls_ext_put(&unmet, OTHER, LIT("of the future"));
    const struct mls_proposal future = {.type = MLS_CONTEXT, .extensions = buf_view(&unmet)};
    cast_cannot(&h.c, 0, &future, 1, MLS_RULE_LEAF_GROUP_EXTENSION);
    const struct mls_proposal none = {.type = MLS_CONTEXT};
    party_commit(&h.c.p, 1, &none, 1, 0);
    cr_assert_eq(cast_view(&h.c, 0).extensions.n, 0);
    party_add(&h.c.p, 0, 3); /* nothing is asked any more */
    cast_alive(&h.c);
    buf_free(&next);
    buf_free(&unmet);
    hall_fini(&h);
}

Test(group_context, change__replaces_all_of_them)
{
    cast_suites(changed);
}

/* Who does not support it has to go in the same commit, or cannot come in by it. */
static void everybody(uint16_t suite)
{
    struct buf extensions;
    struct cast c;

    cast_init(&c, suite, 0);
    buf_init(&extensions, WIRE_SMALL);
    room(&extensions, LIT("open"));
    party_found(&c.p, listing(&c), (struct bytes){0});
    party_add(&c.p, 0, listing(&c));
    party_add(&c.p, 0, cast_person(&c));
    const struct mls_proposal what[] = {
        {.type = MLS_CONTEXT, .extensions = buf_view(&extensions)},
        {.type = MLS_REMOVE, .leaf = 2},
    };
    cast_cannot(&c, 0, what, 1, MLS_RULE_LEAF_REQUIRED);
    party_commit(&c.p, 0, what, 2, 0);
    cr_assert_null(cast_group(&c, 2));
    cast_alive(&c);
    const struct mls_proposal back[] = {{.type = MLS_CONTEXT}, adds(&c, 2)};
    party_commit(&c.p, 1, back, 2, 0); /* and comes back when nothing is asked */
    cast_alive(&c);
    const struct mls_proposal again[] = {what[0], what[1], adds(&c, cast_person(&c))};
    cast_cannot(&c, 0, again, 3, MLS_RULE_LEAF_REQUIRED);
    const struct mls_proposal able[] = {what[0], what[1], adds(&c, listing(&c))};
    party_commit(&c.p, 0, able, 3, 0);
    cast_alive(&c);
    buf_free(&extensions);
    cast_fini(&c);
}

Test(group_context, change__needs_everybody_s_support)
{
    cast_suites(everybody);
}

/* Somebody who supports it in a new leaf only. */
static void learned(uint16_t suite)
{
    struct buf extensions;
    struct cast c;

    cast_init(&c, suite, 0);
    buf_init(&extensions, WIRE_SMALL);
    room(&extensions, LIT("open"));
    const struct mls_proposal change = {
        .type = MLS_CONTEXT, .extensions = buf_view(&extensions)};
    const struct cast_entry back = {.insider = 0, .resync = true};
    party_found(&c.p, listing(&c), (struct bytes){0});
    party_add(&c.p, 0, cast_person(&c));
    cast_cannot(&c, 0, &change, 1, MLS_RULE_LEAF_REQUIRED);
    c.p.m[1]->who.extension_types = LISTED; /* a newer program, which comes back */
    c.p.m[1]->who.extension_types_n = 1;
    cast_come_in(&c, 1, &back);
    party_commit(&c.p, 1, &change, 1, 0);
    cast_alive(&c);
    buf_free(&extensions);
    cast_fini(&c);
}

Test(group_context, change__is_possible_once_everybody_has_learned_it)
{
    cast_suites(learned);
}
