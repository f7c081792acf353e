/* SPDX-License-Identifier: ISC */
/* Messages: the hot path. Nothing here is looked into; room, epoch and kind stand beside the
 * bytes. */
#include "base/mem.h"
#include "server/chat.h"
#include "server/convo.h"
#include "server/handle.h"
#include "server/reply.h"
#include "server/user.h"

struct sent_ask {
    struct ask ask;
    struct name_key key;
    struct msg_sent sent;
};

static void entry_stored(void *arg, const struct store_result *r)
{
    struct sent_ask *a = arg;
    struct peer *p = ask_peer(&a->ask);

    a->sent.stored = r->rc == ERR_OK;
    if (r->rc != ERR_OK)
        convo_unstored(a->ask.server, name_key_bytes(&a->key), a->sent.seq, r->rc);
    if (p != NULL)
        reply_done(p, &MSG_SENT, &a->sent);
    ask_close(&a->ask);
}

/* Rates: what is said counts against the flood rule, receipts have a budget of their own. A
 * frame that was stalled has paid already. */
static bool may_speak(struct peer *p, uint8_t op, uint8_t kind)
{
    const struct limits *l = p->server->limits;
    uint64_t now = p->server->loop->now_ms;
    uint64_t wait_ms = 0;
    bool ok;

    if (p->charged)
        return true;
    if (kind == ENTRY_RECEIPT)
        ok = bucket_take(
            &p->receipt, now, l->receipt_burst, l->receipt_per_s_milli, 1, &wait_ms);
    else
        ok = bucket_take(&p->flood, now, l->flood_burst, l->flood_per_s_milli, 1, &wait_ms);
    p->charged = ok;
    if (ok)
        return true;
    p->server->total.floods++;
    relay_note(p->server, "flood", "", p->user->name.s, "");
    reply_refuse(
        p, op, CODE_TOO_FAST, wait_ms, "too fast: wait %u s", (unsigned)(wait_ms / 1000 + 1));
    return false;
}

/* The present epoch, or for a while after a commit that removed nobody the one before. */
static bool epoch_fits(const struct convo *c, uint64_t epoch)
{
    if (!c->grouped || epoch == c->epoch)
        return epoch <= INT64_MAX; /* what a store can count */
    return epoch + 1 == c->epoch && !c->commit_removed &&
           c->server->loop->now_ms - c->commit_ms <=
               (uint64_t)c->server->limits->epoch_grace_ms;
}

/* Refuses, or says yes. */
static bool chat_allowed(
    struct peer *p, uint8_t op, const struct convo *c, const struct msg_say *m)
{
    if (m->kind > ENTRY_RECEIPT)
        reply_refuse(p, op, CODE_BAD_FIELD, 0, "kind: 0 is a message, 1 a receipt");
    else if (chat_muted(p, c))
        reply_refuse(p, op, CODE_MUTED, 0, "you are muted here: you may read and not speak");
    else if (!epoch_fits(c, m->epoch))
        reply_refuse(p, op, CODE_STALE, c->epoch, "epoch: stale, the epoch is %llu",
            (unsigned long long)c->epoch);
    else
        return true;
    return false;
}

/* Numbered, logged, told to all others, and the sender answered: now, or when the store has it
 * for those away. */
static void speak(struct peer *p, uint8_t op, struct convo *c, const struct msg_say *m)
{
    struct server *s = p->server;
    struct entry like = {
        .kind = m->kind,
        .seq = convo_next_seq(c),
        .time_ms = s->loop->wall_ms,
        .epoch = m->epoch,
        .sender = p->user->name,
    };
    struct msg_sent sent = {.seq = like.seq, .time_ms = (uint64_t)like.time_ms};
    bool keep =
        c->durable_absent != 0 && m->kind == ENTRY_MESSAGE && s->limits->retention_days != 0;

    like.stored = keep;
    struct entry *e = convo_log(c, &like, m->text);
    chat_tell(c, e, p);
    s->total.messages++;
    if (m->kind == ENTRY_MESSAGE) {
        c->since_commit++;
        c->last_speaker = p->user->name;
        if (c->since_commit >= (size_t)s->limits->rotate_messages)
            convo_check_rotation(c);
    }
    if (!keep) {
        reply_soon(p, &MSG_SENT, &sent);
        return;
    }
    struct sent_ask *a = ask_open(p, op, sizeof *a);
    struct store_entry row = convo_store_entry(e);
    a->sent = sent;
    a->key = c->key;
    store_entry_put(s->store, name_key_bytes(&c->key), &row, entry_stored, a);
}

enum framer_verdict handle_say(struct peer *p, const void *msg)
{
    const struct msg_say *m = msg;
    struct member *me = convo_of(p->user, m->to);

    if (me == NULL) {
        /* It counts all the same, so that guessing at rooms is not free. */
        if (may_speak(p, OP_SAY, m->kind))
            reply_refuse(
                p, OP_SAY, CODE_NOT_MEMBER, 0, "you speak to no one: join the room first");
        return FRAMER_NEXT;
    }
    if (!may_speak(p, OP_SAY, m->kind))
        return FRAMER_NEXT;
    if (me->convo->busy) {
        convo_wait(me->convo, p);
        return FRAMER_STALL;
    }
    if (me->convo->grouped && !convo_in_group(me))
        reply_refuse(p, OP_SAY, CODE_NOT_MEMBER, 0,
            "you are not in the group of %s: come in by an external commit", me->convo->title);
    else if (chat_allowed(p, OP_SAY, me->convo, m))
        speak(p, OP_SAY, me->convo, m);
    return FRAMER_NEXT;
}

/* ---- direct ---- */

enum framer_verdict handle_direct(struct peer *p, const void *msg)
{
    const struct msg_say *m = msg;
    struct convo *c = NULL;
    struct name to;

    if (!may_speak(p, OP_DIRECT, m->kind))
        return FRAMER_NEXT;
    enum framer_verdict v = chat_direct(p, OP_DIRECT, m->to, &to, &c);
    if (c == NULL)
        return v;
    if (c->busy) {
        convo_wait(c, p);
        return FRAMER_STALL;
    }
    if (chat_allowed(p, OP_DIRECT, c, m))
        speak(p, OP_DIRECT, c, m);
    return FRAMER_NEXT;
}
