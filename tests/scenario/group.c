/* SPDX-License-Identifier: ISC */
#include "group.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "server/convo.h"

static void fill_lists(const struct group_commit *g, struct buf *removed,
    struct list_writer *welcomes, struct list_writer *nodes)
{
    char body[64];

    buf_init(removed, 4096);
    list_begin(welcomes, 4096);
    list_begin(nodes, 1u << 20);
    for (size_t i = 0; i < 4 && g->removed[i] != NULL; i++)
        names_add(removed, bytes_str(g->removed[i]));
    for (size_t i = 0; i < 4 && g->welcomed[i] != NULL; i++) {
        (void)snprintf(body, sizeof body, "welcome %s", g->welcomed[i]);
        list_add(welcomes, &MSG_WELCOME,
            &(struct msg_welcome){bytes_str(g->welcomed[i]), bytes_str(body)});
    }
    for (size_t i = 0; i < g->node_count; i++)
        list_add(nodes, &MSG_NODE, &g->nodes[i]);
}

void group_send(struct actor *a, const struct group_commit *g)
{
    struct list_writer welcomes, nodes;
    struct buf removed;
    const char *commit = (g->flags & COMMIT_CREATE) != 0 ? "" : "commit bytes";

    fill_lists(g, &removed, &welcomes, &nodes);
    struct msg_commit m = {.room = bytes_str(g->room),
        .flags = g->flags,
        .epoch = g->epoch,
        .removed = buf_view(&removed),
        .commit = bytes_str(g->commit != NULL ? g->commit : commit),
        .info = bytes_str(g->info != NULL ? g->info : "group info"),
        .nodes = list_view(&nodes),
        .welcomes = list_view(&welcomes)};
    memset(m.req, g->req, sizeof m.req);
    actor_send(a, OP_COMMIT, &m);
    buf_free(&removed);
    list_end(&welcomes);
    list_end(&nodes);
}

uint8_t group_commit(struct actor *a, const struct group_commit *g)
{
    group_send(a, g);
    (void)actor_wait_reply(a);
    return actor_status(a);
}

void group_found(struct actor *a, const char *room)
{
    cr_assert_eq(actor_join(a, room), OP_CREATED);
    cr_assert_eq(actor_commit(a, room, 0, COMMIT_CREATE, 100), STATUS_DONE);
}

uint64_t group_enter(struct actor *a, const char *room)
{
    static uint8_t req = 100; /* apart from what stories choose */
    struct msg_name ask = {.name = bytes_str(room)};
    struct msg_room_key key;

    (void)actor_ask(a, OP_GROUP_INFO, &ask);
    cr_assert_eq(actor_status(a), STATUS_DONE);
    do
        actor_event(a, OP_ROOM_KEY, &MSG_ROOM_KEY, &key);
    while (key.kind != ROOM_KEY_INFO);
    uint64_t epoch = key.epoch;
    req = req < 250 ? (uint8_t)(req + 1) : 101;
    cr_assert_eq(actor_commit(a, room, epoch, COMMIT_EXTERNAL, req), STATUS_DONE);
    return epoch + 1;
}

uint64_t group_join(struct actor *a, const char *room)
{
    cr_assert_eq(actor_join(a, room), OP_JOINED);
    return group_enter(a, room);
}

uint8_t group_say(struct actor *a, const char *room, uint64_t epoch, const char *text)
{
    struct msg_say m = {
        .to = bytes_str(room), .text = bytes_str(text), .more = true, .epoch = epoch};

    (void)actor_ask(a, OP_SAY, &m);
    return actor_status(a);
}

uint8_t group_bad(struct actor *a, const char *room, uint64_t seq)
{
    struct msg_bad_commit m = {
        .room = bytes_str(room), .seq = seq, .reason = bytes_str("does not verify")};

    (void)actor_ask(a, OP_BAD_COMMIT, &m);
    return actor_status(a);
}

uint64_t group_seq(struct actor *a)
{
    struct msg_commit_ok ok;

    actor_answer(a, &MSG_COMMIT_OK, &ok);
    return ok.seq;
}

uint8_t group_leave(struct actor *a, const char *room)
{
    struct msg_leave m = {.more = true, .room = bytes_str(room)};

    return actor_ask(a, OP_LEAVE, &m);
}

bool group_departed(struct sim *s, const char *room, const char *name)
{
    enum err e = ERR_OK;
    const struct convo *c = convo_room(s->server, bytes_str(room), &e);

    return c != NULL && map_get(&c->departed, bytes_str(name)) != NULL;
}

size_t group_asked(struct actor *a, enum msg_rotate why)
{
    const char *bad = NULL;
    struct msg_rotate_event m;
    size_t n = 0;

    for (const struct told *t = a->events; t != NULL; t = t->next)
        n += t->op == OP_ROTATE &&
             schema_decode(&MSG_ROTATE, bytes_of(t->body, t->n), &m, &bad) == ERR_OK &&
             m.why == why;
    return n;
}

/* ---- logs ---- */

static void log_take(struct actor *a, struct log *out)
{
    struct msg_entries page;
    struct msg_entry_row row;

    actor_event(a, OP_CATCH_UP, &MSG_ENTRIES, &page);
    while (list_next(&page.entries, &MSG_ENTRY_ROW, &row)) {
        cr_assert_lt(out->count, sizeof out->rows / sizeof out->rows[0]);
        struct log_row *r = &out->rows[out->count++];
        *r = (struct log_row){.kind = row.kind,
            .flags = row.flags,
            .seq = row.seq,
            .epoch = row.epoch,
            .n = row.body.n};
        (void)bytes_copy(r->sender, sizeof r->sender, row.sender);
        size_t n = row.body.n < sizeof r->body - 1 ? row.body.n : sizeof r->body - 1;
        if (n != 0)
            memcpy(r->body, row.body.p, n);
    }
}

void log_read(
    struct actor *a, enum msg_convo kind, const char *name, uint64_t after, struct log *out)
{
    struct msg_catch_up_ok ok;

    *out = (struct log){.last = after};
    do {
        struct msg_catch_up m = {
            .kind = (uint8_t)kind, .name = bytes_str(name), .after = out->last};
        (void)actor_ask(a, OP_CATCH_UP, &m);
        actor_answer(a, &MSG_CATCH_UP_OK, &ok);
        while (actor_has_event(a, OP_CATCH_UP))
            log_take(a, out);
        out->pages++;
        out->gone |= ok.gone != 0;
        cr_assert(!ok.left || out->pages < 1000, "catching up does not end");
        out->last = ok.last_seq;
    } while (ok.left);
}

bool log_has(const struct log *l, const char *body)
{
    for (size_t i = 0; i < l->count; i++) {
        if (strcmp(l->rows[i].body, body) == 0)
            return true;
    }
    return false;
}

void log_in_order(const struct log *l)
{
    for (size_t i = 1; i < l->count; i++)
        cr_assert_lt(l->rows[i - 1].seq, l->rows[i].seq, "entry %zu of %zu", i, l->count);
}

void log_cursor(struct actor *a, enum msg_convo kind, const char *name, uint64_t seq)
{
    struct msg_cursor_row row = {.kind = (uint8_t)kind, .name = bytes_str(name), .seq = seq};
    struct list_writer w;

    list_begin(&w, 256);
    list_add(&w, &MSG_CURSOR_ROW, &row);
    struct msg_cursor m = {.cursors = list_view(&w)};
    (void)actor_ask(a, OP_CURSOR, &m);
    cr_assert_eq(actor_status(a), STATUS_DONE);
    list_end(&w);
}
