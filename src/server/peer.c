/* SPDX-License-Identifier: ISC */
#include "server/peer.h"

#include "base/log.h"
#include "base/mem.h"
#include "server/convo.h"
#include "server/dispatch.h"
#include "server/reply.h"
#include "server/user.h"

/* ---- the table ---- */

static uint32_t slot_take(struct server *s)
{
    if (s->free_count == 0) {
        size_t cap = s->slot_cap ? s->slot_cap * 2 : 64;
        s->peers = mem_realloc(s->peers, cap * sizeof(struct peer *));
        s->generations = mem_realloc(s->generations, cap * sizeof *s->generations);
        s->free_slots = mem_realloc(s->free_slots, cap * sizeof *s->free_slots);
        for (size_t i = cap; i-- > s->slot_cap;) {
            s->peers[i] = NULL;
            s->generations[i] = 0;
            s->free_slots[s->free_count++] = (uint32_t)i;
        }
        s->slot_cap = cap;
    }
    return s->free_slots[--s->free_count];
}

static void slot_give(struct server *s, uint32_t slot)
{
    s->peers[slot] = NULL;
    s->generations[slot]++;
    s->free_slots[s->free_count++] = slot;
}

/* ---- deadlines ---- */

static void silence(struct peer *p, uint64_t silent_ms)
{
    const struct limits *l = p->server->limits;
    uint64_t warn_ms = (uint64_t)l->warn_s * 1000;
    uint64_t drop_ms = (uint64_t)l->drop_s * 1000;

    if (silent_ms >= drop_ms) {
        relay_note(
            p->server, "silent", "", p->user != NULL ? p->user->name.s : "", p->link->address);
        link_close(p->link, "nothing heard for too long");
        return;
    }
    if (silent_ms >= warn_ms && !p->warned) {
        p->warned = true;
        reply_idle(
            p, (unsigned)(silent_ms / 1000), (unsigned)((drop_ms - silent_ms + 999) / 1000));
    }
    uint64_t next = silent_ms < warn_ms ? warn_ms - silent_ms : drop_ms - silent_ms;
    loop_timer_arm(p->server->loop, &p->timer, next);
}

static void peer_timer(void *arg)
{
    struct peer *p = arg;
    struct server *s = p->server;
    uint64_t now = s->loop->now_ms;

    if (p->phase == PHASE_READY) {
        /* Whom we keep waiting is not the one who is silent. */
        if (p->busy || loop_timer_armed(&p->pause))
            p->heard_ms = now;
        silence(p, now - p->heard_ms);
        return;
    }
    uint64_t login_ms = (uint64_t)s->limits->login_ms;
    if (now - p->born_ms < login_ms) {
        loop_timer_arm(s->loop, &p->timer, login_ms - (now - p->born_ms));
        return;
    }
    gate_offend(s->gate, s->limits, p->link->address, now, GATE_NO_LOGIN);
    p->offended = true;
    link_close(p->link, "no login in time");
}

static void peer_paused(void *arg)
{
    struct peer *p = arg;

    link_resume(p->link);
}

/* ---- the link ---- */

static void peer_up(void *user)
{
    struct peer *p = user;

    p->born_ms = p->heard_ms = p->server->loop->now_ms;
    loop_timer_arm(p->server->loop, &p->timer, (uint64_t)p->server->limits->login_ms);
}

static enum framer_verdict peer_frame(void *user, const struct frame *f)
{
    struct peer *p = user;
    p->heard_ms = p->server->loop->now_ms;
    p->warned = false;
    if (p->busy)
        return FRAMER_STALL;
    return dispatch(p, f);
}

static uint32_t peer_ceiling(void *user, uint8_t op)
{
    const struct peer *p = user;

    return opcode_ceiling_client(op, p->phase);
}

static void peer_drained(void *user)
{
    const struct peer *p = user;

    if (p->user == NULL)
        return;
    for (size_t i = 0; i < p->user->room_count; i++) {
        if (p->user->rooms[i]->gap)
            convo_resync(p->user->rooms[i]);
    }
}

static void note_end(struct peer *p, enum link_end why, const char *detail)
{
    struct server *s = p->server;
    uint64_t now = s->loop->now_ms;

    LOG_INFO("peer", "%s %s: %s%s%s", p->link->address, p->user != NULL ? p->user->name.s : "-",
        link_end_str(why), detail != NULL && detail[0] != '\0' ? ": " : "",
        detail != NULL ? detail : "");
    if (p->offended)
        return;
    if (why == LINK_END_FRAMING)
        gate_offend(s->gate, s->limits, p->link->address, now, GATE_FRAMING);
    else if (why == LINK_END_TIMEOUT)
        gate_offend(s->gate, s->limits, p->link->address, now, GATE_TIMEOUT);
    if (why == LINK_END_FRAMING || why == LINK_END_SLOW || why == LINK_END_TIMEOUT)
        relay_note(s, "cut", "", p->user != NULL ? p->user->name.s : "", link_end_str(why));
}

static void peer_down(void *user, enum link_end why, const char *detail)
{
    struct peer *p = user;
    struct server *s = p->server;

    note_end(p, why, detail);
    loop_timer_stop(s->loop, &p->timer);
    loop_timer_stop(s->loop, &p->pause);
    gate_leave(s->gate, p->link->address);
    s->peer_count--;
    if (p->phase != PHASE_READY)
        s->early_count--;
    slot_give(s, p->slot);
    if (p->user != NULL)
        user_detach(p->user);
    if (s->draining && s->peer_count == 0)
        loop_later(s->loop, &s->drain_task, LOOP_REAP);
    mem_free(p);
}

static const struct link_user PEER_LINK = {
    .up = peer_up,
    .frame = peer_frame,
    .ceiling = peer_ceiling,
    .drained = peer_drained,
    .down = peer_down,
};

void peer_take(struct server *s, struct link *l)
{
    struct peer *p = mem_alloc(sizeof *p);

    p->server = s;
    p->link = l;
    p->slot = slot_take(s);
    p->generation = s->generations[p->slot];
    p->born_ms = p->heard_ms = s->loop->now_ms;
    loop_timer_init(&p->timer, peer_timer, p);
    loop_timer_init(&p->pause, peer_paused, p);
    p->stray_bytes = (uint64_t)s->limits->file_window_bytes;
    s->peers[p->slot] = p;
    s->peer_count++;
    s->early_count++;
    s->total.connections++;
    l->to = &PEER_LINK;
    l->user = p;
}
