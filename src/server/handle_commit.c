/* SPDX-License-Identifier: ISC */
/*
 * Commits: the store alone decides who was first. While it does, nobody else speaks in that
 * conversation (their frames wait), so commits and messages have one order.
 */
#include "base/mem.h"
#include "server/chat.h"
#include "server/convo.h"
#include "server/handle.h"
#include "server/reply.h"
#include "server/user.h"

/* What a commit may hold so that the frames that carry it on fit their ceilings too. */
#define COMMIT_MAX (OPCODE_LARGE - 4096u)

struct commit {
    struct ask ask;
    struct name_key key;
    struct name sender;
    struct name other; /* of a direct conversation */
    bool direct, external, create;
    uint64_t epoch, seq;
    int64_t time_ms;
    struct buf removed; /* run of names */
    struct buf bytes;   /* commit, then welcome: what the others are told */
    size_t commit_n;
    struct name *welcomed;
    size_t welcomed_count;
};

static void commit_free(struct commit *q)
{
    buf_free(&q->removed);
    buf_free(&q->bytes);
    mem_free(q->welcomed);
    ask_close(&q->ask);
}

static bool may_commit(struct peer *p, uint8_t op)
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
static bool epoch_sane(struct peer *p, uint8_t op, const struct convo *c, uint64_t epoch)
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

static void store_as_is(struct convo *c, const struct member *m)
{
    struct store_named row = {.name = name_bytes(&m->name),
        .seq = m->cursor,
        .role = (uint8_t)((m->grouped ? MEMBER_GROUPED : 0) |
                          (m->moderator ? MEMBER_MODERATOR : 0))};

    if (m->durable)
        store_member_set(c->server->store, name_key_bytes(&c->key), &row, relay_stored,
            relay_words("storing a member"));
}

static void remove_one(struct convo *c, const struct commit *q, const struct name *who)
{
    struct member *m = convo_member(c, who->s);

    convo_undo_note(c, who, true);
    (void)map_del(&c->departed, name_bytes(who));
    if (m == NULL)
        return;
    /* Who left and is back has an old leaf removed and no new one yet; a joiner removes his
     * own. The store took both for members who go. */
    if (!m->grouped || strcmp(who->s, q->sender.s) == 0) {
        store_as_is(c, m);
        return;
    }
    if (m->user != NULL) {
        struct msg_removed_event e = {
            .room = bytes_str(c->title), .kind = REMOVED_KICKED, .by = name_bytes(&q->sender)};
        tell_user(m->user, OP_REMOVED, &MSG_REMOVED, &e);
        convo_presence(c, PRESENCE_LEFT, m->user, "");
    }
    convo_drop(m);
}

static void welcome_one(struct convo *c, const struct commit *q, const struct name *who)
{
    struct user *u = user_find(c->server, who->s);
    bool here = u != NULL && u->state != USER_HELD;
    bool guest = here && !u->account;
    struct member *m = convo_member(c, who->s);

    convo_undo_note(c, who, false);
    if (m == NULL)
        m = convo_add(c, who, !guest);
    m->cursor = q->seq - 1; /* as in the store: the commit is the first that he reads */
    m->grouped = true;
    if (here)
        user_send_welcomes(u);
    if (!guest)
        return;
    /* The store took him for an account: a guest is kept by nobody. */
    store_member_remove(c->server->store, name_key_bytes(&c->key), name_bytes(who),
        relay_stored, relay_words("removing a guest"));
    u->invited |= m->user == NULL;
    convo_guest_grouped(c, who, true);
}

/* Whom it removed is a member no longer; whom it welcomed is one from now on. */
static void settle_members(struct convo *c, const struct commit *q)
{
    struct bytes run = buf_view(&q->removed);
    struct bytes name;

    /* Nobody sealed anything for what was before a new group. */
    c->commit_removed = run.n != 0 || q->create;
    while (names_next(&run, &name)) {
        struct name who = {0};
        if (bytes_copy(who.s, sizeof who.s, name))
            remove_one(c, q, &who);
    }
    for (size_t i = 0; i < q->welcomed_count; i++)
        welcome_one(c, q, &q->welcomed[i]);
}

/* Who commits has a leaf; when he went away meanwhile it is one to remove. */
static void settle_sender(struct convo *c, const struct commit *q)
{
    struct member *m = convo_member(c, q->sender.s);

    if (m == NULL) {
        convo_depart(c, &q->sender);
        return;
    }
    if (m->grouped || (!q->external && !q->create))
        return;
    m->grouped = true;
    if (m->durable)
        store_as_is(c, m);
    else
        convo_guest_grouped(c, &q->sender, true);
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
    settle_sender(c, q);
    settle_members(c, q);
    relay_note(c->server, q->create ? "group" : "commit", c->title, q->sender.s, "");
    ok.epoch = c->epoch;
    if (p != NULL)
        reply_done(p, &MSG_COMMIT_OK, &ok);
    if (convo_turn_is(c, &q->sender))
        convo_turn_end(c, &q->sender);
    else
        convo_turn_again(c);
}

static void committed(void *arg, const struct store_result *r)
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

/* ---- rooms ---- */

/* A remove is right for a departure, oneself, a guest, by owner or moderator, or by anybody in
 * an open room. */
static bool may_remove(const struct convo *c, const struct user *u, struct bytes name)
{
    struct name who = {0};
    const struct member *me = convo_member(c, u->name.s);

    if (!bytes_copy(who.s, sizeof who.s, name))
        return false;
    const struct member *m = convo_member(c, who.s);
    if (map_get(&c->departed, name) != NULL || m == NULL || !m->durable ||
        strcmp(who.s, u->name.s) == 0)
        return true;
    return c->access == ACCESS_OPEN || convo_is_owner(c, u->name.s) ||
           (me != NULL && me->moderator) || u->role >= ROLE_MODERATOR;
}

static bool removes_fine(struct peer *p, const struct convo *c, struct bytes run)
{
    int64_t left = p->server->limits->room_members;
    struct bytes name;

    while (names_next(&run, &name)) {
        if (left-- == 0) {
            reply_refuse(p, OP_COMMIT, CODE_FULL, (uint64_t)p->server->limits->room_members,
                "removed: more names than a room has members");
            return false;
        }
        if (may_remove(c, p->user, name))
            continue;
        reply_refuse(p, OP_COMMIT, CODE_NOT_ALLOWED, 0,
            "removed: only the owner or a moderator removes others here");
        return false;
    }
    return true;
}

/* Whom it welcomes finds room. */
static bool welcomes_fine(struct peer *p, const struct convo *c, struct list rows)
{
    int64_t max = p->server->limits->room_members;
    size_t members = map_count(&c->members);
    struct msg_welcome row;
    struct name who;

    while (list_next(&rows, &MSG_WELCOME, &row))
        members += name_fold(row.user, &who) == ERR_OK && convo_member(c, who.s) == NULL;
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

    if (me->barred)
        reply_refuse(p, OP_COMMIT, CODE_NOT_ALLOWED, 0,
            "a commit of yours was voided: leave the room and join again");
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
             !convo_is_owner(c, p->user->name.s) && !me->grouped)
        reply_refuse(p, OP_COMMIT, CODE_NOT_ALLOWED, 0, "welcomes: only members invite");
    else
        return removes_fine(p, c, m->removed) && welcomes_fine(p, c, m->welcomes);
    return false;
}

static size_t gather_removed(struct bytes run, struct bytes **out)
{
    struct bytes rest = run;
    struct bytes name;
    size_t n = 0;

    while (names_next(&rest, &name))
        n++;
    *out = mem_array(n, sizeof **out);
    n = 0;
    while (names_next(&run, &name))
        (*out)[n++] = name;
    return n;
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

/* Welcomes become members: their names are judged like any other. */
static enum err gather_welcomes(
    const struct convo *c, struct list rows, struct commit *q, struct store_named **out)
{
    struct msg_welcome row;

    *out = mem_array(rows.count, sizeof **out);
    q->welcomed = mem_array(rows.count, sizeof *q->welcomed);
    while (list_next(&rows, &MSG_WELCOME, &row)) {
        struct name *who = &q->welcomed[q->welcomed_count];
        if (name_fold(row.user, who) != ERR_OK)
            return ERR_FORMAT;
        const struct member *m = convo_member(c, who->s);
        bool moderator = m != NULL && m->moderator;
        (*out)[q->welcomed_count++] = (struct store_named){.name = name_bytes(who),
            .body = row.body,
            .role = (uint8_t)(MEMBER_GROUPED | (moderator ? MEMBER_MODERATOR : 0))};
    }
    return ERR_OK;
}

static struct commit *commit_open(struct peer *p, uint8_t op, struct convo *c, uint64_t epoch,
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

static void submit_room(struct peer *p, struct convo *c, const struct msg_commit *m)
{
    struct commit *q = commit_open(p, OP_COMMIT, c, m->epoch, m->commit, (struct bytes){0});
    struct store_commit row = {.key = name_key_bytes(&q->key)};
    struct store_named *welcomes = NULL;
    struct store_node *nodes = NULL;
    struct bytes *removed = NULL;

    q->external = (m->flags & COMMIT_EXTERNAL) != 0;
    q->create = (m->flags & COMMIT_CREATE) != 0;
    buf_bytes(&q->removed, m->removed);
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
    row.removed_count = gather_removed(m->removed, &removed);
    row.removed = removed;
    if (gather_welcomes(c, m->welcomes, q, &welcomes) == ERR_OK) {
        row.welcomes = welcomes;
        row.welcome_count = q->welcomed_count;
        store_commit(p->server->store, &row, committed, q);
    } else {
        reply_refuse(
            p, OP_COMMIT, CODE_BAD_NAME, 0, "welcomes: one of the names cannot be a name");
        c->busy = false;
        convo_wake(c);
        commit_free(q);
    }
    mem_free(welcomes);
    mem_free(nodes);
    mem_free(removed);
}

enum framer_verdict handle_commit(struct peer *p, const void *msg)
{
    const struct msg_commit *m = msg;
    struct member *me = convo_of(p->user, m->room);

    if (me == NULL) {
        reply_refuse(p, OP_COMMIT, CODE_NOT_MEMBER, 0, "room: you are not in that room");
        return FRAMER_NEXT;
    }
    if (!may_commit(p, OP_COMMIT))
        return FRAMER_NEXT;
    if (me->convo->busy) {
        convo_wait(me->convo, p);
        return FRAMER_STALL;
    }
    if (epoch_sane(p, OP_COMMIT, me->convo, m->epoch) && commit_allowed(p, me, m))
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
    store_commit(p->server->store, &row, committed, q);
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

    if (!may_commit(p, OP_DM_KEY))
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
    if (epoch_sane(p, OP_DM_KEY, c, m->epoch))
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
