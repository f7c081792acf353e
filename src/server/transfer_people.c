/* SPDX-License-Identifier: ISC */
/* Who was asked for a transfer, and what became of them. */
#include "base/mem.h"
#include "server/reply.h"
#include "server/transfer_impl.h"

/* ---- telling ---- */

void transfer_tell_state(struct transfer *t, struct receiver *r)
{
    struct msg_file_state_event m = {
        .handle = t->handle,
        .user = name_bytes(r->user != NULL ? &r->user->name : &r->name),
        .state = r->state,
        .have = r->have,
    };

    r->moved = false;
    if (!t->over && t->sender->peer != NULL)
        tell_user(t->sender, OP_FILE_STATE, &MSG_FILE_STATE, &m);
}

void transfer_tell_end(
    struct transfer *t, struct user *u, enum msg_file_end why, const char *by)
{
    struct msg_file_end_event m = {
        .handle = t->handle, .why = (uint8_t)why, .by = bytes_str(by)};

    if (u == NULL)
        return;
    memcpy(m.id, t->id, sizeof m.id);
    tell_user(u, OP_FILE_END, &MSG_FILE_END, &m);
}

/* To whoever waits for chunks. */
static void tell_pause(struct transfer *t)
{
    struct msg_file_pause_order m = {
        .handle = t->handle,
        .on = t->away     ? FILE_SENDER_AWAY
              : t->paused ? FILE_PAUSED_BY_SENDER
                          : FILE_GOES_ON,
    };

    for (size_t i = 0; i < t->people_count; i++) {
        const struct receiver *r = &t->people[i];
        if (transfer_unfinished(r) && r->user != NULL)
            tell_user(r->user, OP_FILE_PAUSE, &MSG_FILE_PAUSE, &m);
    }
}

uint16_t transfer_offer(struct transfer *t)
{
    struct msg_file_offered m = {
        .kind = (uint8_t)t->kind,
        .room = bytes_str(t->title),
        .sender = name_bytes(&t->sender->name),
        .handle = t->handle,
        .chunk = t->chunk,
        .count = t->count,
        .bytes = t->bytes,
    };
    uint16_t told = 0;

    memcpy(m.id, t->id, sizeof m.id);
    struct span frame = reply_frame(t->server, OP_FILE_OFFER, &MSG_FILE_OFFERED, &m);
    for (size_t i = 0; i < t->people_count; i++) {
        if (t->people[i].user == NULL)
            continue;
        tell_span(t->people[i].user, frame);
        told++;
    }
    span_drop(frame);
    t->server->files->offers++;
    return told;
}

/* ---- in and out of those who receive ---- */

bool transfer_unfinished(const struct receiver *r)
{
    return r->state == FILE_ACTIVE || r->state == FILE_PAUSED || r->state == FILE_AWAY;
}

static size_t cost(const struct transfer *t)
{
    return chunkmap_words(t->count) * sizeof(uint64_t) + t->window * sizeof(uint32_t);
}

static void join(struct transfer *t, struct receiver *r)
{
    r->ring = mem_array(t->window, sizeof *r->ring);
    r->ring_at = r->ring_n = r->taken = 0;
    r->since_ms = t->server->loop->now_ms;
    r->state = FILE_ACTIVE;
    t->active[t->active_count++] = r;
    t->scan_left = chunkmap_words(t->count);
}

void transfer_leave(struct transfer *t, struct receiver *r, enum msg_file_state to)
{
    bool was = r->state == FILE_ACTIVE;

    r->state = (uint8_t)to;
    r->since_ms = t->server->loop->now_ms;
    if (!was)
        return;
    for (size_t i = 0; i < t->active_count; i++) {
        if (t->active[i] == r)
            t->active[i] = t->active[--t->active_count];
    }
    transfer_forget(t, r);
    chunkmap_fini(&r->given);
    mem_free(r->ring);
    r->ring = NULL;
    transfer_release(t, cost(t));
    if (r->user != NULL && r->user->peer != NULL)
        link_purge(r->user->peer->link, t->handle);
}

void transfer_drop(struct transfer *t, struct receiver *r, enum msg_file_end why)
{
    transfer_leave(t, r, FILE_GONE);
    transfer_tell_end(t, r->user, why, "");
    relay_note(t->server, "file_drop", t->title, r->name.s,
        why == FILE_END_STALLED ? "stalled"
        : why == FILE_END_LEFT  ? "left"
                                : "rules broken");
    transfer_tell_state(t, r);
    transfer_settle(t);
    transfer_pump(t);
}

/* ---- answers ---- */

struct receiver *transfer_receiver(const struct transfer *t, const struct user *u)
{
    for (size_t i = 0; i < t->people_count; i++) {
        struct receiver *r = &t->people[i];
        bool is =
            r->guest != 0 ? r->guest == u->id : u->account && strcmp(r->name.s, u->name.s) == 0;
        if (is && !r->barred)
            return r;
    }
    return NULL;
}

static enum err read_have(struct chunkmap *m, struct list have)
{
    struct msg_range range;
    uint32_t next = 0;

    /* In order and apart: so nobody makes us set the same bits again and again. */
    while (list_next(&have, &MSG_RANGE, &range)) {
        if (range.first < next || !chunkmap_put_range(m, range.first, range.count))
            return ERR_FORMAT;
        next = range.first + range.count;
    }
    return ERR_OK;
}

static size_t receiving(const struct transfer *t)
{
    size_t n = 0;

    for (size_t i = 0; i < t->people_count; i++)
        n += transfer_unfinished(&t->people[i]);
    return n;
}

enum err transfer_accept(
    struct transfer *t, struct receiver *r, struct user *u, struct list have)
{
    struct chunkmap given;

    if (!transfer_unfinished(r) && receiving(t) >= (size_t)t->server->limits->file_receivers)
        return ERR_FULL;
    chunkmap_init(&given, t->count);
    enum err e = read_have(&given, have);
    if (e == ERR_OK) {
        /* What it leaves is what it needs: then there is memory for it. */
        if (r->state == FILE_ACTIVE)
            transfer_leave(t, r, FILE_AWAY);
        e = transfer_reserve(t, cost(t)) ? ERR_OK : ERR_BUSY;
    }
    if (e != ERR_OK) {
        chunkmap_fini(&given);
        return e;
    }
    r->user = u;
    r->given = given;
    r->have = given.held;
    r->turn++;
    join(t, r);
    if (t->accepted_ms == 0)
        t->accepted_ms = t->server->loop->now_ms;
    return ERR_OK;
}

void transfer_begin(struct transfer *t, struct receiver *r)
{
    struct msg_file_start m = {t->handle, r->turn};

    if (r->have == t->count)
        transfer_leave(t, r, FILE_DONE);
    else
        link_bulk(r->user->peer->link,
            reply_frame(t->server, OP_FILE_START, &MSG_FILE_START, &m), t->handle);
    transfer_tell_state(t, r);
    transfer_settle(t);
    transfer_pump(t);
}

void transfer_refuse(struct transfer *t, struct receiver *r)
{
    transfer_leave(t, r, FILE_REFUSED);
    transfer_tell_state(t, r);
    transfer_settle(t);
    transfer_pump(t);
}

void transfer_rest(struct transfer *t, struct receiver *r)
{
    transfer_leave(t, r, FILE_PAUSED);
    transfer_tell_state(t, r);
    transfer_pump(t);
}

/* ---- the sender ---- */

void transfer_pause(struct transfer *t, bool on)
{
    if (t->paused == on)
        return;
    t->paused = on;
    t->moved_ms = t->server->loop->now_ms;
    tell_pause(t);
    transfer_pump(t);
}

void transfer_take_up(struct transfer *t)
{
    t->away = t->paused = false;
    t->moved_ms = t->server->loop->now_ms;
    transfer_void(t);
    tell_pause(t);
    for (size_t i = 0; i < t->people_count; i++)
        transfer_tell_state(t, &t->people[i]);
    transfer_settle(t);
    transfer_pump(t);
}

static void sender_away(struct transfer *t)
{
    t->away = true;
    t->moved_ms = t->server->loop->now_ms;
    transfer_void(t);
    tell_pause(t);
}

/* ---- when it starts and ends ---- */

struct tally {
    size_t present, open, unfinished, done;
};

static struct tally count_people(const struct transfer *t)
{
    struct tally n = {0};

    for (size_t i = 0; i < t->people_count; i++) {
        const struct receiver *r = &t->people[i];
        bool asked = r->state == FILE_ASKED && !r->barred;
        bool dropped = r->state == FILE_GONE && !r->barred && r->user != NULL;
        n.present += asked && r->user != NULL && r->user->peer != NULL;
        n.open += asked || dropped; /* it may accept again */
        n.unfinished += transfer_unfinished(r);
        n.done += r->state == FILE_DONE;
    }
    return n;
}

void transfer_settle(struct transfer *t)
{
    struct tally n;
    uint64_t now = t->server->loop->now_ms;

    if (t->over)
        return;
    n = count_people(t);
    if (n.unfinished == 0 && n.open == 0) {
        transfer_end(t, n.done != 0 ? FILE_END_DONE : FILE_END_NOBODY, "");
        return;
    }
    if (t->started || n.unfinished == 0)
        return;
    if (n.present == 0 || now - t->accepted_ms >= (uint64_t)t->server->limits->file_gather_ms) {
        t->started = true;
        transfer_pump(t);
    }
}

/* ---- people come and go ---- */

static void receiver_lost(struct transfer *t, struct receiver *r, bool for_good)
{
    if (transfer_unfinished(r)) {
        transfer_leave(t, r, for_good && r->guest != 0 ? FILE_GONE : FILE_AWAY);
        transfer_tell_state(t, r);
    }
    if (!for_good)
        return;
    r->user = NULL;
    r->barred |= r->guest != 0;
    if (r->barred && r->state == FILE_ASKED)
        r->state = FILE_GONE;
}

static void user_lost(struct user *u, bool for_good)
{
    struct transfers *all = u->server->files;

    for (uint32_t i = 0; all != NULL && i < all->cap; i++) {
        struct transfer *t = all->at[i];
        if (t == NULL)
            continue;
        if (t->sender == u && for_good)
            transfer_end(t, FILE_END_SENDER, u->name.s);
        else if (t->sender == u)
            sender_away(t);
        for (size_t k = 0; k < t->people_count; k++) {
            if (t->people[k].user == u)
                receiver_lost(t, &t->people[k], for_good);
        }
        transfer_settle(t);
        transfer_pump(t);
    }
}

void transfer_line_lost(struct user *u)
{
    user_lost(u, false);
}

void transfer_user_gone(struct user *u)
{
    user_lost(u, true);
}

static bool is_of(const struct receiver *r, const struct member *m)
{
    return r->guest == 0 ? m->durable && strcmp(r->name.s, m->name.s) == 0
                         : m->user != NULL && m->user->id == r->guest;
}

void transfer_member_left(const struct convo *c, const struct member *m)
{
    struct transfers *all = c->server->files;

    for (uint32_t i = 0; all != NULL && i < all->cap; i++) {
        struct transfer *t = all->at[i];
        if (t == NULL || !bytes_eq(name_key_bytes(&t->convo), name_key_bytes(&c->key)))
            continue;
        if (m->user != NULL && t->sender == m->user)
            transfer_end(t, FILE_END_LEFT, m->name.s);
        for (size_t k = 0; k < t->people_count && !t->over; k++) {
            struct receiver *r = &t->people[k];
            if (r->barred || !is_of(r, m))
                continue;
            r->barred = true;
            transfer_drop(t, r, FILE_END_LEFT);
        }
    }
}
