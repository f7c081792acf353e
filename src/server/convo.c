/* SPDX-License-Identifier: ISC */
#include "server/convo.h"

#include "base/log.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "net/outq.h"
#include "server/reply.h"
#include "server/transfer.h"

/* Subjects carry no user text: the topic of a conversation is half the digest of its key. */
static void topic_name(struct bytes key, char out[40])
{
    static const char HEX[] = "0123456789abcdef";
    uint8_t d[HASH_SHA256] = {0};
    char *w = out;

    if (hash_sha256(key, d) != ERR_OK)
        mem_die("SHA-256 is not available");
    memcpy(w, "s1.r.", 5);
    w += 5;
    for (int i = 0; i < 16; i++) {
        *w++ = HEX[d[i] >> 4];
        *w++ = HEX[d[i] & 15];
    }
    *w = '\0';
}

static void deliver(struct member *m, struct span frame)
{
    struct user *u = m->user;
    size_t soft = (size_t)u->server->limits->queue_soft_bytes;
    size_t backlog = u->peer != NULL   ? link_backlog(u->peer->link)
                     : u->held != NULL ? u->held->bytes
                                       : 0;

    if (m->gap || backlog > soft) {
        u->server->total.gaps += !m->gap;
        m->gap = m->convo->owed = true;
        return;
    }
    u->server->total.deliveries++;
    tell_span(u, frame);
}

static void convo_heard(void *arg, const struct bus_msg *m)
{
    struct convo *c = arg;

    for (size_t i = 0; i < c->present_count; i++) {
        if (m->origin == 0 || c->present[i]->user->id != m->origin)
            deliver(c->present[i], m->frame);
    }
}

struct convo *convo_find(struct server *s, struct bytes key)
{
    return map_get(&s->convos, key);
}

struct convo *convo_room(struct server *s, struct bytes room, enum err *e)
{
    struct name_key key;

    *e = name_room_key(room, &key);
    if (*e != ERR_OK)
        return NULL;
    struct convo *c = convo_find(s, name_key_bytes(&key));
    *e = c != NULL ? ERR_OK : ERR_NOT_FOUND;
    return c;
}

static void turn_over(void *arg)
{
    struct convo *c = arg;
    struct name late = c->turns[0];

    relay_note(c->server, "turn_lost", c->title, late.s, "no commit came in time");
    convo_turn_end(c, &late);
}

struct convo *convo_new(
    struct server *s, const struct name_key *key, enum msg_convo kind, struct bytes title)
{
    char topic[40];
    struct convo *c = mem_alloc(sizeof *c);

    c->server = s;
    c->key = *key;
    c->kind = kind;
    (void)bytes_copy(c->title, sizeof c->title, title);
    c->tail_end = &c->tail;
    c->commit_ms = s->loop->now_ms;
    c->last_seq = s->seq_floor;
    loop_timer_init(&c->turn, turn_over, c);
    topic_name(name_key_bytes(key), topic);
    c->topic = bus_join(s->bus, topic, convo_heard, c);
    (void)map_put(&s->convos, name_key_bytes(key), c);
    return c;
}

static void free_values(struct map *m)
{
    size_t at = 0;
    void *v;

    while ((v = map_next(m, &at, NULL)) != NULL)
        mem_free(v);
    map_free(m);
}

void convo_free(struct convo *c)
{
    struct bytes key = name_key_bytes(&c->key);

    (void)map_del(&c->server->convos, key);
    for (size_t i = 0; i < c->present_count; i++)
        c->present[i]->user = NULL;
    convo_log_free(c);
    loop_timer_stop(c->server->loop, &c->turn);
    bus_leave(c->server->bus, c->topic);
    free_values(&c->members);
    free_values(&c->bans);
    map_free(&c->departed);
    map_free(&c->complaints);
    mem_free(c->present);
    mem_free(c->turns);
    mem_free(c->waiting);
    mem_free(c->undo);
    mem_free(c->verifier);
    mem_free(c);
}

bool convo_over(const struct convo *c)
{
    size_t at = 0;
    const struct member *last = map_next(&c->members, &at, NULL);

    if (c->kind != CONVO_DIRECT || last == NULL)
        return last == NULL;
    return map_count(&c->members) == 1 && last->cursor >= c->last_seq;
}

void convo_reap(struct convo *c)
{
    struct member *last;
    size_t at = 0;

    if (!convo_over(c) || c->busy)
        return;
    if ((last = map_next(&c->members, &at, NULL)) != NULL)
        convo_drop(last);
    if (c->server->seq_floor < c->last_seq)
        c->server->seq_floor = c->last_seq;
    relay_note(c->server, "room_gone", c->title, "", "");
    store_room_remove(c->server->store, name_key_bytes(&c->key), relay_stored,
        relay_words("removing a room"));
    convo_wake(c);
    convo_free(c);
}

/* ---- members ---- */

struct member *convo_member(const struct convo *c, const char *name)
{
    return map_get(&c->members, bytes_str(name));
}

struct member *convo_add(struct convo *c, const struct name *name, bool durable)
{
    struct member *m = mem_alloc(sizeof *m);

    m->name = *name;
    m->convo = c;
    m->durable = durable;
    m->cursor = c->last_seq;
    c->durable_absent += durable;
    (void)map_put(&c->members, name_bytes(name), m);
    return m;
}

void convo_enter(struct member *m, struct user *u)
{
    struct convo *c = m->convo;

    if (m->user != NULL)
        return;
    m->user = u;
    m->gap = false;
    c->durable_absent -= m->durable;
    if (c->present_count == c->present_cap) {
        c->present_cap = c->present_cap ? c->present_cap * 2 : 4;
        c->present = mem_realloc(c->present, c->present_cap * sizeof(struct member *));
    }
    m->at = c->present_count;
    c->present[c->present_count++] = m;
    if (u->room_count == u->room_cap) {
        u->room_cap = u->room_cap ? u->room_cap * 2 : 2;
        u->rooms = mem_realloc(u->rooms, u->room_cap * sizeof(struct member *));
    }
    u->rooms[u->room_count++] = m;
}

void convo_exit(struct member *m)
{
    struct convo *c = m->convo;
    struct user *u = m->user;

    if (u == NULL)
        return;
    convo_turn_end(c, &m->name);
    c->present[m->at] = c->present[--c->present_count];
    c->present[m->at]->at = m->at;
    for (size_t i = 0; i < u->room_count; i++) {
        if (u->rooms[i] != m)
            continue;
        memmove(
            &u->rooms[i], &u->rooms[i + 1], (--u->room_count - i) * sizeof(struct member *));
        break;
    }
    m->user = NULL;
    c->durable_absent += m->durable;
    if (m->durable)
        convo_spill(c, m->cursor);
}

void convo_drop(struct member *m)
{
    struct convo *c = m->convo;

    transfer_member_left(c, m);
    convo_exit(m);
    c->durable_absent -= m->durable;
    (void)map_del(&c->members, name_bytes(&m->name));
    (void)map_del(&c->complaints, name_bytes(&m->name));
    mem_free(m);
}

void convo_as_guest(struct member *m)
{
    struct convo *c = m->convo;

    if (!m->durable)
        return;
    c->durable_absent -= m->user == NULL;
    m->durable = false;
    store_member_remove(c->server->store, name_key_bytes(&c->key), name_bytes(&m->name),
        relay_stored, relay_words("removing a guest"));
    if (m->grouped)
        convo_guest_grouped(c, &m->name, true);
}

static void rename_in(struct name *in, const struct name *from, const struct name *to)
{
    if (strcmp(in->s, from->s) == 0)
        *in = *to;
}

void convo_rename(struct member *m, const struct name *to)
{
    struct convo *c = m->convo;
    struct member *other = convo_member(c, to->s);
    struct name from = m->name;

    convo_turn_end(c, &from);
    if (other != NULL && other != m) { /* it outlived its account */
        convo_as_guest(other);
        convo_drop(other);
    }
    (void)map_del(&c->members, name_bytes(&from));
    rename_in(&c->owner, &from, to);
    rename_in(&c->committer, &from, to);
    rename_in(&c->last_speaker, &from, to);
    convo_undo_rename(c, &from, to);
    if (map_del(&c->complaints, name_bytes(&from)) != NULL)
        (void)map_put(&c->complaints, name_bytes(to), c);
    m->anew = m->grouped && map_get(&c->departed, name_bytes(to)) != NULL;
    if (m->grouped) {
        convo_guest_grouped(c, to, true);
        convo_guest_grouped(c, &from, false);
    }
    m->name = *to;
    (void)map_put(&c->members, name_bytes(to), m);
}

struct member *convo_of(const struct user *u, struct bytes room)
{
    struct name_key key;

    for (size_t i = u->room_count; i-- > 0;) {
        if (u->rooms[i]->convo->kind == CONVO_ROOM &&
            bytes_eq(bytes_str(u->rooms[i]->convo->title), room))
            return u->rooms[i];
    }
    if (name_room_key(room, &key) != ERR_OK)
        return NULL;
    for (size_t i = u->room_count; i-- > 0;) {
        if (bytes_eq(name_key_bytes(&u->rooms[i]->convo->key), name_key_bytes(&key)))
            return u->rooms[i];
    }
    return NULL;
}

bool convo_is_owner(const struct convo *c, const char *name)
{
    return c->owner.s[0] != '\0' && strcmp(c->owner.s, name) == 0;
}

uint8_t convo_user_flags(const struct convo *c, const char *name, const struct user *u)
{
    const struct member *m = c != NULL ? convo_member(c, name) : NULL;
    uint8_t f = 0;

    if (u != NULL ? u->account : m != NULL && m->durable)
        f |= USER_ACCOUNT;
    if (u == NULL || u->peer == NULL)
        f |= USER_AWAY;
    if (u != NULL && u->role == ROLE_OPERATOR)
        f |= USER_OPERATOR;
    if ((m != NULL && m->moderator) || (u != NULL && u->role == ROLE_MODERATOR))
        f |= USER_MODERATOR;
    if (c != NULL && convo_is_owner(c, name))
        f |= USER_OWNER;
    return f;
}

/* ---- telling ---- */

/* origin: the user whom it is not told to, 0: nobody. */
static void publish(struct convo *c, struct span frame, uint64_t origin)
{
    struct bus_msg m = {.origin = origin, .seq = c->last_seq, .frame = frame};

    if (frame.chunk == NULL)
        return;
    if (bus_pub(c->server->bus, c->topic, &m) != ERR_OK) {
        /* The log has it; members are told to look there. */
        span_drop(frame);
        for (size_t i = 0; i < c->present_count; i++)
            c->present[i]->gap = true;
        c->owed = true;
    }
}

void convo_publish(struct convo *c, struct span frame, const struct peer *except)
{
    publish(c, frame, except != NULL && except->user != NULL ? except->user->id : 0);
}

void convo_tell(struct convo *c, uint8_t op, const struct schema *shape, const void *msg,
    const struct peer *except)
{
    convo_publish(c, reply_frame(c->server, op, shape, msg), except);
}

void convo_presence(
    struct convo *c, enum msg_presence kind, const struct user *u, const char *other)
{
    struct msg_presence_event m = {
        .kind = (uint8_t)kind,
        .room = bytes_str(c->title),
        .user = name_bytes(&u->name),
        .flags = convo_user_flags(c, u->name.s, u),
        .other = bytes_str(other),
    };

    if (c->kind == CONVO_ROOM)
        publish(c, reply_frame(c->server, OP_PRESENCE, &MSG_PRESENCE, &m), u->id);
}

void convo_resync(struct member *m)
{
    struct convo *c = m->convo;
    struct name other = {0};
    struct msg_convo_ref ref = {.kind = (uint8_t)c->kind, .name = bytes_str(c->title)};

    m->gap = false;
    if (c->kind == CONVO_DIRECT) {
        if (name_direct_other(name_key_bytes(&c->key), m->name.s, &other) != ERR_OK)
            return;
        ref.name = name_bytes(&other);
    }
    tell_user(m->user, OP_RESYNC, &MSG_CONVO_REF, &ref);
}

void convo_pay(struct convo *c)
{
    bool owed = false;

    for (size_t i = 0; c->owed && i < c->present_count; i++) {
        struct member *m = c->present[i];
        const struct peer *p = m->user->peer;
        if (m->gap && p != NULL && link_backlog(p->link) == 0)
            convo_resync(m);
        owed |= m->gap;
    }
    c->owed = owed;
}

/* ---- waiting for a commit ---- */

void convo_wait(struct convo *c, const struct peer *p)
{
    if (c->waiting_count + 2 > c->waiting_cap) {
        c->waiting_cap = c->waiting_cap ? c->waiting_cap * 2 : 8;
        c->waiting = mem_realloc(c->waiting, c->waiting_cap * sizeof *c->waiting);
    }
    c->waiting[c->waiting_count++] = p->slot;
    c->waiting[c->waiting_count++] = p->generation;
}

void convo_wake(struct convo *c)
{
    for (size_t i = 0; i + 1 < c->waiting_count; i += 2) {
        struct peer *p = peer_by_id(c->server, c->waiting[i], c->waiting[i + 1]);
        if (p != NULL)
            link_resume(p->link);
    }
    c->waiting_count = 0;
}
