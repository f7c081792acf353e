/* SPDX-License-Identifier: ISC */
/* The thin ones: title, rules, status, hints, and the page for a screen that is too small. */
#include <stdio.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tui/bar.h"
#include "tui/pane.h"

#define ITEMS_MAX 8

struct item {
    struct buf text;
    enum screen_style style;
};

struct bar {
    struct item item[ITEMS_MAX];
    struct bar_item fit[ITEMS_MAX];
    size_t count;
};

static struct buf *add(struct bar *b, enum screen_style style, int rank, bool right)
{
    struct item *it = &b->item[b->count];

    b->fit[b->count++] = (struct bar_item){.rank = rank, .right = right};
    it->style = style;
    buf_init(&it->text, 2048);
    return &it->text;
}

static void draw_bar(struct pane_view *v, struct rect r, struct bar *b)
{
    for (size_t i = 0; i < b->count; i++)
        b->fit[i].width = screen_width(buf_view(&b->item[i].text));
    bar_fit(b->fit, b->count, r.cols);
    for (size_t i = 0; i < b->count; i++) {
        (void)screen_text(v->screen, r.row, r.col + b->fit[i].at, b->fit[i].cols,
            b->item[i].style, buf_view(&b->item[i].text));
        buf_free(&b->item[i].text);
    }
}

static const char *trust_words(const struct model *m)
{
    static const char *const WORDS[] = {
        [MODEL_UNKNOWN] = "",
        [MODEL_FIRST_SIGHT] = "TLS, new key remembered",
        [MODEL_PINNED] = "TLS, key as before",
        [MODEL_CERTIFIED] = "TLS, certificate verified",
    };

    return WORDS[m->trust];
}

enum screen_style pane_seal_style(enum room_seal seal)
{
    static const enum screen_style STYLES[ROOM_SEALS] = {
        [ROOM_PLAIN] = STYLE_DIM,
        [ROOM_AGREEING] = STYLE_WARN,
        [ROOM_UNCONFIRMED] = STYLE_WARN,
        [ROOM_SEALED] = STYLE_GOOD,
        [ROOM_STOPPED] = STYLE_BAD,
        [ROOM_LOST] = STYLE_BAD,
    };

    return STYLES[seal];
}

/* Ranked above all else: half of its words would say something else. */
static void put_seal(struct bar *b, const struct room *r, bool right)
{
    char words[ROOM_SEAL_WORDS];

    room_seal_words(r, words);
    buf_text(add(b, pane_seal_style(r->seal), 10, right), words);
}

static void put_count(struct bar *b, const struct model *m, bool right)
{
    const struct room *r = m->open;
    size_t n = r == m->home ? r->people.count : r->members;
    struct buf *t;

    if (n == 0 || r->direct)
        return;
    t = add(b, STYLE_DIM, 4, right);
    if (r == m->home)
        buf_fmt(t, "%zu online", n);
    else
        buf_fmt(t, "%zu member%s", n, n == 1 ? "" : "s");
}

static void draw_title(struct pane_view *v, struct rect r)
{
    const struct model *m = v->model;
    struct bar b = {.count = 0};

    pane_page_name(add(&b, STYLE_STRONG, 9, false), m, m->open);
    if (m->open == m->home)
        buf_text(add(&b, STYLE_TEXT, 7, false), m->address);
    else if (m->open->topic[0] != '\0')
        buf_text(add(&b, STYLE_TEXT, 3, false), m->open->topic);
    if (m->open == m->home && m->link == MODEL_READY)
        buf_text(add(&b, STYLE_DIM, 5, true), trust_words(m));
    if (m->open != m->home)
        put_count(&b, m, true);
    put_seal(&b, m->open, true);
    draw_bar(v, r, &b);
}

/* A rule with its joints where the upright ones meet it. */
static void draw_rule(struct pane_view *v, struct rect r, enum screen_glyph joint)
{
    const struct layout *l = &v->layout;

    screen_line(v->screen, r, GLYPH_HORIZONTAL);
    if (layout_has(l, LAYOUT_ROOMS_RULE))
        (void)screen_put(v->screen, r.row, l->part[LAYOUT_ROOMS_RULE].col, STYLE_DIM, joint);
    if (layout_has(l, LAYOUT_PEOPLE_RULE))
        (void)screen_put(v->screen, r.row, l->part[LAYOUT_PEOPLE_RULE].col, STYLE_DIM, joint);
}

static void draw_top_rule(struct pane_view *v, struct rect r)
{
    draw_rule(v, r, GLYPH_TEE_DOWN);
}

static void draw_low_rule(struct pane_view *v, struct rect r)
{
    draw_rule(v, r, GLYPH_TEE_UP);
}

static void draw_upright(struct pane_view *v, struct rect r)
{
    screen_line(v->screen, r, GLYPH_VERTICAL);
}

static void put_link(struct bar *b, const struct pane_view *v)
{
    const struct model *m = v->model;
    bool up = m->link == MODEL_READY;
    struct buf *t = add(b, up ? STYLE_GOOD : STYLE_WARN, 9, true);

    buf_fmt(t, "%s %s", screen_glyph(v->screen, up ? GLYPH_FULL : GLYPH_HOLLOW),
        model_link_str(m->link));
    if (m->link == MODEL_WAITING && m->retry_s != 0)
        buf_fmt(t, ", again in %u s", m->retry_s);
}

static void put_active(struct bar *b, const struct model *m)
{
    struct buf *t = NULL;

    for (size_t i = 0; i < model_pages(m); i++) {
        const struct room *r = model_page(m, i);
        if (r->unread == 0)
            continue;
        if (t == NULL) {
            t = add(b, STYLE_ACCENT, 6, false);
            buf_text(t, "Act:");
        }
        buf_fmt(t, " %zu:", i + 1);
        pane_page_name(t, m, r);
        if (r->mention != 0)
            buf_fmt(t, " (@%u)", r->mention);
    }
}

static void draw_status(struct pane_view *v, struct rect r)
{
    const struct model *m = v->model;
    bool titled = layout_has(&v->layout, LAYOUT_TITLE);
    struct bar b = {.count = 0};
    struct buf *t = add(&b, STYLE_TEXT, 8, false);

    buf_fmt(t, "%zu:", model_page_of(m, m->open) + 1);
    pane_page_name(t, m, m->open);
    if (m->open == m->home || !titled)
        put_count(&b, m, false);
    if (m->open != m->home && (m->open->seal != ROOM_SEALED || !titled))
        put_seal(&b, m->open, false);
    if (m->open->typing[0] != '\0')
        buf_fmt(add(&b, STYLE_DIM, 3, false), "%s is typing", m->open->typing);
    if (v->below != 0)
        buf_fmt(add(&b, STYLE_ACCENT, 7, false), "%s %u below",
            screen_glyph(v->screen, GLYPH_BELOW), v->below);
    put_active(&b, m);
    put_link(&b, v);
    draw_bar(v, r, &b);
}

static void draw_hints(struct pane_view *v, struct rect r)
{
    static const struct {
        const char *words;
        int rank;
    } HINTS[] = {{"Enter send", 4}, {"/join ROOM", 8}, {"/msg NAME", 7}, {"Tab complete", 6},
        {"Alt+1..9 pages", 5}, {"F1 help", 9}};
    struct bar b = {.count = 0};

    if (v->quit_armed)
        buf_text(add(&b, STYLE_WARN, 9, false), "Ctrl+C again quits; any other key stays");
    else if (v->alt_next)
        buf_text(add(&b, STYLE_ACCENT, 9, false), "ESC-   the next key counts as with Alt");
    else if (v->model->help)
        buf_text(add(&b, STYLE_DIM, 9, false), "ESC closes this page   PgUp PgDn move in it");
    else if (v->hint.n != 0)
        buf_bytes(add(&b, STYLE_TEXT, 9, false), buf_view(&v->hint));
    else if (v->model->ask.open)
        buf_text(add(&b, STYLE_DIM, 9, false), "Enter answers   ESC takes the question back");
    else
        for (size_t i = 0; i < MEM_COUNT(HINTS); i++)
            buf_text(add(&b, STYLE_DIM, HINTS[i].rank, false), HINTS[i].words);
    draw_bar(v, r, &b);
}

static void draw_small(struct pane_view *v, struct rect r)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%dx%d needed, have %dx%d", LAYOUT_MIN_COLS,
        LAYOUT_MIN_ROWS, r.cols, r.rows);
    int col = n < r.cols ? (r.cols - n) / 2 : 0;

    (void)screen_text(v->screen, r.rows / 2, col, r.cols, STYLE_TEXT, bytes_str(text));
    v->cursor_row = r.rows / 2;
    v->cursor_col = 0;
}

const struct pane PANE_TITLE = {LAYOUT_TITLE, MODEL_STATUS | MODEL_ROOMS, draw_title};
const struct pane PANE_TOP_RULE = {LAYOUT_TOP_RULE, 0, draw_top_rule};
const struct pane PANE_LOW_RULE = {LAYOUT_LOW_RULE, 0, draw_low_rule};
const struct pane PANE_ROOMS_RULE = {LAYOUT_ROOMS_RULE, 0, draw_upright};
const struct pane PANE_PEOPLE_RULE = {LAYOUT_PEOPLE_RULE, 0, draw_upright};
const struct pane PANE_STATUS = {
    LAYOUT_STATUS, MODEL_STATUS | MODEL_PEOPLE | MODEL_ROOMS | MODEL_EVENTS, draw_status};
const struct pane PANE_HINTS = {
    LAYOUT_HINTS, MODEL_STATUS | MODEL_HELP | PANE_INPUT, draw_hints};
const struct pane PANE_SMALL = {LAYOUT_PAGE, MODEL_ALL | PANE_INPUT, draw_small};
