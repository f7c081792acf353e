/* SPDX-License-Identifier: ISC */
#include "client/download_event.h"

#include <stdio.h>

#include "client/download.h"
#include "client/files.h"

#define WINDOW_MAX (64u << 20) /* bytes: so large a relay's may be (sottod.json(5)) */
#define NOT_NOW    "the sender does not offer it now: it comes when they are back"
#define SIZE       "the relay says another size than the sender signed"
#define AGAIN_MS   5000u /* an accept that the relay had no room for */
#define SOON       "it stood still: asked for again soon"

/* What has come is no relay's to take away. */
static void other_size(struct download *d)
{
    if (d->writer.have.held == 0)
        download_fail(d, true, SIZE);
    else
        download_fail(d, false, SIZE ". /resume tries again");
}

void download_known(struct download *d, const struct msg_file_offered *m)
{
    const struct file_shape *s = &d->writer.shape;
    bool same = m->bytes == s->bytes && m->chunk == s->chunk && m->count == s->count;

    if (!d->over && !same) {
        other_size(d);
        return;
    }
    d->handle = m->handle;
    d->asked = false; /* it is offered anew: accepted anew */
    d->wait_ms = 0;
    files_touch(d->e);
}

/* Only what the relay says to our newest answer counts. */
static bool newest(struct download *d)
{
    if (d->answers_due != 0)
        d->answers_due--;
    return d->answers_due == 0;
}

static bool was_to_accept(const struct download *d)
{
    return !d->over && d->verdict == FILE_ACCEPT && d->asked;
}

/* It was paused while it was being accepted, and the relay could not be told before. */
static void rest_now(struct download *d, uint32_t handle)
{
    if (d->over || !d->shown->resting || d->verdict != FILE_ACCEPT)
        return;
    d->handle = handle;
    download_tell_rest(d);
}

void download_answered(struct download *d, const struct msg_file_answer_ok *m)
{
    const struct file_shape *s = &d->writer.shape;

    if (!newest(d))
        return;
    if (d->untold || (d->placed && was_to_accept(d))) {
        download_told(d);
        return;
    }
    if (!was_to_accept(d)) {
        rest_now(d, m->handle);
        return;
    }
    if (m->bytes != s->bytes || m->chunk != s->chunk || m->count != s->count) {
        other_size(d);
        return;
    }
    d->handle = m->handle;
    d->turn = m->turn;
    d->window = m->window < WINDOW_MAX / s->chunk ? m->window : WINDOW_MAX / s->chunk;
    d->taken = 0;
    d->acked = 0;
    d->standing = true;
    d->counting = false;
    file_batch_clear(&d->batch); /* of the turn before: it comes again, and is counted then */
    files_show(d->e, d->shown, TRANSFER_WAITING, NULL);
}

/* Whoever offers it is away: then they hear it when they offer it again. */
static void not_told(struct download *d, const struct msg_refusal *no)
{
    if (!files_later(no)) {
        d->wait_ms = UINT64_MAX;
        return;
    }
    d->wait_ms = d->e->loop->now_ms + AGAIN_MS;
    files_look_at(d->e, d->wait_ms);
}

void download_unanswered(struct download *d, const struct msg_refusal *no)
{
    char why[TRANSFER_WHY];

    if (!newest(d))
        return;
    if (d->untold) {
        not_told(d, no);
        return;
    }
    if (!was_to_accept(d))
        return;
    if (d->placed) {
        download_told(d);
        return;
    }
    d->asked = false;
    d->standing = false;
    if (no->code == CODE_NO_TRANSFER) { /* until it is offered anew */
        d->wait_ms = UINT64_MAX;
        files_show(d->e, d->shown, TRANSFER_LOST, NOT_NOW);
        return;
    }
    files_reason(why, "the relay says: ", no->reason);
    d->wait_ms = d->e->loop->now_ms + AGAIN_MS;
    files_look_at(d->e, d->wait_ms);
    files_show(d->e, d->shown, TRANSFER_WAITING, why);
}

void download_start(struct download *d, const struct msg_file_start *m)
{
    if (!d->standing || m->turn != d->turn)
        return;
    d->counting = true;
    files_show(d->e, d->shown, TRANSFER_MOVING, NULL);
}

void download_chunk(struct download *d, const struct msg_file_chunk *m)
{
    if (!d->counting || d->over)
        return;
    /* The relay may have so many on the way, none larger than they are, and no more: it is not
     * to fill our memory. */
    if (m->data.n > d->writer.shape.chunk + MSG_CHUNK_TAG ||
        d->batch.n + (d->busy ? d->writer.batch.n : 0) >= 2 * (size_t)d->window + 1) {
        download_fail(d, false, "the relay sends more than it may. /resume tries again");
        return;
    }
    file_batch_add(&d->batch, m->index, m->data);
    d->came_ms = d->e->loop->now_ms;
    if (!d->busy)
        files_touch(d->e);
}

void download_paused(struct download *d, const struct msg_file_pause_order *m)
{
    if (d->over || !d->accepted || d->shown->resting || d->checking)
        return;
    if (m->on == FILE_PAUSED_BY_SENDER)
        files_show(d->e, d->shown, TRANSFER_PAUSED, "the sender pauses");
    else if (m->on == FILE_SENDER_AWAY)
        files_show(d->e, d->shown, TRANSFER_LOST, "the sender is not connected");
    else if (d->counting)
        files_show(d->e, d->shown, TRANSFER_MOVING, NULL);
}

/* It may end before it is all here. */
static bool may_end(const struct download *d)
{
    return !d->over && !d->checking && !d->placed && !d->writer.was_whole;
}

/* Whoever offers it offers it again when they can, which no guest can that is gone. */
static bool comes_again(const struct download *d, uint8_t why)
{
    return why == FILE_END_STALLED || (why == FILE_END_SENDER && d->shown->tag[0] == '\0');
}

/* The relay knows it already. */
static void stand_alone(struct download *d)
{
    d->asked = false;
    d->standing = false;
    d->counting = false;
    d->handle = 0;
}

void download_taken_back(struct download *d)
{
    if (!may_end(d))
        return;
    stand_alone(d);
    download_fail(d, true, "the sender took it back");
}

/* Of one that nobody has answered nothing is here. */
static const char *open_end(const struct msg_file_end_event *m)
{
    switch (m->why) {
    case FILE_END_CANCELLED:
        return "the sender took it back";
    case FILE_END_LEFT:
        return m->by.n != 0 ? "the sender left that conversation"
                            : "you are no longer in that conversation";
    case FILE_END_FORBIDDEN:
        return "this relay takes no files any more";
    default:
        return "it is not offered any more";
    }
}

/* Of one that was accepted: the sender ends it, under seal, or the person. NULL: it says
 * nothing that would last. */
static const char *relay_says(const struct download *d, const struct msg_file_end_event *m)
{
    switch (m->why) {
    case FILE_END_CANCELLED:
        return "the relay says that the sender took it back. /cancel removes what came";
    case FILE_END_LEFT:
        return m->by.n != 0
                   ? "the relay says that the sender left. /cancel removes what came"
                   : "the relay says that you are no longer there. /cancel removes what came";
    case FILE_END_FORBIDDEN:
        return "this relay takes no files any more. /cancel removes what came";
    case FILE_END_SENDER:
        return comes_again(d, m->why)
                   ? NULL
                   : "the sender was a guest and is gone. /cancel removes what came";
    default:
        return NULL;
    }
}

void download_ended(struct download *d, const struct msg_file_end_event *m)
{
    if (!may_end(d))
        return;
    stand_alone(d);
    if (!d->accepted && !comes_again(d, m->why)) {
        download_fail(d, true, open_end(m));
        return;
    }
    const char *why = relay_says(d, m);
    bool again = m->why == FILE_END_STALLED || m->why == FILE_END_BROKEN;
    d->wait_ms = again ? d->e->loop->now_ms + AGAIN_MS : UINT64_MAX;
    if (!d->accepted || (d->shown->resting && why == NULL))
        return;
    if (again) /* with what is there */
        files_look_at(d->e, d->wait_ms);
    files_show(d->e, d->shown, d->shown->resting ? TRANSFER_PAUSED : TRANSFER_LOST,
        why != NULL ? why
        : again     ? SOON
                    : NOT_NOW);
}
