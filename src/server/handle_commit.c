/* SPDX-License-Identifier: ISC */
/*
 * Commits: the store alone decides who was first. While it does, nobody else speaks in that
 * conversation (their frames wait), so commits and messages have one order.
 */
#include "base/mem.h"
#include "server/ban.h"
#include "server/chat.h"
#include "server/commit.h"
#include "server/convo.h"
#include "server/handle.h"
#include "server/reply.h"
#include "server/user.h"

/* What a commit may hold so that the frames that carry it on fit their ceilings too. */
#define COMMIT_MAX (OPCODE_LARGE - 4096u)

/* ---- rooms ---- */

/* A remove is right for a departure, oneself, a guest, by owner or moderator, or by anybody in
 * an open room; from outside for a departure and oneself alone. */
static bool may_remove(
    const struct convo *c, const struct user *u, const struct name *who, bool external)
{
    const struct member *me = convo_member(c, u->name.s);
    const struct member *m = convo_member(c, who->s);

    if (map_get(&c->departed, name_bytes(who)) != NULL || strcmp(who->s, u->name.s) == 0)
        return true;
    if (external)
        return false;
    return m == NULL || !m->durable || c->access == ACCESS_OPEN ||
           convo_is_owner(c, u->name.s) || (me != NULL && me->moderator) ||
           u->role >= ROLE_MODERATOR;
}

static bool removes_fine(struct peer *p, const struct convo *c, struct bytes run, bool external)
{
    int64_t left = p->server->limits->room_members;
    struct bytes name;
    struct name who;

    while (names_next(&run, &name)) {
        if (left-- == 0)
            reply_refuse(p, OP_COMMIT, CODE_FULL, (uint64_t)p->server->limits->room_members,
                "removed: more names than a room has members");
        else if (name_fold(name, &who) != ERR_OK)
            reply_refuse(
                p, OP_COMMIT, CODE_BAD_NAME, 0, "removed: one of the names cannot be a name");
        else if (may_remove(c, p->user, &who, external))
            continue;
        else if (external)
            reply_refuse(p, OP_COMMIT, CODE_NOT_ALLOWED, 0,
                "removed: who comes in from outside removes nobody but who departed");
        else
            reply_refuse(p, OP_COMMIT, CODE_NOT_ALLOWED, 0,
                "removed: only the owner or a moderator removes others here");
        return false;
    }
    return true;
}

static bool may_welcome(struct peer *p, const struct convo *c, struct bytes name)
{
    struct name who;
    int64_t until = 0;

    if (name_fold(name, &who) != ERR_OK)
        reply_refuse(
            p, OP_COMMIT, CODE_BAD_NAME, 0, "welcomes: one of the names cannot be a name");
    else if (ban_holds(&c->bans, name_bytes(&who), BAN_OUT, p->server->loop->wall_ms, &until))
        reply_refuse(p, OP_COMMIT, CODE_BANNED, (uint64_t)until,
            "welcomes: %s is banned from %s", who.s, c->title);
    else
        return true;
    return false;
}

/* Whom it welcomes may come, and finds room. */
static bool welcomes_fine(struct peer *p, const struct convo *c, struct list rows)
{
    int64_t max = p->server->limits->room_members;
    size_t members = map_count(&c->members);
    struct msg_welcome row;
    struct name who;

    while (list_next(&rows, &MSG_WELCOME, &row)) {
        if (!may_welcome(p, c, row.user))
            return false;
        members += name_fold(row.user, &who) == ERR_OK && convo_member(c, who.s) == NULL;
    }
    if (members <= (size_t)max)
        return true;
    reply_refuse(p, OP_COMMIT, CODE_FULL, (uint64_t)max, "welcomes: %s is full", c->title);
    return false;
}

static bool commit_allowed(struct peer *p, const struct member *me, const struct msg_commit *m)
{
    const struct convo *c = me->convo;
    bool create = (m->flags & COMMIT_CREATE) != 0;
    bool external = (m->flags & COMMIT_EXTERNAL) != 0;

    if (me->barred && !external)
        reply_refuse(p, OP_COMMIT, CODE_NOT_ALLOWED, 0,
            "a commit of yours was voided: come in again by an external commit");
    else if (!create && m->commit.n == 0)
        reply_refuse(p, OP_COMMIT, CODE_BAD_FIELD, 0, "commit: empty");
    else if (m->commit.n + m->removed.n > COMMIT_MAX)
        reply_refuse(p, OP_COMMIT, CODE_BAD_FIELD, COMMIT_MAX, "commit: too large");
    else if (!create && !external && !me->grouped)
        reply_refuse(p, OP_COMMIT, CODE_NOT_MEMBER, 0,
            "you are not in the group of %s: come in by an external commit", c->title);
    else if (external && c->grouped && m->epoch == c->epoch &&
             !convo_turn_is(c, &p->user->name))
        reply_refuse(p, OP_COMMIT, CODE_NO_TURN, 0,
            "it is not your turn to join: ask for the group info first");
    else if (m->welcomes.count != 0 && c->access == ACCESS_INVITE &&
             !convo_is_owner(c, p->user->name.s) && !convo_in_group(me))
        reply_refuse(p, OP_COMMIT, CODE_NOT_ALLOWED, 0, "welcomes: only members invite");
    else
        return removes_fine(p, c, m->removed, external) && welcomes_fine(p, c, m->welcomes);
    return false;
}

static bool named_already(const struct commit *q, const struct name *who)
{
    for (size_t i = 0; i < q->removal_count; i++) {
        if (strcmp(q->removals[i].who.s, who->s) == 0)
            return true;
    }
    return false;
}

/* Removed from the store is who has the leaf that goes. Of who stays the departure alone ends;
 * but a guest with a leaf has the row of that departure for his own. */
static size_t gather_removed(
    const struct convo *c, const struct commit *q, bool stay, struct bytes *out)
{
    size_t n = 0;

    for (size_t i = 0; i < q->removal_count; i++) {
        const struct removal *r = &q->removals[i];
        const struct member *m = convo_member(c, r->who.s);
        bool own = strcmp(r->who.s, q->sender.s) == 0;
        bool stays = m != NULL && (!m->grouped || r->newer || own);
        if (stays == stay && (!stays || m->durable || !m->grouped))
            out[n++] = name_bytes(&r->who);
    }
    return n;
}

/* Each name once. Who has a leaf and comes in anew takes that one back, and not one that went
 * under his name before. */
static void gather_removals(const struct convo *c, struct bytes run, struct commit *q)
{
    struct bytes rest = run;
    struct bytes name;
    struct name who;
    size_t n = 0;

    while (names_next(&rest, &name))
        n++;
    q->removals = mem_array(n, sizeof *q->removals);
    while (names_next(&run, &name)) {
        if (name_fold(name, &who) != ERR_OK || named_already(q, &who))
            continue;
        const struct member *m = convo_member(c, who.s);
        bool pending = map_get(&c->departed, name_bytes(&who)) != NULL;
        bool newer = pending && m != NULL && m->anew;
        names_add(&q->removed, name_bytes(&who));
        if (!newer || strcmp(who.s, q->sender.s) != 0)
            q->removals[q->removal_count++] = (struct removal){who, pending, newer};
    }
}

static size_t gather_nodes(struct list rows, struct store_node **out)
{
    struct msg_node row;
    size_t n = 0;

    *out = mem_array(rows.count, sizeof **out);
    while (list_next(&rows, &MSG_NODE, &row))
        (*out)[n++] = (struct store_node){row.index, row.body};
    return n;
}

/* Welcomes become members: their names are judged like any other. Whether one who is not here
 * has an account only the store knows. */
static void gather_welcomes(
    const struct convo *c, struct list rows, struct commit *q, struct store_named **out)
{
    struct msg_welcome row;

    *out = mem_array(rows.count, sizeof **out);
    q->welcomed = mem_array(rows.count, sizeof *q->welcomed);
    while (list_next(&rows, &MSG_WELCOME, &row)) {
        struct welcomed *w = &q->welcomed[q->welcomed_count];
        if (name_fold(row.user, &w->who) != ERR_OK)
            continue;
        const struct member *m = convo_member(c, w->who.s);
        const struct user *u = user_find(c->server, w->who.s);
        bool moderator = m != NULL && m->moderator;
        if (u != NULL && u->state != USER_HELD && !u->account)
            w->guest = u->id;
        (*out)[q->welcomed_count++] = (struct store_named){.name = name_bytes(&w->who),
            .body = row.body,
            .guest = w->guest != 0,
            .role = (uint8_t)(MEMBER_GROUPED | (moderator ? MEMBER_MODERATOR : 0))};
    }
}

static void submit_room(struct peer *p, struct convo *c, const struct msg_commit *m)
{
    struct commit *q = commit_open(p, OP_COMMIT, c, m->epoch, m->commit, (struct bytes){0});
    struct store_commit row = {.key = name_key_bytes(&q->key)};
    struct store_named *welcomes = NULL;
    struct store_node *nodes = NULL;
    struct bytes *names = NULL;

    q->external = (m->flags & COMMIT_EXTERNAL) != 0;
    q->create = (m->flags & COMMIT_CREATE) != 0;
    gather_removals(c, m->removed, q);
    row.entry = (struct store_entry){.kind = ENTRY_COMMIT,
        .flags = m->flags,
        .seq = q->seq,
        .time_ms = q->time_ms,
        .epoch = q->epoch,
        .sender = name_bytes(&q->sender),
        .body = m->commit};
    memcpy(row.req, m->req, sizeof row.req);
    row.create = q->create;
    row.info = m->info;
    row.node_count = gather_nodes(m->nodes, &nodes);
    row.nodes = nodes;
    names = mem_array(q->removal_count, sizeof *names);
    row.removed = names;
    row.removed_count = gather_removed(c, q, false, names);
    row.cleared = names + row.removed_count;
    row.cleared_count = gather_removed(c, q, true, names + row.removed_count);
    gather_welcomes(c, m->welcomes, q, &welcomes);
    row.welcomes = welcomes;
    row.welcome_count = q->welcomed_count;
    store_commit(p->server->store, &row, commit_decided, q);
    mem_free(welcomes);
    mem_free(nodes);
    mem_free(names);
}

enum framer_verdict handle_commit(struct peer *p, const void *msg)
{
    const struct msg_commit *m = msg;
    struct member *me = convo_of(p->user, m->room);

    if (me == NULL) {
        reply_refuse(p, OP_COMMIT, CODE_NOT_MEMBER, 0, "room: you are not in that room");
        return FRAMER_NEXT;
    }
    if (!commit_budget(p, OP_COMMIT))
        return FRAMER_NEXT;
    if (me->convo->busy) {
        convo_wait(me->convo, p);
        return FRAMER_STALL;
    }
    if (commit_epoch_sane(p, OP_COMMIT, me->convo, m->epoch) && commit_allowed(p, me, m))
        submit_room(p, me->convo, m);
    return FRAMER_NEXT;
}

/* ---- direct conversations ---- */

static void submit_direct(struct peer *p, struct convo *c, const struct msg_dm_key *m)
{
    struct commit *q = commit_open(p, OP_DM_KEY, c, m->epoch, m->commit, m->welcome);
    struct store_commit row = {.key = name_key_bytes(&q->key)};

    q->direct = true;
    q->create = (m->flags & COMMIT_CREATE) != 0;
    row.entry = (struct store_entry){.kind = q->create ? ENTRY_WELCOME : ENTRY_COMMIT,
        .flags = m->flags,
        .seq = q->seq,
        .time_ms = q->time_ms,
        .epoch = q->epoch,
        .sender = name_bytes(&q->sender),
        .body = buf_view(&q->bytes)};
    memcpy(row.req, m->req, sizeof row.req);
    row.create = q->create;
    row.replaces = m->replaces;
    store_commit(p->server->store, &row, commit_decided, q);
}

/* One of the two it is: the log keeps them as one body. */
static const char *direct_wrong(const struct msg_dm_key *m)
{
    bool create = (m->flags & COMMIT_CREATE) != 0;

    if (create && m->welcome.n == 0)
        return "welcome: empty";
    if (create && m->commit.n != 0)
        return "commit: a new group has none";
    if (!create && m->commit.n == 0)
        return "commit: empty";
    if (!create && m->welcome.n != 0)
        return "welcome: only a new group has one";
    return m->commit.n + m->welcome.n > COMMIT_MAX ? "commit: too large" : NULL;
}

enum framer_verdict handle_dm_key(struct peer *p, const void *msg)
{
    const struct msg_dm_key *m = msg;
    const char *wrong = direct_wrong(m);
    struct convo *c = NULL;
    struct name to;

    if (!commit_budget(p, OP_DM_KEY))
        return FRAMER_NEXT;
    if (wrong != NULL) {
        reply_refuse(p, OP_DM_KEY, CODE_BAD_FIELD, 0, "%s", wrong);
        return FRAMER_NEXT;
    }
    enum framer_verdict v = chat_direct(p, OP_DM_KEY, m->user, &to, &c);
    if (c == NULL)
        return v;
    if (c->busy) {
        convo_wait(c, p);
        return FRAMER_STALL;
    }
    if (commit_epoch_sane(p, OP_DM_KEY, c, m->epoch))
        submit_direct(p, c, m);
    return FRAMER_NEXT;
}

/* ---- joining ---- */

enum framer_verdict handle_group_info(struct peer *p, const void *msg)
{
    const struct msg_name *m = msg;
    struct member *me = convo_of(p->user, m->name);

    if (me == NULL) {
        reply_refuse(p, OP_GROUP_INFO, CODE_NOT_MEMBER, 0, "room: join it first");
        return FRAMER_NEXT;
    }
    if (!me->convo->grouped) {
        reply_refuse(p, OP_GROUP_INFO, CODE_NO_SUCH_ROOM, 0,
            "%s has no group yet: whoever founded the room begins it", me->convo->title);
        return FRAMER_NEXT;
    }
    struct msg_turn turn = {.before = convo_turn_ask(me->convo, &p->user->name)};
    reply_done(p, &MSG_TURN, &turn);
    return FRAMER_NEXT;
}
