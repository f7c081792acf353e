/* SPDX-License-Identifier: ISC */
#include "support/world.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "server/convo.h"
#include "server/transfer.h"

#define HOLD(cond)                                                                             \
    do {                                                                                       \
        if (!(cond))                                                                           \
            return #cond;                                                                      \
    } while (0)

static bool is_in(const struct user *u, const struct member *m)
{
    size_t n = 0;

    for (size_t i = 0; i < u->room_count; i++)
        n += u->rooms[i] == m;
    return n == 1;
}

static const char *members_wrong(const struct convo *c)
{
    const struct member *m;
    struct bytes key;
    size_t at = 0, absent = 0, present = 0;

    while ((m = map_next(&c->members, &at, &key)) != NULL) {
        HOLD(bytes_eq(key, name_bytes(&m->name)));
        HOLD(m->convo == c);
        const struct user *u = map_get(&c->server->users, key);
        HOLD(m->durable || m->user != NULL || (u != NULL && u->invited && !u->account));
        HOLD(m->cursor <= c->last_seq);
        HOLD(m->grouped || !m->anew);
        /* Nobody is a member by an account's name alone. */
        HOLD(!m->durable || u == NULL || u->state == USER_HELD || u->account);
        absent += m->durable && m->user == NULL;
        present += m->user != NULL;
        if (m->user == NULL)
            continue;
        HOLD(m->at < c->present_count && c->present[m->at] == m);
        HOLD(is_in(m->user, m));
        HOLD(strcmp(m->user->name.s, m->name.s) == 0);
        HOLD(m->user->state != USER_HELD);
        HOLD(!m->durable || m->user->account);
    }
    HOLD(absent == c->durable_absent);
    HOLD(present == c->present_count);
    return NULL;
}

static const char *tail_wrong(const struct convo *c)
{
    size_t count = 0, bytes = 0;
    uint64_t last = 0;

    for (const struct entry *e = c->tail; e != NULL; e = e->next) {
        HOLD(e->seq > last);
        last = e->seq;
        count++;
        bytes += e->n;
        HOLD(e->next != NULL || c->tail_end == &e->next);
    }
    HOLD(c->tail != NULL || c->tail_end == &c->tail);
    HOLD(last <= c->last_seq);
    HOLD(count == c->tail_count);
    HOLD(bytes == c->tail_bytes);
    HOLD(count <= (size_t)c->server->limits->tail_entries);
    HOLD(count < 2 || bytes <= (size_t)c->server->limits->tail_bytes);
    return NULL;
}

static const char *convo_wrong(const struct convo *c)
{
    const char *wrong = members_wrong(c);

    if (wrong == NULL)
        wrong = tail_wrong(c);
    if (wrong != NULL)
        return wrong;
    HOLD(!c->busy);
    HOLD(c->waiting_count == 0);
    HOLD(map_count(&c->members) != 0);
    HOLD(c->grouped || (c->epoch == 0 && map_count(&c->departed) == 0));
    HOLD(c->last_commit <= c->last_seq);
    for (size_t i = 0; i < c->turn_count; i++) {
        const struct member *m = convo_member(c, c->turns[i].s);
        HOLD(m != NULL && m->user != NULL);
    }
    HOLD(c->turn_count == 0 || loop_timer_armed(&c->turn));
    HOLD(c->turn_count != 0 || !loop_timer_armed(&c->turn));
    return NULL;
}

static const char *users_wrong(const struct server *s)
{
    const struct user *u;
    struct bytes key;
    size_t at = 0, here = 0, away = 0;

    while ((u = map_next(&s->users, &at, &key)) != NULL) {
        HOLD(bytes_eq(key, name_bytes(&u->name)));
        here += u->state == USER_HERE;
        away += u->state == USER_DROPPED;
        HOLD((u->state == USER_DROPPED) == (u->peer == NULL));
        HOLD(u->peer == NULL || u->peer->user == u);
        HOLD((u->state == USER_DROPPED) == loop_timer_armed(&u->grace));
        HOLD(u->state != USER_HELD || u->room_count == 0);
        HOLD(!u->has_resume || map_get(&s->resumes, bytes_of(u->resume, 32)) == u);
    }
    HOLD(here == s->online);
    HOLD(away == s->away);
    return NULL;
}

static const char *peers_wrong(const struct server *s)
{
    size_t peers = 0, early = 0;

    for (size_t i = 0; i < s->slot_cap; i++) {
        const struct peer *p = s->peers[i];
        if (p == NULL)
            continue;
        peers++;
        early += p->phase != PHASE_READY;
        HOLD(p->slot == i && p->generation == s->generations[i]);
        HOLD(!p->busy);
        HOLD((p->phase != PHASE_READY) == (p->user == NULL || p->user->state == USER_HELD));
    }
    HOLD(peers == s->peer_count);
    HOLD(early == s->early_count);
    HOLD(s->free_count + peers == s->slot_cap);
    HOLD(s->asks == 0);
    return NULL;
}

/* ---- files ---- */

static const char *receivers_wrong(const struct transfer *t)
{
    size_t active = 0, waits = 0, pending = 0;

    for (size_t i = 0; i < t->people_count; i++) {
        const struct receiver *r = &t->people[i];
        if (r->state != FILE_ACTIVE) {
            HOLD(r->ring == NULL && r->given.words == NULL && r->ring_n == 0);
            continue;
        }
        active++;
        HOLD(r->user != NULL && r->user->peer != NULL && !r->barred);
        HOLD(r->have < t->count);
        HOLD(r->ring_n <= t->used);
        HOLD(r->given.held == r->have + r->ring_n);
        for (uint32_t k = 0; k < r->ring_n; k++) {
            uint32_t slot = r->ring[(r->ring_at + k) % t->window];
            HOLD(slot < t->window && t->slots[slot].pending != 0);
            HOLD(chunkmap_has(&r->given, t->slots[slot].index));
        }
        waits += r->ring_n;
    }
    HOLD(active == t->active_count);
    bool *is_free = mem_array(t->window, sizeof *is_free);
    for (uint32_t i = 0; i < t->window - t->used; i++)
        is_free[t->free[i]] = true;
    for (uint32_t i = 0; i < t->window; i++)
        pending += is_free[i] ? 0 : t->slots[i].pending;
    mem_free(is_free);
    HOLD(pending == waits);
    return NULL;
}

/* What it may hold at most: a window, and what knows who has which chunk. */
static size_t needs(const struct transfer *t)
{
    size_t map = (t->count + 63) / 64 * sizeof(uint64_t);

    return t->window * ((size_t)t->chunk + MSG_CHUNK_TAG + sizeof(struct slot) + 4) + map +
           t->people_count * (sizeof(struct receiver) + sizeof(struct receiver *)) +
           t->active_count * (map + t->window * sizeof(uint32_t));
}

/* Credit that is out, and chunks that somebody has not acknowledged: never above the window. */
static const char *files_wrong(const struct server *s)
{
    const struct transfers *all = s->files;
    size_t n = 0, reserved = 0;

    HOLD(all->over == NULL);
    for (uint32_t i = 0; i < all->cap; i++) {
        const struct transfer *t = all->at[i];
        if (t == NULL)
            continue;
        n++;
        reserved += t->reserved;
        HOLD(!t->over && t->sender != NULL);
        HOLD(t->away || t->sender->peer != NULL);
        HOLD(t->used + t->due.held <= t->window);
        HOLD(!t->away || t->due.held == 0);
        HOLD(t->reserved == needs(t));
        const char *wrong = receivers_wrong(t);
        if (wrong != NULL)
            return wrong;
    }
    HOLD(n == all->count && n == map_count(&all->by_id));
    HOLD(reserved == all->reserved);
    HOLD(reserved <= (size_t)s->limits->file_memory_bytes);
    return NULL;
}

const char *world_wrong(const struct server *s)
{
    const struct convo *c;
    const char *wrong = peers_wrong(s);
    size_t at = 0;

    if (wrong == NULL)
        wrong = users_wrong(s);
    if (wrong == NULL)
        wrong = files_wrong(s);
    while (wrong == NULL && (c = map_next(&s->convos, &at, NULL)) != NULL)
        wrong = convo_wrong(c);
    return wrong;
}

long long world_status(struct server *s, const char *name)
{
    struct json_out out;
    char find[64];
    struct buf b;

    buf_init(&b, 1u << 16);
    json_out_init(&out, &b);
    json_out_open(&out, NULL, '{');
    server_status(s, &out);
    json_out_close(&out, '}');
    (void)snprintf(find, sizeof find, "\"%s\":", name);
    const char *at = strstr(buf_cstr(&b), find);
    long long n = at != NULL ? strtoll(at + strlen(find), NULL, 10) : -1;
    buf_free(&b);
    return n;
}
