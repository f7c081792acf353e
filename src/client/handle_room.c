/* SPDX-License-Identifier: ISC */
#include "client/handle_room.h"

#include <stdio.h>

#include "base/mem.h"
#include "client/chatlog.h"
#include "client/direct.h"
#include "client/group.h"
#include "client/group_people.h"
#include "client/keep.h"
#include "client/list.h"
#include "client/past.h"
#include "client/pump.h"

void room_renamed(struct engine *e, const struct request *r, const void *renamed)
{
    const struct msg_name *m = renamed;
    struct bytes was = model_nick(e->model);

    (void)r;
    model_rename(e->model, was, m->name);
    model_set_nick(e->model, m->name);
    engine_want_nick(e, m->name);
    identity_nick(&e->identity, m->name);
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        struct talk_person *me = c->group != NULL ? people_self(e, c) : NULL;
        c->nick_due = true;
        if (me != NULL)
            (void)bytes_copy(me->relay, sizeof me->relay, m->name);
        if (me != NULL)
            (void)bytes_copy(me->nick, sizeof me->nick, m->name);
        if (c->kind == CONVO_DIRECT)
            direct_ended(e, c);
        engine_touch(e, c);
    }
    engine_say(e, e->model->open, EVENT_CHANGE, "You are %.*s now.", (int)m->name.n,
        (const char *)m->name.p);
}

static void in_room(struct engine *e, struct room *room)
{
    (void)roster_add(&room->people, model_nick(e->model), 0);
    list_people(e, room_name(room), REQUEST_PLAIN);
}

/* The relay has no group where we have one. An open room's is made anew; the rules of another
 * would be lost by that. */
static void forgotten(struct engine *e, struct talk *c)
{
    if (c->policy.access == POLICY_OPEN) {
        group_lose(e, c, "the relay has forgotten the group");
        return;
    }
    past_page(e, c);
    c->stands = true;
    engine_say_in(e, c, EVENT_ERROR,
        "THE RELAY SAYS THAT #%s HAS NO GROUP ANY MORE. Making one anew would lose who may be in "
        "it, so nothing is said here. Tell the others by another way; /leave ends it.",
        c->title);
    c->wait_ms = UINT64_MAX;
}

static void take_facts(struct engine *e, struct talk *c, const struct msg_joined *m, bool made)
{
    (void)bytes_copy(c->title, sizeof c->title, m->room); /* as its founder wrote it */
    c->busy &= ~(unsigned)BUSY_JOIN;
    c->present = true;
    c->wanted = true;
    c->there = (m->flags & ROOM_GROUPED) != 0;
    c->founder = made;
    c->locked = (m->flags & ROOM_PASSWORD) != 0;
    c->relay_epoch = c->there ? m->epoch : 0;
    c->acked = m->cursor;
    c->behind = c->group != NULL;
    c->wait_ms = 0;
    c->stands = c->stands && c->bad_seq != 0;
    if (c->group == NULL) /* a room of that name may have begun anew, and its log */
        c->place = c->own_seq = c->own_safe = 0;
    else if (!c->there)
        forgotten(e, c);
    keep_talk(e, c);
}

static void enter(
    struct engine *e, const struct request *r, const struct msg_joined *m, bool made)
{
    struct talk *c = engine_talk(e, r->talk);
    bool again = r->why == REQUEST_AGAIN;

    if (c == NULL)
        return;
    if (engine_find(e, CONVO_ROOM, m->room) != c) {
        engine_say(e, NULL, EVENT_ERROR,
            "THE RELAY ANSWERS WITH ANOTHER ROOM (#%.*s) WHEN ASKED FOR #%s. It was refused.",
            (int)m->room.n, (const char *)m->room.p, c->title);
        pump_drop(e, c);
        return;
    }
    take_facts(e, c, m, made);
    if (c->page == NULL) {
        past_page(e, c);
        again = again && c->group != NULL;
    }
    c->page->online = m->online;
    c->page->lock = ROOM_OPEN;
    if ((m->flags & (ROOM_PASSWORD | ROOM_INVITE)) != 0)
        c->page->lock = (m->flags & ROOM_INVITE) != 0 ? ROOM_INVITED : ROOM_LOCKED;
    if (again) {
        engine_tell(e, c->page, EVENT_INFO, (struct bytes){0}, "You are back in this room.");
    } else {
        model_show(e->model, c->page);
        engine_tell(e, c->page, EVENT_INFO, (struct bytes){0},
            m->online <= 1 ? "You joined this room. Nobody else is here yet."
                           : "You joined this room.");
        chatlog_again(e, c);
    }
    if (c->group != NULL) { /* its keys are known: there is no more to wait for */
        people_refresh(e, c);
        engine_release(e, c->join_tag);
        c->join_tag = 0;
    }
    in_room(e, c->page);
    engine_touch(e, c);
}

void room_joined(struct engine *e, const struct request *r, const void *joined)
{
    enter(e, r, joined, false);
}

void room_created(struct engine *e, const struct request *r, const void *created)
{
    enter(e, r, created, true);
}

void room_left(struct engine *e, const struct request *r, const void *left)
{
    const struct msg_name *m = left;
    struct talk *c = engine_talk(e, r->talk);

    if (m->name.n == 0) { /* the relay itself */
        engine_drop(e, "goodbye said");
        return;
    }
    if (r->why == REQUEST_PARTING)
        return;
    engine_say(e, NULL, EVENT_INFO, "You left #%.*s.", (int)m->name.n, (const char *)m->name.p);
    if (c != NULL)
        pump_drop(e, c);
    list_rooms(e, REQUEST_PLAIN);
}

/* ---- refused ---- */

static void ask_password(struct engine *e, struct talk *c)
{
    bool wrong = c->has_proof;

    c->locked = true;
    c->has_proof = false;
    c->asked = false;
    if (wrong)
        engine_say(e, e->at, EVENT_WARN, "That is not the password of #%s.", c->title);
    engine_touch(e, c);
}

static void join_refused(
    struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct talk *c = engine_talk(e, r->talk);

    if (c == NULL)
        return;
    c->busy &= ~(unsigned)BUSY_JOIN;
    switch (no->code) {
    case CODE_MEMBER_ALREADY:
        c->present = true;
        c->there = true;
        c->behind = c->group != NULL;
        past_page(e, c);
        if (r->why != REQUEST_AGAIN)
            model_show(e->model, c->page);
        in_room(e, c->page);
        engine_touch(e, c);
        break;
    case CODE_BAD_SECRET:
        ask_password(e, c);
        break;
    case CODE_TOO_FAST:
    case CODE_BUSY:
    case CODE_NOT_STORED:
        c->wait_ms = e->loop->now_ms + 200 + (no->num < 60000 ? no->num : 60000);
        engine_look_at(e, c->wait_ms);
        break;
    default:
        engine_say(e, r->why == REQUEST_AGAIN ? NULL : e->at, EVENT_WARN, "#%s%s: %.*s",
            c->title, r->why == REQUEST_AGAIN ? " does not take you back" : "",
            (int)no->reason.n, (const char *)no->reason.p);
        pump_drop(e, c);
        break;
    }
}

void room_refused(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    struct talk *c = engine_talk(e, r->talk);

    if (r->why == REQUEST_PARTING) {
        if (r->name_n == 0 && requests_first(&e->requests) == NULL)
            engine_drop(e, "goodbye said");
    } else if (r->op == OP_JOIN) {
        join_refused(e, r, no);
    } else if (r->op == OP_LEAVE && c != NULL && no->code == CODE_NOT_MEMBER) {
        pump_drop(e, c); /* out already */
    } else {
        if (c != NULL)
            c->busy &= ~(unsigned)BUSY_LEAVE;
        engine_say(e, e->at, EVENT_WARN, "%s%.*s: the relay says no: %.*s",
            r->op == OP_NICK ? "" : "#", (int)r->name_n, r->name, (int)no->reason.n,
            (const char *)no->reason.p);
    }
}

/* ---- what the relay tells ---- */

struct presence_row {
    enum event_kind kind;
    const char *in_room;
    const char *on_relay;
};

static const struct presence_row PRESENCE[] = {
    [PRESENCE_JOINED] = {EVENT_HERE, "joined", "joined"},
    [PRESENCE_LEFT] = {EVENT_GONE, "left", "left"},
    [PRESENCE_ONLINE] = {EVENT_HERE, "is back", "is here"},
    [PRESENCE_AWAY] = {EVENT_CHANGE, "lost the connection", "lost the connection"},
    [PRESENCE_OFFLINE] = {EVENT_GONE, "is gone", "is gone"},
};

/* Conversations with one person go by name. Whoever had that name before is gone. */
static void rename_direct(struct engine *e, struct bytes from, struct bytes to)
{
    struct talk *c = engine_find(e, CONVO_DIRECT, from);
    struct talk *before = engine_find(e, CONVO_DIRECT, to);

    if (c == NULL || c == before)
        return;
    if (before != NULL)
        pump_drop(e, before);
    direct_ended(e, c);
    keep_renamed(e, c, to);
    if (c->page != NULL)
        model_rename_direct(e->model, c->page, to);
}

static void renamed(struct engine *e, const struct msg_presence_event *m)
{
    char text[MSG_NAME + 32];
    bool me = model_is_me(e->model, m->user) || model_is_me(e->model, m->other);

    if (m->other.n == 0)
        return;
    (void)snprintf(text, sizeof text, "is now %.*s", (int)m->other.n, (const char *)m->other.p);
    for (size_t i = 0; i < model_pages(e->model); i++) {
        struct room *room = model_page(e->model, i);
        if (!me && roster_find(&room->people, m->user) != NULL)
            engine_tell(e, room, EVENT_CHANGE, m->user, text);
    }
    model_rename(e->model, m->user, m->other);
    rename_direct(e, m->user, m->other);
    called_rename(&e->called, m->user, m->other);
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        for (uint32_t i = 0; i < c->leaf_n; i++) {
            struct talk_person *p = c->leaf[i];
            if (p != NULL && talk_person_guest(p) && called_is_here(&e->called, p->print) &&
                bytes_eq(bytes_str(p->relay), m->user))
                (void)bytes_copy(p->relay, sizeof p->relay, m->other);
        }
    }
}

static void count(struct room *room, uint8_t kind)
{
    if (kind == PRESENCE_JOINED)
        room->online++;
    if (kind == PRESENCE_LEFT && room->online > 0)
        room->online--;
}

static void overlay(struct engine *e, const struct room *room)
{
    struct talk *c = engine_of_page(e, room);

    if (c != NULL)
        people_overlay(e, c);
}

/* Whose key it is that comes or goes, for departures. */
static void note_leaf(struct engine *e, const struct msg_presence_event *m)
{
    struct talk *c = m->room.n != 0 ? engine_find(e, CONVO_ROOM, m->room) : NULL;

    if (c == NULL && m->kind == PRESENCE_OFFLINE)
        called_gone(&e->called, m->user);
    for (uint32_t i = 0; c != NULL && i < c->leaf_n; i++) {
        struct talk_person *p = c->leaf[i];
        if (p != NULL && called_is_here(&e->called, p->print) &&
            bytes_eq(called_get(&e->called, p->print), m->user))
            p->left = m->kind == PRESENCE_LEFT || (p->left && m->kind != PRESENCE_JOINED);
    }
}

void room_presence(struct engine *e, const void *presence)
{
    const struct msg_presence_event *m = presence;
    struct room *room = m->room.n != 0 ? rooms_find(&e->model->rooms, m->room) : e->model->home;
    uint8_t flags = list_flags(m->flags);

    if (m->kind == PRESENCE_RENAMED) {
        renamed(e, m);
        return;
    }
    note_leaf(e, m);
    if (m->kind >= MEM_COUNT(PRESENCE) || room == NULL || !room->joined)
        return;
    if (m->kind == PRESENCE_AWAY)
        flags |= ROSTER_AWAY;
    else
        flags &= (uint8_t)~ROSTER_AWAY;
    if (m->kind == PRESENCE_LEFT || m->kind == PRESENCE_OFFLINE)
        (void)roster_remove(&room->people, m->user);
    else if (roster_add(&room->people, m->user, flags) == ERR_FULL)
        return;
    count(room, m->kind);
    model_touch(e->model, MODEL_PEOPLE | MODEL_ROOMS | MODEL_STATUS);
    overlay(e, room);
    if (!model_is_me(e->model, m->user))
        engine_tell(e, room, PRESENCE[m->kind].kind, m->user,
            m->room.n != 0 ? PRESENCE[m->kind].in_room : PRESENCE[m->kind].on_relay);
}

void room_removed(struct engine *e, const void *removed)
{
    const struct msg_removed_event *m = removed;
    struct room *room = rooms_find(&e->model->rooms, m->room);
    const char *what = m->kind == REMOVED_BANNED ? "banned" : "removed";
    struct bytes by = m->by.n != 0 ? m->by : bytes_str("the operator");

    engine_say(e, NULL, EVENT_ERROR, "You were %s from %s%.*s by %.*s, says the relay%s%.*s",
        what, m->room.n != 0 ? "#" : "this relay", (int)m->room.n, (const char *)m->room.p,
        (int)by.n, (const char *)by.p, m->reason.n != 0 ? ": " : ".", (int)m->reason.n,
        (const char *)m->reason.p);
    struct talk *c = room != NULL ? engine_of_page(e, room) : NULL;
    if (c != NULL) {
        model_show(e->model, e->model->home);
        pump_drop(e, c);
    }
    if (m->room.n == 0)
        engine_refuse(e, "removed from the relay");
}
