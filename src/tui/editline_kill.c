/* SPDX-License-Identifier: ISC */
/* The ring of what was killed, and how the line was before. */
#include "base/mem.h"
#include "tui/editline.h"
#include "tui/editline_impl.h"

struct editline_piece editline_piece_of(const uint8_t *p, size_t n, size_t at)
{
    struct editline_piece piece = {mem_alloc(n + 1), n, at};

    if (n != 0)
        memcpy(piece.p, p, n);
    return piece;
}

void editline_piece_free(struct editline_piece *p)
{
    if (p->p != NULL)
        mem_wipe_free(p->p, p->n + 1);
    *p = (struct editline_piece){0};
}

/* ---- undo ---- */

void editline_mark(struct editline *e)
{
    if (e->undos == EDITLINE_UNDO) {
        editline_piece_free(&e->undo[0]);
        memmove(e->undo, e->undo + 1, (EDITLINE_UNDO - 1) * sizeof e->undo[0]);
        e->undos--;
    }
    e->undo[e->undos++] = editline_piece_of(e->text, e->n, e->at);
}

void editline_forget_undo(struct editline *e)
{
    while (e->undos > 0)
        editline_piece_free(&e->undo[--e->undos]);
}

void editline_undo(struct editline *e)
{
    struct editline_piece *was;

    e->did = EDITLINE_DID_OTHER;
    if (e->undos == 0)
        return;
    was = &e->undo[--e->undos];
    memcpy(e->text, was->p, was->n);
    e->n = was->n;
    e->at = was->at;
    editline_piece_free(was);
}

/* ---- the ring ---- */

void editline_forget_kills(struct editline *e)
{
    while (e->kills > 0)
        editline_piece_free(&e->kill[--e->kills]);
}

static void keep(struct editline *e, const uint8_t *p, size_t n)
{
    if (e->kills == EDITLINE_KILLS)
        editline_piece_free(&e->kill[--e->kills]);
    memmove(e->kill + 1, e->kill, e->kills * sizeof e->kill[0]);
    e->kill[0] = editline_piece_of(p, n, 0);
    e->kills++;
}

/* Kills after one another are one. */
static void join(struct editline *e, const uint8_t *p, size_t n, bool in_front)
{
    struct editline_piece *last = &e->kill[0];
    struct editline_piece both = {mem_alloc(last->n + n + 1), last->n + n, 0};

    memcpy(both.p + (in_front ? n : 0), last->p, last->n);
    memcpy(both.p + (in_front ? 0 : last->n), p, n);
    editline_piece_free(last);
    *last = both;
}

static void kill(struct editline *e, size_t from, size_t to)
{
    bool in_front = from < e->at;
    bool goes_on = e->did == EDITLINE_DID_KILL && e->kills != 0;

    if (from == to)
        return;
    editline_mark(e);
    if (goes_on)
        join(e, e->text + from, to - from, in_front);
    else
        keep(e, e->text + from, to - from);
    editline_cut(e, from, to);
    e->did = EDITLINE_DID_KILL;
}

void editline_kill(struct editline *e, enum editline_move to)
{
    size_t other = editline_target(e, to);

    /* At the end of one of several lines the newline is what is left to kill. */
    if (other == e->at && to == EDITLINE_END)
        other = editline_next(e, e->at);
    if (other == e->at && to == EDITLINE_START)
        other = editline_before(e, e->at);
    if (other < e->at)
        kill(e, other, e->at);
    else
        kill(e, e->at, other);
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\n';
}

void editline_kill_blank(struct editline *e)
{
    size_t at = e->at;

    while (at > 0 && is_blank(e->text[at - 1]))
        at--;
    while (at > 0 && !is_blank(e->text[at - 1]))
        at--;
    kill(e, at, e->at);
}

static void yank(struct editline *e, size_t which)
{
    struct editline_piece copy;

    if (which >= e->kills)
        return;
    copy = editline_piece_of(e->kill[which].p, e->kill[which].n, 0);
    if (editline_replace(e, e->at, bytes_of(copy.p, copy.n))) {
        e->did = EDITLINE_DID_YANK;
        e->yanked = which;
    }
    editline_piece_free(&copy);
}

void editline_yank(struct editline *e)
{
    yank(e, 0);
}

void editline_yank_pop(struct editline *e)
{
    if (e->did != EDITLINE_DID_YANK || e->kills < 2)
        return;
    editline_undo(e);
    yank(e, (e->yanked + 1) % e->kills);
}
