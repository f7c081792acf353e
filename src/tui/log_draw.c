/* SPDX-License-Identifier: ISC */
/*
 *   margin   a sign: names us, is selected
 *   prefix   the columns before the text: clock, then a name or a glyph set to the right
 *   text     what was said, parts of it in their own style, then what became of it
 */
#include "tui/log_draw.h"

#include <stdio.h>

#include "base/utf8.h"
#include "model/words.h"
#include "tui/span.h"

struct kind_row {
    enum style text;
    enum style who;
    enum screen_glyph sign; /* where there is no name */
};
static const struct kind_row KINDS[EVENT_KINDS] = {
    [EVENT_INFO] = {STYLE_LINE_SYSTEM, STYLE_TEXT_DIM, GLYPH_DOT},
    [EVENT_HERE] = {STYLE_LINE_NOISE, STYLE_NICK_OTHER, GLYPH_DOT},
    [EVENT_GONE] = {STYLE_LINE_NOISE, STYLE_NICK_OTHER, GLYPH_DOT},
    [EVENT_CHANGE] = {STYLE_LINE_NOISE, STYLE_NICK_OTHER, GLYPH_DOT},
    [EVENT_NOTICE] = {STYLE_TEXT_BOLD, STYLE_NICK_OP, GLYPH_DOT},
    [EVENT_WARN] = {STYLE_TEXT_NORMAL, STYLE_ENC_UNVERIFIED, GLYPH_BANG},
    [EVENT_ERROR] = {STYLE_LINE_ERROR, STYLE_LINE_ERROR, GLYPH_BANG},
    [EVENT_MESSAGE] = {STYLE_MSG_OTHER, STYLE_NICK_OTHER, GLYPH_DOT},
    [EVENT_FOUND] = {STYLE_TEXT_DIM, STYLE_TEXT_DIM, GLYPH_DOT},
};

/* What is drawn now: the item, and its text while it is cut into rows. */
struct drawing {
    struct pane_view *v;
    const struct entry_look *l;
    const struct item *it;
    const struct event *e;
    struct kind_row look;
    struct entry en;
    bool selected;
};

static bool mentions(const struct event *e)
{
    return e->kind == EVENT_MESSAGE && (e->flags & EVENT_MENTION) != 0;
}

static struct kind_row look_of(const struct event *e)
{
    struct kind_row row = KINDS[e->kind];

    if (e->kind == EVENT_MESSAGE && (e->flags & EVENT_OWN) != 0) {
        row.text = e->state == EVENT_QUEUED ? STYLE_MSG_PENDING : STYLE_MSG_OWN;
        row.who = STYLE_NICK_SELF;
    }
    if (mentions(e))
        row.text = row.who = STYLE_MSG_MENTION;
    return row;
}

/* ---- what stands above and before ---- */

static void draw_rule(struct pane_view *v, struct rect at, enum style style, const char *words)
{
    if (v->bare) {
        (void)screen_text(v->screen, at.row, at.col, at.cols, style, bytes_str(words + 1));
        return;
    }
    screen_line(v->screen, (struct rect){at.row, at.col + 1, 1, at.cols - 2}, GLYPH_HORIZONTAL);
    (void)screen_text(v->screen, at.row, at.col + 4, at.cols - 6, style, bytes_str(words));
}

static void draw_day(const struct drawing *d, struct rect at)
{
    struct tm tm = item_time(d->e->wall_ms);
    char day[40];

    (void)strftime(day, sizeof day, " %a %d %b %Y ", &tm);
    draw_rule(d->v, at, STYLE_LINE_DAY, day);
}

/* Set to the right. The tag tells two guests of one name apart: the name gives way. */
static void draw_who(const struct drawing *d, int row, int col)
{
    const struct event *e = d->e;
    struct screen *s = d->v->screen;
    char tag[EVENT_TAG + 1];
    int cols = d->l->nick_cols - (int)strlen(entry_tag(tag, e));
    int width = screen_width(e->who);

    if (e->who.n == 0) {
        (void)screen_put(s, row, col + d->l->nick_cols - 1, d->look.who, d->look.sign);
        return;
    }
    width = width < cols ? width : cols;
    if (d->look.who == STYLE_NICK_OTHER && e->kind == EVENT_MESSAGE)
        (void)screen_name(s, row, col + cols - width, width, e->who);
    else
        (void)screen_text(s, row, col + cols - width, width, d->look.who, e->who);
    (void)screen_text(s, row, col + cols, EVENT_TAG, STYLE_TEXT_DIM, bytes_str(tag));
}

static void draw_prefix(const struct drawing *d, struct rect at)
{
    struct tm tm = item_time(d->e->wall_ms);
    struct screen *s = d->v->screen;
    int col = at.col + 1;
    char clock[8];

    /* Not by colour alone: a sign in the margin as well. */
    if (d->selected && !d->l->bare)
        (void)screen_put(s, at.row, at.col, STYLE_UI_SELECTED, GLYPH_PROMPT);
    else if (mentions(d->e) && !d->l->bare)
        (void)screen_put(s, at.row, at.col, STYLE_MSG_MENTION, GLYPH_MARK);
    if (d->l->clock) {
        (void)strftime(clock, sizeof clock, "%H:%M", &tm);
        if (d->e->kind != EVENT_FOUND)
            (void)screen_text(s, at.row, col, 5, STYLE_TIME_STAMP, bytes_str(clock));
        col += 7;
    }
    if (d->l->nick_cols != 0 && !item_folded(d->it))
        draw_who(d, at.row, col);
}

/* ---- text ---- */

static int draw_part(const struct drawing *d, struct rect at, enum style style, struct bytes b)
{
    return screen_text(d->v->screen, at.row, at.col, at.cols, style, b);
}

/* The next part of the text that looks as no other. */
static bool next_span(const struct drawing *d, struct bytes text, size_t at, struct span *out)
{
    const struct card *c = &d->en.card;

    if (c->parts == 0)
        return span_next(text, at, out);
    for (size_t i = 0; i < c->parts; i++) {
        if (c->part[i].to <= at)
            continue;
        *out = (struct span){i != 0 ? c->part[i - 1].to : 0, c->part[i].to, c->part[i].style};
        return true;
    }
    return false;
}

/* Bytes from up to to of the text, each part of them in its style; columns used. */
static int draw_spans(const struct drawing *d, struct rect at, size_t from, size_t to)
{
    struct bytes text = bytes_of(d->en.text.p, d->en.mark_at);
    bool plain = d->selected || d->l->bare || item_folded(d->it);
    struct span span = {0};
    bool more = !plain && next_span(d, text, 0, &span);
    int start = at.col;

    while (from < to) {
        while (more && span.to <= from)
            more = next_span(d, text, span.to, &span);
        size_t end = !more || span.from >= to ? to : span.from > from ? span.from : span.to;
        bool inside = more && span.from <= from;
        end = end < to ? end : to;
        int used = draw_part(d, at,
            d->selected ? STYLE_UI_SELECTED
            : inside    ? span.style
                        : d->look.text,
            bytes_of(d->en.text.p + from, end - from));
        at.col += used;
        at.cols -= used;
        from = end;
    }
    return at.col - start;
}

/* What was searched for, over what is drawn already. */
static void draw_hits(const struct drawing *d, struct rect at, struct bytes row)
{
    struct pane_marks *m = &d->v->marks;
    struct bytes hit;

    for (size_t from = 0; words_find(row, bytes_of(m->words, m->words_n), from, &hit);) {
        size_t before = (size_t)(hit.p - row.p);
        int col = utf8_width(bytes_of(row.p, before));
        (void)screen_text(d->v->screen, at.row, at.col + col, at.cols - col,
            d->e->id == m->hit ? STYLE_UI_SEARCH_CURRENT : STYLE_UI_SEARCH_HIT, hit);
        from = before + hit.n;
    }
}

/* One row: what was said, then what became of it. */
static void draw_row(const struct drawing *d, struct rect at, struct bytes row)
{
    size_t from = row.n != 0 ? (size_t)(row.p - d->en.text.p) : 0;
    size_t to = from + row.n;
    size_t said = to < d->en.mark_at ? to : d->en.mark_at;
    struct rect behind = at;
    int used = said > from ? draw_spans(d, at, from, said) : 0;

    if (said > from && !item_folded(d->it))
        draw_hits(d, at, bytes_of(row.p, said - from));
    said = said > from ? said : from;
    behind.col += used;
    behind.cols -= used;
    (void)draw_part(d, behind, d->e->state == EVENT_FAILED ? STYLE_MSG_FAILED : STYLE_TEXT_DIM,
        bytes_of(d->en.text.p + said, to - said));
}

static void draw_text(const struct drawing *d, struct rect r, struct rect at)
{
    struct bytes rest = buf_view(&d->en.text);
    struct bytes row = {0};
    bool first = true;

    for (; at.row < r.row + r.rows && (entry_next(&d->en, &rest, &row) || first); at.row++) {
        int col = d->en.indent + (first ? 0 : d->en.hang);
        if (at.row >= r.row && first)
            draw_prefix(d, at);
        if (at.row >= r.row)
            draw_row(d, (struct rect){at.row, r.col + col, 1, d->en.cols}, row);
        first = false;
    }
}

void log_draw(struct pane_view *v, const struct entry_look *l, struct rect r,
    const struct item *it, int top)
{
    struct rect at = {top, r.col, 1, r.cols};
    char mark[LOG_MARK];
    struct drawing d = {.v = v, .l = l, .it = it};

    d.e = events_at(l->items.events, it->last);
    d.look = item_folded(it) ? KINDS[EVENT_HERE] : look_of(d.e);
    d.selected = v->marks.selected == d.e->id;
    log_mark(mark, v, d.e);
    entry_init(&d.en, l, it, item_folded(it) ? "" : mark);
    if (it->day && at.row++ >= r.row && at.row <= r.row + r.rows)
        draw_day(&d, (struct rect){at.row - 1, r.col, 1, r.cols});
    if (it->unread && at.row++ >= r.row && at.row <= r.row + r.rows)
        draw_rule(v, (struct rect){at.row - 1, r.col, 1, r.cols}, STYLE_LINE_UNREAD,
            " new messages ");
    if (d.selected)
        v->marks.row = at.row > r.row ? at.row : r.row;
    draw_text(&d, r, at);
    entry_fini(&d.en);
}
