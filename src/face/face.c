/* SPDX-License-Identifier: ISC */
#include "face/face.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "face/text.h"

#define TROUBLE_LINES 3   /* of one thing that went wrong */
#define TROUBLE_BYTES 150 /* of each */

#define ROOM_LEFT 8 /* in the intents, for what a line may cause besides */

void face_init(struct face *f, const struct face_ops *ops, struct model *m, int out_fd)
{
    *f = (struct face){.ops = ops, .model = m, .out_fd = out_fd, .due_ms = UINT64_MAX};
    buf_init(&f->in, 2 * (size_t)FACE_LINE);
    buf_init(&f->out, FACE_OUT);
}

/* At the end there is nothing that waiting could hold up. */
static void write_rest(struct face *f)
{
    struct pollfd p = {.fd = f->out_fd, .events = POLLOUT};

    face_flush(f);
    while (f->out.n != 0 && poll(&p, 1, FACE_LAST_MS) == 1)
        face_flush(f);
}

void face_fini(struct face *f)
{
    if (f->ops != NULL && f->ops->fini != NULL)
        f->ops->fini(f);
    write_rest(f);
    buf_wipe(&f->in);
    buf_wipe(&f->out);
}

/* ---- the end ---- */

void face_quit(struct face *f, int status)
{
    if (f->over)
        return;
    f->over = true;
    f->status = status;
}

void face_fail(struct face *f, int status, const char *fmt, ...)
{
    va_list ap;

    if (f->over)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(f->why, sizeof f->why, fmt, ap);
    va_end(ap);
    face_quit(f, status);
}

void face_stop(struct face *f, int status)
{
    if (!f->over && (f->ops->stop == NULL || !f->ops->stop(f)))
        face_quit(f, status);
}

static void put_quit(struct face *f)
{
    /* Who is leaving already would be put out at once by asking again. */
    if (f->model->link == MODEL_LEAVING || f->model->link == MODEL_ENDED)
        f->quit_put = f->over;
    if (f->over && !f->quit_put)
        f->quit_put =
            intents_push(&f->model->intents, INTENT_QUIT, (struct bytes){0}) == ERR_OK;
}

/* ---- out ---- */

void face_put(struct face *f, struct bytes text)
{
    if (f->out.n == 0)
        f->moved_ms = f->now_ms;
    buf_bytes(&f->out, text);
    if (buf_end(&f->out) != ERR_OK)
        face_fail(f, FACE_NOBODY, "Nobody reads what is written here; it is too much to keep.");
}

bool face_behind(const struct face *f)
{
    return f->out.n != 0;
}

/* Pieces of at most PIPE_BUF, and only while the system says that there is room: such a write
 * does not wait, and the descriptor, which others may share, keeps its modes. */
void face_flush(struct face *f)
{
    struct pollfd p = {.fd = f->out_fd, .events = POLLOUT};
    size_t at = 0;

    while (at < f->out.n && poll(&p, 1, 0) == 1) {
        size_t n = f->out.n - at < PIPE_BUF ? f->out.n - at : PIPE_BUF;
        ssize_t done = (p.revents & POLLNVAL) != 0 ? -1 : write(f->out_fd, f->out.p + at, n);
        if (done < 0 && (errno == EINTR || errno == EAGAIN))
            break;
        if (done < 0) {
            face_quit(f, FACE_NOBODY); /* the reader has gone, and said so by going */
            at = f->out.n;
            break;
        }
        at += (size_t)done;
    }
    if (at != 0)
        f->moved_ms = f->now_ms;
    buf_drop_front(&f->out, at);
    if (f->out.n != 0 && f->now_ms - f->moved_ms >= FACE_STUCK_MS)
        face_fail(f, FACE_NOBODY, "Nobody has read what is written here for %d seconds.",
            FACE_STUCK_MS / 1000);
}

/* ---- in ---- */

static const uint8_t *line_end(const struct face *f)
{
    return f->in.n != 0 ? memchr(f->in.p, '\n', f->in.n) : NULL;
}

bool face_hungry(const struct face *f)
{
    return !f->ended && !f->over && line_end(f) == NULL;
}

void face_input(struct face *f, struct bytes more)
{
    buf_bytes(&f->in, more);
    if (buf_end(&f->in) != ERR_OK || (line_end(f) == NULL && f->in.n > FACE_LINE))
        face_fail(f, FACE_USAGE, "A line of more than %d bytes came in; that is too long.",
            FACE_LINE);
}

void face_input_end(struct face *f)
{
    if (f->in.n != 0 && f->in.p[f->in.n - 1] != '\n')
        buf_u8(&f->in, '\n');
    f->ended = true;
}

static bool crowded(const struct face *f)
{
    return f->model->intents.count + ROOM_LEFT > INTENTS_MAX;
}

/* One line, if there is one and the face will have it. */
static bool take_line(struct face *f)
{
    const uint8_t *end = line_end(f);

    if (end == NULL || f->over)
        return false;
    size_t n = (size_t)(end - f->in.p);
    if (n > FACE_LINE) {
        face_fail(f, FACE_USAGE, "A line of more than %d bytes came in; that is too long.",
            FACE_LINE);
        return false;
    }
    size_t text_n = n != 0 && f->in.p[n - 1] == '\r' ? n - 1 : n;
    if (!f->ops->line(f, bytes_of(f->in.p, text_n)))
        return false;
    mem_wipe(f->in.p, n); /* it may have been a password */
    buf_drop_front(&f->in, n + 1);
    return true;
}

bool face_turn(struct face *f, uint64_t now_ms)
{
    bool done = true;

    f->now_ms = now_ms;
    while (!crowded(f) && take_line(f))
        ;
    if (crowded(f))
        done = line_end(f) == NULL;
    if (f->ops->turn != NULL && !f->over)
        f->ops->turn(f);
    face_flush(f);
    put_quit(f);
    return done && f->over == f->quit_put;
}

uint64_t face_patience(const struct face *f)
{
    uint64_t due = f->due_ms;

    if (f->draining && f->drain_ms < due)
        due = f->drain_ms;
    if (f->out.n != 0 && f->moved_ms + FACE_STUCK_MS < due)
        due = f->moved_ms + FACE_STUCK_MS;
    if (f->over || due == UINT64_MAX)
        return UINT64_MAX;
    return due > f->now_ms ? due - f->now_ms : 0;
}

/* ---- what faces do ---- */

uint64_t face_intent(
    struct face *f, enum intent_kind kind, const struct target *where, struct bytes text)
{
    struct intent like = {.kind = kind, .tag = f->last_tag + 1};

    if (where != NULL) {
        like.direct = where->direct;
        like.where_n = (uint8_t)(where->name.n < INTENT_WHERE ? where->name.n : INTENT_WHERE);
        memcpy(like.where, where->name.p, like.where_n);
    }
    if (intents_put(&f->model->intents, &like, text) != ERR_OK)
        return 0;
    f->awaited++;
    return ++f->last_tag;
}

void face_outcome(struct face *f)
{
    if (f->awaited != 0)
        f->awaited--;
}

bool face_is_settled(struct face *f)
{
    const struct model *m = f->model;

    f->settled = f->settled || m->ask.open || m->link == MODEL_READY ||
                 m->link == MODEL_WAITING || m->link == MODEL_REFUSED || m->link == MODEL_ENDED;
    return f->settled;
}

static size_t queued_in(const struct events *es)
{
    const struct event *ev;
    size_t n = 0;

    for (size_t i = 0; (ev = events_at(es, i)) != NULL; i++)
        n += ev->kind == EVENT_MESSAGE && (ev->flags & EVENT_OWN) != 0 &&
             ev->state == EVENT_QUEUED;
    return n;
}

size_t face_queued(const struct model *m)
{
    const struct room *r;
    size_t n = 0;

    for (size_t i = 0; (r = model_page(m, i)) != NULL; i++)
        n += queued_in(&r->events);
    return n;
}

/* Of ours, that go on by themselves; and whether one of them moves. */
static size_t files_out(const struct model *m, bool *moves)
{
    size_t n = 0;

    *moves = false;
    for (size_t i = 0; i < m->files.count; i++) {
        const struct transfer *t = m->files.all[i];
        *moves = *moves || (!t->resting && transfer_moves(t));
        n += t->own && !t->resting && !transfer_over(t);
    }
    return n;
}

void face_drain(struct face *f)
{
    bool moves = false;
    size_t waiting;

    if (!f->ended || f->in.n != 0 || f->over)
        return;
    if (!f->draining) {
        f->draining = true;
        f->drain_ms = f->now_ms + FACE_DRAIN_MS;
    }
    waiting = face_queued(f->model);
    size_t files = files_out(f->model, &moves);
    if (moves)
        f->drain_ms = f->now_ms + FACE_DRAIN_MS;
    if (face_is_settled(f) && waiting == 0 && files == 0 && !moves && f->awaited == 0 &&
        f->model->intents.count == 0)
        face_quit(f, f->model->link == MODEL_READY     ? FACE_OK
                     : f->model->link == MODEL_REFUSED ? FACE_REFUSED
                                                       : FACE_NOBODY);
    else if (f->now_ms >= f->drain_ms && waiting != 0)
        face_fail(
            f, FACE_NOBODY, "%zu of your messages did not reach the relay in time.", waiting);
    else if (f->now_ms >= f->drain_ms && files != 0)
        face_fail(f, FACE_NOBODY, "%zu of your files were not taken in time.", files);
    else if (f->now_ms >= f->drain_ms)
        face_fail(f, FACE_NOBODY, "The relay did not answer in time.");
}

static bool is_trouble(const struct event *ev)
{
    return ev != NULL && (ev->kind == EVENT_WARN || ev->kind == EVENT_ERROR);
}

void face_last_trouble(const struct model *m, struct buf *out)
{
    const struct events *es = &m->home->events;
    size_t last = es->count;
    size_t first;

    while (last != 0 && !is_trouble(events_at(es, last - 1)))
        last--;
    first = last;
    while (first != 0 && last - first < TROUBLE_LINES && is_trouble(events_at(es, first - 1)))
        first--;
    for (size_t i = first; i < last; i++) {
        struct bytes text = events_at(es, i)->text;
        if (i != first)
            buf_text(out, " ");
        text_brief(out, text, TROUBLE_BYTES);
    }
}
