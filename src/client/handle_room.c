/* SPDX-License-Identifier: ISC */
#include "client/handle_room.h"

#include <stdio.h>

#include "base/mem.h"
#include "client/list.h"

void room_renamed(struct engine *e, const struct request *r, const void *renamed)
{
    const struct msg_name *m = renamed;
    struct bytes was = model_nick(e->model);

    (void)r;
    model_rename(e->model, was, m->name);
    model_set_nick(e->model, m->name);
    engine_want_nick(e, m->name);
    engine_say(e, e->model->open, EVENT_CHANGE, "You are %.*s now.", (int)m->name.n,
        (const char *)m->name.p);
}

static void in_room(struct engine *e, struct room *room)
{
    (void)roster_add(&room->people, model_nick(e->model), 0);
    list_people(e, room_name(room), REQUEST_PLAIN);
}

void room_joined(struct engine *e, const struct request *r, const void *joined)
{
    const struct msg_joined *m = joined;
    struct room *room = model_join(e->model, m->room);

    if (room == NULL) {
        engine_say(e, NULL, EVENT_WARN, "There are more rooms than sotto can hold.");
        return;
    }
    room->online = m->online;
    room->lock = (m->flags & ROOM_PASSWORD) != 0 ? ROOM_LOCKED : ROOM_OPEN;
    if (r->why == REQUEST_AGAIN) {
        engine_tell(e, room, EVENT_INFO, (struct bytes){0}, "You are back in this room.");
    } else {
        model_show(e->model, room);
        engine_tell(e, room, EVENT_INFO, (struct bytes){0},
            m->online <= 1 ? "You joined this room. Nobody else is here yet."
                           : "You joined this room.");
    }
    in_room(e, room);
}

void room_left(struct engine *e, const struct request *r, const void *left)
{
    const struct msg_name *m = left;
    struct room *room = rooms_find(&e->model->rooms, m->name);

    if (m->name.n == 0) { /* the relay itself */
        engine_drop(e, "goodbye said");
        return;
    }
    if (r->why == REQUEST_PARTING)
        return;
    engine_say(e, NULL, EVENT_INFO, "You left #%.*s.", (int)m->name.n, (const char *)m->name.p);
    if (room != NULL)
        model_leave(e->model, room);
    list_rooms(e, REQUEST_PLAIN);
}

/* Coming back after a loss: a page is given up only where the relay means it. */
static void again_refused(struct engine *e, struct room *room, const struct msg_refusal *no)
{
    bool later = no->code == CODE_TOO_FAST || no->code == CODE_BUSY;

    if (room == NULL || !room->joined)
        return;
    if (no->code == CODE_MEMBER_ALREADY) {
        in_room(e, room);
    } else if (later) {
        uint64_t ms = no->num < 60000 ? no->num + 200 : 60000;
        loop_timer_arm(e->loop, &e->again, ms);
    } else {
        engine_say(e, NULL, EVENT_WARN, "#%.*s does not take you back: %.*s", (int)room->name_n,
            room->name, (int)no->reason.n, (const char *)no->reason.p);
        model_leave(e->model, room);
    }
}

void room_refused(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    if (r->why == REQUEST_PARTING) {
        if (r->name_n == 0 && requests_first(&e->requests) == NULL)
            engine_drop(e, "goodbye said");
    } else if (r->why == REQUEST_AGAIN) {
        again_refused(e, rooms_find(&e->model->rooms, request_name(r)), no);
    } else if (r->op == OP_JOIN && no->code == CODE_BAD_SECRET) {
        engine_say(e, e->model->open, EVENT_WARN,
            "#%.*s asks for a password. Rooms with passwords open together with end-to-end "
            "encryption.",
            (int)r->name_n, r->name);
    } else {
        engine_say(e, e->model->open, EVENT_WARN, "%s%.*s: the relay says no: %.*s",
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
}

static void count(struct room *room, uint8_t kind)
{
    if (kind == PRESENCE_JOINED)
        room->online++;
    if (kind == PRESENCE_LEFT && room->online > 0)
        room->online--;
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

    engine_say(e, NULL, EVENT_ERROR, "You were %s from %s%.*s by %.*s%s%.*s", what,
        m->room.n != 0 ? "#" : "this relay", (int)m->room.n, (const char *)m->room.p, (int)by.n,
        (const char *)by.p, m->reason.n != 0 ? ": " : ".", (int)m->reason.n,
        (const char *)m->reason.p);
    if (room != NULL && room->joined) {
        model_leave(e->model, room);
        model_show(e->model, e->model->home);
    }
    if (m->room.n == 0)
        engine_refuse(e, "removed from the relay");
}
