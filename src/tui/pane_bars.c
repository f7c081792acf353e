/* SPDX-License-Identifier: ISC */
/* The thin ones that say nothing new: title, rules, and the page for a screen that is too
 * small. */
#include <stdio.h>

#include "tui/barline.h"
#include "tui/wrap.h"

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

static void draw_title(struct pane_view *v, struct rect r)
{
    const struct model *m = v->model;
    struct barline b = {.count = 0};

    pane_page_name(barline_add(&b, STYLE_UI_TITLE, &(struct bar_item){.rank = 9}), m, m->open);
    if (m->open == m->home)
        buf_text(barline_add(&b, STYLE_TEXT_NORMAL, &(struct bar_item){.rank = 7}), m->address);
    else if (m->open->topic[0] != '\0')
        buf_text(
            barline_add(&b, STYLE_BAR_TOPIC, &(struct bar_item){.rank = 3}), m->open->topic);
    if (m->open == m->home && m->link == MODEL_READY)
        buf_text(barline_add(&b, STYLE_TEXT_DIM, &(struct bar_item){.rank = 5, .right = true}),
            trust_words(m));
    if (m->open != m->home)
        barline_put_count(&b, m, true, false);
    barline_put_seal(&b, m->open, true, r.cols < 56);
    barline_draw(&b, v, r);
}

/* A rule with its joints where the upright ones meet it. */
static void draw_rule(struct pane_view *v, struct rect r, enum screen_glyph joint)
{
    const struct layout *l = &v->layout;

    screen_line(v->screen, r, GLYPH_HORIZONTAL);
    if (layout_has(l, LAYOUT_ROOMS_RULE))
        (void)screen_put(
            v->screen, r.row, l->part[LAYOUT_ROOMS_RULE].col, STYLE_UI_BORDER, joint);
    if (layout_has(l, LAYOUT_PEOPLE_RULE))
        (void)screen_put(
            v->screen, r.row, l->part[LAYOUT_PEOPLE_RULE].col, STYLE_UI_BORDER, joint);
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

static void draw_small(struct pane_view *v, struct rect r)
{
    char text[64];
    int row = (r.rows - 1) / 2;
    struct bytes rest;
    struct bytes line;

    (void)snprintf(text, sizeof text, "%dx%d needed, have %dx%d", LAYOUT_MIN_COLS,
        LAYOUT_MIN_ROWS, r.cols, r.rows);
    rest = bytes_str(text);
    for (; row < r.rows && wrap_next(&rest, r.cols, &line); row++)
        (void)screen_text(
            v->screen, row, (r.cols - screen_width(line)) / 2, r.cols, STYLE_TEXT_NORMAL, line);
    v->cursor_row = r.rows / 2;
    v->cursor_col = 0;
}

const struct pane PANE_TITLE = {LAYOUT_TITLE, MODEL_STATUS | MODEL_ROOMS, draw_title};
const struct pane PANE_TOP_RULE = {LAYOUT_TOP_RULE, 0, draw_top_rule};
const struct pane PANE_LOW_RULE = {LAYOUT_LOW_RULE, 0, draw_low_rule};
const struct pane PANE_ROOMS_RULE = {LAYOUT_ROOMS_RULE, 0, draw_upright};
const struct pane PANE_PEOPLE_RULE = {LAYOUT_PEOPLE_RULE, 0, draw_upright};
const struct pane PANE_SMALL = {LAYOUT_PAGE, MODEL_ALL | PANE_INPUT, draw_small};
