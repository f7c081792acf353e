/* SPDX-License-Identifier: ISC */
#include "tui/pane_help.h"

#include <stdio.h>

#include "model/command.h"
#include "tui/keymap.h"
#include "tui/wrap.h"

#define LEFT_COLS                                                                              \
    19 /* the names; what they do stands beside, or below when that is too narrow */

struct page {
    struct pane_view *v;
    struct rect r;
    int row;
};

static void put(struct page *p, int col, enum screen_style style, struct bytes text)
{
    if (p->row >= p->r.row && p->row < p->r.row + p->r.rows)
        (void)screen_text(
            p->v->screen, p->row, p->r.col + col, p->r.cols - col - 1, style, text);
}

static void put_pair(struct page *p, const char *left, const char *right)
{
    bool beside = p->r.cols >= LEFT_COLS + 28;
    struct bytes rest = bytes_str(right);
    struct bytes row;
    int col = beside ? LEFT_COLS + 3 : 3;

    put(p, 1, STYLE_STRONG, bytes_str(left));
    if (!beside || strlen(left) > LEFT_COLS)
        p->row++;
    while (wrap_next(&rest, p->r.cols - col - 1, &row)) {
        put(p, col, STYLE_TEXT, row);
        p->row++;
    }
}

static void put_title(struct page *p, const char *text)
{
    put(p, 1, STYLE_DIM, bytes_str(text));
    p->row++;
}

static void put_command(struct page *p, const struct command *c)
{
    char name[64];

    (void)snprintf(name, sizeof name, "/%s %s", c->name, c->args);
    put_pair(p, name, c->help);
}

static void put_all(struct page *p, const struct command *one)
{
    if (one != NULL) {
        put_title(p, "HELP");
        put_command(p, one);
        if (one->key[0] != '\0')
            put_pair(p, one->key, "the key for it");
        return;
    }
    put_title(p, "COMMANDS");
    for (size_t i = 0; command_at(i) != NULL; i++)
        put_command(p, command_at(i));
    p->row += p->r.rows >= 20;
    put_title(p, "KEYS");
    for (size_t i = 0; keymap_help(i) != NULL; i++)
        put_pair(p, keymap_help(i)->keys, keymap_help(i)->does);
}

void pane_help_draw(struct pane_view *v, struct rect r)
{
    const struct command *one = command_find(bytes_str(v->model->help_topic));
    struct page p = {v, r, r.row - v->help_from};
    int hidden;

    put_all(&p, one);
    hidden = p.row + v->help_from - r.row - r.rows; /* of all rows, those that do not fit */
    if (v->help_from == 0 || v->help_from <= hidden)
        return;
    v->help_from = hidden > 0 ? hidden : 0;
    screen_clear(v->screen, r);
    p.row = r.row - v->help_from;
    put_all(&p, one);
}

void pane_help_scroll(struct pane_view *v, int pages)
{
    int rows = v->layout.part[LAYOUT_LOG].rows;
    int to = v->help_from + pages * (rows > 2 ? rows - 1 : 1);

    v->help_from = to > 0 ? to : 0;
}
