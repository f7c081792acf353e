/* SPDX-License-Identifier: ISC */
/* Who is in the open room's group; at home, who is on the relay. */
#include <stdio.h>

#include "tui/pane.h"

static const char *mark_of(const struct person *p)
{
    if ((p->flags & (ROSTER_OPERATOR | ROSTER_OWNER)) != 0)
        return "@";
    return (p->flags & ROSTER_MODERATOR) != 0 ? "+" : " ";
}

struct note {
    const char *word; /* at the right edge */
    enum screen_style style;
};

/* In a room, who has no leaf in the group yet cannot read what is said. */
static struct note note_of(const struct model *m, const struct person *p)
{
    if (m->open != m->home && (p->flags & ROSTER_SEALED) == 0)
        return (struct note){"joining", STYLE_DIM};
    if ((p->flags & ROSTER_AWAY) != 0)
        return (struct note){"away", STYLE_DIM};
    if (model_is_me(m, person_name(p)))
        return (struct note){"you", STYLE_STRONG};
    return (struct note){"", STYLE_TEXT};
}

/* Puts text so that it ends at a column; the column before it. */
static int put_back(
    struct pane_view *v, int row, int end, enum screen_style style, const char *text)
{
    int cols = screen_width(bytes_str(text));

    (void)screen_text(v->screen, row, end - cols, cols, style, bytes_str(text));
    return cols != 0 ? end - cols - 1 : end;
}

static void draw_person(struct pane_view *v, struct rect at, const struct person *p)
{
    const struct note note = note_of(v->model, p);
    int col = at.col + 2;
    int end = put_back(v, at.row, at.col + at.cols - 1, STYLE_DIM, note.word);
    char tag[EVENT_TAG + 1] = "";

    if ((p->flags & ROSTER_CHANGED) != 0)
        end = put_back(v, at.row, end, STYLE_BAD, screen_glyph(v->screen, GLYPH_BANG));
    else if ((p->flags & ROSTER_VERIFIED) != 0)
        end = put_back(v, at.row, end, STYLE_GOOD, screen_glyph(v->screen, GLYPH_CHECK));
    if ((p->flags & ROSTER_GUEST) != 0 && p->tag[0] != '\0')
        (void)snprintf(tag, sizeof tag, "#%.4s", p->tag);
    (void)screen_text(v->screen, at.row, at.col + 1, 1, STYLE_ACCENT, bytes_str(mark_of(p)));
    /* The tag tells two guests of one name apart: the name gives way. */
    col += screen_text(
        v->screen, at.row, col, end - col - (int)strlen(tag), note.style, person_name(p));
    (void)screen_text(v->screen, at.row, col, end - col, STYLE_DIM, bytes_str(tag));
}

static void draw(struct pane_view *v, struct rect r)
{
    const struct roster *people = &v->model->open->people;
    struct rect at = r;
    int end = r.row + r.rows;
    char text[48];

    (void)snprintf(text, sizeof text, "%s %zu",
        v->model->open == v->model->home ? "ONLINE" : "MEMBERS", people->count);
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
