/* SPDX-License-Identifier: ISC */
/*
 * Pages that are open, numbered as keys reach them, then rooms one may join. When they do not
 * fit, those around the open page are shown, and at either edge how many more there are and
 * what is new in them.
 */
#include <stdio.h>

#include "tui/pane.h"

void pane_page_name(struct buf *to, const struct model *m, const struct room *r)
{
    if (r == m->home)
        buf_text(to, "relay");
    else if (!r->direct && !r->local)
        buf_text(to, "#");
    buf_bytes(to, room_name(r));
}

/* ---- the list as it would be on an endless screen ---- */

struct list {
    struct room *const *other; /* those to join lie among these */
    size_t all;                /* of them, joined or not */
    size_t pages;
    size_t others;
    size_t lines;
};

static struct list list_of(const struct model *m)
{
    struct list l = {m->rooms.all, m->rooms.count, model_pages(m), 0, 0};

    for (size_t i = 0; i < l.all; i++)
        l.others += !l.other[i]->joined;
    l.lines = l.pages + (l.others != 0 ? l.others + 2 : 0); /* a gap and a heading */
    return l;
}

/* The number-th room that is not joined. */
static const struct room *other_at(const struct list *l, size_t number)
{
    for (size_t i = 0; i < l->all; i++) {
        if (!l->other[i]->joined && number-- == 0)
            return l->other[i];
    }
    return NULL;
}

/* Pages and rooms among the lines from..to, without gap and heading. */
static size_t count_in(const struct list *l, size_t from, size_t to)
{
    size_t n = 0;

    for (size_t i = from; i < to; i++)
        n += i < l->pages || i >= l->pages + 2;
    return n;
}

/* ---- drawing ---- */

static const char *lock_word(const struct room *r)
{
    static const char *const WORDS[] = {
        [ROOM_OPEN] = "", [ROOM_LOCKED] = "pw ", [ROOM_INVITED] = "inv "};

    return WORDS[r->lock];
}

static enum style news_style(unsigned unread, unsigned mention)
{
    if (mention != 0)
        return STYLE_ROOM_MENTION;
    return unread != 0 ? STYLE_ROOM_UNREAD : STYLE_ROOM_MUTED;
}

static unsigned calls(const struct room *r)
{
    return r->mention == 0 && r->heat == ROOM_HOT ? r->unread : r->mention;
}

static enum style name_style(const struct model *m, const struct room *r)
{
    if (r == m->open)
        return STYLE_ROOM_ACTIVE;
    if (r->unread != 0)
        return news_style(r->unread, calls(r));
    return r->joined ? STYLE_ROOM_NORMAL : STYLE_ROOM_MUTED;
}

/* From the right: lock and people; or what is new: "+5", and "@1" where it is for us. */
static void put_right(char out[32], const struct model *m, const struct room *r)
{
    size_t online = r == m->home ? m->home->people.count : r->online;

    (void)snprintf(out, 32, "%s%zu", lock_word(r), online);
    if (online == 0)
        (void)snprintf(out, 32, "%s", lock_word(r));
    if (r->unread != 0)
        (void)snprintf(out, 32, "+%u", r->unread);
    if (calls(r) != 0)
        (void)snprintf(out, 32, "@%u", calls(r));
}

static int number_cols(const struct list *l)
{
    return l->pages > 99 ? 3 : l->pages > 9 ? 2 : 1;
}

/* "3 #name        pw 12"; number 0: it is no page. Before what is at the right that something
 * is typed there and not sent. */
static void draw_room(
    struct pane_view *v, struct rect at, int digits, size_t number, const struct room *r)
{
    char left[24];
    char right[32];
    struct buf name;
    int name_cols;
    int n;

    at.rows = 1;
    spots_add(&v->spots, at,
        r->local    ? SPOT_LOCAL
        : r->direct ? SPOT_DIRECT
                    : SPOT_ROOM,
        r == v->model->home ? (struct bytes){0} : room_name(r));
    put_right(right, v->model, r);
    n = (int)strlen(right);
    name_cols = at.cols - digits - 4 - n;
    if (r != v->model->open && r->draft != NULL) {
        int col = at.cols - 1 - n - (n != 0) - 1;
        (void)screen_put(v->screen, at.row, at.col + col, STYLE_ROOM_UNREAD, GLYPH_DRAFT);
        name_cols = col - digits - 3;
    }
    if (r == v->model->open)
        (void)screen_put(v->screen, at.row, at.col, STYLE_ROOM_ACTIVE, GLYPH_MARK);
    if (number != 0) {
        (void)snprintf(left, sizeof left, "%*zu", digits, number);
        (void)screen_text(
            v->screen, at.row, at.col + 1, digits, STYLE_TEXT_DIM, bytes_str(left));
    }
    buf_init(&name, ROOM_NAME + 8);
    pane_page_name(&name, v->model, r);
    (void)screen_text(v->screen, at.row, at.col + digits + 2, name_cols,
        name_style(v->model, r), buf_view(&name));
    (void)screen_text(v->screen, at.row, at.col + at.cols - 1 - n, n,
        news_style(r->unread, calls(r)), bytes_str(right));
    buf_free(&name);
}

static void draw_line(struct pane_view *v, struct rect at, const struct list *l, size_t line)
{
    if (line < l->pages)
        draw_room(v, at, number_cols(l), line + 1, model_page(v->model, line));
    else if (line == l->pages + 1)
        (void)screen_text(v->screen, at.row, at.col + 1, at.cols - 1, STYLE_ROOM_HEADER,
            bytes_str("TO JOIN"));
    else if (line > l->pages + 1)
        draw_room(v, at, number_cols(l), 0, other_at(l, line - l->pages - 2));
}

/* "▼ 12 more  @1": what the lines from..to hold. */
static void draw_more(struct pane_view *v, struct rect at, const struct list *l, size_t from,
    size_t to, enum screen_glyph g)
{
    unsigned unread = 0;
    unsigned mention = 0;
    char text[64];
    char right[32] = "";
    int n;

    for (size_t i = from; i < to && i < l->pages; i++) {
        unread += model_page(v->model, i)->unread;
        mention += calls(model_page(v->model, i));
    }
    if (unread != 0)
        (void)snprintf(right, sizeof right, "%c%u", mention != 0 ? '@' : '+',
            mention != 0 ? mention : unread);
    n = (int)strlen(right);
    (void)snprintf(
        text, sizeof text, "%s %zu more", screen_glyph(v->screen, g), count_in(l, from, to));
    (void)screen_text(
        v->screen, at.row, at.col + 1, at.cols - 3 - n, STYLE_TEXT_DIM, bytes_str(text));
    (void)screen_text(v->screen, at.row, at.col + at.cols - 1 - n, n,
        news_style(unread, mention), bytes_str(right));
}

/* The first line to draw, so that the open page is in the middle of those that fit. */
static size_t first_line(const struct model *m, const struct list *l, size_t fit)
{
    size_t open = model_page_of(m, m->open);
    size_t last = l->lines > fit ? l->lines - fit : 0;
    size_t from = open > fit / 2 ? open - fit / 2 : 0;

    return from < last ? from : last;
}

static void draw(struct pane_view *v, struct rect r)
{
    const struct list l = list_of(v->model);
    struct rect at = {r.row, r.col, 1, r.cols};
    size_t fit = r.rows > 1 ? (size_t)r.rows - 1 : 0;
    size_t from = first_line(v->model, &l, fit);
    size_t end = from + fit < l.lines ? from + fit : l.lines;

    (void)screen_text(
        v->screen, at.row++, r.col + 1, r.cols - 1, STYLE_ROOM_HEADER, bytes_str("ROOMS"));
    for (size_t i = from; i < end; i++, at.row++) {
        if (i == from && from > 0 && fit > 2)
            draw_more(v, at, &l, 0, from + 1, GLYPH_ABOVE);
        else if (i + 1 == end && end < l.lines && fit > 2)
            draw_more(v, at, &l, end - 1, l.lines, GLYPH_BELOW);
        else
            draw_line(v, at, &l, i);
    }
}

const struct pane PANE_ROOMS = {LAYOUT_ROOMS, MODEL_ROOMS | MODEL_PEOPLE, draw};
