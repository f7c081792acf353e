/* SPDX-License-Identifier: ISC */
#include "client/invite.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/direct.h"
#include "client/group.h"
#include "client/group_enter.h"
#include "client/group_people.h"
#include "client/keep.h"
#include "client/past.h"
#include "client/say.h"

#define PACKAGE_MAX MSG_PACKAGE

void invite_ask(struct engine *e, struct talk *c, struct bytes name)
{
    struct msg_dm_request m = {.user = name, .more = true};
    struct request r = {.talk = c->serial, .name_n = (uint8_t)name.n};
    struct talk_invite *i = mem_alloc(sizeof *i);
    struct mls_view v;

    mls_group_view(c->group, &v);
    m.suite = v.suite;
    memcpy(r.name, name.p, name.n);
    (void)bytes_copy(i->name, sizeof i->name, name);
    buf_init(&i->package, PACKAGE_MAX);
    i->tag = e->tag;
    i->next = c->invites;
    c->invites = i;
    engine_hold(e, i->tag);
    engine_ask(e, OP_DM_REQUEST, &m, &r);
}

static struct talk_invite **find(struct talk *c, struct bytes name)
{
    struct talk_invite **at = &c->invites;

    while (*at != NULL && !bytes_eq(bytes_str((*at)->name), name))
        at = &(*at)->next;
    return at;
}

void invite_drop(struct engine *e, struct talk *c, struct bytes name, const char *why)
{
    struct talk_invite **at = find(c, name);
    struct talk_invite *i = *at;

    if (i == NULL)
        return;
    *at = i->next;
    engine_fail(e, i->tag, why);
    engine_release(e, i->tag);
    buf_free(&i->package);
    mem_free(i);
}

/* Members know the password's secret; who is added must be able to judge joiners too. */
void invite_hand_on(struct engine *e, struct talk *c)
{
    const uint8_t *psk = talk_psk(c, c->policy.generation);
    struct buf text;

    c->hand_on = false;
    if (c->policy.access != POLICY_PASSWORD || psk == NULL)
        return;
    buf_init(&text, 64);
    buf_u32(&text, c->policy.generation);
    buf_put(&text, psk, POLICY_PRINT);
    say_put(e, c, PAYLOAD_PSK, buf_view(&text));
    buf_wipe(&text);
}

void invite_answer(
    struct engine *e, struct talk *c, const struct request *r, const struct msg_dm_answer *a)
{
    struct talk_invite *i = *find(c, request_name(r));
    struct mls_package package;

    if (i == NULL || c->group == NULL) {
        LOG_INFO("invite", "a key package that nobody needs any more");
        return;
    }
    if (!bytes_eq(a->user, request_name(r))) {
        engine_say_in(e, c, EVENT_ERROR,
            "THE RELAY ANSWERS WITH THE KEY OF %.*s WHEN ASKED FOR %s. Nobody was invited.",
            (int)a->user.n, (const char *)a->user.p, i->name);
        invite_drop(e, c, request_name(r), "the relay answers with the key of somebody else");
        return;
    }
    if (!direct_right_key(e, c, a, &package)) {
        invite_drop(e, c, a->user, "that key is not to be trusted");
        return;
    }
    buf_clear(&i->package);
    buf_bytes(&i->package, a->package);
    engine_touch(e, c);
}

void invite_refused(
    struct engine *e, struct talk *c, const struct request *r, const struct msg_refusal *no)
{
    char why[256];

    (void)bytes_copy(why, sizeof why, no->reason);
    engine_say_in(
        e, c, EVENT_WARN, "%.*s cannot be invited: %s.", (int)r->name_n, r->name, why);
    invite_drop(e, c, request_name(r), why);
}

void invite_came(struct engine *e, struct talk *c, const struct msg_room_key *m)
{
    if (e->identity.key == NULL || !e->published)
        return;
    if (c == NULL) {
        c = engine_talk_new(e, CONVO_ROOM, m->room);
        group_env(c);
    }
    if (c->group != NULL)
        return;
    if (enter_welcome(e, c, &(struct enter_news){.welcome = m->body, .seq = m->seq}) !=
        ENTER_IN) {
        LOG_INFO("invite", "a welcome that is of no use");
        if (!c->wanted && c->page == NULL) {
            c->dropped = true; /* it began with this */
            loop_later(e->loop, &e->save, LOOP_FLUSH);
        }
        return;
    }
    c->wanted = true;
    c->wait_ms = 0;
    past_page(e, c);
    people_refresh(e, c);
    keep_talk(e, c);
    engine_say_in(e, c, EVENT_INFO, "You were invited to #%s.", c->title);
    engine_touch(e, c);
}
