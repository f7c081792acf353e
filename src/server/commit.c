/* SPDX-License-Identifier: ISC */
#include "server/commit.h"

#include "base/mem.h"
#include "server/chat.h"
#include "server/convo.h"
#include "server/reply.h"
#include "server/user.h"

struct commit *commit_open(struct peer *p, uint8_t op, struct convo *c, uint64_t epoch,
    struct bytes commit, struct bytes welcome)
{
    struct commit *q = ask_open(p, op, sizeof *q);

    q->key = c->key;
    q->sender = p->user->name;
    q->epoch = epoch;
    q->seq = convo_next_seq(c);
    q->time_ms = p->server->loop->wall_ms;
    buf_init(&q->removed, OPCODE_LARGE);
    buf_init(&q->bytes, 2 * OPCODE_LARGE);
    buf_bytes(&q->bytes, commit);
    buf_bytes(&q->bytes, welcome);
    q->commit_n = commit.n;
    c->busy = true;
    return q;
}

void commit_free(struct commit *q)
{
    buf_free(&q->removed);
    buf_free(&q->bytes);
    mem_free(q->removals);
    mem_free(q->welcomed);
    ask_close(&q->ask);
}

bool commit_budget(struct peer *p, uint8_t op)
{
    const struct limits *l = p->server->limits;
    uint64_t wait_ms = 0;

    if (p->charged || bucket_take(&p->commit, p->server->loop->now_ms, l->commit_burst,
                          l->commit_per_s_milli, 1, &wait_ms)) {
        p->charged = true;
        return true;
    }
    reply_refuse(p, op, CODE_TOO_FAST, wait_ms, "too many commits: wait %u s",
        (unsigned)(wait_ms / 1000 + 1));
    return false;
}

/* What no store can count is from no present there will be. */
bool commit_epoch_sane(struct peer *p, uint8_t op, const struct convo *c, uint64_t epoch)
{
    if (epoch < INT64_MAX)
        return true;
    reply_refuse(p, op, CODE_STALE, c->epoch, "epoch: stale, the epoch is %llu",
        (unsigned long long)c->epoch);
    return false;
}

/* ---- after the store said yes ---- */

static void tell_commit(struct convo *c, const struct commit *q, const struct peer *from)
{
    struct bytes all = buf_view(&q->bytes);
    struct bytes commit = bytes_of(all.p, q->commit_n);
    struct bytes welcome = {0};
    uint8_t flags =
        (uint8_t)((q->external ? COMMIT_EXTERNAL : 0) | (q->create ? COMMIT_CREATE : 0));

    if (all.n > q->commit_n)
        welcome = bytes_of(all.p + q->commit_n, all.n - q->commit_n);
    if (q->direct) {
        struct msg_dm_key_event m = {.sender = name_bytes(&q->sender),
            .flags = flags,
            .epoch = q->epoch,
            .seq = q->seq,
            .time_ms = (uint64_t)q->time_ms,
            .commit = commit,
            .welcome = welcome};
        convo_tell(c, OP_DM_KEY, &MSG_DM_KEY_EVENT, &m, from);
        return;
    }
    struct msg_commit_event m = {.room = bytes_str(c->title),
        .sender = name_bytes(&q->sender),
        .flags = flags,
        .epoch = q->epoch,
        .seq = q->seq,
        .time_ms = (uint64_t)q->time_ms,
        .removed = buf_view(&q->removed),
        .commit = commit};
    convo_tell(c, OP_COMMIT, &MSG_COMMIT_EVENT, &m, from);
}

static void put_out(struct convo *c, const struct commit *q, struct member *m)
{
    struct msg_removed_event e = {
        .room = bytes_str(c->title), .kind = REMOVED_KICKED, .by = name_bytes(&q->sender)};

    if (m->user != NULL) {
        tell_user(m->user, OP_REMOVED, &MSG_REMOVED, &e);
        convo_presence(c, PRESENCE_LEFT, m->user, "");
    }
    convo_drop(m);
}

/* A departure is what it ends first. Who left and is back has no new leaf yet; a joiner removes
 * his own. The store was asked for the same when the commit was. */
static void remove_one(struct convo *c, const struct commit *q, const struct removal *r)
{
    struct member *m = convo_member(c, r->who.s);

    convo_undo_note(c, &r->who, true);
    if (map_del(&c->departed, name_bytes(&r->who)) != NULL && !r->pending)
        store_departure_clear(c->server->store, name_key_bytes(&c->key), name_bytes(&r->who),
            relay_stored, relay_words("clearing a departure"));
    if (r->newer && (m == NULL || !m->anew)) {
        convo_depart(c, &r->who); /* he left meanwhile, and his leaf is there */
    } else if (r->newer) {
        m->anew = false;
        convo_store_member(m);
    } else if (m != NULL && m->grouped && strcmp(r->who.s, q->sender.s) != 0) {
        put_out(c, q, m);
    }
}

/* A guest's welcome waits for nobody but him who is here. */
static void forget_welcome(struct convo *c, const struct name *who)
{
    store_member_remove(c->server->store, name_key_bytes(&c->key), name_bytes(who),
        relay_stored, relay_words("removing a guest's welcome"));
}

static void welcome_one(struct convo *c, const struct commit *q, const struct welcomed *w)
{
    struct user *u = user_find(c->server, w->who.s);
    bool here = u != NULL && u->state != USER_HELD;
    struct member *m = convo_member(c, w->who.s);

    convo_undo_note(c, &w->who, false);
    if (w->guest != 0 && (!here || u->id != w->guest)) {
        forget_welcome(c, &w->who);
        convo_depart(c, &w->who); /* a guest who went meanwhile: his leaf is there */
        return;
    }
    if (m == NULL)
        m = convo_add(c, &w->who, w->guest == 0);
    m->cursor = q->seq - 1; /* as in the store: the commit is the first that he reads */
    m->grouped = true;
    m->anew = map_get(&c->departed, name_bytes(&w->who)) != NULL;
    if (here)
        user_send_welcomes(u);
    if (w->guest == 0 && m->anew)
        convo_store_member(m);
    if (w->guest == 0)
        return;
    forget_welcome(c, &w->who);
    u->invited |= m->user == NULL;
}

/* Whom it removed is a member no longer; whom it welcomed is one from now on. */
static void settle_members(struct convo *c, const struct commit *q)
{
    /* Nobody sealed anything for what was before a new group. */
    c->commit_removed = q->removed.n != 0 || q->create;
    for (size_t i = 0; i < q->removal_count; i++)
        remove_one(c, q, &q->removals[i]);
    for (size_t i = 0; i < q->welcomed_count; i++)
        welcome_one(c, q, &q->welcomed[i]);
}

/* Who came in has a leaf, and a new one; when he went away meanwhile it is one to remove. */
static void settle_sender(struct convo *c, const struct commit *q)
{
    struct member *m = convo_member(c, q->sender.s);

    if (!q->external && !q->create)
        return;
    if (m == NULL) {
        convo_depart(c, &q->sender);
        return;
    }
    m->barred = false;
    m->grouped = true;
    m->anew = map_get(&c->departed, name_bytes(&m->name)) != NULL;
    convo_store_member(m);
}

static void advance(struct convo *c, struct commit *q)
{
    convo_undo_begin(c);
    if (q->external)
        convo_undo_note(c, &q->sender, false);
    c->grouped = true;
    c->epoch = q->create ? q->epoch : q->epoch + 1;
    c->last_commit = q->seq;
    if (q->create)
        c->founded = q->seq;
    c->commit_ms = c->server->loop->now_ms;
    c->committer = q->create ? (struct name){0} : q->sender;
    c->since_commit = 0;
    c->asked_ms = 0;
    map_free(&c->complaints);
    c->server->total.commits++;
}

static void log_commit(struct convo *c, const struct commit *q)
{
    struct entry like = {
        .kind = q->direct && q->create ? ENTRY_WELCOME : ENTRY_COMMIT,
        .flags =
            (uint8_t)((q->external ? COMMIT_EXTERNAL : 0) | (q->create ? COMMIT_CREATE : 0)),
        .stored = true,
        .seq = q->seq,
        .time_ms = q->time_ms,
        .epoch = q->epoch,
        .sender = q->sender,
    };

    (void)convo_log(c, &like, buf_view(&q->bytes));
}

static void accepted(struct convo *c, struct commit *q, struct peer *p)
{
    struct msg_commit_ok ok = {.seq = q->seq, .time_ms = (uint64_t)q->time_ms};

    log_commit(c, q);
    advance(c, q);
    tell_commit(c, q, p);
    settle_members(c, q);
    settle_sender(c, q);
    relay_note(c->server, q->create ? "group" : "commit", c->title, q->sender.s, "");
    ok.epoch = c->epoch;
    if (p != NULL)
        reply_done(p, &MSG_COMMIT_OK, &ok);
    const struct member *m = q->external ? convo_member(c, q->sender.s) : NULL;
    if (m != NULL && m->user != NULL)
        convo_tell_departures(m);
    if (convo_turn_is(c, &q->sender))
        convo_turn_end(c, &q->sender);
    else
        convo_turn_again(c);
}

void commit_decided(void *arg, const struct store_result *r)
{
    struct commit *q = arg;
    struct peer *p = ask_peer(&q->ask);
    struct convo *c = convo_find(q->ask.server, name_key_bytes(&q->key));
    struct msg_commit_ok again = {.seq = (uint64_t)r->num,
        .epoch = q->epoch + !q->create,
        .time_ms = (uint64_t)q->time_ms};

    if (c != NULL)
        c->busy = false;
    if (c != NULL && r->rc == ERR_OK && (uint64_t)r->num == q->seq)
        accepted(c, q, p);
    else if (p != NULL && r->rc == ERR_OK)
        reply_done(
            p, &MSG_COMMIT_OK, &again); /* the same request once more: it was first already */
    else if (p != NULL && (r->rc == ERR_CONFLICT || r->rc == ERR_STALE))
        reply_refuse(p, q->ask.op, r->rc == ERR_STALE ? CODE_STALE : CODE_CONFLICT,
            (uint64_t)r->num, "epoch: somebody else's commit was first, the epoch is %llu",
            (unsigned long long)r->num);
    else if (p != NULL && r->rc == ERR_REFUSED)
        reply_refuse(p, q->ask.op, CODE_BAD_NAME, 0, "welcomes: there is nobody called %s",
            q->welcomed[r->num].who.s);
    else if (p != NULL && r->rc == ERR_NOT_FOUND)
        reply_refuse(p, q->ask.op, CODE_NO_SUCH_ROOM, 0, "the room is gone");
    else if (p != NULL)
        reply_refuse(p, q->ask.op, CODE_NOT_STORED, 0,
            "the relay could not store the commit: ask again with the same request id");
    if (c != NULL) {
        convo_wake(c);
        convo_reap(c);
    }
    commit_free(q);
}
