/* SPDX-License-Identifier: ISC */
/* Pages that are open, numbered as Alt+digit reaches them, then rooms one may join. */
#include <stdio.h>

#include "tui/pane.h"

void pane_page_name(struct buf *to, const struct model *m, const struct room *r)
{
    if (r == m->home)
        buf_text(to, "relay");
    else if (!r->direct)
        buf_text(to, "#");
    buf_bytes(to, room_name(r));
}

static size_t others(const struct model *m)
{
    size_t n = 0;

    for (size_t i = 0; i < m->rooms.count; i++)
        n += !m->rooms.all[i]->joined;
    return n;
}

static const char *lock_word(const struct room *r)
{
    static const char *const WORDS[] = {
        [ROOM_OPEN] = "", [ROOM_LOCKED] = "pw ", [ROOM_INVITED] = "inv "};

    return WORDS[r->lock];
}

/* "3 #name        pw 12": number and name from the left; from the right lock and people, or
 * what is new: "+5", and "@1" where one is named. */
static void draw_room(struct pane_view *v, struct rect at, size_t number, const struct room *r)
{
    const struct model *m = v->model;
    bool home = r == m->home;
    bool open = r == m->open;
    enum screen_style style = open ? STYLE_STRONG : r->joined ? STYLE_TEXT : STYLE_DIM;
    size_t online = home ? m->home->people.count : r->online;
    char left[16];
    char right[32];
    struct buf name;
    int right_cols;

    (void)snprintf(left, sizeof left, number < 10 ? "%zu" : " ", number + 1);
    if (number == 9)
        (void)snprintf(left, sizeof left, "0");
    (void)snprintf(right, sizeof right, "%s%zu", lock_word(r), online);
    if (online == 0)
        (void)snprintf(right, sizeof right, "%s", lock_word(r));
    if (r->unread != 0)
        (void)snprintf(right, sizeof right, "+%u", r->unread);
    if (r->mention != 0)
        (void)snprintf(right, sizeof right, "@%u", r->mention);
    right_cols = (int)strlen(right);
    if (open)
        (void)screen_put(v->screen, at.row, at.col, STYLE_ACCENT, GLYPH_MARK);
    if (r->joined)
        (void)screen_text(v->screen, at.row, at.col + 1, 1, STYLE_DIM, bytes_str(left));
    buf_init(&name, ROOM_NAME + 8);
    pane_page_name(&name, m, r);
    (void)screen_text(
        v->screen, at.row, at.col + 3, at.cols - 5 - right_cols, style, buf_view(&name));
    (void)screen_text(v->screen, at.row, at.col + at.cols - 1 - right_cols, right_cols,
        r->unread != 0 ? STYLE_ACCENT : STYLE_DIM, bytes_str(right));
    buf_free(&name);
}

/* The first page to draw, so that the open one is always among those that fit. */
static size_t first_page(const struct model *m, size_t fit)
{
    size_t open = model_page_of(m, m->open);

    return open >= fit ? open - fit + 1 : 0;
}

static void draw_others(struct pane_view *v, struct rect at, int end)
{
    const struct model *m = v->model;
    size_t left = others(m);

    if (left == 0 || at.row + 1 >= end)
        return;
    at.row++;
    (void)screen_text(
        v->screen, at.row++, at.col + 1, at.cols - 1, STYLE_DIM, bytes_str("TO JOIN"));
    for (size_t i = 0; i < m->rooms.count && at.row < end; i++) {
        char more[32];
        if (m->rooms.all[i]->joined)
            continue;
        if (at.row == end - 1 && left > 1) {
            (void)snprintf(more, sizeof more, "and %zu more", left);
            (void)screen_text(
                v->screen, at.row, at.col + 3, at.cols - 4, STYLE_DIM, bytes_str(more));
            return;
        }
        draw_room(v, at, 0, m->rooms.all[i]);
        at.row++;
        left--;
    }
}

static void draw(struct pane_view *v, struct rect r)
{
    struct rect at = r;
    int end = r.row + r.rows;
    size_t fit = r.rows > 1 ? (size_t)r.rows - 1 : 0;

    (void)screen_text(
        v->screen, at.row++, r.col + 1, r.cols - 1, STYLE_DIM, bytes_str("ROOMS"));
    for (size_t i = first_page(v->model, fit); i < model_pages(v->model) && at.row < end; i++) {
        draw_room(v, at, i, model_page(v->model, i));
        at.row++;
    }
    draw_others(v, at, end);
}

const struct pane PANE_ROOMS = {LAYOUT_ROOMS, MODEL_ROOMS | MODEL_PEOPLE, draw};
