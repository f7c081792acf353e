/* SPDX-License-Identifier: ISC */
/*
 * What happened in the open room, newest at the bottom.
 *
 *   prefix   the columns before the text: clock, then a name or a glyph set to the right
 *   rows     what an event takes on the screen, a day line before it included
 *   place    the event whose last visible row is at the bottom edge
 */
#include "tui/pane_log.h"

#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/pane_help.h"
#include "tui/wrap.h"

struct line { /* one event, ready to be laid in rows */
    struct buf text;
    int indent;
    size_t rows;
    bool day; /* another day than the event before */
};

static const struct events *shown(const struct pane_view *v)
{
    return &v->model->open->events;
}

static struct tm local_time(int64_t wall_ms)
{
    time_t t = (time_t)(wall_ms / 1000);
    struct tm tm = {0};

    (void)localtime_r(&t, &tm);
    return tm;
}

static bool other_day(const struct event *a, const struct event *b)
{
    struct tm x = local_time(a->wall_ms);
    struct tm y = local_time(b->wall_ms);

    return x.tm_yday != y.tm_yday || x.tm_year != y.tm_year;
}

static int prefix_cols(const struct pane_view *v)
{
    int clock = v->layout.clock ? 7 : 0;

    return 1 + clock + (v->layout.nick_cols != 0 ? v->layout.nick_cols + 2 : 0);
}

/* Where names are not aligned, the name is the first word of the text. */
static void line_init(struct line *l, const struct pane_view *v, size_t i, int cols)
{
    const struct event *e = events_at(shown(v), i);
    bool inside = v->layout.nick_cols == 0;
    struct buf raw;

    buf_init(&raw, (size_t)EVENT_TEXT * 2);
    if (inside && e->who.n != 0) {
        buf_bytes(&raw, e->who);
        buf_text(&raw, e->kind == EVENT_NOTICE ? ": " : " ");
    } else if (inside && (e->kind == EVENT_WARN || e->kind == EVENT_ERROR)) {
        buf_text(&raw, "! ");
    }
    buf_bytes(&raw, e->text);
    buf_init(&l->text, (size_t)EVENT_TEXT * 32);
    utf8_clean(&l->text, buf_view(&raw), UTF8_DISPLAY);
    buf_free(&raw);
    l->indent = prefix_cols(v);
    l->day = i > 0 && other_day(events_at(shown(v), i - 1), e);
    l->rows = wrap_count(buf_view(&l->text), cols - l->indent - 1) + l->day;
}

static void line_fini(struct line *l)
{
    buf_free(&l->text);
}

static size_t rows_of(const struct pane_view *v, size_t i, int cols)
{
    struct line l;
    size_t rows;

    line_init(&l, v, i, cols);
    rows = l.rows;
    line_fini(&l);
    return rows;
}

static void draw_day(struct pane_view *v, struct rect at, const struct event *e)
{
    struct tm tm = local_time(e->wall_ms);
    char day[40];

    (void)strftime(day, sizeof day, " %a %d %b %Y ", &tm);
    screen_line(v->screen, (struct rect){at.row, at.col + 1, 1, at.cols - 2}, GLYPH_HORIZONTAL);
    (void)screen_text(v->screen, at.row, at.col + 4, at.cols - 6, STYLE_DIM, bytes_str(day));
}

static enum screen_style text_style(enum event_kind kind)
{
    static const enum screen_style STYLES[EVENT_KINDS] = {
        [EVENT_INFO] = STYLE_TEXT,
        [EVENT_HERE] = STYLE_DIM,
        [EVENT_GONE] = STYLE_DIM,
        [EVENT_CHANGE] = STYLE_DIM,
        [EVENT_NOTICE] = STYLE_STRONG,
        [EVENT_WARN] = STYLE_TEXT,
        [EVENT_ERROR] = STYLE_BAD,
    };

    return STYLES[kind];
}

static void draw_who(struct pane_view *v, struct rect at, int col, const struct event *e)
{
    int cols = v->layout.nick_cols;
    int width = screen_width(e->who);

    if (e->who.n != 0) {
        width = width < cols ? width : cols;
        (void)screen_text(v->screen, at.row, col + cols - width, width,
            e->kind == EVENT_NOTICE ? STYLE_ACCENT : STYLE_TEXT, e->who);
    } else if (e->kind == EVENT_WARN) {
        (void)screen_put(v->screen, at.row, col + cols - 1, STYLE_WARN, GLYPH_BANG);
    } else if (e->kind == EVENT_ERROR) {
        (void)screen_put(v->screen, at.row, col + cols - 1, STYLE_BAD, GLYPH_BANG);
    } else {
        (void)screen_put(v->screen, at.row, col + cols - 1, STYLE_DIM, GLYPH_DOT);
    }
}

static void draw_prefix(struct pane_view *v, struct rect at, const struct event *e)
{
    struct tm tm = local_time(e->wall_ms);
    int col = at.col + 1;
    char clock[8];

    if (v->layout.clock) {
        (void)strftime(clock, sizeof clock, "%H:%M", &tm);
        (void)screen_text(v->screen, at.row, col, 5, STYLE_DIM, bytes_str(clock));
        col += 7;
    }
    if (v->layout.nick_cols != 0)
        draw_who(v, at, col, e);
}

/* The rows of event i from top on; those outside of r are left out. */
static void draw_event(struct pane_view *v, struct rect r, size_t i, int top)
{
    const struct event *e = events_at(shown(v), i);
    struct rect at = {top, r.col, 1, r.cols};
    struct line l;
    struct bytes rest;
    struct bytes row;
    bool first = true;

    line_init(&l, v, i, r.cols);
    rest = buf_view(&l.text);
    if (l.day) {
        if (at.row >= r.row && at.row < r.row + r.rows)
            draw_day(v, at, e);
        at.row++;
    }
    while (
        at.row < r.row + r.rows && (wrap_next(&rest, r.cols - l.indent - 1, &row) || first)) {
        if (at.row >= r.row) {
            if (first)
                draw_prefix(v, at, e);
            (void)screen_text(v->screen, at.row, r.col + l.indent, r.cols - l.indent - 1,
                text_style(e->kind), first && l.text.n == 0 ? (struct bytes){0} : row);
        }
        first = false;
        at.row++;
    }
    line_fini(&l);
}

/* The index of the event at the bottom edge, and how many of its rows lie below it. */
static size_t bottom(const struct pane_view *v, size_t *below)
{
    const struct events *es = shown(v);
    uint64_t oldest = es->count != 0 ? events_at(es, 0)->id : 0;

    *below = 0;
    if (!v->place.held || es->count == 0)
        return es->count != 0 ? es->count - 1 : 0;
    if (v->place.id < oldest)
        return 0;
    *below = v->place.below;
    return (size_t)(v->place.id - oldest);
}

static void draw(struct pane_view *v, struct rect r)
{
    const struct events *es = shown(v);
    size_t below;
    size_t i = bottom(v, &below);
    int end = r.row + r.rows + (int)below;

    if (v->model->help) {
        pane_help_draw(v, r);
        return;
    }
    v->below = es->count != 0 ? (unsigned)(es->count - 1 - i) : 0;
    if (es->count == 0)
        return;
    /* A log shorter than the pane begins at its top. */
    if (!v->place.held) {
        int used = 0;
        for (size_t j = es->count; j-- > 0 && used < r.rows;)
            used += (int)rows_of(v, j, r.cols);
        if (used < r.rows)
            end = r.row + used;
    }
    for (;; i--) {
        end -= (int)rows_of(v, i, r.cols);
        draw_event(v, r, i, end);
        if (i == 0 || end <= r.row)
            return;
    }
}

const struct pane PANE_LOG = {LAYOUT_LOG, MODEL_EVENTS | MODEL_HELP, draw};

/* ---- moving ---- */

static void hold(struct pane_view *v, size_t i, size_t below)
{
    v->place = (struct pane_place){true, events_at(shown(v), i)->id, below};
}

static void back(struct pane_view *v, struct rect r, size_t rows)
{
    size_t below;
    size_t i = bottom(v, &below);
    size_t above = rows_of(v, i, r.cols) - below;

    for (size_t j = i; j-- > 0 && above < rows + (size_t)r.rows;)
        above += rows_of(v, j, r.cols);
    /* The first row of all stays at the top. */
    if (above <= (size_t)r.rows)
        return;
    if (rows > above - (size_t)r.rows)
        rows = above - (size_t)r.rows;
    below += rows;
    while (i > 0 && below >= rows_of(v, i, r.cols))
        below -= rows_of(v, i--, r.cols);
    hold(v, i, below);
}

static void forth(struct pane_view *v, struct rect r, size_t rows)
{
    size_t below;
    size_t i = bottom(v, &below);

    while (rows > below && i + 1 < shown(v)->count) {
        rows -= below;
        below = rows_of(v, ++i, r.cols);
    }
    if (rows >= below && i + 1 == shown(v)->count)
        pane_log_newest(v);
    else
        hold(v, i, below - rows);
}

void pane_log_scroll(struct pane_view *v, int pages)
{
    struct rect r = v->layout.part[LAYOUT_LOG];
    size_t rows = r.rows > 3 ? (size_t)r.rows - 2 : 1;

    if (shown(v)->count == 0 || r.rows == 0 || v->model->help)
        return;
    if (pages < 0)
        back(v, r, rows);
    else if (v->place.held)
        forth(v, r, rows);
}

void pane_log_newest(struct pane_view *v)
{
    v->place = (struct pane_place){0};
}
