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

void convo_undo_begin(struct convo *c)
{
    c->undo_count = 0;
    c->undo_commit = c->last_commit;
}

void convo_undo_note(struct convo *c, const struct name *who, bool removed)
{
    const struct member *m = convo_member(c, who->s);

    for (size_t i = 0; i < c->undo_count; i++) {
        if (strcmp(c->undo[i].who.s, who->s) == 0)
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

/* A guest who was removed has gone; an account is a member again, and a departure. */
static void back_removed(struct convo *c, const struct undo *u, struct member *m)
{
    (void)map_put(&c->departed, name_bytes(&u->who), c);
    if (m != NULL && !u->was) {
        convo_drop(m);
    } else if (m == NULL && u->was && u->durable) {
        m = convo_add(c, &u->who, true);
        m->cursor = u->cursor;
        m->moderator = u->moderator;
        m->grouped = u->grouped;
    }
}

static void back_added(struct convo *c, const struct undo *u, struct member *m)
{
    if (m == NULL)
        return;
    if (!u->was) {
        struct msg_removed_event e = {.room = bytes_str(c->title),
            .kind = REMOVED_KICKED,
            .by = name_bytes(&c->committer)};
        if (m->user != NULL)
            tell_user(m->user, OP_REMOVED, &MSG_REMOVED, &e);
        if (m->user != NULL)
            convo_presence(c, PRESENCE_LEFT, m->user, "");
        convo_drop(m);
        return;
    }
    m->grouped = u->grouped;
    if (!m->durable && !m->grouped)
        convo_guest_grouped(c, &m->name, false);
    if (!m->durable)
        return;
    struct store_named row = {.name = name_bytes(&m->name),
        .seq = m->cursor,
        .role = (uint8_t)((m->moderator ? MEMBER_MODERATOR : 0) |
                          (m->grouped ? MEMBER_GROUPED : 0))};
    store_member_set(c->server->store, name_key_bytes(&c->key), &row, relay_stored,
        relay_words("storing a member"));
}

void convo_undo_back(struct convo *c)
{
    for (size_t i = 0; i < c->undo_count; i++) {
        const struct undo *u = &c->undo[i];
        struct member *m = convo_member(c, u->who.s);
        if (u->removed)
            back_removed(c, u, m);
        else
            back_added(c, u, m);
    }
    c->undo_count = 0;
    c->last_commit = c->undo_commit;
}
