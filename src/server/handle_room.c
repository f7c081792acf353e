/* SPDX-License-Identifier: ISC */
/* Joining and leaving. A password is checked on the hashing worker, several at once. */
#include "base/mem.h"
#include "crypto/password.h"
#include "server/ban.h"
#include "server/convo.h"
#include "server/handle.h"
#include "server/reply.h"
#include "server/user.h"

struct join {
    struct ask ask;
    struct job job;
    struct name_key key;
    char title[MSG_ROOM + 1];
    uint8_t proof[MSG_SECRET];
    bool has_proof;
    bool created;
    uint8_t flags;
    struct name who; /* an account whose membership is being stored */
    unsigned log2_n;
    uint8_t stored[PASSWORD_STORED];
    enum err verdict;
};

static struct join *join_of(struct job *j)
{
    return (struct join *)(void *)((char *)j - offsetof(struct join, job));
}

static void join_end(struct join *j)
{
    mem_wipe(j->proof, sizeof j->proof);
    ask_close(&j->ask);
}

static void answer(struct peer *p, const struct member *m, uint8_t op)
{
    const struct convo *c = m->convo;
    struct msg_joined ok = {
        .room = bytes_str(c->title),
        .flags = (uint8_t)((c->access == ACCESS_PASSWORD ? ROOM_PASSWORD : 0) |
                           (c->access == ACCESS_INVITE ? ROOM_INVITE : 0) | ROOM_MEMBER |
                           (c->grouped ? ROOM_GROUPED : 0)),
        .online = (uint16_t)c->present_count,
        .epoch = c->epoch,
        .last_seq = c->last_seq,
        .cursor = m->cursor,
        .time_ms = (uint64_t)p->server->loop->wall_ms,
    };
    reply_op(p, op, &MSG_JOINED, &ok);
}

/* Present from here on: the answer, then what everybody is told. */
static void enter(struct peer *p, struct member *m, uint8_t op)
{
    convo_enter(m, p->user);
    answer(p, m, op);
    if (m->grouped)
        convo_tell_departures(m);
    convo_presence(m->convo, PRESENCE_JOINED, p->user, "");
    user_share_identities(m);
    relay_note(
        p->server, op == OP_CREATED ? "create" : "join", m->convo->title, p->user->name.s, "");
}

/* ---- who may come in ---- */

static bool banned(const struct convo *c, const struct peer *p, int64_t *until)
{
    return ban_holds(
        &c->bans, name_bytes(&p->user->name), BAN_OUT, p->server->loop->wall_ms, until);
}

/* An account is a member of rooms where it is not present too. */
static size_t rooms_of(const struct user *u)
{
    const struct convo *c;
    size_t at = 0;
    size_t n = 0;

    for (size_t i = 0; !u->account && i < u->room_count; i++)
        n += u->rooms[i]->convo->kind == CONVO_ROOM;
    while (u->account && (c = map_next(&u->server->convos, &at, NULL)) != NULL)
        n += c->kind == CONVO_ROOM && convo_member(c, u->name.s) != NULL;
    return n;
}

static bool one_room_more(struct peer *p)
{
    int64_t max = p->server->limits->rooms_per_user;

    if (rooms_of(p->user) < (size_t)max)
        return true;
    reply_refuse(
        p, OP_JOIN, CODE_FULL, (uint64_t)max, "you are in %d rooms: leave one first", (int)max);
    return false;
}

static void full(struct peer *p, const struct convo *c)
{
    reply_refuse(p, OP_JOIN, CODE_FULL, (uint64_t)p->server->limits->room_members, "%s is full",
        c->title);
}

/* A guest is not the account that had his name once. */
static const struct member *known(const struct convo *c, const struct user *u)
{
    const struct member *m = convo_member(c, u->name.s);

    return m != NULL && m->durable == u->account ? m : NULL;
}

/* Refuses, or says yes; password aside. */
static bool may_join(struct peer *p, const struct convo *c, uint8_t flags)
{
    const struct limits *l = p->server->limits;
    const struct member *m = known(c, p->user);
    int64_t until = 0;

    if (m != NULL && m->user != NULL)
        reply_refuse(p, OP_JOIN, CODE_MEMBER_ALREADY, 0, "you are in %s already", c->title);
    else if ((flags & JOIN_ONLY_CREATE) != 0)
        reply_refuse(
            p, OP_JOIN, CODE_NAME_TAKEN, 0, "there is a room called %s already", c->title);
    else if (banned(c, p, &until))
        reply_refuse(
            p, OP_JOIN, CODE_BANNED, (uint64_t)until, "you are banned from %s", c->title);
    else if (m == NULL && c->access == ACCESS_INVITE && !convo_is_owner(c, p->user->name.s))
        reply_refuse(p, OP_JOIN, CODE_NOT_ALLOWED, 0, "%s is for invited people: ask a member",
            c->title);
    else if (m == NULL && map_count(&c->members) >= (size_t)l->room_members)
        full(p, c);
    else
        return m != NULL || one_room_more(p);
    return false;
}

/* While a membership was being stored its owner may have been banned, or the last place taken.
 */
static bool turned_away(const struct join *j, struct convo *c, struct peer *p)
{
    struct server *s = j->ask.server;
    int64_t until = 0;
    bool out = ban_holds(&c->bans, name_bytes(&j->who), BAN_OUT, s->loop->wall_ms, &until);

    if (!out && map_count(&c->members) < (size_t)s->limits->room_members)
        return false;
    store_member_remove(s->store, name_key_bytes(&c->key), name_bytes(&j->who), relay_stored,
        relay_words("removing a member"));
    if (p != NULL && out)
        reply_refuse(
            p, OP_JOIN, CODE_BANNED, (uint64_t)until, "you are banned from %s", c->title);
    else if (p != NULL)
        full(p, c);
    return true;
}

/* The store has the membership: so it is one, whether or not its owner is still here. */
static void durable_member(void *arg, const struct store_result *r)
{
    struct join *j = arg;
    struct peer *p = ask_peer(&j->ask);
    struct convo *c = convo_find(j->ask.server, name_key_bytes(&j->key));
    struct member *m = c != NULL ? convo_member(c, j->who.s) : NULL;

    if (c != NULL && m == NULL && r->rc == ERR_OK) {
        if (turned_away(j, c, p)) {
            convo_reap(c);
            join_end(j);
            return;
        }
        m = convo_add(c, &j->who, true);
    }
    if (p != NULL && r->rc != ERR_OK)
        reply_refuse(p, OP_JOIN, CODE_NOT_STORED, 0,
            "the relay could not store your membership: try again");
    else if (p != NULL && c == NULL)
        reply_refuse(
            p, OP_JOIN, CODE_NO_SUCH_ROOM, 0, "the room went away just now: try again");
    else if (p != NULL && m->user != NULL)
        reply_refuse(p, OP_JOIN, CODE_MEMBER_ALREADY, 0, "you are in %s already", c->title);
    else if (p != NULL)
        enter(p, m, j->created ? OP_CREATED : OP_JOINED);
    if (c != NULL)
        convo_reap(c);
    join_end(j);
}

static void store_membership(struct peer *p, struct join *j, const struct convo *c)
{
    struct store_named row = {.name = name_bytes(&p->user->name), .seq = c->last_seq};

    j->who = p->user->name;
    /* A commit that welcomes him may be with the store. */
    store_member_add(p->server->store, name_key_bytes(&c->key), &row, durable_member, j);
}

/* Everything was checked. A guest is in at once; an account when its membership is stored. */
static void let_in(struct peer *p, struct join *j, struct convo *c)
{
    struct member *m = convo_member(c, p->user->name.s);

    if (m == NULL && p->user->account) {
        store_membership(p, j, c);
        return;
    }
    if (m != NULL && !p->user->account)
        convo_as_guest(m);
    enter(p, m != NULL ? m : convo_add(c, &p->user->name, false), OP_JOINED);
    join_end(j);
}

static void proof_run(struct job *job)
{
    struct join *j = join_of(job);

    j->verdict = password_check(
        bytes_of(j->proof, sizeof j->proof), bytes_of(j->stored, sizeof j->stored));
}

static void proof_done(struct job *job)
{
    struct join *j = join_of(job);
    struct peer *p = ask_peer(&j->ask);
    struct convo *c = convo_find(j->ask.server, name_key_bytes(&j->key));

    if (p == NULL) {
        join_end(j);
        return;
    }
    /* The password may have changed while this one was being checked. */
    bool same = c != NULL && c->verifier_n == sizeof j->stored &&
                memcmp(c->verifier, j->stored, sizeof j->stored) == 0;
    if (!same || j->verdict != ERR_OK) {
        gate_offend(p->server->gate, p->server->limits, p->link->address,
            p->server->loop->now_ms, GATE_BAD_SECRET);
        relay_note(p->server, "refused", j->title, p->user->name.s, "wrong room password");
        reply_refuse(
            p, OP_JOIN, CODE_BAD_SECRET, 0, "proof: that is not the password of %s", j->title);
        join_end(j);
    } else if (may_join(p, c, j->flags)) {
        let_in(p, j, c);
    } else {
        join_end(j);
    }
}

static void check_proof(struct peer *p, struct join *j, const struct convo *c)
{
    if (!j->has_proof || c->verifier_n != sizeof j->stored) {
        reply_refuse(p, OP_JOIN, CODE_BAD_SECRET, 0, "proof: %s has a password", c->title);
        join_end(j);
        return;
    }
    memcpy(j->stored, c->verifier, sizeof j->stored);
    j->job = (struct job){.run = proof_run, .done = proof_done};
    if (relay_hash(p->server, &j->job) != ERR_OK) {
        reply_refuse(p, OP_JOIN, CODE_BUSY, 1000, "the relay is busy: try again in a second");
        join_end(j);
    }
}

static void join_existing(struct peer *p, struct join *j, struct convo *c)
{
    if (!may_join(p, c, j->flags))
        join_end(j);
    else if (known(c, p->user) == NULL && c->access == ACCESS_PASSWORD)
        check_proof(p, j, c);
    else
        let_in(p, j, c);
}

/* ---- founding ---- */

/* name NULL: anybody's. */
static size_t rooms_owned(const struct server *s, const char *name)
{
    const struct convo *c;
    size_t at = 0;
    size_t n = 0;

    while ((c = map_next(&s->convos, &at, NULL)) != NULL)
        n += c->kind == CONVO_ROOM && (name == NULL || convo_is_owner(c, name));
    return n;
}

static bool no_more_rooms(struct peer *p)
{
    int64_t max = p->server->limits->rooms;

    if (rooms_owned(p->server, NULL) < (size_t)max)
        return false;
    reply_refuse(p, OP_JOIN, CODE_FULL, (uint64_t)max, "this relay holds no more rooms");
    return true;
}

static bool may_found(struct peer *p, const struct join *j)
{
    const struct server *s = p->server;
    const struct limits *l = s->limits;

    if ((j->flags & JOIN_NO_CREATE) != 0)
        reply_refuse(p, OP_JOIN, CODE_NO_SUCH_ROOM, 0, "there is no room called %s", j->title);
    else if (no_more_rooms(p))
        return false;
    else if (rooms_owned(s, p->user->name.s) >= (size_t)l->rooms_created_per_user)
        reply_refuse(p, OP_JOIN, CODE_FULL, (uint64_t)l->rooms_created_per_user,
            "you have founded %d rooms: that is as many as one may",
            (int)l->rooms_created_per_user);
    else
        return one_room_more(p);
    return false;
}

static struct convo *room_born(struct server *s, const struct join *j, const struct name *owner)
{
    struct convo *c = convo_new(s, &j->key, CONVO_ROOM, bytes_str(j->title));

    c->owner = *owner;
    c->access = j->has_proof                         ? ACCESS_PASSWORD
                : (j->flags & JOIN_INVITE_ONLY) != 0 ? ACCESS_INVITE
                                                     : ACCESS_OPEN;
    if (j->has_proof) {
        c->verifier = mem_dup(j->stored, sizeof j->stored);
        c->verifier_n = sizeof j->stored;
    }
    return c;
}

/* The room is stored and nobody else's; its founder is in it next. */
static void founded(struct peer *p, struct join *j)
{
    struct convo *c = room_born(p->server, j, &p->user->name);

    j->created = true;
    if (p->user->account) {
        store_membership(p, j, c);
        return;
    }
    enter(p, convo_add(c, &p->user->name, false), OP_CREATED);
    join_end(j);
}

static void room_stored(void *arg, const struct store_result *r)
{
    struct join *j = arg;
    struct server *s = j->ask.server;
    struct peer *p = ask_peer(&j->ask);
    struct convo *c = convo_find(s, name_key_bytes(&j->key));
    bool ours = r->rc == ERR_OK && c == NULL;

    if ((r->rc == ERR_EXISTS || r->rc == ERR_OK) && p != NULL && c != NULL) {
        join_existing(p, j, c); /* somebody founded it a moment before */
        return;
    }
    /* Others may have founded the last ones meanwhile. */
    if (ours && p != NULL && !no_more_rooms(p)) {
        founded(p, j);
        return;
    }
    if (ours) /* also when the founder left while the room was being stored */
        store_room_remove(
            s->store, name_key_bytes(&j->key), relay_stored, relay_words("removing a room"));
    else if (p != NULL)
        reply_refuse(
            p, OP_JOIN, CODE_NOT_STORED, 0, "the relay could not store the room: try again");
    join_end(j);
}

/* A guest's name may be anybody's after a restart: only an account is remembered as owner. */
static void store_room(struct join *j, const struct user *owner)
{
    struct store_room row = {
        .key = name_key_bytes(&j->key),
        .name = bytes_str(j->title),
        .owner = owner->account ? name_bytes(&owner->name) : (struct bytes){0},
        .kind = CONVO_ROOM,
        .access = j->has_proof                         ? ACCESS_PASSWORD
                  : (j->flags & JOIN_INVITE_ONLY) != 0 ? ACCESS_INVITE
                                                       : ACCESS_OPEN,
        .verifier = bytes_of(j->stored, j->has_proof ? sizeof j->stored : 0),
    };
    store_room_create(j->ask.server->store, &row, room_stored, j);
}

static void hash_run(struct job *job)
{
    struct join *j = join_of(job);

    j->verdict = password_store(bytes_of(j->proof, sizeof j->proof), j->log2_n, j->stored);
}

static void hash_done(struct job *job)
{
    struct join *j = join_of(job);
    struct peer *p = ask_peer(&j->ask);

    if (p != NULL && j->verdict == ERR_OK) {
        store_room(j, p->user);
        return;
    }
    if (p != NULL)
        reply_refuse(
            p, OP_JOIN, CODE_NOT_STORED, 0, "the relay could not store the room: try again");
    join_end(j);
}

static void found(struct peer *p, struct join *j)
{
    if (!may_found(p, j)) {
        join_end(j);
        return;
    }
    if (!j->has_proof) {
        store_room(j, p->user);
        return;
    }
    j->log2_n = (unsigned)p->server->limits->hash_log2_n;
    j->job = (struct job){.run = hash_run, .done = hash_done};
    if (relay_hash(p->server, &j->job) != ERR_OK) {
        reply_refuse(p, OP_JOIN, CODE_BUSY, 1000, "the relay is busy: try again in a second");
        join_end(j);
    }
}

enum framer_verdict handle_join(struct peer *p, const void *msg)
{
    const struct msg_join *m = msg;
    struct name_key key;

    if (name_room_key(m->room, &key) != ERR_OK) {
        reply_refuse(p, OP_JOIN, CODE_BAD_NAME, 0,
            "room: 1 to %d bytes of visible letters, without spaces at its ends", MSG_ROOM);
        return FRAMER_NEXT;
    }
    if (m->proof.n != 0 && m->proof.n != MSG_SECRET) {
        reply_refuse(
            p, OP_JOIN, CODE_BAD_FIELD, MSG_SECRET, "proof: %d bytes, or none", MSG_SECRET);
        return FRAMER_NEXT;
    }
    struct join *j = ask_open(p, OP_JOIN, sizeof *j);
    j->key = key;
    j->flags = m->flags;
    j->has_proof = m->proof.n != 0;
    (void)bytes_copy(j->title, sizeof j->title, m->room);
    if (j->has_proof)
        memcpy(j->proof, m->proof.p, sizeof j->proof);
    struct convo *c = convo_find(p->server, name_key_bytes(&key));
    if (c != NULL)
        join_existing(p, j, c);
    else
        found(p, j);
    return FRAMER_NEXT;
}

/* ---- leaving ---- */

struct leave {
    struct ask ask;
    char title[MSG_ROOM + 1];
};

static void leave_stored(void *arg, const struct store_result *r)
{
    struct leave *l = arg;
    struct peer *p = ask_peer(&l->ask);
    struct msg_name m = {.name = bytes_str(l->title)};

    (void)r; /* a barrier: the departure before it is as durable as the store could make it */
    if (p != NULL)
        reply_op(p, OP_LEFT, &MSG_LEFT, &m);
    ask_close(&l->ask);
}

static void leave_relay(struct peer *p)
{
    struct msg_name m = {0};

    reply_op(p, OP_LEFT, &MSG_LEFT, &m);
    p->leaving = true;
    link_close(p->link, "left");
}

enum framer_verdict handle_leave(struct peer *p, const void *msg)
{
    const struct msg_leave *m = msg;
    struct user *u = p->user;
    struct member *here = NULL;

    for (size_t i = u->room_count; m->room.n == 0 && here == NULL && i-- > 0;) {
        if (u->rooms[i]->convo->kind == CONVO_ROOM)
            here = u->rooms[i];
    }
    if (m->room.n != 0)
        here = convo_of(u, m->room);
    if (here == NULL && m->room.n == 0) {
        leave_relay(p);
        return FRAMER_NEXT;
    }
    if (here == NULL) {
        reply_refuse(p, OP_LEAVE, CODE_NOT_MEMBER, 0, "room: you are not in that room");
        return FRAMER_NEXT;
    }
    if (here->convo->busy) {
        convo_wait(here->convo, p);
        return FRAMER_STALL;
    }
    struct leave *l = ask_open(p, OP_LEAVE, sizeof *l);
    (void)bytes_copy(l->title, sizeof l->title, bytes_str(here->convo->title));
    relay_note(p->server, "leave", l->title, u->name.s, "");
    user_leave_room(here);
    store_barrier(p->server->store, leave_stored, l);
    return FRAMER_NEXT;
}
