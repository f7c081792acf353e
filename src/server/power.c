/* SPDX-License-Identifier: ISC */
#include "server/power.h"

#include "base/mem.h"
#include "server/ban.h"
#include "server/convo.h"
#include "server/reply.h"
#include "server/user.h"

static void tell_removed(
    struct user *u, const struct convo *c, bool ban, struct bytes by, struct bytes reason)
{
    struct msg_removed_event e = {
        .room = c != NULL ? bytes_str(c->title) : (struct bytes){0},
        .kind = ban ? REMOVED_BANNED : REMOVED_KICKED,
        .by = by,
        .reason = reason,
    };

    tell_user(u, OP_REMOVED, &MSG_REMOVED, &e);
}

static size_t kick_room(
    struct convo *c, struct bytes who, struct bytes by, struct bytes reason, bool ban)
{
    struct member *m = map_get(&c->members, who);

    if (m == NULL)
        return 0;
    if (m->user != NULL)
        tell_removed(m->user, c, ban, by, reason);
    user_leave_room(m);
    return 1;
}

static void off(struct user *u, bool ban, struct bytes by, struct bytes reason)
{
    tell_removed(u, NULL, ban, by, reason);
    if (u->peer == NULL) {
        user_gone(u);
        return;
    }
    u->peer->leaving = true;
    user_closing(u, ban ? "banned from this relay" : "kicked off this relay", 0);
}

/* Everybody who comes from an address; gathered first, since going changes the table. */
static size_t kick_address(
    struct server *s, struct bytes address, struct bytes by, struct bytes reason, bool ban)
{
    size_t n = 0;

    for (size_t i = 0; i < s->slot_cap; i++) {
        struct peer *p = s->peers[i];
        if (p == NULL || !bytes_eq(bytes_str(p->link->address), address))
            continue;
        n++;
        if (p->user != NULL && p->user->state == USER_HERE)
            off(p->user, ban, by, reason);
        else
            link_close(p->link, "kicked");
    }
    return n;
}

size_t power_kick(struct server *s, struct convo *room, struct bytes who, struct bytes by,
    struct bytes reason, bool ban)
{
    struct user *u = map_get(&s->users, who);

    if (room != NULL)
        return kick_room(room, who, by, reason, ban);
    if (u == NULL)
        return kick_address(s, who, by, reason, ban);
    if (u->state == USER_HELD)
        return 0;
    off(u, ban, by, reason);
    return 1;
}

enum err power_ban(struct server *s, struct convo *room, const struct sentence *x)
{
    struct store_ban row = {
        .scope = room != NULL ? name_key_bytes(&room->key) : (struct bytes){0},
        .who = x->who,
        .address = gate_is_address(x->who),
        .mute = x->mute,
        .until_ms = x->seconds == 0 ? 0 : s->loop->wall_ms + x->seconds * 1000,
        .by = x->by,
        .reason = x->reason,
    };

    if (x->who.n == 0 || x->who.n > STORE_NAME_MAX || (room != NULL && row.address))
        return ERR_FORMAT;
    ban_set(room != NULL ? &room->bans : &s->bans, x->who, x->mute ? BAN_MUTE : BAN_OUT,
        row.until_ms);
    store_ban_put(s->store, &row, relay_stored, relay_words("storing a ban"));
    if (!x->mute)
        (void)power_kick(s, room, x->who, x->by, x->reason, true);
    return ERR_OK;
}

enum err power_unban(struct server *s, struct convo *room, struct bytes who)
{
    struct map *bans = room != NULL ? &room->bans : &s->bans;
    struct ban *b = map_del(bans, who);

    if (b == NULL)
        return ERR_NOT_FOUND;
    for (int kind = 0; kind < BAN_KINDS; kind++) {
        if (b->on[kind])
            store_ban_remove(s->store,
                room != NULL ? name_key_bytes(&room->key) : (struct bytes){0}, who,
                kind == BAN_MUTE, relay_stored, relay_words("removing a ban"));
    }
    mem_free(b);
    return ERR_OK;
}

void power_load_ban(struct server *s, const struct store_ban *b)
{
    struct convo *c = b->scope.n != 0 ? convo_find(s, b->scope) : NULL;

    if (b->scope.n == 0 || c != NULL)
        ban_set(
            c != NULL ? &c->bans : &s->bans, b->who, b->mute ? BAN_MUTE : BAN_OUT, b->until_ms);
}

size_t power_announce(struct server *s, struct bytes text)
{
    struct msg_notice m = {.from = bytes_str("Server"), .text = text};
    struct span frame = reply_frame(s, OP_NOTICE, &MSG_NOTICE, &m);
    struct user *u;
    size_t at = 0;
    size_t n = 0;

    while ((u = map_next(&s->users, &at, NULL)) != NULL) {
        if (u->state == USER_HELD)
            continue;
        tell_span(u, frame);
        n++;
    }
    span_drop(frame);
    return n;
}
