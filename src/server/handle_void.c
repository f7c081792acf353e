/* SPDX-License-Identifier: ISC */
/* A commit that cannot be applied: when most of those who are here say so it is taken back. */
#include "base/mem.h"
#include "server/convo.h"
#include "server/handle.h"
#include "server/reply.h"

struct voiding {
    struct server *server;
    struct name_key key;
    uint64_t seq;
};

static void voided(void *arg, const struct store_result *r)
{
    struct voiding *v = arg;
    struct convo *c = convo_find(v->server, name_key_bytes(&v->key));

    if (c == NULL) {
        mem_free(v);
        return;
    }
    c->busy = false;
    if (r->rc == ERR_OK) {
        struct msg_void m = {
            .room = bytes_str(c->title), .seq = v->seq, .epoch = (uint64_t)r->num};
        c->epoch = (uint64_t)r->num;
        c->commit_removed = true; /* nothing of the epoch before is taken any more */
        convo_unlog(c, v->seq);
        convo_undo_back(c);
        struct member *bad = convo_member(c, c->committer.s);
        if (bad != NULL)
            bad->barred = true;
        v->server->total.voided++;
        relay_note(v->server, "void", c->title, c->committer.s, "");
        memset(&c->committer, 0, sizeof c->committer); /* one step back at most */
        convo_tell(c, OP_VOID, &MSG_VOID, &m, NULL);
        convo_turn_again(c);
    }
    map_free(&c->complaints);
    convo_wake(c);
    convo_reap(c);
    mem_free(v);
}

/* More than half of those who are here, the committer not counted. */
static bool majority(const struct convo *c)
{
    size_t here = 0;
    size_t against = 0;

    for (size_t i = 0; i < c->present_count; i++) {
        const struct member *m = c->present[i];
        if (m->user->peer == NULL || !convo_in_group(m) ||
            strcmp(m->name.s, c->committer.s) == 0)
            continue;
        here++;
        against += map_get(&c->complaints, name_bytes(&m->name)) != NULL;
    }
    return against * 2 > here;
}

enum framer_verdict handle_bad_commit(struct peer *p, const void *msg)
{
    const struct msg_bad_commit *m = msg;
    struct member *me = convo_of(p->user, m->room);
    struct convo *c = me != NULL ? me->convo : NULL;

    if (me == NULL || !convo_in_group(me)) {
        reply_refuse(
            p, OP_BAD_COMMIT, CODE_NOT_MEMBER, 0, "room: you are not in that room's group");
        return FRAMER_NEXT;
    }
    if (c->busy) {
        convo_wait(c, p);
        return FRAMER_STALL;
    }
    if (m->seq != c->last_commit || c->committer.s[0] == '\0' ||
        p->server->loop->now_ms - c->commit_ms > (uint64_t)p->server->limits->void_ms ||
        strcmp(c->committer.s, p->user->name.s) == 0) {
        reply_refuse(p, OP_BAD_COMMIT, CODE_STALE, c->epoch,
            "seq: it is too late to object to that commit: join again");
        return FRAMER_NEXT;
    }
    (void)map_put(&c->complaints, name_bytes(&me->name), c);
    relay_note(p->server, "bad_commit", c->title, p->user->name.s, "");
    reply_empty(p);
    if (majority(c)) {
        struct voiding *v = mem_alloc(sizeof *v);
        *v = (struct voiding){p->server, c->key, m->seq};
        c->busy = true;
        store_void(p->server->store, name_key_bytes(&c->key), m->seq, voided, v);
    }
    return FRAMER_NEXT;
}
