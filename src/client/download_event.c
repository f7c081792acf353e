/* SPDX-License-Identifier: ISC */
#include "client/download_event.h"

#include <stdio.h>

#include "client/download.h"
#include "client/files.h"

#define WINDOW_MAX  (64u << 20) /* bytes: so large a relay's may be (sottod.json(5)) */
#define AGAIN_MS    5000u       /* an accept that the relay had no room for */
#define NOT_OFFERED "the sender does not offer it now: it comes when they are back"

void download_known(struct download *d, const struct msg_file_offered *m)
{
    const struct file_shape *s = &d->writer.shape;

    if (d->over)
        return;
    if (m->bytes != s->bytes || m->chunk != s->chunk || m->count != s->count) {
        download_fail(d, true, "the relay says another size than the sender signed");
        return;
    }
    d->handle = m->handle;
    d->asked = false; /* it is offered anew: accepted anew */
    d->wait_ms = 0;
    files_touch(d->e);
}

/* Only what the relay says to our newest answer counts, and only when it was to accept. */
static bool newest(struct download *d)
{
    if (d->answers_due != 0)
        d->answers_due--;
    return d->answers_due == 0 && !d->over && d->verdict == FILE_ACCEPT && d->asked;
}

/* It was paused while it was being accepted, and the relay could not be told before. */
static void rest_now(struct download *d, uint32_t handle)
{
    if (d->over || !d->shown->resting || d->answers_due != 0 || d->verdict != FILE_ACCEPT)
        return;
    d->handle = handle;
    download_tell_rest(d);
}

void download_answered(struct download *d, const struct msg_file_answer_ok *m)
{
    const struct file_shape *s = &d->writer.shape;

    if (!newest(d)) {
        rest_now(d, m->handle);
        return;
    }
    if (d->placed) {
        download_told(d);
        return;
    }
    if (m->bytes != s->bytes || m->chunk != s->chunk || m->count != s->count) {
        download_fail(d, true, "the relay says another size than the sender signed");
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

void download_unanswered(struct download *d, const struct msg_refusal *no)
{
    char why[TRANSFER_WHY];

    if (!newest(d))
        return;
    if (d->placed) {
        download_told(d);
        return;
    }
    d->asked = false;
    d->standing = false;
    if (no->code == CODE_NO_TRANSFER) { /* until it is offered anew */
        d->wait_ms = UINT64_MAX;
        files_show(d->e, d->shown, TRANSFER_LOST, NOT_OFFERED);
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

/* Whoever offers it offers it again when they can, which no guest can that is gone. */
static bool comes_again(const struct download *d, uint8_t why)
{
    return why == FILE_END_STALLED || (why == FILE_END_SENDER && d->shown->tag[0] == '\0');
}

void download_ended(struct download *d, const struct msg_file_end_event *m)
{
    bool again = m->why == FILE_END_STALLED || m->why == FILE_END_BROKEN;

    if (d->over || d->checking || d->placed)
        return;
    d->asked = false;
    d->standing = false;
    d->counting = false;
    d->handle = 0;
    if (m->why == FILE_END_CANCELLED)
        download_fail(d, true, "the sender took it back");
    else if (m->why == FILE_END_LEFT)
        download_fail(d, true,
            m->by.n != 0 ? "the sender left that conversation"
                         : "you are no longer in that conversation");
    else if (m->why == FILE_END_FORBIDDEN)
        download_fail(d, true, "this relay takes no files any more");
    else if (!d->accepted && !comes_again(d, m->why))
        download_fail(d, true, "it is not offered any more");
    else if (again)
        d->wait_ms = d->e->loop->now_ms + AGAIN_MS; /* accepted again, with what is there */
    else
        d->wait_ms = UINT64_MAX;
    if (d->over || !d->accepted || d->shown->resting)
        return;
    if (again)
        files_look_at(d->e, d->wait_ms);
    files_show(d->e, d->shown, TRANSFER_LOST,
        again ? "it stood still: asked for again soon" : NOT_OFFERED);
}
