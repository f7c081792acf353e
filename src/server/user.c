/* SPDX-License-Identifier: ISC */
#include "server/user.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "crypto/rand.h"
#include "net/outq.h"
#include "server/ban.h"
#include "server/convo.h"
#include "server/reply.h"
#include "server/transfer.h"

/* Above so many people nobody is told of everybody any more: clients list again instead. */
#define WATCH_MAX 500
/* Identities are handed round in rooms up to this size; in larger ones the tree has them. */
#define SHARE_MAX 100

struct user *user_find(struct server *s, const char *name)
{
    return map_get(&s->users, bytes_str(name));
}

static void grace_over(void *arg)
{
    user_gone(arg);
}

/* The one place that changes a user's state, so that the counts of the relay stay true. */
static void set_state(struct user *u, enum user_state to)
{
    struct server *s = u->server;

    s->online -= u->state == USER_HERE;
    s->away -= u->state == USER_DROPPED;
    LOG_DEBUG(
        "user", "%s: %s -> %s", u->name.s, user_state_name(u->state), user_state_name(to));
    u->state = to;
    s->online += to == USER_HERE;
    s->away += to == USER_DROPPED;
}

const char *user_state_name(enum user_state st)
{
    static const char *const NAMES[] = {
        [USER_HELD] = "held", [USER_HERE] = "here", [USER_DROPPED] = "away"};

    return (unsigned)st < MEM_COUNT(NAMES) ? NAMES[st] : "unknown";
}

struct user *user_provisional(struct server *s, struct peer *p)
{
    struct user *u = mem_alloc(sizeof *u);

    u->server = s;
    u->id = ++s->next_user;
    u->peer = p;
    u->since_ms = s->loop->now_ms;
    loop_timer_init(&u->grace, grace_over, u);
    do {
        (void)snprintf(u->name.s, sizeof u->name.s, "rand%u", s->next_guest++);
    } while (!map_put(&s->users, name_bytes(&u->name), u));
    return u;
}

bool user_banned(struct server *s, struct bytes who, bool mute, int64_t *until_ms)
{
    return ban_holds(&s->bans, who, mute ? BAN_MUTE : BAN_OUT, s->loop->wall_ms, until_ms);
}

void user_tell_watchers(
    struct server *s, enum msg_presence kind, const struct user *u, const char *other)
{
    struct msg_presence_event m = {
        .kind = (uint8_t)kind,
        .user = name_bytes(&u->name),
        .flags = convo_user_flags(NULL, u->name.s, u),
        .other = bytes_str(other),
    };
    struct span frame = {0};
    struct user *w;
    size_t at = 0;

    if (s->online + s->away > WATCH_MAX)
        return;
    while ((w = map_next(&s->users, &at, NULL)) != NULL) {
        if (!w->watching || w->state == USER_HELD || w == u)
            continue;
        if (frame.chunk == NULL)
            frame = reply_frame(s, OP_PRESENCE, &MSG_PRESENCE, &m);
        tell_span(w, frame);
    }
    span_drop(frame);
}

/* ---- identities ---- */

void user_tell_identity(struct user *to, const struct user *of)
{
    struct msg_identity m = {
        .user = name_bytes(&of->name),
        .flags = convo_user_flags(NULL, of->name.s, of),
        .identity = bytes_of(of->identity, of->identity_n),
    };

    if (of->identity_n != 0)
        tell_user(to, OP_PUBLIC_KEY, &MSG_IDENTITY_EVENT, &m);
}

void user_share_identities(struct member *m)
{
    const struct convo *c = m->convo;

    if (c->present_count > SHARE_MAX)
        return;
    for (size_t i = 0; i < c->present_count; i++) {
        struct user *other = c->present[i]->user;
        if (other == m->user)
            continue;
        user_tell_identity(m->user, other);
        user_tell_identity(other, m->user);
    }
}

static void identity_key(struct bytes identity, uint8_t out[HASH_SHA256])
{
    if (hash_sha256(identity, out) != ERR_OK)
        mem_die("SHA-256 is not available");
}

static void forget_identity(struct user *u)
{
    uint8_t key[HASH_SHA256];

    if (u->identity_n == 0)
        return;
    identity_key(bytes_of(u->identity, u->identity_n), key);
    if (map_get(&u->server->identities, bytes_of(key, sizeof key)) == u)
        (void)map_del(&u->server->identities, bytes_of(key, sizeof key));
    mem_free(u->identity);
    u->identity = NULL;
    u->identity_n = 0;
}

/* Ends here and now, whether or not its line still stands. */
static void end_session(struct user *u, const char *reason)
{
    if (u->peer != NULL) {
        user_closing(u, reason, 0);
        u->peer->user = NULL;
        u->peer = NULL;
    }
    user_gone(u);
}

void user_set_identity(struct user *u, struct bytes identity)
{
    uint8_t key[HASH_SHA256];
    struct server *s = u->server;
    uint8_t *copy = mem_dup(identity.p, identity.n);

    forget_identity(u);
    identity_key(identity, key);
    struct user *older = map_get(&s->identities, bytes_of(key, sizeof key));
    if (older != NULL && older != u) {
        end_session(older, "this identity key came in from another place");
    }
    u->identity = copy;
    u->identity_n = identity.n;
    (void)map_put(&s->identities, bytes_of(key, sizeof key), u);
}

/* ---- coming in ---- */

static void new_resume_token(struct user *u, uint8_t token[MSG_SECRET])
{
    struct server *s = u->server;

    if (u->has_resume)
        (void)map_del(&s->resumes, bytes_of(u->resume, sizeof u->resume));
    rand_bytes(token, MSG_SECRET);
    identity_key(bytes_of(token, MSG_SECRET), u->resume);
    u->has_resume = true;
    (void)map_put(&s->resumes, bytes_of(u->resume, sizeof u->resume), u);
}

static void answer_login(struct peer *p, bool resumed)
{
    struct user *u = p->user;
    struct msg_login_ok ok = {
        .name = name_bytes(&u->name),
        .role = u->role,
        .grace_s = (uint16_t)p->server->limits->grace_s,
        .resumed = resumed,
    };

    new_resume_token(u, ok.resume);
    if (p->phase != PHASE_READY)
        p->server->early_count--;
    p->phase = PHASE_READY;
    /* From the time to log in to the time of silence. */
    loop_timer_arm(p->server->loop, &p->timer, (uint64_t)p->server->limits->warn_s * 1000);
    p->server->total.logins++;
    reply_done(p, &MSG_LOGIN_OK, &ok);
    mem_wipe(ok.resume, sizeof ok.resume);
    relay_note(p->server, resumed ? "resume" : "login", "", u->name.s, p->link->address);
}

struct welcomes {
    struct server *server;
    struct name who;
};

static void send_welcomes(void *arg, const struct store_result *r)
{
    struct welcomes *w = arg;
    struct user *u = user_find(w->server, w->who.s);

    for (size_t i = 0; r->rc == ERR_OK && u != NULL && i < r->named_count; i++) {
        struct convo *c = convo_find(w->server, r->named[i].name);
        if (c == NULL || c->kind != CONVO_ROOM)
            continue;
        struct msg_room_key m = {
            .room = bytes_str(c->title),
            .kind = ROOM_KEY_WELCOME,
            .epoch = c->epoch,
            .seq = r->named[i].seq,
            .body = r->named[i].body,
        };
        tell_user(u, OP_ROOM_KEY, &MSG_ROOM_KEY, &m);
    }
    mem_free(w);
}

void user_send_welcomes(struct user *u)
{
    struct welcomes *w = mem_alloc(sizeof *w);
    struct server *s = u->server;

    *w = (struct welcomes){s, u->name};
    store_welcomes(s->store, name_bytes(&u->name), send_welcomes, w);
}

/* Direct conversations have nobody who joins them: whoever comes in is in his. */
static void enter_directs(struct user *u)
{
    struct server *s = u->server;
    struct convo *c;
    size_t at = 0;

    while ((c = map_next(&s->convos, &at, NULL)) != NULL) {
        struct member *m = c->kind == CONVO_DIRECT ? convo_member(c, u->name.s) : NULL;
        if (m != NULL)
            convo_enter(m, u);
    }
}

bool user_refuse_banned(struct peer *p, uint8_t op, const char *name)
{
    int64_t until = 0;

    if (!user_banned(p->server, bytes_str(name), false, &until))
        return false;
    reply_refuse(p, op, CODE_BANNED, (uint64_t)until, "%s is banned from this relay", name);
    relay_note(p->server, "refused", "", name, "banned");
    return true;
}

static void take_over(struct peer *p, const struct name *name)
{
    struct user *older = user_find(p->server, name->s);

    if (older != NULL && older != p->user)
        end_session(older, "this account came in from another place");
}

void user_enter(struct peer *p, uint8_t op, const struct name *name, bool account, uint8_t role)
{
    struct server *s = p->server;
    struct user *u = p->user;

    if (user_refuse_banned(p, op, name != NULL ? name->s : u->name.s))
        return;
    if (name != NULL) {
        take_over(p, name);
        (void)map_del(&s->users, name_bytes(&u->name));
        u->name = *name;
        (void)map_put(&s->users, name_bytes(&u->name), u);
    }
    set_state(u, USER_HERE);
    u->account = account;
    u->role = role;
    answer_login(p, false);
    if (account) {
        enter_directs(u);
        user_send_welcomes(u);
        store_account_seen(s->store, name_bytes(&u->name), s->loop->wall_ms, relay_stored,
            relay_words("noting a login"));
    }
    user_tell_watchers(s, PRESENCE_ONLINE, u, "");
}

static void flush_held(struct user *u)
{
    static uint8_t scratch[16384];

    while (u->held != NULL && u->held->bytes != 0) {
        struct bytes b = outq_front(u->held, scratch, sizeof scratch);
        link_send(u->peer->link, span_copy(b));
        outq_drop(u->held, b.n);
    }
    mem_free(u->held);
    u->held = NULL;
}

void user_resume(struct peer *p, struct user *u, uint8_t op)
{
    struct server *s = p->server;
    struct user *provisional = p->user;

    if (user_refuse_banned(p, op, u->name.s))
        return;
    if (u->peer != NULL) {
        struct peer *old = u->peer;
        transfer_line_lost(u);
        user_closing(u, "this session was resumed from another place", 0);
        old->user = NULL;
    } else {
        loop_timer_stop(s->loop, &u->grace);
        set_state(u, USER_HERE);
    }
    provisional->peer = NULL;
    user_gone(provisional);
    u->peer = p;
    p->user = u;
    answer_login(p, true);
    flush_held(u);
    if (u->account)
        user_send_welcomes(u);
    user_tell_watchers(s, PRESENCE_ONLINE, u, "");
    for (size_t i = 0; i < u->room_count; i++) {
        struct member *m = u->rooms[i];
        convo_presence(m->convo, PRESENCE_ONLINE, u, "");
        /* What went out on the lost line may never have come through: the log tells. */
        if (m->gap || m->convo->last_seq > m->cursor)
            convo_resync(m);
    }
}

/* ---- going ---- */

void user_closing(struct user *u, const char *reason, unsigned retry_s)
{
    struct msg_closing m = {.reason = bytes_str(reason), .retry_s = (uint16_t)retry_s};

    if (u->peer == NULL)
        return;
    reply_op(u->peer, OP_CLOSING, &MSG_CLOSING, &m);
    link_close(u->peer->link, reason);
}

static void tell_left(const struct member *m)
{
    struct convo *c = m->convo;
    struct msg_presence_event e = {
        .kind = PRESENCE_LEFT,
        .room = bytes_str(c->title),
        .user = name_bytes(&m->name),
        .flags = convo_user_flags(c, m->name.s, m->user),
    };

    if (m->user != NULL)
        convo_presence(c, PRESENCE_LEFT, m->user, "");
    else if (c->kind == CONVO_ROOM)
        convo_tell(c, OP_PRESENCE, &MSG_PRESENCE, &e, NULL);
}

void user_leave_room(struct member *m)
{
    struct convo *c = m->convo;
    struct name who = m->name;
    bool durable = m->durable;
    bool grouped = m->grouped;

    tell_left(m);
    convo_drop(m);
    /* Whoever takes a guest's name next is somebody else. */
    if (!durable && convo_is_owner(c, who.s))
        memset(&c->owner, 0, sizeof c->owner);
    if (grouped) /* there is a leaf to remove */
        convo_depart(c, &who);
    if (durable)
        store_member_remove(c->server->store, name_key_bytes(&c->key), name_bytes(&who),
            relay_stored, relay_words("removing a member"));
    convo_reap(c);
}

/* An account's rooms keep it as a member; it is only no longer present. */
static void leave_present(struct user *u)
{
    while (u->room_count != 0) {
        struct member *m = u->rooms[u->room_count - 1];
        if (!m->durable) {
            user_leave_room(m);
            continue;
        }
        convo_presence(m->convo, PRESENCE_OFFLINE, u, "");
        convo_exit(m);
    }
}

/* Where a guest was invited and did not join: goes with him, or is his under another name. */
static void settle_invited(struct user *u, const struct name *to)
{
    struct convo *c;
    size_t at = 0;

    while (u->invited && (c = map_next(&u->server->convos, &at, NULL)) != NULL) {
        struct member *m = c->kind == CONVO_ROOM ? convo_member(c, u->name.s) : NULL;
        if (m == NULL || m->user != NULL || m->durable)
            continue;
        if (to != NULL) {
            convo_rename(m, to);
            continue;
        }
        user_leave_room(m); /* the room may go with him */
        at = 0;
    }
}

void user_gone(struct user *u)
{
    struct server *s = u->server;

    transfer_user_gone(u);
    settle_invited(u, NULL);
    leave_present(u);
    loop_timer_stop(s->loop, &u->grace);
    if (u->state != USER_HELD) {
        set_state(u, USER_HELD);
        relay_note(s, "gone", "", u->name.s, "");
        user_tell_watchers(s, PRESENCE_OFFLINE, u, "");
    }
    if (u->has_resume)
        (void)map_del(&s->resumes, bytes_of(u->resume, sizeof u->resume));
    forget_identity(u);
    if (map_get(&s->users, name_bytes(&u->name)) == u)
        (void)map_del(&s->users, name_bytes(&u->name));
    while (u->packages != NULL) {
        struct package *next = u->packages->next;
        mem_free(u->packages);
        u->packages = next;
    }
    if (u->held != NULL)
        outq_fini(u->held);
    mem_free(u->held);
    mem_free(u->rooms);
    mem_free(u);
}

void user_detach(struct user *u)
{
    struct server *s = u->server;
    bool leaving = u->peer != NULL && u->peer->leaving;

    u->peer = NULL;
    if (u->state == USER_HELD || leaving || s->draining || s->limits->grace_s == 0 ||
        s->away >= (size_t)s->limits->sessions_in_grace) {
        user_gone(u);
        return;
    }
    set_state(u, USER_DROPPED);
    transfer_line_lost(u);
    loop_timer_arm(s->loop, &u->grace, (uint64_t)s->limits->grace_s * 1000);
    user_tell_watchers(s, PRESENCE_AWAY, u, "");
    for (size_t i = 0; i < u->room_count; i++) {
        struct member *m = u->rooms[i];
        /* It may not come back: what it has not confirmed is written now. */
        if (m->durable)
            convo_spill(m->convo, m->cursor);
        convo_presence(m->convo, PRESENCE_AWAY, u, "");
    }
}

/* A direct conversation is of two names: with another name it is another conversation. */
static void leave_directs(struct user *u)
{
    for (size_t i = u->room_count; i-- > 0;) {
        if (u->rooms[i]->convo->kind == CONVO_DIRECT)
            user_leave_room(u->rooms[i]);
    }
}

enum err user_rename(struct user *u, const struct name *to)
{
    struct server *s = u->server;
    struct name from = u->name;

    if (strcmp(from.s, to->s) == 0)
        return ERR_OK;
    if (user_find(s, to->s) != NULL)
        return ERR_EXISTS;
    leave_directs(u);
    settle_invited(u, to);
    user_tell_watchers(s, PRESENCE_RENAMED, u, to->s);
    for (size_t i = 0; i < u->room_count; i++) {
        convo_presence(u->rooms[i]->convo, PRESENCE_RENAMED, u, to->s);
        convo_rename(u->rooms[i], to);
    }
    (void)map_del(&s->users, name_bytes(&from));
    u->name = *to;
    (void)map_put(&s->users, name_bytes(to), u);
    return ERR_OK;
}
