/* SPDX-License-Identifier: ISC */
#include "client/group_people.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "mls/safety.h"

void people_text(const struct talk_person *p, char out[PEOPLE_TEXT])
{
    struct bytes shown = talk_shown(p);
    char tag[TRUST_TAG];

    trust_tag(p->print, tag);
    (void)snprintf(out, PEOPLE_TEXT, "%.*s%s%s", (int)shown.n, (const char *)shown.p,
        talk_person_guest(p) ? "#" : "", talk_person_guest(p) ? tag : "");
}

struct talk_person *people_self(struct engine *e, struct talk *c)
{
    return talk_person(c, e->identity.print);
}

struct talk_person *people_named(struct talk *c, struct bytes typed)
{
    struct talk_person *found = NULL;
    char text[PEOPLE_TEXT];

    for (uint32_t i = 0; i < c->leaf_n; i++) {
        struct talk_person *p = c->leaf[i];
        if (p == NULL)
            continue;
        people_text(p, text);
        if (bytes_eq(typed, bytes_str(text)))
            return p;
        if (!bytes_eq(typed, talk_shown(p)))
            continue;
        if (found != NULL && found != p)
            return NULL;
        found = p;
    }
    return found;
}

/* ---- trust ---- */

void people_tell_changed(struct engine *e, struct talk *c, const char *name)
{
    const struct trust_person *pin = trust_find(e->trust, bytes_str(name));

    if (pin != NULL && pin->was_verified)
        engine_say_in(e, c, EVENT_ERROR,
            "THE KEY OF %s HAS CHANGED, AND YOU HAD VERIFIED THE ONE BEFORE. Somebody may sit "
            "between you. What comes under the new key is not shown, and nothing is sent. Meet "
            "or call %s first; only if the key is really new, /trust %s accepts it, and /verify "
            "%s compares it.",
            name, name, name, name);
    else
        engine_say_in(e, c, EVENT_ERROR,
            "THE KEY OF %s HAS CHANGED. What comes under the new key is not shown, and nothing "
            "is sent. Ask %s by another way whether the key is really new; then /trust %s "
            "accepts it, and /verify %s compares it.",
            name, name, name, name);
}

bool people_guest_fits(struct engine *e, struct talk *c, struct bytes name)
{
    struct buf folded;

    buf_init(&folded, 4 * MSG_ROOM);
    bool known =
        utf8_fold(&folded, name) == ERR_OK && trust_find(e->trust, buf_view(&folded)) != NULL;
    buf_free(&folded);
    if (!known)
        return true;
    engine_say_in(e, c, EVENT_ERROR,
        "THE RELAY SAYS THAT %.*s IS A GUEST NOW, BUT YOU KNOW AN ACCOUNT OF THAT NAME. It was "
        "refused, and nothing was sent.",
        (int)name.n, (const char *)name.p);
    return false;
}

bool people_another_guest(struct engine *e, struct talk *c, const uint8_t print[POLICY_PRINT])
{
    const struct talk_person *me = people_self(e, c);
    struct talk_person *p, *before = NULL;
    char was[TRUST_TAG];
    char is[TRUST_TAG];
    size_t at = 0;

    if (talk_person(c, print) != NULL)
        return false;
    while ((p = map_next(&c->people, &at, NULL)) != NULL)
        before = p != me && p->name[0] != '\0' ? p : before;
    (void)talk_meet(c, print);
    if (before == NULL)
        return false;
    trust_tag(before->print, was);
    trust_tag(print, is);
    engine_say_in(e, c, EVENT_ERROR,
        "%s IS ANOTHER GUEST THAN BEFORE: %s#%s, not %s#%s. What you write now goes to this "
        "one.",
        c->title, c->title, is, c->title, was);
    return true;
}

static void tell_alike(struct engine *e, struct talk *c, struct talk_person *p)
{
    const struct trust_person *other = trust_alike(e->trust, bytes_str(p->name));

    if (other == NULL || p->told_apart)
        return;
    p->told_apart = true;
    engine_say_in(e, c, EVENT_WARN,
        "%s is somebody else than %s, whose name looks alike. /whois %s tells them apart.",
        p->name, other->name, p->name);
}

static bool is_in_under(const struct talk *c, const uint8_t print[TRUST_PRINT])
{
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        const struct talk_person *p = c->leaf[i];
        if (p != NULL && !talk_person_guest(p) && memcmp(p->print, print, TRUST_PRINT) == 0)
            return true;
    }
    return false;
}

bool people_replaced(struct engine *e, const struct talk *c, const struct talk_person *p)
{
    const struct trust_person *pin =
        talk_person_guest(p) ? NULL : trust_find(e->trust, bytes_str(p->name));

    return pin != NULL && pin->replaced && memcmp(pin->old, p->print, TRUST_PRINT) == 0 &&
           is_in_under(c, pin->print);
}

static void judge_one(struct engine *e, struct talk *c, struct talk_person *p)
{
    enum trust_state was = p->trust;

    if (memcmp(p->print, e->identity.print, sizeof p->print) == 0) {
        p->trust = TRUST_VERIFIED;
        return;
    }
    if (talk_person_guest(p)) {
        p->trust = trust_of(e->trust, bytes_str(p->name), p->print);
        if (p->trust == TRUST_UNKNOWN)
            p->trust = TRUST_PINNED; /* a guest is its key */
        return;
    }
    if (people_replaced(e, c, p)) { /* no news, and no trust */
        p->trust = TRUST_CHANGED;
        if (was != TRUST_CHANGED)
            engine_say_in(e, c, EVENT_INFO,
                "The key that %s had before is still in the group, and nothing is sent until it "
                "is taken out.",
                p->name);
        return;
    }
    p->trust = trust_see(e->trust, bytes_str(p->name), p->print, e->loop->wall_ms);
    if (p->trust == TRUST_CHANGED && was != TRUST_CHANGED)
        people_tell_changed(e, c, p->name);
    tell_alike(e, c, p);
}

const struct talk_person *people_stop(const struct talk *c)
{
    const struct talk_person *first = NULL;

    for (uint32_t i = 0; i < c->leaf_n; i++) {
        const struct talk_person *p = c->leaf[i];
        if (p != NULL &&
            (p->trust == TRUST_CHANGED || (c->verified_only && p->trust != TRUST_VERIFIED)) &&
            (first == NULL || p->trust == TRUST_CHANGED))
            first = p;
    }
    return first;
}

const struct talk_person *people_unverified(struct engine *e, struct talk *c)
{
    const struct talk_person *me = people_self(e, c);

    for (uint32_t i = 0; i < c->leaf_n; i++) {
        const struct talk_person *p = c->leaf[i];
        if (p != NULL && p != me && p->trust != TRUST_VERIFIED)
            return p;
    }
    return NULL;
}

/* ---- what is shown ---- */

static uint32_t count_verified(struct engine *e, struct talk *c)
{
    const struct talk_person *me = people_self(e, c);
    uint32_t n = 0;

    for (uint32_t i = 0; i < c->leaf_n; i++)
        n += c->leaf[i] != NULL && c->leaf[i] != me && c->leaf[i]->trust == TRUST_VERIFIED;
    return n;
}

static void show_seal(struct engine *e, struct talk *c)
{
    struct room *r = c->page;

    if (r == NULL)
        return;
    r->verified = count_verified(e, c);
    if (c->group == NULL || c->leaf_n == 0)
        r->seal = c->lost ? ROOM_LOST : ROOM_AGREEING;
    else if (c->stands)
        r->seal = ROOM_BROKEN;
    else if (people_stop(c) != NULL)
        r->seal = people_stop(c)->trust == TRUST_CHANGED ? ROOM_STOPPED : ROOM_UNVERIFIED;
    else
        r->seal = c->confirmed || r->members <= 1 ? ROOM_SEALED : ROOM_UNCONFIRMED;
    model_room_changed(e->model, r);
}

static uint8_t flags_of(const struct talk *c, const struct talk_person *p)
{
    uint8_t flags = ROSTER_SEALED;

    if (talk_person_guest(p))
        flags |= ROSTER_GUEST;
    if (p->trust == TRUST_VERIFIED)
        flags |= ROSTER_VERIFIED;
    if (p->trust == TRUST_CHANGED)
        flags |= ROSTER_CHANGED;
    if (c->kind == CONVO_ROOM && policy_is_owner(&c->policy, p->print))
        flags |= ROSTER_OWNER;
    else if (c->kind == CONVO_ROOM && policy_is_moderator(&c->policy, p->print))
        flags |= ROSTER_MODERATOR;
    return flags;
}

#define OVERLAID                                                                               \
    (ROSTER_SEALED | ROSTER_GUEST | ROSTER_VERIFIED | ROSTER_CHANGED | ROSTER_OWNER |          \
        ROSTER_MODERATOR)

void people_overlay(struct engine *e, struct talk *c)
{
    struct roster *roster = c->page != NULL ? &c->page->people : NULL;

    if (roster == NULL || c->group == NULL)
        return;
    for (size_t i = 0; i < roster->count; i++)
        roster->people[i].flags &= (uint8_t)~OVERLAID;
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        const struct talk_person *p = c->leaf[i];
        if (p == NULL)
            continue;
        struct bytes name =
            talk_person_guest(p) && p->relay[0] != '\0' ? bytes_str(p->relay) : talk_shown(p);
        struct person *shown = roster_find(roster, name);
        if (shown == NULL) {
            if (roster_add(roster, name,
                    p->leaf == people_self(e, c)->leaf ? 0 : ROSTER_AWAY) != ERR_OK)
                continue;
            shown = roster_find(roster, name);
        }
        shown->flags |= flags_of(c, p);
        if (talk_person_guest(p) || p->trust == TRUST_CHANGED)
            trust_tag(p->print, shown->tag);
    }
    show_seal(e, c);
}

/* ---- from the tree ---- */

static void take_nick(struct talk_person *p, const struct mls_member *m)
{
    struct bytes nick;

    if (p->nick[0] == '\0' && mls_ext_find(m->extensions, POLICY_EXT_NICK, &nick) &&
        nick.n < sizeof p->nick)
        (void)bytes_copy(p->nick, sizeof p->nick, nick);
}

static void take_leaf(struct engine *e, struct talk *c, uint32_t i)
{
    uint8_t print[POLICY_PRINT];
    struct mls_member m;

    if (!mls_group_member(c->group, i, &m))
        return;
    policy_print(m.signature_key, print);
    struct talk_person *p = talk_meet(c, print);
    if (!bytes_copy(p->name, sizeof p->name, m.identity))
        p->name[0] = '\0'; /* longer than a name can be: policy_identify() lets none in */
    take_nick(p, &m);
    if (p->relay[0] == '\0' && talk_person_guest(p))
        (void)bytes_copy(p->relay, sizeof p->relay, called_get(&e->called, print));
    p->here = true;
    p->leaf = i;
    c->leaf[i] = p;
}

static void show_code(struct talk *c)
{
    uint8_t secret[32];
    struct mls_view v;

    mls_group_view(c->group, &v);
    c->page->epoch = v.epoch;
    c->page->members = v.members;
    if (mls_export(c->group, "sotto room code", bytes_of(v.tree_hash, sizeof v.tree_hash),
            secret, sizeof secret) == ERR_OK)
        safety_code(secret, c->page->code);
    mem_wipe(secret, sizeof secret);
}

void people_refresh(struct engine *e, struct talk *c)
{
    struct talk_person *p;
    struct mls_view v;
    size_t at = 0;

    mls_group_view(c->group, &v);
    while ((p = map_next(&c->people, &at, NULL)) != NULL)
        p->here = false;
    c->leaf = mem_realloc(c->leaf, (v.leaves + 1) * sizeof *c->leaf);
    c->leaf_n = v.leaves;
    for (uint32_t i = 0; i < v.leaves; i++) {
        c->leaf[i] = NULL;
        take_leaf(e, c, i);
    }
    people_judge(e, c);
    if (c->page != NULL)
        show_code(c);
    people_overlay(e, c);
}

void people_mark(struct talk *c)
{
    struct talk_person *p;
    size_t at = 0;

    while ((p = map_next(&c->people, &at, NULL)) != NULL)
        p->was = p->here;
}

void people_compare(struct engine *e, struct talk *c, people_fn *came, people_fn *went)
{
    struct talk_person *p;
    size_t at = 0;

    while ((p = map_next(&c->people, &at, NULL)) != NULL) {
        if (p->here && !p->was)
            came(e, c, p);
        if (p->was && !p->here)
            went(e, c, p);
    }
}

void people_judge(struct engine *e, struct talk *c)
{
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        if (c->leaf[i] != NULL)
            judge_one(e, c, c->leaf[i]);
    }
    show_seal(e, c);
}

void people_all(struct engine *e)
{
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        if (c->group == NULL)
            continue;
        people_judge(e, c);
        people_overlay(e, c);
        engine_touch(e, c);
    }
}
