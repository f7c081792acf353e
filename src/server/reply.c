/* SPDX-License-Identifier: ISC */
#include "server/reply.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/outq.h"

#define FRAME_MAX (OPCODE_LARGE + (64u << 10))

struct span reply_frame(
    struct server *s, uint8_t op, const struct schema *shape, const void *msg)
{
    struct buf *b = &s->scratch;

    buf_clear(b);
    b->max = FRAME_MAX;
    size_t mark = frame_begin(b, op);
    schema_encode(shape, msg, b);
    frame_end(b, mark);
    if (buf_end(b) != ERR_OK) {
        LOG_ERROR("relay", "frame 0x%02x does not fit its shape", op);
        return (struct span){0};
    }
    loop_later(s->loop, &s->end_of_turn, LOOP_REAP);
    return pool_add(&s->pool, buf_view(b));
}

static void peer_send(struct peer *p, struct span s)
{
    if (s.chunk != NULL)
        link_send(p->link, s);
}

void reply_op(struct peer *p, uint8_t op, const struct schema *shape, const void *msg)
{
    peer_send(p, reply_frame(p->server, op, shape, msg));
}

/* A reply with status 0; a span of nothing when the answer does not fit its shape. */
static struct span done_frame(struct server *s, const struct schema *answer, const void *msg)
{
    struct buf *b = &s->scratch;

    buf_clear(b);
    b->max = FRAME_MAX;
    size_t mark = frame_begin(b, OP_REPLY);
    buf_u8(b, STATUS_DONE);
    schema_encode(answer, msg, b);
    frame_end(b, mark);
    if (buf_end(b) != ERR_OK) {
        LOG_ERROR("relay", "answer %s does not fit its shape", answer->name);
        return (struct span){0};
    }
    loop_later(s->loop, &s->end_of_turn, LOOP_REAP);
    return pool_add(&s->pool, buf_view(b));
}

void reply_done(struct peer *p, const struct schema *answer, const void *msg)
{
    peer_send(p, done_frame(p->server, answer, msg));
}

void reply_soon(struct peer *p, const struct schema *answer, const void *msg)
{
    struct span s = done_frame(p->server, answer, msg);

    if (s.chunk != NULL)
        link_post(p->link, s);
}

void reply_empty(struct peer *p)
{
    struct msg_empty none = {0};

    reply_done(p, &MSG_EMPTY, &none);
}

void reply_refuse(
    struct peer *p, uint8_t op, enum msg_code code, uint64_t num, const char *fmt, ...)
{
    char words[256];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(words, sizeof words, fmt, ap);
    va_end(ap);
    struct msg_refusal m = {
        .status = code == CODE_TOO_FAST ? STATUS_TOO_FAST : STATUS_REFUSED,
        .reason = bytes_str(words),
        .code = (uint16_t)code,
        .op = op,
        .num = num,
    };
    p->server->total.refused++;
    reply_op(p, OP_REPLY, &MSG_REFUSAL, &m);
}

void reply_idle(struct peer *p, unsigned silent_s, unsigned left_s)
{
    char words[128];

    (void)snprintf(words, sizeof words,
        "nothing heard from you for %u s; %u s more and the line is closed", silent_s, left_s);
    struct msg_refusal m = {.status = STATUS_IDLE, .reason = bytes_str(words), .num = left_s};
    reply_op(p, OP_REPLY, &MSG_REFUSAL, &m);
}

void tell_span(struct user *u, struct span s)
{
    if (s.chunk == NULL)
        return;
    if (u->peer != NULL) {
        link_send(u->peer->link, span_ref(s));
        return;
    }
    if (u->held == NULL)
        u->held = mem_alloc(sizeof *u->held);
    if (u->held->bytes + s.n <= (size_t)u->server->limits->queue_soft_bytes)
        outq_add(u->held, span_ref(s));
}

void tell_user(struct user *u, uint8_t op, const struct schema *shape, const void *msg)
{
    struct span s = reply_frame(u->server, op, shape, msg);

    tell_span(u, s);
    span_drop(s);
}

struct peer *peer_by_id(struct server *s, uint32_t slot, uint32_t generation)
{
    if (slot >= s->slot_cap || s->generations[slot] != generation)
        return NULL;
    return s->peers[slot];
}

void *ask_open(struct peer *p, uint8_t op, size_t size)
{
    struct ask *a = mem_alloc(size);

    *a = (struct ask){p->server, p->slot, p->generation, op};
    p->busy = true;
    p->server->asks++;
    return a;
}

struct peer *ask_peer(const struct ask *a)
{
    struct peer *p = peer_by_id(a->server, a->slot, a->generation);

    return p != NULL && p->user != NULL ? p : NULL;
}

void ask_close(struct ask *a)
{
    struct peer *p = peer_by_id(a->server, a->slot, a->generation);

    a->server->asks--;
    if (p != NULL) {
        p->busy = false;
        link_resume(p->link);
    }
    mem_free(a);
}

enum err relay_hash(struct server *s, struct job *j)
{
    if (worker_waiting(s->hasher) >= (size_t)s->limits->hash_queue)
        return ERR_FULL;
    return worker_submit(s->hasher, j);
}

void relay_stored(void *words, const struct store_result *r)
{
    if (r->rc != ERR_OK && r->rc != ERR_NOT_FOUND)
        LOG_WARN("store", "%s: %s", (const char *)words, err_str(r->rc));
}

void *relay_words(const char *constant)
{
    union {
        const char *in;
        void *out;
    } u = {.in = constant};

    return u.out;
}

void relay_note(
    struct server *s, const char *what, const char *room, const char *user, const char *detail)
{
    LOG_DEBUG("relay", "%s room=%s user=%s %s", what, log_text(bytes_str(room)),
        log_text(bytes_str(user)), log_text(bytes_str(detail)));
    if (s->audit == NULL)
        return;
    loop_later(s->loop, &s->end_of_turn, LOOP_REAP);
    audit_event(
        s->audit, s->loop->wall_ms, what, bytes_str(room), bytes_str(user), bytes_str(detail));
}
