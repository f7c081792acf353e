/* SPDX-License-Identifier: ISC */
#include "client/upload_event.h"

#include <stdio.h>

#include "base/mem.h"
#include "client/files.h"
#include "client/upload.h"
#include "client/upload_show.h"

#define DUE_MAX  (4u * MSG_RANGES) /* ranges: far more than a window is */
#define AGAIN_MS 3000u             /* the relay is full, or holds our old line for a live one */

void upload_taken(struct upload *u, const struct msg_file_offer_ok *m)
{
    u->offered = true;
    u->handle = m->handle;
    u->due_n = 0;
    upload_show(u);
    files_touch(u->e);
}

/* It may be taken later: nothing is wrong with it. */
static bool may_wait(uint16_t code)
{
    return code == CODE_CONFLICT || code == CODE_FULL || code == CODE_BUSY ||
           code == CODE_TOO_FAST || code == CODE_STALE || code == CODE_NOT_MEMBER;
}

void upload_refused(struct upload *u, const struct msg_refusal *no)
{
    struct engine *e = u->e;
    char why[TRANSFER_WHY];

    if (u->over)
        return;
    u->asked = false;
    if (no->code == CODE_NOBODY) {
        u->shown->fault = TRANSFER_FAULT_NOBODY;
        upload_fail(u, "nobody is there who could take it");
        return;
    }
    files_reason(why, "the relay says: ", no->reason);
    if (!may_wait(no->code)) {
        upload_fail(u, why);
        return;
    }
    u->wait_ms = e->loop->now_ms + AGAIN_MS;
    files_look_at(e, u->wait_ms);
    files_show(e, u->shown, TRANSFER_WAITING, why);
}

void upload_credit(struct upload *u, const struct msg_file_credit *m)
{
    struct list chunks = m->chunks;
    struct msg_range range;

    while (list_next(&chunks, &MSG_RANGE, &range)) {
        if (range.count == 0 || range.first >= u->reader.shape.count ||
            range.count > u->reader.shape.count - range.first)
            continue; /* there are no such chunks */
        if (u->due_n == DUE_MAX) {
            upload_fail(u, "the relay asks for more than it may");
            return;
        }
        if (u->due_n == u->due_cap) {
            u->due_cap = u->due_cap != 0 ? 2 * u->due_cap : 16;
            u->due = mem_realloc(u->due, u->due_cap * sizeof *u->due);
        }
        u->due[u->due_n++] = range;
    }
    files_touch(u->e);
}

/* ---- who takes it ---- */

static enum transfer_state shown_state(uint8_t state)
{
    static const enum transfer_state STATES[FILE_STATES] = {
        [FILE_ASKED] = TRANSFER_OFFERED,
        [FILE_REFUSED] = TRANSFER_REFUSED,
        [FILE_ACTIVE] = TRANSFER_MOVING,
        [FILE_PAUSED] = TRANSFER_PAUSED,
        [FILE_AWAY] = TRANSFER_LOST,
        [FILE_DONE] = TRANSFER_DONE,
        [FILE_GONE] = TRANSFER_FAILED,
    };

    return state < FILE_STATES ? STATES[state] : TRANSFER_FAILED;
}

void upload_state(struct upload *u, const struct msg_file_state_event *m)
{
    const struct file_shape *s = &u->reader.shape;

    if (u->over)
        return;
    struct transfer_person *p = transfer_person(u->shown, m->user);
    if (p == NULL)
        return;
    uint64_t done = (uint64_t)m->have * s->chunk;
    p->state = shown_state(m->state);
    p->done = done < s->bytes ? done : s->bytes;
    if (p->state == TRANSFER_DONE)
        p->done = s->bytes;
    upload_show(u);
    model_file_changed(u->e->model, u->shown);
}

static unsigned in_state(const struct transfer *t, enum transfer_state state)
{
    unsigned n = 0;

    for (size_t i = 0; i < t->people_n; i++)
        n += t->people[i].state == state;
    return n;
}

void upload_ended(struct upload *u, const struct msg_file_end_event *m)
{
    unsigned done = in_state(u->shown, TRANSFER_DONE);

    if (u->over)
        return;
    upload_stand_down(u); /* there is nothing to cancel any more */
    if (m->why == FILE_END_DONE || (m->why == FILE_END_NOBODY && done != 0))
        upload_done(u);
    else if (m->why == FILE_END_NOBODY)
        upload_nobody(u, in_state(u->shown, TRANSFER_FAILED) == 0
                             ? "nobody wanted it"
                             : "nobody who wanted it is left");
    else if (m->why == FILE_END_CANCELLED)
        upload_cancel(u, "cancelled");
    else if (m->why == FILE_END_LEFT)
        upload_fail(u, "you are no longer in that conversation");
    else if (m->why == FILE_END_FORBIDDEN)
        upload_fail(u, "this relay takes no files any more");
    else if (m->why == FILE_END_BROKEN)
        upload_fail(u, "the relay says that a chunk broke the rules");
    else /* it stalled: offered again */
        u->wait_ms = u->e->loop->now_ms + AGAIN_MS;
    upload_show(u);
    files_touch(u->e);
}
