/* SPDX-License-Identifier: ISC */
/* The table of transfers, their memory, and their deadlines. */
#include "server/transfer_impl.h"

#include <stdio.h>

#include "base/mem.h"
#include "server/reply.h"

/* ---- memory ---- */

bool transfer_reserve(struct transfer *t, size_t bytes)
{
    struct transfers *all = t->server->files;
    size_t most = (size_t)t->server->limits->file_memory_bytes;

    if (all->reserved > most || bytes > most - all->reserved)
        return false;
    all->reserved += bytes;
    t->reserved += bytes;
    return true;
}

void transfer_release(struct transfer *t, size_t bytes)
{
    t->server->files->reserved -= bytes;
    t->reserved -= bytes;
}

/* What it needs whether or not anybody accepts: a window of sealed chunks above all. */
static size_t footprint(const struct transfer *t, size_t people)
{
    return t->window *
               ((size_t)t->chunk + MSG_CHUNK_TAG + sizeof(struct slot) + sizeof(uint32_t)) +
           chunkmap_words(t->count) * sizeof(uint64_t) +
           people * (sizeof(struct receiver) + sizeof(struct receiver *));
}

/* ---- the table ---- */

#define KEY (sizeof(uint64_t) + MSG_ID)

static void key_of(const struct user *sender, const uint8_t *id, uint8_t out[KEY])
{
    memcpy(out, &sender->id, sizeof sender->id);
    memcpy(out + sizeof sender->id, id, MSG_ID);
}

static void transfer_free(struct transfer *t)
{
    for (size_t i = 0; i < t->people_count; i++) {
        chunkmap_fini(&t->people[i].given);
        mem_free(t->people[i].ring);
    }
    chunkmap_fini(&t->due);
    mem_free(t->people);
    mem_free(t->active);
    mem_free(t->slots);
    mem_free(t->free);
    mem_free(t);
}

static void reap(void *arg)
{
    struct transfers *all = arg;

    while (all->over != NULL) {
        struct transfer *t = all->over;
        all->over = t->next;
        transfer_free(t);
    }
}

struct transfers *transfers_new(void)
{
    struct transfers *all = mem_alloc(sizeof *all);

    loop_task_init(&all->reap, reap, all);
    return all;
}

void transfers_free(struct server *s)
{
    struct transfers *all = s->files;

    if (all == NULL)
        return;
    loop_cancel(s->loop, &all->reap);
    for (uint32_t i = 0; i < all->cap; i++) {
        if (all->at[i] != NULL)
            transfer_free(all->at[i]);
    }
    reap(all);
    map_free(&all->by_id);
    mem_free(all->at);
    mem_free(all->generations);
    mem_free(all);
    s->files = NULL;
}

/* A handle is a slot and how often it was given; so one that is old is known as none. */
static uint32_t handle_take(struct transfers *all, struct transfer *t)
{
    uint32_t slot = 0;

    while (slot < all->cap && all->at[slot] != NULL)
        slot++;
    if (slot == all->cap) {
        uint32_t cap = all->cap ? all->cap * 2 : 16;
        all->at = mem_realloc(all->at, cap * sizeof(struct transfer *));
        all->generations = mem_realloc(all->generations, cap * sizeof *all->generations);
        memset(all->at + all->cap, 0, (cap - all->cap) * sizeof(struct transfer *));
        memset(all->generations + all->cap, 0, (cap - all->cap) * sizeof *all->generations);
        all->cap = cap;
    }
    if (++all->generations[slot] == 0)
        all->generations[slot] = 1;
    all->at[slot] = t;
    all->count++;
    return (uint32_t)all->generations[slot] << 16 | slot;
}

struct transfer *transfer_at(struct server *s, uint32_t handle)
{
    struct transfers *all = s->files;
    uint32_t slot = handle & 0xffff;

    if (slot >= all->cap || all->at[slot] == NULL || all->generations[slot] != handle >> 16)
        return NULL;
    return all->at[slot];
}

struct transfer *transfer_find(struct server *s, const struct user *sender, const uint8_t *id)
{
    uint8_t key[KEY];

    key_of(sender, id, key);
    return map_get(&s->files->by_id, bytes_of(key, sizeof key));
}

size_t transfer_sending(const struct server *s, const struct user *u)
{
    size_t n = 0;

    for (uint32_t i = 0; i < s->files->cap; i++)
        n += s->files->at[i] != NULL && s->files->at[i]->sender == u;
    return n;
}

/* ---- making and ending ---- */

static void make_window(struct transfer *t)
{
    t->slots = mem_array(t->window, sizeof *t->slots);
    t->free = mem_array(t->window, sizeof *t->free);
    for (uint32_t i = 0; i < t->window; i++)
        t->free[i] = i;
    chunkmap_init(&t->due, t->count);
    t->scan_left = chunkmap_words(t->count);
}

struct transfer *transfer_new(
    struct user *sender, const struct convo *c, const struct msg_file_offer *m, size_t people)
{
    struct server *s = sender->server;
    struct transfer *t = mem_alloc(sizeof *t);
    uint64_t fits = (uint64_t)s->limits->file_window_bytes / m->chunk;
    uint8_t key[KEY];

    t->server = s;
    t->sender = sender;
    memcpy(t->id, m->id, sizeof t->id);
    t->convo = c->key;
    t->kind = c->kind;
    (void)bytes_copy(t->title, sizeof t->title, bytes_str(c->title));
    t->chunk = m->chunk;
    t->count = m->count;
    t->bytes = m->bytes;
    t->window = (uint32_t)(fits < m->count ? fits : m->count);
    t->window += t->window == 0;
    if (!transfer_reserve(t, footprint(t, people))) {
        mem_free(t);
        return NULL;
    }
    t->people = mem_array(people, sizeof *t->people);
    t->active = mem_array(people, sizeof(struct receiver *));
    make_window(t);
    t->moved_ms = t->idle_ms = s->loop->now_ms;
    t->handle = handle_take(s->files, t);
    key_of(sender, t->id, key);
    (void)map_put(&s->files->by_id, bytes_of(key, sizeof key), t);
    return t;
}

void transfer_add(struct transfer *t, const struct name *name, struct user *u, bool account)
{
    t->people[t->people_count++] = (struct receiver){
        .name = *name,
        .guest = !account && u != NULL ? u->id : 0,
        .user = u,
        .state = FILE_ASKED,
    };
}

static const char *const END_WORDS[FILE_ENDS] = {
    [FILE_END_DONE] = "done",
    [FILE_END_NOBODY] = "nobody",
    [FILE_END_CANCELLED] = "cancelled",
    [FILE_END_SENDER] = "sender gone",
    [FILE_END_STALLED] = "stalled",
    [FILE_END_LEFT] = "left",
    [FILE_END_BROKEN] = "rules broken",
    [FILE_END_FORBIDDEN] = "forbidden",
};

static void note_end(struct transfer *t, enum msg_file_end why, const char *by)
{
    char words[128];
    size_t done = 0;

    for (size_t i = 0; i < t->people_count; i++)
        done += t->people[i].state == FILE_DONE;
    (void)snprintf(words, sizeof words, "%s, %zu have it%s%s", END_WORDS[why], done,
        by[0] != '\0' ? ", by " : "", by);
    relay_note(t->server, "file_end", t->title, t->sender->name.s, words);
}

/* Credit that is out may still be used: chunks that are on their way are no offence. */
static void forgive(struct transfer *t)
{
    struct peer *p = t->sender->peer;
    uint64_t most = 4 * (uint64_t)t->server->limits->file_window_bytes;

    if (p == NULL)
        return;
    p->stray_bytes += (uint64_t)t->due.held * (t->chunk + MSG_CHUNK_TAG);
    if (p->stray_bytes > most)
        p->stray_bytes = most;
}

/* Somebody who was away when it was offered may have come since. */
static struct user *person(const struct transfer *t, const struct receiver *r)
{
    struct user *u = r->user;

    if (u == NULL && r->guest == 0 && !r->barred)
        u = map_get(&t->server->users, name_bytes(&r->name));
    return u != NULL && u->state != USER_HELD && (u->account || r->guest != 0) ? u : NULL;
}

void transfer_end(struct transfer *t, enum msg_file_end why, const char *by)
{
    struct transfers *all = t->server->files;
    uint8_t key[KEY];

    if (t->over)
        return;
    t->over = true;
    note_end(t, why, by);
    for (size_t i = 0; i < t->people_count; i++) {
        struct receiver *r = &t->people[i];
        bool hears = r->state == FILE_ASKED || transfer_unfinished(r);
        transfer_leave(t, r, (enum msg_file_state)r->state);
        if (hears)
            transfer_tell_end(t, person(t, r), why, by);
    }
    forgive(t);
    transfer_tell_end(t, t->sender, why, by);
    key_of(t->sender, t->id, key);
    (void)map_del(&all->by_id, bytes_of(key, sizeof key));
    all->at[t->handle & 0xffff] = NULL;
    all->count--;
    transfer_release(t, t->reserved);
    t->next = all->over;
    all->over = t;
    loop_later(t->server->loop, &all->reap, LOOP_REAP);
}

/* ---- deadlines ---- */

static bool late(const struct transfer *t, uint64_t since_ms, int64_t limit_ms)
{
    return t->server->loop->now_ms - since_ms >= (uint64_t)limit_ms;
}

static void receivers_tick(struct transfer *t)
{
    const struct limits *l = t->server->limits;

    for (size_t i = 0; i < t->people_count && !t->over; i++) {
        struct receiver *r = &t->people[i];
        if (r->state == FILE_ACTIVE && r->ring_n != 0 &&
            late(t, r->since_ms, l->file_stall_s * 1000))
            transfer_drop(t, r, FILE_END_STALLED);
        else if ((r->state == FILE_PAUSED || r->state == FILE_AWAY) &&
                 late(t, r->since_ms, l->file_hold_s * 1000))
            transfer_drop(t, r, FILE_END_STALLED);
        else if (r->state == FILE_ACTIVE && r->moved)
            transfer_tell_state(t, r);
    }
}

static bool anybody_unfinished(const struct transfer *t)
{
    for (size_t i = 0; i < t->people_count; i++) {
        if (transfer_unfinished(&t->people[i]))
            return true;
    }
    return false;
}

static bool anybody_done(const struct transfer *t)
{
    for (size_t i = 0; i < t->people_count; i++) {
        if (t->people[i].state == FILE_DONE)
            return true;
    }
    return false;
}

static void tick_one(struct transfer *t)
{
    const struct limits *l = t->server->limits;
    bool waits = t->paused || t->away;

    if (l->files == 0) {
        transfer_end(t, FILE_END_FORBIDDEN, "");
        return;
    }
    receivers_tick(t);
    if (t->over)
        return;
    if (anybody_unfinished(t))
        t->idle_ms = t->server->loop->now_ms;
    if ((waits && late(t, t->moved_ms, l->file_hold_s * 1000)) ||
        (!waits && t->due.held != 0 && late(t, t->moved_ms, l->file_stall_s * 1000)))
        transfer_end(t, FILE_END_STALLED, t->sender->name.s);
    else if (late(t, t->idle_ms, l->file_offer_s * 1000))
        transfer_end(t, anybody_done(t) ? FILE_END_DONE : FILE_END_NOBODY, "");
    else
        transfer_settle(t);
}

void transfer_tick(struct server *s)
{
    for (uint32_t i = 0; i < s->files->cap; i++) {
        if (s->files->at[i] != NULL)
            tick_one(s->files->at[i]);
    }
}
