/* SPDX-License-Identifier: ISC */
/* Who is in the open room; at home, who is on the relay. */
#include <stdio.h>

#include "tui/pane.h"

static const char *mark_of(const struct person *p)
{
    if ((p->flags & (ROSTER_OPERATOR | ROSTER_OWNER)) != 0)
        return "@";
    return (p->flags & ROSTER_MODERATOR) != 0 ? "+" : " ";
}

static void draw_person(struct pane_view *v, struct rect at, const struct person *p)
{
    bool away = (p->flags & ROSTER_AWAY) != 0;
    bool me = model_is_me(v->model, person_name(p));
    const char *note = away ? "away" : me ? "you" : "";
    int note_cols = (int)strlen(note);
    enum screen_style style = away ? STYLE_DIM : me ? STYLE_STRONG : STYLE_TEXT;

    (void)screen_text(v->screen, at.row, at.col + 1, 1, STYLE_ACCENT, bytes_str(mark_of(p)));
    (void)screen_text(v->screen, at.row, at.col + 2,
        at.cols - 3 - (note_cols != 0 ? note_cols + 1 : 0), style, person_name(p));
    (void)screen_text(v->screen, at.row, at.col + at.cols - 1 - note_cols, note_cols, STYLE_DIM,
        bytes_str(note));
}

static void draw(struct pane_view *v, struct rect r)
{
    const struct roster *people = &v->model->open->people;
    struct rect at = r;
    int end = r.row + r.rows;
    char text[48];

    (void)snprintf(text, sizeof text, "%s %zu",
        v->model->open == v->model->home ? "ONLINE" : "HERE", people->count);
    (void)screen_text(v->screen, at.row++, r.col + 1, r.cols - 2, STYLE_DIM, bytes_str(text));
    for (size_t i = 0; i < people->count && at.row < end; i++, at.row++) {
        if (at.row == end - 1 && i + 1 < people->count) {
            (void)snprintf(text, sizeof text, "and %zu more", people->count - i);
            (void)screen_text(
                v->screen, at.row, r.col + 2, r.cols - 3, STYLE_DIM, bytes_str(text));
            return;
        }
        draw_person(v, at, &people->people[i]);
    }
}

const struct pane PANE_PEOPLE = {LAYOUT_PEOPLE, MODEL_PEOPLE, draw};
