/* SPDX-License-Identifier: ISC */
/* What an operator may ask of a relay, and do to it. */
#include "base/json.h"
#include "base/log.h"
#include "server/convo.h"
#include "server/power.h"
#include "server/reply.h"
#include "server/server.h"
#include "server/transfer.h"
#include "server/user.h"

void server_status(struct server *s, struct json_out *out)
{
    json_out_int(out, "uptime_s", (int64_t)(s->loop->now_ms - s->started_ms) / 1000);
    json_out_bool(out, "draining", s->draining);
    json_out_int(out, "connections", (int64_t)s->peer_count);
    json_out_int(out, "before_login", (int64_t)s->early_count);
    json_out_int(out, "here", (int64_t)s->online);
    json_out_int(out, "away", (int64_t)s->away);
    json_out_int(out, "conversations", (int64_t)map_count(&s->convos));
    json_out_int(out, "requests_waiting", (int64_t)s->asks);
    json_out_int(out, "connections_total", (int64_t)s->total.connections);
    json_out_int(out, "logins_total", (int64_t)s->total.logins);
    json_out_int(out, "refused_total", (int64_t)s->total.refused);
    json_out_int(out, "messages_total", (int64_t)s->total.messages);
    json_out_int(out, "deliveries_total", (int64_t)s->total.deliveries);
    json_out_int(out, "commits_total", (int64_t)s->total.commits);
    json_out_int(out, "voided_total", (int64_t)s->total.voided);
    json_out_int(out, "floods_total", (int64_t)s->total.floods);
    json_out_int(out, "files", (int64_t)s->files->count);
    json_out_int(out, "file_offers_total", (int64_t)s->files->offers);
    json_out_int(out, "file_chunks_total", (int64_t)s->files->chunks);
    json_out_int(out, "remembered", (int64_t)gate_entries(s->gate));
    json_out_int(out, "gaps_total", (int64_t)s->total.gaps);
}

static const char *role_name(uint8_t role)
{
    static const char *const NAMES[] = {[ROLE_GUEST] = "guest",
        [ROLE_USER] = "user",
        [ROLE_MODERATOR] = "moderator",
        [ROLE_OPERATOR] = "operator"};

    return role <= ROLE_OPERATOR ? NAMES[role] : "unknown";
}

void server_users(struct server *s, struct json_out *out)
{
    struct user *u;
    size_t at = 0;

    while ((u = map_next(&s->users, &at, NULL)) != NULL) {
        if (u->state == USER_HELD)
            continue;
        json_out_open(out, NULL, '{');
        json_out_text(out, "name", u->name.s);
        json_out_text(out, "role", role_name(u->role));
        json_out_text(out, "state", user_state_name(u->state));
        json_out_text(out, "address", u->peer != NULL ? u->peer->link->address : "");
        json_out_int(out, "rooms", (int64_t)u->room_count);
        json_out_int(out, "since_s", (int64_t)(s->loop->now_ms - u->since_ms) / 1000);
        json_out_int(
            out, "queued_bytes", u->peer != NULL ? (int64_t)link_backlog(u->peer->link) : 0);
        json_out_close(out, '}');
    }
}

void server_rooms(struct server *s, struct json_out *out)
{
    static const char *const ACCESS[] = {
        [ACCESS_OPEN] = "open", [ACCESS_PASSWORD] = "password", [ACCESS_INVITE] = "invite"};
    struct convo *c;
    size_t at = 0;

    while ((c = map_next(&s->convos, &at, NULL)) != NULL) {
        if (c->kind != CONVO_ROOM)
            continue;
        json_out_open(out, NULL, '{');
        json_out_text(out, "name", c->title);
        json_out_text(out, "owner", c->owner.s);
        json_out_text(
            out, "access", ACCESS[c->access <= ACCESS_INVITE ? c->access : ACCESS_INVITE]);
        json_out_int(out, "here", (int64_t)c->present_count);
        json_out_int(out, "members", (int64_t)map_count(&c->members));
        json_out_int(out, "epoch", (int64_t)c->epoch);
        json_out_int(out, "departures", (int64_t)map_count(&c->departed));
        json_out_int(out, "in_memory", (int64_t)c->tail_count);
        json_out_close(out, '}');
    }
}

static void note(
    struct server *s, const char *what, struct bytes room, struct bytes who, struct bytes by)
{
    char r[MSG_ROOM + 1];
    char w[STORE_NAME_MAX + 1];
    char b[STORE_NAME_MAX + 1];

    (void)bytes_copy(r, sizeof r, room);
    (void)bytes_copy(w, sizeof w, who);
    (void)bytes_copy(b, sizeof b, by);
    relay_note(s, what, r, w, b);
}

/* The room meant; NULL and ERR_OK for the whole relay. */
static enum err place(struct server *s, struct bytes room, struct convo **c)
{
    enum err e = ERR_OK;

    *c = room.n != 0 ? convo_room(s, room, &e) : NULL;
    if (e == ERR_OK && *c != NULL && (*c)->busy)
        e = ERR_BUSY;
    return e;
}

size_t server_kick(
    struct server *s, struct bytes room, struct bytes who, struct bytes by, struct bytes reason)
{
    struct convo *c;

    size_t n = place(s, room, &c) == ERR_OK ? power_kick(s, c, who, by, reason, false) : 0;
    if (n != 0)
        note(s, "kick", room, who, by);
    return n;
}

enum err server_ban(struct server *s, struct bytes room, const struct sentence *x)
{
    struct convo *c;
    enum err e = place(s, room, &c);

    if (e == ERR_OK)
        e = power_ban(s, c, x);
    if (e == ERR_OK)
        note(s, x->mute ? "mute" : "ban", room, x->who, x->by);
    return e;
}

enum err server_unban(struct server *s, struct bytes room, struct bytes who, struct bytes by)
{
    struct convo *c;
    enum err e = place(s, room, &c);

    if (e == ERR_OK)
        e = power_unban(s, c, who);
    if (e == ERR_OK)
        note(s, "unban", room, who, by);
    return e;
}

size_t server_announce(struct server *s, struct bytes text)
{
    return power_announce(s, text);
}

void server_account_changed(struct server *s, struct bytes name, bool removed, uint8_t role)
{
    struct user *u = map_get(&s->users, name);
    struct convo *c;
    size_t at = 0;

    if (u != NULL && u->account && !removed)
        u->role = role;
    if (!removed)
        return;
    if (u != NULL && u->account) {
        if (u->peer != NULL) {
            u->peer->leaving = true;
            user_closing(u, "this account was removed", 0);
        } else {
            user_gone(u);
        }
    }
    /* Its memberships end, so that commits remove it: rooms may go with the last of them. */
    while ((c = map_next(&s->convos, &at, NULL)) != NULL) {
        struct member *m = map_get(&c->members, name);
        if (m == NULL)
            continue;
        user_leave_room(m);
        at = 0;
    }
}
