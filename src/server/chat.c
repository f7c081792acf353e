/* SPDX-License-Identifier: ISC */
#include "server/chat.h"

#include "base/log.h"
#include "base/mem.h"
#include "server/ban.h"
#include "server/convo.h"
#include "server/reply.h"
#include "server/user.h"

bool chat_muted(const struct peer *p, const struct convo *c)
{
    struct bytes me = name_bytes(&p->user->name);
    int64_t until = 0;

    return ban_holds(&c->bans, me, BAN_MUTE, p->server->loop->wall_ms, &until) ||
           ban_holds(&p->server->bans, me, BAN_MUTE, p->server->loop->wall_ms, &until);
}

void chat_tell(struct convo *c, const struct entry *e, const struct peer *except)
{
    struct bytes text = bytes_of(e->body, e->n);

    if (c->kind == CONVO_DIRECT) {
        struct msg_direct_event m = {
            .sender = name_bytes(&e->sender),
            .text = text,
            .epoch = e->epoch,
            .kind = e->kind,
            .seq = e->seq,
            .time_ms = (uint64_t)e->time_ms,
        };
        convo_tell(c, OP_DIRECT, &MSG_DIRECT_EVENT, &m, except);
        return;
    }
    struct msg_said m = {
        .room = bytes_str(c->title),
        .sender = name_bytes(&e->sender),
        .text = text,
        .epoch = e->epoch,
        .kind = e->kind,
        .seq = e->seq,
        .time_ms = (uint64_t)e->time_ms,
    };
    convo_tell(c, OP_SAY, &MSG_SAID, &m, except);
}

/* Finding out who somebody is, and storing the conversation with him; then the frame is offered
 * again. */
struct meeting {
    struct server *server;
    uint32_t slot, generation;
    struct name me, to;
    bool my_account, their_account;
};

static void no_such_user(struct peer *p, struct bytes who)
{
    struct msg_name m = {.name = who};

    reply_op(p, OP_NO_USER, &MSG_NO_USER, &m);
}

static void join_one(struct convo *c, const struct name *who, bool account)
{
    struct user *u = user_find(c->server, who->s);
    struct member *m = convo_member(c, who->s);
    struct store_named row = {.name = name_bytes(who), .seq = c->last_seq};

    if (m == NULL) {
        m = convo_add(c, who, account);
        if (account)
            store_member_set(c->server->store, name_key_bytes(&c->key), &row, relay_stored,
                relay_words("storing a member"));
    }
    if (u != NULL && u->state != USER_HELD)
        convo_enter(m, u);
}

static void meeting_end(struct meeting *g)
{
    struct peer *p = peer_by_id(g->server, g->slot, g->generation);

    if (p != NULL)
        link_resume(p->link);
    mem_free(g);
}

/* The frame that comes again is told from this. */
static void meeting_failed(const struct meeting *g, enum err why)
{
    struct peer *p = peer_by_id(g->server, g->slot, g->generation);

    if (p == NULL)
        return;
    p->absent = g->to;
    p->absent_why = why;
}

/* A guest may have gone, or taken another name, while the store was asked. */
static bool still_there(struct server *s, const struct name *who, bool account)
{
    const struct user *u = user_find(s, who->s);

    return account || (u != NULL && u->state != USER_HELD && !u->account);
}

static void stored(void *arg, const struct store_result *r)
{
    struct meeting *g = arg;
    struct name_key key;

    name_direct_key(g->me.s, g->to.s, &key);
    struct convo *c = convo_find(g->server, name_key_bytes(&key));
    bool both = still_there(g->server, &g->me, g->my_account) &&
                still_there(g->server, &g->to, g->their_account);
    if (r->rc != ERR_OK && r->rc != ERR_EXISTS) {
        meeting_failed(g, r->rc);
    } else if (both) {
        if (c == NULL)
            c = convo_new(g->server, &key, CONVO_DIRECT, (struct bytes){0});
        c->access = ACCESS_INVITE;
        join_one(c, &g->me, g->my_account);
        join_one(c, &g->to, g->their_account);
    } else if (c == NULL) {
        store_room_remove(g->server->store, name_key_bytes(&key), relay_stored,
            relay_words("removing a conversation"));
    }
    meeting_end(g);
}

static void store_meeting(struct meeting *g)
{
    struct name_key key;

    name_direct_key(g->me.s, g->to.s, &key);
    struct store_room row = {
        .key = name_key_bytes(&key), .kind = CONVO_DIRECT, .access = ACCESS_INVITE};
    store_room_create(g->server->store, &row, stored, g);
}

/* An account that is not here: only the store knows whether there is one. */
static void looked_up(void *arg, const struct store_result *r)
{
    struct meeting *g = arg;

    if (r->rc == ERR_OK) {
        g->their_account = true;
        store_meeting(g);
        return;
    }
    meeting_failed(g, r->rc);
    meeting_end(g);
}

static void meet(struct peer *p, const struct name *to, const struct user *them)
{
    struct meeting *g = mem_alloc(sizeof *g);

    *g = (struct meeting){
        .server = p->server,
        .slot = p->slot,
        .generation = p->generation,
        .me = p->user->name,
        .to = *to,
        .my_account = p->user->account,
        .their_account = them != NULL && them->account,
    };
    if (them != NULL)
        store_meeting(g);
    else
        store_account_get(p->server->store, name_bytes(to), looked_up, g);
}

/* Guests come and go, and others come under their names. */
static bool both_in(const struct convo *c, const struct user *me, const struct name *to)
{
    const struct member *mine = convo_member(c, me->name.s);
    const struct member *theirs = convo_member(c, to->s);

    return mine != NULL && mine->user == me && theirs != NULL &&
           (theirs->durable || theirs->user != NULL);
}

static void not_met(struct peer *p, uint8_t op, struct bytes who)
{
    enum err why = p->absent_why;

    p->absent = (struct name){0};
    p->absent_why = ERR_OK;
    if (why == ERR_NOT_FOUND)
        no_such_user(p, who);
    else
        reply_refuse(
            p, op, CODE_NOT_STORED, 0, "the relay could not begin the conversation: try again");
}

enum framer_verdict chat_direct(
    struct peer *p, uint8_t op, struct bytes who, struct name *to, struct convo **c)
{
    struct name_key key;
    const struct user *them;

    *c = NULL;
    if (name_fold(who, to) != ERR_OK) {
        no_such_user(p, who);
        return FRAMER_NEXT;
    }
    if (strcmp(to->s, p->user->name.s) == 0) {
        reply_refuse(p, op, CODE_NOT_ALLOWED, 0, "user: that is yourself");
        return FRAMER_NEXT;
    }
    name_direct_key(p->user->name.s, to->s, &key);
    *c = convo_find(p->server, name_key_bytes(&key));
    if (*c != NULL && both_in(*c, p->user, to))
        return FRAMER_NEXT;
    *c = NULL;
    if (strcmp(p->absent.s, to->s) == 0) {
        not_met(p, op, who);
        return FRAMER_NEXT;
    }
    them = user_find(p->server, to->s);
    if (them != NULL && them->state == USER_HELD)
        them = NULL;
    meet(p, to, them);
    return FRAMER_STALL;
}
