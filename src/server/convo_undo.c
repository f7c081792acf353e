/* SPDX-License-Identifier: ISC */
/* People of a room's group as they were before the last commit, as the store keeps them too. */
#include "base/mem.h"
#include "server/convo.h"
#include "server/reply.h"

void convo_guest_grouped(struct convo *c, const struct name *who, bool grouped)
{
    if (c->kind != CONVO_ROOM || map_get(&c->departed, name_bytes(who)) != NULL)
        return;
    if (grouped)
        store_departure(c->server->store, name_key_bytes(&c->key), name_bytes(who),
            relay_stored, relay_words("storing a guest of a group"));
    else
        store_departure_clear(c->server->store, name_key_bytes(&c->key), name_bytes(who),
            relay_stored, relay_words("clearing a guest of a group"));
}

void convo_store_member(const struct member *m)
{
    struct convo *c = m->convo;
    struct store_named row = {.name = name_bytes(&m->name),
        .seq = m->cursor,
        .role = (uint8_t)((m->moderator ? MEMBER_MODERATOR : 0) |
                          (m->grouped ? MEMBER_GROUPED : 0) | (m->anew ? MEMBER_ANEW : 0))};

    if (m->durable)
        store_member_set(c->server->store, name_key_bytes(&c->key), &row, relay_stored,
            relay_words("storing a member"));
    else
        convo_guest_grouped(c, &m->name, m->grouped);
}

void convo_undo_begin(struct convo *c)
{
    c->undo_count = 0;
    c->undo_commit = c->last_commit;
}

void convo_undo_note(struct convo *c, const struct name *who, bool removed)
{
    const struct member *m = convo_member(c, who->s);

    for (size_t i = 0; i < c->undo_count; i++) {
        if (strcmp(c->undo[i].who.s, who->s) != 0)
            continue;
        c->undo[i].removed |= removed;
        return; /* the first of two changes is the one to go back to */
    }
    c->undo = mem_realloc(c->undo, (c->undo_count + 1) * sizeof *c->undo);
    c->undo[c->undo_count++] = (struct undo){
        .who = *who,
        .removed = removed,
        .was = m != NULL,
        .durable = m != NULL && m->durable,
        .moderator = m != NULL && m->moderator,
        .grouped = m != NULL && m->grouped,
        .anew = m != NULL && m->anew,
        .cursor = m != NULL ? m->cursor : 0,
    };
}

void convo_undo_rename(struct convo *c, const struct name *from, const struct name *to)
{
    for (size_t i = 0; i < c->undo_count; i++) {
        if (strcmp(c->undo[i].who.s, from->s) == 0)
            c->undo[i].who = *to;
    }
}

static void put_out(struct convo *c, struct member *m)
{
    struct msg_removed_event e = {
        .room = bytes_str(c->title), .kind = REMOVED_KICKED, .by = name_bytes(&c->committer)};

    if (m->user != NULL) {
        tell_user(m->user, OP_REMOVED, &MSG_REMOVED, &e);
        convo_presence(c, PRESENCE_LEFT, m->user, "");
    }
    if (!m->durable)
        convo_guest_grouped(c, &m->name, false);
    convo_drop(m);
}

/* An account is a member again; a guest who was removed has gone. */
static void back_in(struct convo *c, const struct undo *u)
{
    struct member *m;

    if (!u->removed || !u->was || !u->durable)
        return;
    m = convo_add(c, &u->who, true);
    m->cursor = u->cursor;
    m->moderator = u->moderator;
    m->grouped = u->grouped;
    m->anew = u->anew;
}

/* Whom it removed is a departure again, and has no leaf but that one unless he came in after
 * it; whom it let in is out, but for one who only joined the room since. */
static void back_one(struct convo *c, const struct undo *u)
{
    struct member *m = convo_member(c, u->who.s);

    if (u->removed)
        (void)map_put(&c->departed, name_bytes(&u->who), c);
    if (m == NULL) {
        back_in(c, u);
    } else if (!u->was && m->grouped) {
        put_out(c, m);
    } else {
        m->grouped = m->grouped && u->grouped && (!u->removed || u->anew);
        m->anew = m->grouped && u->anew;
        convo_store_member(m);
    }
}

void convo_undo_back(struct convo *c)
{
    for (size_t i = 0; i < c->undo_count; i++)
        back_one(c, &c->undo[i]);
    c->undo_count = 0;
    c->last_commit = c->undo_commit;
}
