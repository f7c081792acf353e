/* SPDX-License-Identifier: ISC */
#include "server/server.h"

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/rand.h"
#include "server/convo.h"
#include "server/peer.h"
#include "server/power.h"
#include "server/reply.h"
#include "server/transfer.h"
#include "server/user.h"

#define TICK_MS        1000u
#define PRUNE_MS       60000u
#define DRAIN_MS       5000u
#define RETRY_S        5
#define COMMIT_DAYS    14  /* commits wait so long where messages do not wait at all */
#define EARLY_DROP_PCT 30u /* at drop_from; rising to 100 at the limit */

/* ---- what is done at the end of a turn, and every second ---- */

static void end_of_turn(void *arg)
{
    struct server *s = arg;

    pool_release(&s->pool);
    if (s->scratch.cap > OPCODE_TEXT * 2)
        buf_free(&s->scratch);
    if (s->audit != NULL)
        audit_flush(s->audit);
}

static void bus_event(void *arg, enum bus_event ev)
{
    struct server *s = arg;
    struct convo *c;
    size_t at = 0;

    if (ev != BUS_GAP)
        return;
    /* Something may not have come through: the log has it, and members are told to look there.
     */
    s->total.gaps++;
    while ((c = map_next(&s->convos, &at, NULL)) != NULL) {
        for (size_t i = 0; i < c->present_count; i++)
            convo_resync(c->present[i]);
    }
}

static struct peer *largest_queue(const struct server *s, size_t *total)
{
    struct peer *most = NULL;

    *total = 0;
    for (size_t i = 0; i < s->slot_cap; i++) {
        struct peer *p = s->peers[i];
        if (p == NULL)
            continue;
        *total += link_backlog(p->link);
        if (most == NULL || link_backlog(p->link) > link_backlog(most->link))
            most = p;
    }
    return most;
}

static void check_memory(struct server *s)
{
    size_t total;
    struct peer *p = largest_queue(s, &total);

    if (total <= (size_t)s->limits->queue_total_bytes / 5 * 4 || p == NULL)
        return;
    LOG_WARN("relay", "%zu bytes wait to be sent: the longest queue is cut", total);
    link_close(p->link, "the relay is short of memory and you read slowest");
}

static void pruned(void *arg, const struct store_result *r)
{
    (void)arg;
    if (r->rc != ERR_OK)
        LOG_WARN("store", "pruning: %s", err_str(r->rc));
    else if (r->num != 0)
        LOG_DEBUG("store", "pruned %lld entries", (long long)r->num);
}

static void prune(struct server *s)
{
    const struct limits *l = s->limits;
    int64_t now = s->loop->wall_ms;
    bool messages = l->retention_days != 0;
    int64_t days = messages ? l->retention_days : COMMIT_DAYS;

    s->pruned_ms = s->loop->now_ms;
    gate_sweep(s->gate, s->loop->now_ms);
    store_prune(s->store, now, now - days * 86400000, messages, pruned, NULL);
}

static void tick(void *arg)
{
    struct server *s = arg;
    struct convo *c;
    size_t at = 0;

    while ((c = map_next(&s->convos, &at, NULL)) != NULL) {
        convo_trim(c);
        convo_pay(c);
        convo_check_rotation(c);
    }
    transfer_tick(s);
    check_memory(s);
    if (s->loop->now_ms - s->pruned_ms >= PRUNE_MS)
        prune(s);
    loop_timer_arm(s->loop, &s->tick, TICK_MS);
}

/* ---- starting: everything that the store remembers ---- */

static void load_room(void *arg, const struct store_room *r)
{
    struct server *s = arg;
    struct name_key key = {.n = r->key.n};

    if (r->key.n > sizeof key.b)
        return;
    memcpy(key.b, r->key.p, r->key.n);
    struct convo *c = convo_new(s, &key, (enum msg_convo)r->kind, r->name);
    (void)bytes_copy(c->owner.s, sizeof c->owner.s, r->owner);
    c->access = r->access;
    c->generation = r->generation;
    c->verifier = r->verifier.n != 0 ? mem_dup(r->verifier.p, r->verifier.n) : NULL;
    c->verifier_n = r->verifier.n;
    c->grouped = r->grouped;
    c->epoch = r->epoch;
    c->last_commit = r->last_commit;
    c->founded = r->founded;
    c->last_seq = r->last_seq;
}

static void load_member(void *arg, struct bytes key, const struct store_named *row)
{
    struct convo *c = convo_find(arg, key);
    struct name who = {0};

    if (c == NULL || !bytes_copy(who.s, sizeof who.s, row->name))
        return;
    struct member *m = convo_add(c, &who, true);
    m->cursor = row->seq;
    m->moderator = (row->role & MEMBER_MODERATOR) != 0;
    m->grouped = (row->role & MEMBER_GROUPED) != 0;
    m->anew = (row->role & MEMBER_ANEW) != 0;
}

static void load_departure(void *arg, struct bytes key, struct bytes name)
{
    struct convo *c = convo_find(arg, key);

    if (c != NULL)
        (void)map_put(&c->departed, name, c);
}

static void load_ban(void *arg, const struct store_ban *b)
{
    power_load_ban(arg, b);
}

/* Guests do not outlive a restart: rooms of guests alone are over, and conversations with one
 * as soon as nothing waits for the other. */
static void forget_empty(struct server *s)
{
    struct convo *c;
    size_t at = 0;

    while ((c = map_next(&s->convos, &at, NULL)) != NULL) {
        if (!convo_over(c))
            continue;
        store_room_remove(s->store, name_key_bytes(&c->key), relay_stored,
            relay_words("removing a room of guests"));
        convo_free(c);
        at = 0;
    }
}

static void set_config(struct server *s, const struct config *c)
{
    struct store_most most = {c->limits.backlog_entries, c->limits.backlog_bytes};

    s->config = c;
    s->limits = &c->limits;
    store_keep_most(s->store, &most);
}

enum err server_new(
    const struct server_parts *parts, struct server **out, char *why, size_t why_n)
{
    struct server *s = mem_alloc(sizeof *s);

    *out = NULL;
    s->loop = parts->loop;
    s->store = parts->store;
    s->bus = parts->bus;
    s->hasher = parts->hasher;
    set_config(s, parts->config);
    s->gate = gate_new();
    s->files = transfers_new();
    s->access_key =
        parts->access_key.n != 0 ? mem_dup(parts->access_key.p, parts->access_key.n) : NULL;
    s->access_key_n = parts->access_key.n;
    s->started_ms = s->pruned_ms = s->loop->now_ms;
    rand_bytes(s->boot_id, sizeof s->boot_id);
    buf_init(&s->scratch, OPCODE_LARGE + (64u << 10));
    loop_task_init(&s->end_of_turn, end_of_turn, s);
    loop_timer_init(&s->tick, tick, s);
    s->bus->event = bus_event;
    s->bus->event_arg = s;
    if (parts->audit_dir != NULL &&
        audit_open(parts->audit_dir, s->loop->wall_ms, &s->audit) != ERR_OK)
        LOG_WARN("audit", "no audit log can be kept below %s", parts->audit_dir);
    enum err e = store_load(
        s->store, &(struct store_loader){load_room, load_member, load_departure, load_ban, s});
    if (e != ERR_OK) {
        if (why_n != 0)
            (void)bytes_copy(why, why_n, bytes_str("the database cannot be read"));
        server_free(s);
        return e;
    }
    forget_empty(s);
    loop_timer_arm(s->loop, &s->tick, TICK_MS);
    *out = s;
    return ERR_OK;
}

void server_free(struct server *s)
{
    struct user *u;
    struct convo *c;
    struct ban *b;
    size_t at;

    if (s == NULL)
        return;
    s->draining = true;
    for (at = 0; (u = map_next(&s->users, &at, NULL)) != NULL; at = 0)
        user_gone(u);
    for (at = 0; (c = map_next(&s->convos, &at, NULL)) != NULL; at = 0)
        convo_free(c);
    transfers_free(s);
    for (at = 0; (b = map_next(&s->bans, &at, NULL)) != NULL;)
        mem_free(b);
    map_free(&s->bans);
    map_free(&s->users);
    map_free(&s->convos);
    map_free(&s->resumes);
    map_free(&s->identities);
    loop_timer_stop(s->loop, &s->tick);
    loop_timer_stop(s->loop, &s->drain_timer);
    loop_cancel(s->loop, &s->end_of_turn);
    loop_cancel(s->loop, &s->drain_task);
    s->bus->event = NULL;
    audit_close(s->audit);
    pool_fini(&s->pool);
    buf_free(&s->scratch);
    gate_free(s->gate);
    mem_wipe_free(s->access_key, s->access_key_n);
    mem_free(s->peers);
    mem_free(s->generations);
    mem_free(s->free_slots);
    mem_free(s);
}

/* ---- connections ---- */

/* Between drop_from and the limit newcomers are refused at random, the more the fuller. */
static bool early_drop(const struct server *s)
{
    size_t from = (size_t)s->limits->drop_from;
    size_t full = (size_t)s->limits->unauthenticated;

    if (s->early_count >= full)
        return true;
    if (s->early_count < from)
        return false;
    size_t pct =
        EARLY_DROP_PCT + (100 - EARLY_DROP_PCT) * (s->early_count - from) / (full - from);
    return rand_below(100) < pct;
}

bool server_admit(struct server *s, const char *address)
{
    int64_t until = 0;

    if (s->draining || s->peer_count >= (size_t)s->limits->connections)
        return false;
    if (user_banned(s, bytes_str(address), false, &until))
        return false;
    if (early_drop(s) && !(s->limits->loopback_exempt != 0 && gate_is_loopback(address) &&
                             s->early_count < (size_t)s->limits->unauthenticated))
        return false;
    return gate_enter(s->gate, s->limits, address, s->loop->now_ms) == ERR_OK;
}

void server_take(struct server *s, struct link *l)
{
    peer_take(s, l);
}

void server_reload(struct server *s, const struct config *c, struct bytes access_key)
{
    mem_wipe_free(s->access_key, s->access_key_n);
    s->access_key = access_key.n != 0 ? mem_dup(access_key.p, access_key.n) : NULL;
    s->access_key_n = access_key.n;
    set_config(s, c);
}

/* ---- going down ---- */

static void stored_all(void *arg, const struct store_result *r)
{
    struct server *s = arg;

    (void)r;
    if (s->drained != NULL)
        s->drained(s->drained_arg);
    s->drained = NULL;
}

static void all_down(void *arg)
{
    struct server *s = arg;

    loop_timer_stop(s->loop, &s->drain_timer);
    store_barrier(s->store, stored_all, s);
}

static void drain_late(void *arg)
{
    struct server *s = arg;

    LOG_WARN("relay", "%zu connections did not close in time", s->peer_count);
    all_down(s);
}

void server_drain(struct server *s, loop_fn *done, void *arg)
{
    struct user *u;
    size_t at = 0;

    if (s->draining)
        return;
    s->draining = true;
    s->drained = done;
    s->drained_arg = arg;
    loop_task_init(&s->drain_task, all_down, s);
    loop_timer_init(&s->drain_timer, drain_late, s);
    for (size_t i = 0; i < s->slot_cap; i++) {
        struct peer *p = s->peers[i];
        if (p == NULL)
            continue;
        if (p->user != NULL && p->phase == PHASE_READY)
            user_closing(p->user, "the relay is going down", RETRY_S);
        else
            link_close(p->link, "the relay is going down");
    }
    for (at = 0; (u = map_next(&s->users, &at, NULL)) != NULL;) {
        if (u->state != USER_DROPPED)
            continue;
        user_gone(u);
        at = 0;
    }
    if (s->peer_count == 0)
        loop_later(s->loop, &s->drain_task, LOOP_REAP);
    else
        loop_timer_arm(s->loop, &s->drain_timer, DRAIN_MS);
}
