/* SPDX-License-Identifier: ISC */
/* Lists, sorted, in pages that fit a frame: whoever wants more asks for what comes after the
 * last. */
#include <stdlib.h>

#include "base/mem.h"
#include "server/convo.h"
#include "server/handle.h"
#include "server/reply.h"
#include "server/user.h"

#define PAGE_BYTES (12u << 10)

struct row {
    const char *name;
    const void *what;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->name, ((const struct row *)b)->name);
}

struct rows {
    struct row *v;
    size_t n;
};

static void rows_add(struct rows *r, const char *name, struct bytes after, const void *what)
{
    size_t n = strlen(name);
    int c = memcmp(
        name, after.p != NULL ? after.p : (const uint8_t *)"", n < after.n ? n : after.n);

    if (after.n != 0 && (c < 0 || (c == 0 && n <= after.n)))
        return;
    r->v[r->n++] = (struct row){name, what};
}

/* ---- people ---- */

static void answer_users(struct peer *p, const struct convo *c, struct rows *r)
{
    struct buf names, flags;
    size_t i = 0;

    qsort(r->v, r->n, sizeof *r->v, by_name);
    buf_init(&names, PAGE_BYTES);
    buf_init(&flags, 1024);
    for (; i < r->n && names.n + MSG_NAME + 1 < PAGE_BYTES && flags.n < flags.max; i++) {
        names_add(&names, bytes_str(r->v[i].name));
        buf_u8(&flags, convo_user_flags(c, r->v[i].name, r->v[i].what));
    }
    struct msg_users_ok ok = {
        .names = buf_view(&names), .more = true, .flags = buf_view(&flags), .left = i < r->n};
    reply_done(p, &MSG_USERS_OK, &ok);
    buf_free(&names);
    buf_free(&flags);
}

static void list_all(struct peer *p, struct bytes after)
{
    struct server *s = p->server;
    struct rows r = {.v = mem_array(map_count(&s->users), sizeof(struct row))};
    struct user *u;
    size_t at = 0;

    while ((u = map_next(&s->users, &at, NULL)) != NULL) {
        if (u->state != USER_HELD)
            rows_add(&r, u->name.s, after, u);
    }
    p->user->watching = true;
    answer_users(p, NULL, &r);
    mem_free(r.v);
}

enum framer_verdict handle_users(struct peer *p, const void *msg)
{
    const struct msg_users *m = msg;
    struct rows r = {0};
    struct member *other;
    size_t at = 0;

    if (m->room.n == 0) {
        list_all(p, m->after);
        return FRAMER_NEXT;
    }
    /* A room that one is not in is the business of those who are. */
    struct member *me = convo_of(p->user, m->room);
    if (me == NULL) {
        reply_refuse(p, OP_USERS, CODE_NOT_MEMBER, 0,
            "room: you are not in that room; join it to see who is there");
        return FRAMER_NEXT;
    }
    r.v = mem_array(map_count(&me->convo->members), sizeof(struct row));
    while ((other = map_next(&me->convo->members, &at, NULL)) != NULL)
        rows_add(&r, other->name.s, m->after, other->user);
    answer_users(p, me->convo, &r);
    mem_free(r.v);
    return FRAMER_NEXT;
}

/* ---- rooms ---- */

static uint8_t room_flags(const struct convo *c, const struct user *u)
{
    return (uint8_t)((c->access == ACCESS_PASSWORD ? ROOM_PASSWORD : 0) |
                     (c->access == ACCESS_INVITE ? ROOM_INVITE : 0) |
                     (convo_member(c, u->name.s) != NULL ? ROOM_MEMBER : 0) |
                     (c->grouped ? ROOM_GROUPED : 0));
}

static bool shown_to(const struct convo *c, const struct user *u)
{
    if (c->kind != CONVO_ROOM)
        return false;
    return c->access != ACCESS_INVITE || convo_member(c, u->name.s) != NULL;
}

enum framer_verdict handle_rooms(struct peer *p, const void *msg)
{
    const struct msg_rooms *m = msg;
    struct server *s = p->server;
    struct rows r = {.v = mem_array(map_count(&s->convos), sizeof(struct row))};
    struct list_writer infos;
    struct buf names;
    struct convo *c;
    size_t at = 0;
    size_t i = 0;

    while ((c = map_next(&s->convos, &at, NULL)) != NULL) {
        if (shown_to(c, p->user))
            rows_add(&r, c->title, m->after, c);
    }
    qsort(r.v, r.n, sizeof *r.v, by_name);
    buf_init(&names, PAGE_BYTES);
    list_begin(&infos, PAGE_BYTES);
    for (; i < r.n && names.n + infos.buf.n + MSG_ROOM + 8 < PAGE_BYTES && infos.count < 1024;
         i++) {
        const struct convo *one = r.v[i].what;
        struct msg_room_info info = {
            .flags = room_flags(one, p->user), .online = (uint16_t)one->present_count};
        names_add(&names, bytes_str(one->title));
        list_add(&infos, &MSG_ROOM_INFO, &info);
    }
    struct msg_rooms_ok ok = {
        .names = buf_view(&names), .more = true, .infos = list_view(&infos), .left = i < r.n};
    reply_done(p, &MSG_ROOMS_OK, &ok);
    buf_free(&names);
    list_end(&infos);
    mem_free(r.v);
    return FRAMER_NEXT;
}

/* ---- what somebody is part of ---- */

struct part {
    const struct convo *convo;
    const struct member *me;
    struct name other; /* of a direct conversation */
};

static struct bytes part_name(const struct part *t)
{
    return t->convo->kind == CONVO_DIRECT ? name_bytes(&t->other) : bytes_str(t->convo->title);
}

static int compare(uint8_t kind, struct bytes name, uint8_t other_kind, struct bytes other)
{
    size_t n = name.n < other.n ? name.n : other.n;
    int c = n != 0 ? memcmp(name.p, other.p, n) : 0;

    if (kind != other_kind)
        return kind < other_kind ? -1 : 1;
    return c != 0 ? c : (name.n > other.n) - (name.n < other.n);
}

static int by_kind_and_name(const void *a, const void *b)
{
    const struct part *x = a;
    const struct part *y = b;

    return compare(
        (uint8_t)x->convo->kind, part_name(x), (uint8_t)y->convo->kind, part_name(y));
}

static size_t parts(const struct user *u, const struct msg_conversations *m, struct part *out)
{
    const struct convo *c;
    size_t at = 0;
    size_t n = 0;

    while ((c = map_next(&u->server->convos, &at, NULL)) != NULL) {
        struct part t = {.convo = c, .me = convo_member(c, u->name.s)};
        if (t.me == NULL ||
            (c->kind == CONVO_DIRECT &&
                name_direct_other(name_key_bytes(&c->key), u->name.s, &t.other) != ERR_OK))
            continue;
        if (!m->more || compare((uint8_t)c->kind, part_name(&t), m->kind, m->after) > 0)
            out[n++] = t;
    }
    if (n > 1)
        qsort(out, n, sizeof *out, by_kind_and_name);
    return n;
}

enum framer_verdict handle_conversations(struct peer *p, const void *msg)
{
    struct list_writer rows;
    struct part *v = mem_array(map_count(&p->server->convos), sizeof *v);
    size_t n = parts(p->user, msg, v);
    size_t i = 0;

    list_begin(&rows, PAGE_BYTES);
    for (; i < n && rows.count < 256 && rows.buf.n + MSG_ROOM + 32 <= PAGE_BYTES; i++) {
        struct msg_convo_row row = {
            .kind = (uint8_t)v[i].convo->kind,
            .name = part_name(&v[i]),
            .epoch = v[i].convo->epoch,
            .last_seq = v[i].convo->last_seq,
            .cursor = v[i].me->cursor,
        };
        list_add(&rows, &MSG_CONVO_ROW, &row);
    }
    struct msg_conversations_ok ok = {.convos = list_view(&rows), .left = i < n};
    reply_done(p, &MSG_CONVERSATIONS_OK, &ok);
    list_end(&rows);
    mem_free(v);
    return FRAMER_NEXT;
}
