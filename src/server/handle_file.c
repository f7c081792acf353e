/* SPDX-License-Identifier: ISC */
/* Files: who may offer what to whom, and who may answer. What then flows is transfer's. */
#include <stdio.h>

#include "server/chat.h"
#include "server/convo.h"
#include "server/handle.h"
#include "server/reply.h"
#include "server/transfer.h"
#include "server/user.h"

/* ---- offers ---- */

/* Refuses an offer that no file can be; or says yes. */
static bool shape_fits(struct peer *p, const struct msg_file_offer *m)
{
    const struct limits *l = p->server->limits;
    uint64_t count = m->chunk != 0 ? m->bytes / m->chunk + (m->bytes % m->chunk != 0) : 0;

    if (m->kind > CONVO_DIRECT)
        reply_refuse(
            p, OP_FILE_OFFER, CODE_BAD_FIELD, 0, "kind: 0 is a room, 1 a direct conversation");
    else if (m->chunk < MSG_CHUNK_MIN || m->chunk > MSG_CHUNK_MAX)
        reply_refuse(p, OP_FILE_OFFER, CODE_BAD_FIELD, 0, "chunk: %u to %u bytes",
            MSG_CHUNK_MIN, MSG_CHUNK_MAX);
    else if (m->bytes > (uint64_t)l->file_bytes)
        reply_refuse(p, OP_FILE_OFFER, CODE_TOO_LARGE, (uint64_t)l->file_bytes,
            "file_bytes: this relay takes files up to %lld bytes", (long long)l->file_bytes);
    else if (count > MSG_CHUNKS)
        reply_refuse(p, OP_FILE_OFFER, CODE_BAD_FIELD, 0,
            "count: at most %u, with larger chunks there are fewer", MSG_CHUNKS);
    else if (m->count != (count != 0 ? count : 1))
        reply_refuse(p, OP_FILE_OFFER, CODE_BAD_FIELD, 0, "count: %llu bytes are %llu chunks",
            (unsigned long long)m->bytes, (unsigned long long)(count != 0 ? count : 1));
    else
        return true;
    return false;
}

static bool room_for_one(struct peer *p)
{
    const struct limits *l = p->server->limits;

    if (transfer_sending(p->server, p->user) >= (size_t)l->file_transfers_per_user)
        reply_refuse(p, OP_FILE_OFFER, CODE_FULL, (uint64_t)l->file_transfers_per_user,
            "file_transfers_per_user: you send %lld files at once already",
            (long long)l->file_transfers_per_user);
    else if (p->server->files->count >= (uint32_t)l->file_transfers)
        reply_refuse(p, OP_FILE_OFFER, CODE_FULL, (uint64_t)l->file_transfers,
            "file_transfers: as many files are under way as this relay takes");
    else
        return true;
    return false;
}

/* Of a conversation of two both have a leaf as soon as one has, and nobody says so here. */
static bool has_leaf(const struct convo *c, const struct member *m)
{
    return c->kind == CONVO_DIRECT || !c->grouped || convo_in_group(m);
}

/* Those who are in the conversation now; t NULL: only counts them. */
static size_t each_member(const struct convo *c, const struct user *me, struct transfer *t)
{
    struct member *m;
    size_t at = 0;
    size_t n = 0;

    while ((m = map_next(&c->members, &at, NULL)) != NULL) {
        bool there = (m->durable || m->user != NULL) && m->user != me;
        if (!there || !has_leaf(c, m))
            continue;
        if (t != NULL)
            transfer_add(t, &m->name, m->user, m->durable);
        n++;
    }
    return n;
}

/* A conversation of two has no name of its own: the other one is named. */
static void note_offer(const struct transfer *t)
{
    char whom[MSG_NAME + 40];
    char words[MSG_NAME + 96];

    if (t->kind == CONVO_DIRECT)
        (void)snprintf(whom, sizeof whom, "to %s", t->people[0].name.s);
    else
        (void)snprintf(whom, sizeof whom, "%zu may answer", t->people_count);
    (void)snprintf(words, sizeof words, "%llu bytes in %u chunks, %s",
        (unsigned long long)t->bytes, t->count, whom);
    relay_note(t->server, "file_offer", t->title, t->sender->name.s, words);
}

static void offer(struct peer *p, const struct convo *c, const struct msg_file_offer *m)
{
    size_t people = each_member(c, p->user, NULL);

    if (people == 0) {
        reply_refuse(p, OP_FILE_OFFER, CODE_NOBODY, 0, "nobody is there who could take it");
        return;
    }
    struct transfer *t = transfer_new(p->user, c, m, people);
    if (t == NULL) {
        reply_refuse(p, OP_FILE_OFFER, CODE_FULL,
            (uint64_t)p->server->limits->file_memory_bytes,
            "file_memory_bytes: the relay has no memory left for files: try again later");
        return;
    }
    (void)each_member(c, p->user, t);
    struct msg_file_offer_ok ok = {.handle = t->handle, .window = t->window};
    ok.asked = transfer_offer(t);
    reply_done(p, &MSG_FILE_OFFER_OK, &ok);
    note_offer(t);
}

/* Its sender was gone for a while. */
static void offer_again(struct peer *p, struct transfer *t, const struct msg_file_offer *m)
{
    struct msg_file_offer_ok ok = {.handle = t->handle, .window = t->window};
    bool same = t->kind == m->kind && t->chunk == m->chunk && t->count == m->count &&
                t->bytes == m->bytes;

    if (!same || !t->away) {
        reply_refuse(p, OP_FILE_OFFER, CODE_CONFLICT, 0,
            same ? "id: this file is under way" : "id: you offered another file under it");
        return;
    }
    reply_done(p, &MSG_FILE_OFFER_OK, &ok);
    transfer_take_up(t);
}

/* NULL: it was answered, or (FRAMER_STALL) the frame waits. */
static struct convo *place(
    struct peer *p, const struct msg_file_offer *m, enum framer_verdict *v)
{
    struct convo *c = NULL;
    struct name to;

    *v = FRAMER_NEXT;
    if (m->kind == CONVO_DIRECT) {
        *v = chat_direct(p, OP_FILE_OFFER, m->to, &to, &c);
    } else {
        struct member *me = convo_of(p->user, m->to);
        if (me != NULL && (!me->convo->grouped || convo_in_group(me)))
            c = me->convo;
        else
            reply_refuse(p, OP_FILE_OFFER, CODE_NOT_MEMBER, 0, "you are not in that room");
    }
    if (c != NULL && c->busy) {
        convo_wait(c, p);
        *v = FRAMER_STALL;
        return NULL;
    }
    if (c != NULL && chat_muted(p, c)) {
        reply_refuse(p, OP_FILE_OFFER, CODE_MUTED, 0, "you are muted here");
        return NULL;
    }
    return c;
}

enum framer_verdict handle_file_offer(struct peer *p, const void *msg)
{
    const struct msg_file_offer *m = msg;
    enum framer_verdict v = FRAMER_NEXT;

    if (p->server->limits->files == 0) {
        reply_refuse(p, OP_FILE_OFFER, CODE_NOT_ALLOWED, 0, "files: this relay takes no files");
        return FRAMER_NEXT;
    }
    struct transfer *t = transfer_find(p->server, p->user, m->id);
    if (t != NULL) {
        offer_again(p, t, m);
        return FRAMER_NEXT;
    }
    if (!shape_fits(p, m) || !room_for_one(p))
        return FRAMER_NEXT;
    struct convo *c = place(p, m, &v);
    if (c != NULL)
        offer(p, c, m);
    return v;
}

/* ---- answers ---- */

static void no_transfer(struct peer *p, uint8_t op)
{
    reply_refuse(p, op, CODE_NO_TRANSFER, 0, "no such file is offered to you");
}

static void answered(struct peer *p, const struct transfer *t, const struct receiver *r)
{
    struct msg_file_answer_ok ok = {
        .handle = t->handle,
        .window = t->window,
        .chunk = t->chunk,
        .count = t->count,
        .bytes = t->bytes,
        .have = r->have,
        .turn = r->turn,
    };

    reply_done(p, &MSG_FILE_ANSWER_OK, &ok);
}

static void accept(struct peer *p, struct transfer *t, struct receiver *r, struct list have)
{
    const struct limits *l = p->server->limits;
    enum err e = transfer_accept(t, r, p->user, have);

    if (e == ERR_FORMAT) {
        reply_refuse(p, OP_FILE_ANSWER, CODE_BAD_FIELD, 0,
            "have: ranges of the file's chunks, in order and apart");
    } else if (e != ERR_OK) {
        bool many = e == ERR_FULL;
        reply_refuse(p, OP_FILE_ANSWER, CODE_FULL,
            (uint64_t)(many ? l->file_receivers : l->file_memory_bytes),
            many ? "file_receivers: as many receive this file as may"
                 : "file_memory_bytes: the relay has no memory left for files");
    } else {
        answered(p, t, r);
        transfer_begin(t, r);
    }
}

static void refuse(struct peer *p, struct transfer *t, struct receiver *r)
{
    answered(p, t, r);
    if (r->state != FILE_REFUSED)
        transfer_refuse(t, r);
}

enum framer_verdict handle_file_answer(struct peer *p, const void *msg)
{
    const struct msg_file_answer *m = msg;
    struct receiver *r = NULL;
    struct transfer *t = NULL;
    struct user *sender = NULL;
    struct name name;

    if (name_fold(m->sender, &name) == ERR_OK)
        sender = user_find(p->server, name.s);
    if (sender != NULL)
        t = transfer_find(p->server, sender, m->id);
    if (t != NULL)
        r = transfer_receiver(t, p->user);
    if (r == NULL)
        no_transfer(p, OP_FILE_ANSWER);
    else if (m->verdict == FILE_ACCEPT)
        accept(p, t, r, m->have);
    else if (m->verdict == FILE_REFUSE)
        refuse(p, t, r);
    else
        reply_refuse(
            p, OP_FILE_ANSWER, CODE_BAD_FIELD, 0, "verdict: 0 is to refuse, 1 to accept");
    return FRAMER_NEXT;
}

/* ---- pause and cancel ---- */

enum framer_verdict handle_file_pause(struct peer *p, const void *msg)
{
    const struct msg_file_pause_order *m = msg;
    struct transfer *t = transfer_at(p->server, m->handle);
    struct receiver *r = t != NULL ? transfer_receiver(t, p->user) : NULL;
    bool mine = t != NULL && t->sender == p->user && !t->away;

    if (m->on > 1) {
        reply_refuse(p, OP_FILE_PAUSE, CODE_BAD_FIELD, 0, "on: 1 stops, 0 goes on");
    } else if (mine) {
        reply_empty(p);
        transfer_pause(t, m->on != 0);
    } else if (r == NULL || r->user != p->user || !transfer_unfinished(r)) {
        no_transfer(p, OP_FILE_PAUSE);
    } else if (m->on == 0) {
        reply_refuse(p, OP_FILE_PAUSE, CODE_NOT_ALLOWED, 0,
            "to go on, accept again and say what you have");
    } else {
        reply_empty(p);
        transfer_rest(t, r);
    }
    return FRAMER_NEXT;
}

enum framer_verdict handle_file_cancel(struct peer *p, const void *msg)
{
    const struct msg_file_cancel *m = msg;
    struct transfer *t = transfer_find(p->server, p->user, m->id);

    if (t == NULL) {
        reply_refuse(p, OP_FILE_CANCEL, CODE_NO_TRANSFER, 0, "you offer no such file");
        return FRAMER_NEXT;
    }
    reply_empty(p);
    transfer_end(t, FILE_END_CANCELLED, p->user->name.s);
    return FRAMER_NEXT;
}

/* ---- what flows ---- */

/* Some are on their way when a transfer ends; more than that is somebody wasting our time. */
static void stray(struct peer *p, size_t n)
{
    if (p->stray_bytes >= n) {
        p->stray_bytes -= n;
        return;
    }
    relay_note(p->server, "cut", "", p->user->name.s, "chunks of no transfer");
    link_close(p->link, "chunks of no transfer");
}

enum framer_verdict handle_file_chunk(struct peer *p, const void *msg)
{
    const struct msg_file_chunk *m = msg;
    struct transfer *t = transfer_at(p->server, m->handle);

    if (t == NULL || t->sender != p->user || t->away || !transfer_chunk(t, m))
        stray(p, m->data.n);
    return FRAMER_NEXT;
}

enum framer_verdict handle_file_ack(struct peer *p, const void *msg)
{
    const struct msg_file_ack *m = msg;
    struct transfer *t = transfer_at(p->server, m->handle);

    for (size_t i = 0; t != NULL && i < t->active_count; i++) {
        if (t->active[i]->user == p->user) {
            transfer_ack(t, t->active[i], m->taken);
            break;
        }
    }
    return FRAMER_NEXT;
}
