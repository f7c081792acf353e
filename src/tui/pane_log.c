/* SPDX-License-Identifier: ISC */
/*
 * What happened in the open room, newest at the bottom.
 *
 *   prefix   the columns before the text: clock, then a name or a glyph set to the right
 *   mark     what became of a message of ours, behind it
 *   place    the event whose last visible row is at the bottom edge
 */
#include "tui/pane_log.h"

#include <stdio.h>

#include "tui/entry.h"
#include "tui/pane_help.h"

static const struct events *shown(const struct pane_view *v)
{
    return &v->model->open->events;
}

/* Of a message of ours, as long as it matters: nothing where the relay has it. */
static void put_mark(char out[32], const struct pane_view *v, const struct event *e)
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
    if (e->kind != EVENT_MESSAGE || (e->flags & EVENT_OWN) == 0)
        glyph = word = "";
    (void)snprintf(out, 32, "%s%s", glyph, word);
}

static void line_init(struct entry *en, const struct pane_view *v, size_t i, int cols)
{
    char mark[32];

    put_mark(mark, v, events_at(shown(v), i));
    entry_init(en, &v->layout, cols, shown(v), i, mark);
}

static size_t rows_of(const struct pane_view *v, size_t i, int cols)
{
    struct entry en;
    size_t rows;

    line_init(&en, v, i, cols);
    rows = en.rows;
    entry_fini(&en);
    return rows;
}

static void draw_day(struct pane_view *v, struct rect at, const struct event *e)
{
    struct tm tm = entry_time(e->wall_ms);
    char day[40];

    (void)strftime(day, sizeof day, " %a %d %b %Y ", &tm);
    screen_line(v->screen, (struct rect){at.row, at.col + 1, 1, at.cols - 2}, GLYPH_HORIZONTAL);
    (void)screen_text(v->screen, at.row, at.col + 4, at.cols - 6, STYLE_DIM, bytes_str(day));
}

struct kind_row {
    enum screen_style text;
    enum screen_style who;
    enum screen_glyph sign; /* where there is no name */
};
static const struct kind_row KINDS[EVENT_KINDS] = {
    [EVENT_INFO] = {STYLE_TEXT, STYLE_DIM, GLYPH_DOT},
    [EVENT_HERE] = {STYLE_DIM, STYLE_TEXT, GLYPH_DOT},
    [EVENT_GONE] = {STYLE_DIM, STYLE_TEXT, GLYPH_DOT},
    [EVENT_CHANGE] = {STYLE_DIM, STYLE_TEXT, GLYPH_DOT},
    [EVENT_NOTICE] = {STYLE_STRONG, STYLE_ACCENT, GLYPH_DOT},
    [EVENT_WARN] = {STYLE_TEXT, STYLE_WARN, GLYPH_BANG},
    [EVENT_ERROR] = {STYLE_BAD, STYLE_BAD, GLYPH_BANG},
    [EVENT_MESSAGE] = {STYLE_TEXT, STYLE_TEXT, GLYPH_DOT},
    [EVENT_FOUND] = {STYLE_DIM, STYLE_DIM, GLYPH_DOT},
};

static struct kind_row look_of(const struct event *e)
{
    struct kind_row row = KINDS[e->kind];

    if (e->kind == EVENT_MESSAGE && (e->flags & EVENT_OWN) != 0)
        row.text = row.who = STYLE_STRONG;
    if (e->kind == EVENT_MESSAGE && (e->flags & EVENT_MENTION) != 0)
        row.text = row.who = STYLE_ACCENT;
    return row;
}

/* Set to the right. The tag tells two guests of one name apart: the name gives way. */
static void draw_who(struct pane_view *v, struct rect at, int col, const struct event *e)
{
    const struct kind_row look = look_of(e);
    char tag[EVENT_TAG + 1];
    int cols = v->layout.nick_cols - (int)strlen(entry_tag(tag, e));
    int width = screen_width(e->who);

    if (e->who.n == 0) {
        (void)screen_put(v->screen, at.row, col + v->layout.nick_cols - 1, look.who, look.sign);
        return;
    }
    width = width < cols ? width : cols;
    (void)screen_text(v->screen, at.row, col + cols - width, width, look.who, e->who);
    (void)screen_text(v->screen, at.row, col + cols, EVENT_TAG, STYLE_DIM, bytes_str(tag));
}

static void draw_prefix(struct pane_view *v, struct rect at, const struct event *e)
{
    struct tm tm = entry_time(e->wall_ms);
    int col = at.col + 1;
    char clock[8];

    /* Not by colour alone: a sign in the margin as well. */
    if (e->kind == EVENT_MESSAGE && (e->flags & EVENT_MENTION) != 0)
        (void)screen_put(v->screen, at.row, at.col, STYLE_ACCENT, GLYPH_MARK);
    if (v->layout.clock) {
        (void)strftime(clock, sizeof clock, "%H:%M", &tm);
        if (e->kind != EVENT_FOUND)
            (void)screen_text(v->screen, at.row, col, 5, STYLE_DIM, bytes_str(clock));
        col += 7;
    }
    if (v->layout.nick_cols != 0)
        draw_who(v, at, col, e);
}

/* One row of an entry: what was said, then what became of it. */
static void draw_row(struct pane_view *v, struct rect at, const struct event *e,
    const struct entry *en, struct bytes row)
{
    const uint8_t *mark = en->text.p + en->mark_at;
    size_t said = row.n;

    if (row.p + row.n > mark)
        said = row.p < mark ? (size_t)(mark - row.p) : 0;
    at.col +=
        screen_text(v->screen, at.row, at.col, at.cols, look_of(e).text, bytes_of(row.p, said));
    (void)screen_text(v->screen, at.row, at.col, at.cols,
        e->state == EVENT_FAILED ? STYLE_BAD : STYLE_DIM, bytes_of(row.p + said, row.n - said));
}

/* The rows of event i from top on; those outside of r are left out. */
static void draw_event(struct pane_view *v, struct rect r, size_t i, int top)
{
    const struct event *e = events_at(shown(v), i);
    struct rect at = {top, r.col, 1, r.cols};
    struct entry en;
    struct bytes rest;
    struct bytes row = {0};
    bool first = true;

    line_init(&en, v, i, r.cols);
    rest = buf_view(&en.text);
    if (en.day) {
        if (at.row >= r.row && at.row < r.row + r.rows)
            draw_day(v, at, e);
        at.row++;
    }
    for (; at.row < r.row + r.rows && (entry_next(&en, r.cols, &rest, &row) || first);
         at.row++) {
        int col = en.indent + (first ? 0 : en.hang);
        if (at.row >= r.row && first)
            draw_prefix(v, at, e);
        if (at.row >= r.row && en.text.n != 0)
            draw_row(v, (struct rect){at.row, r.col + col, 1, r.cols - col - 1}, e, &en, row);
        first = false;
    }
    entry_fini(&en);
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
