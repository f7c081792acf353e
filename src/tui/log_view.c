/* SPDX-License-Identifier: ISC */
#include "tui/log_view.h"

#include <stdio.h>

#include "model/tally.h"

#define CONTEXT 4 /* of so many parts of the pane, one is above what is revealed */

void log_card_look(const struct pane_view *v, struct card_look *out)
{
    *out = (struct card_look){
        .files = &v->model->files,
        .gauge = {.full = screen_glyph(v->screen, GLYPH_BAR_FULL),
            .half = screen_glyph(v->screen, GLYPH_BAR_HALF),
            .empty = screen_glyph(v->screen, GLYPH_BAR_EMPTY),
            .numbers = v->bare || pref_number(&v->model->prefs, PREF_MOTION) != 0},
        .in = screen_glyph(v->screen, GLYPH_IN),
        .out = screen_glyph(v->screen, GLYPH_OUT),
        .more = screen_glyph(v->screen, GLYPH_ELLIPSIS),
    };
    keymap_key(v->keys, ACTION_SELECT, out->select);
}

void log_look(const struct pane_view *v, struct entry_look *out)
{
    const struct room *r = v->model->open;

    *out = (struct entry_look){
        .items = {.events = &r->events,
            .fold = strcmp(pref_text(&v->model->prefs, PREF_NOISE), "fold") == 0,
            .unread_at = r->unread_at},
        .cols = v->layout.part[LAYOUT_LOG].cols,
        .text_cols = (int)pref_number(&v->model->prefs, PREF_TEXT_WIDTH),
        .nick_cols = v->layout.nick_cols,
        .clock = v->layout.clock,
        .more = screen_glyph(v->screen, GLYPH_ELLIPSIS),
    };
    keymap_key(v->keys, ACTION_NOISE, out->key);
    log_card_look(v, &out->card);
    if (v->bare) {
        out->bare = true;
        out->items.unread_at = 0;
        out->clock = false;
        out->nick_cols = 0;
        out->cols = v->cols;
    }
}

void log_mark(char out[LOG_MARK], const struct pane_view *v, const struct event *e)
{
    const char *glyph = "";
    const char *word = "";
    bool failed = e->state == EVENT_FAILED;

    if (failed)
        glyph = screen_glyph(v->screen, GLYPH_BANG);
    else if (e->state == EVENT_QUEUED)
        glyph = screen_glyph(v->screen, GLYPH_ELLIPSIS);
    else if (e->state == EVENT_DELIVERED && (e->flags & EVENT_OLD) == 0)
        glyph = screen_glyph(v->screen, GLYPH_CHECK);
    if (failed)
        word = " not sent";
    else if (e->state == EVENT_READ && (e->flags & EVENT_OLD) == 0)
        word = "read";
    if (e->kind != EVENT_MESSAGE || (e->flags & EVENT_OWN) == 0 || (v->bare && !failed))
        glyph = word = "";
    (void)snprintf(out, LOG_MARK, "%s%s", glyph, word);
}

/* ---- where things are ---- */

/* above: those of them that are rules over its text; or NULL. */
static size_t count_rows(
    const struct pane_view *v, const struct entry_look *l, const struct item *it, size_t *above)
{
    struct entry en;
    char mark[LOG_MARK];
    size_t rows;

    log_mark(mark, v, events_at(l->items.events, it->last));
    entry_init(&en, l, it, mark);
    rows = en.rows;
    if (above != NULL)
        *above = en.above;
    entry_fini(&en);
    return rows;
}

static size_t rows_of(
    const struct pane_view *v, const struct entry_look *l, const struct item *it)
{
    return count_rows(v, l, it, NULL);
}

size_t log_bottom(const struct pane_view *v)
{
    const struct events *es = &v->model->open->events;
    size_t i;

    if (!v->place.held)
        return es->count - 1;
    if (events_index(es, v->place.id, &i))
        return i;
    return v->place.id > es->last_id ? es->count - 1 : 0; /* it was forgotten */
}

/* Its text may have more or fewer rows by now: those that are seen stay where they are. */
static size_t still_below(
    const struct pane_view *v, const struct entry_look *l, const struct item *it)
{
    const struct pane_place *p = &v->place;
    size_t above;
    size_t rows = count_rows(v, l, it, &above);
    size_t below = p->below;

    if (p->cols == l->cols && p->rows > below) {
        size_t seen = p->rows - below;
        below = rows - above > seen ? rows - above - seen : 0;
    }
    return below < rows ? below : rows - 1;
}

/* The item at the bottom edge, and how many of its rows lie below. */
static struct item bottom(const struct pane_view *v, const struct entry_look *l, size_t *below)
{
    struct item it = item_at(&l->items, log_bottom(v));

    *below = 0;
    if (v->place.held)
        *below = still_below(v, l, &it);
    return it;
}

static void hold(
    struct pane_view *v, const struct entry_look *l, const struct item *it, size_t below)
{
    size_t above;
    size_t rows = count_rows(v, l, it, &above);

    v->place = (struct pane_place){.held = true,
        .id = events_at(l->items.events, it->last)->id,
        .below = below,
        .rows = rows - above,
        .cols = l->cols};
}

size_t log_below(const struct pane_view *v)
{
    const struct events *es = &v->model->open->events;
    struct entry_look l;

    if (es->count == 0 || !v->place.held)
        return 0;
    log_look(v, &l);
    return tally_in(es, TALLY(EVENT_SUM_SAID) | TALLY(EVENT_SUM_FOUND),
        item_at(&l.items, log_bottom(v)).last + 1, es->count);
}

/* Rows above the bottom edge, as far as most. */
static size_t rows_above(const struct pane_view *v, const struct entry_look *l, struct item it,
    size_t below, size_t most)
{
    size_t above = rows_of(v, l, &it) - below;

    while (above < most && item_older(&l->items, &it))
        above += rows_of(v, l, &it);
    return above;
}

void log_each(struct pane_view *v, struct rect r, log_each_fn *fn)
{
    struct entry_look l;
    struct item it;
    size_t below;
    size_t above;
    int end;

    if (v->model->open->events.count == 0 || r.rows <= 0)
        return;
    log_look(v, &l);
    it = bottom(v, &l, &below);
    above = rows_above(v, &l, it, below, (size_t)r.rows);
    /* A log shorter than the pane begins at its top. */
    end = r.row + (above < (size_t)r.rows ? (int)above : r.rows) + (int)below;
    do {
        end -= (int)rows_of(v, &l, &it);
        fn(v, &l, r, &it, end);
    } while (end > r.row && item_older(&l.items, &it));
}

/* ---- moving ---- */

static bool back(struct pane_view *v, const struct entry_look *l, struct rect r, size_t rows)
{
    size_t below;
    struct item it = bottom(v, l, &below);
    size_t above = rows_above(v, l, it, below, rows + (size_t)r.rows);
    size_t here;

    if (above <= (size_t)r.rows) /* the first row of all stays at the top */
        return false;
    if (rows > above - (size_t)r.rows)
        rows = above - (size_t)r.rows;
    below += rows;
    while (below >= (here = rows_of(v, l, &it)) && item_older(&l->items, &it))
        below -= here;
    hold(v, l, &it, below);
    return true;
}

static bool forth(struct pane_view *v, const struct entry_look *l, size_t rows)
{
    size_t below;
    struct item it = bottom(v, l, &below);

    if (!v->place.held)
        return false;
    while (rows > below && item_newer(&l->items, &it)) {
        rows -= below;
        below = rows_of(v, l, &it);
    }
    if (rows >= below && it.last + 1 == l->items.events->count)
        log_newest(v);
    else
        hold(v, l, &it, below - rows);
    return true;
}

bool log_scroll(struct pane_view *v, struct rect r, int rows)
{
    struct entry_look l;

    if (v->model->open->events.count == 0 || r.rows <= 0)
        return false;
    log_look(v, &l);
    return rows < 0 ? back(v, &l, r, (size_t)-rows) : forth(v, &l, (size_t)rows);
}

void log_newest(struct pane_view *v)
{
    v->place = (struct pane_place){0};
}

/* Item it, with so many rows above it, as far as they are there. */
static void put_at(
    struct pane_view *v, const struct entry_look *l, struct rect r, struct item it, size_t over)
{
    struct item before = it;
    size_t above = 0;
    size_t rows;

    while (above < over && item_older(&l->items, &before))
        above += rows_of(v, l, &before);
    above = above < over ? above : over;
    rows = above + rows_of(v, l, &it);
    while (rows < (size_t)r.rows && item_newer(&l->items, &it))
        rows += rows_of(v, l, &it);
    if (rows <= (size_t)r.rows && it.last + 1 == l->items.events->count)
        log_newest(v);
    else
        hold(v, l, &it, rows > (size_t)r.rows ? rows - (size_t)r.rows : 0);
}

void log_oldest(struct pane_view *v, struct rect r)
{
    struct entry_look l;

    if (v->model->open->events.count == 0 || r.rows <= 0)
        return;
    log_look(v, &l);
    put_at(v, &l, r, item_at(&l.items, 0), 0);
}

/* Whether all of an item is shown, or as much of it as there is room for. */
static bool is_shown(const struct pane_view *v, const struct entry_look *l, struct rect r,
    const struct item *want)
{
    size_t below;
    struct item it = bottom(v, l, &below);
    size_t rows = rows_of(v, l, &it) - below;

    if (it.last == want->last)
        return below == 0;
    while (it.first > want->last && rows < (size_t)r.rows && item_older(&l->items, &it)) {
        rows += rows_of(v, l, &it);
        if (it.first == want->first)
            return rows <= (size_t)r.rows;
    }
    return false;
}

void log_reveal(struct pane_view *v, struct rect r, size_t i)
{
    struct entry_look l;
    struct item it;

    if (r.rows <= 0)
        return;
    log_look(v, &l);
    it = item_at(&l.items, i);
    if (!is_shown(v, &l, r, &it))
        put_at(v, &l, r, it, (size_t)(r.rows / CONTEXT));
}

void log_resized(struct pane_view *v, struct rect r)
{
    const struct pane_marks *m = &v->marks;
    uint64_t id = m->selected != 0 ? m->selected : m->hit != 0 ? m->hit : m->mention;
    size_t i;

    if (events_index(&v->model->open->events, id, &i))
        log_reveal(v, r, i);
}

void log_opened(struct pane_view *v, struct rect r)
{
    struct entry_look l;
    size_t i;

    log_newest(v);
    log_look(v, &l);
    if (r.rows <= 0 || !events_index(l.items.events, l.items.unread_at, &i))
        return;
    struct item it = item_at(&l.items, i);
    if (!is_shown(v, &l, r, &it))
        put_at(v, &l, r, it, 0);
}

void log_settle(struct pane_view *v, struct rect r)
{
    struct entry_look l;
    struct item it;
    size_t below;

    if (!v->place.held || r.rows <= 0)
        return;
    if (v->model->open->events.count == 0) {
        log_newest(v);
        return;
    }
    log_look(v, &l);
    it = bottom(v, &l, &below);
    if (rows_above(v, &l, it, below, (size_t)r.rows) < (size_t)r.rows)
        log_oldest(v, r);
}
