/* SPDX-License-Identifier: ISC */
/*
 * Who is in the open room's group; at home, who is on the relay. How far each one's key is
 * known is a sign at the right, and what the signs mean stands at the foot.
 */
#include <stdio.h>

#include "tui/pane.h"

#define LEGEND_ROWS 12 /* a list lower than this has no foot */

static const char *mark_of(const struct person *p)
{
    if ((p->flags & (ROSTER_OPERATOR | ROSTER_OWNER)) != 0)
        return "@";
    return (p->flags & ROSTER_MODERATOR) != 0 ? "+" : " ";
}

/* Where nobody is in: everybody is shown who is on the relay. */
static bool is_for_all(const struct model *m)
{
    return m->open == m->home || m->open->local;
}

/* ---- how far a key is known ---- */

enum known { KNOWN_NOTHING, KNOWN_CHANGED, KNOWN_JOINING, KNOWN_UNVERIFIED, KNOWN_VERIFIED };
#define KNOWNS (KNOWN_VERIFIED + 1)

static enum known known_of(const struct model *m, const struct person *p)
{
    if ((p->flags & ROSTER_CHANGED) != 0)
        return KNOWN_CHANGED;
    if (model_is_me(m, person_name(p)) || is_for_all(m))
        return KNOWN_NOTHING;
    if ((p->flags & ROSTER_SEALED) == 0)
        return KNOWN_JOINING;
    return (p->flags & ROSTER_VERIFIED) != 0 ? KNOWN_VERIFIED : KNOWN_UNVERIFIED;
}

static const struct {
    enum style style;
    const char *sign; /* NULL: a glyph */
    enum screen_glyph glyph;
    const char *words;
} KNOWN[KNOWNS] = {
    [KNOWN_NOTHING] = {STYLE_TEXT_DIM, "", GLYPH_DOT, ""},
    [KNOWN_CHANGED] = {STYLE_ENC_CHANGED, NULL, GLYPH_BANG, "key changed"},
    [KNOWN_JOINING] = {STYLE_MEMBER_AWAY, NULL, GLYPH_DOT, "not in yet"},
    [KNOWN_UNVERIFIED] = {STYLE_ENC_UNVERIFIED, "?", GLYPH_DOT, "not verified"},
    [KNOWN_VERIFIED] = {STYLE_ENC_VERIFIED, NULL, GLYPH_CHECK, "verified"},
};

static const char *sign_of(const struct screen *s, enum known k)
{
    return KNOWN[k].sign != NULL ? KNOWN[k].sign : screen_glyph(s, KNOWN[k].glyph);
}

/* ---- one person ---- */

struct note {
    const char *word; /* before the sign; it goes before the name is cut */
    enum style name;
};

static struct note note_of(const struct model *m, const struct person *p)
{
    if (!is_for_all(m) && (p->flags & ROSTER_SEALED) == 0)
        return (struct note){"joining", STYLE_MEMBER_AWAY};
    if (model_is_away(m, m->open, p))
        return (struct note){"away", STYLE_MEMBER_AWAY};
    if (model_is_me(m, person_name(p)))
        return (struct note){"you", STYLE_NICK_SELF};
    return (struct note){"", STYLE_MEMBER_NORMAL};
}

/* Puts text so that it ends at a column; the column before it. */
static int put_back(struct pane_view *v, int row, int end, enum style style, const char *text)
{
    int cols = screen_width(bytes_str(text));

    (void)screen_text(v->screen, row, end - cols, cols, style, bytes_str(text));
    return cols != 0 ? end - cols - 1 : end;
}

static void draw_person(struct pane_view *v, struct rect at, const struct person *p)
{
    const struct note note = note_of(v->model, p);
    enum known known = known_of(v->model, p);
    int col = at.col + 2;
    int end = at.col + at.cols - 1;
    char tag[EVENT_TAG + 1] = "";
    int want;

    spots_add(
        &v->spots, (struct rect){at.row, at.col, 1, at.cols}, SPOT_PERSON, person_name(p));
    if ((p->flags & ROSTER_GUEST) != 0 && p->tag[0] != '\0')
        (void)snprintf(tag, sizeof tag, "#%.4s", p->tag);
    want = screen_width(person_name(p)) + (int)strlen(tag);
    end = put_back(v, at.row, end, KNOWN[known].style, sign_of(v->screen, known));
    if (end - (int)strlen(note.word) - 1 - col >= want)
        end = put_back(v, at.row, end, STYLE_TEXT_DIM, note.word);
    (void)screen_text(v->screen, at.row, at.col + 1, 1,
        mark_of(p)[0] == '+' ? STYLE_MEMBER_VOICE : STYLE_MEMBER_OP, bytes_str(mark_of(p)));
    /* The tag tells two guests of one name apart: the name gives way. */
    col += screen_text(
        v->screen, at.row, col, end - col - (int)strlen(tag), note.name, person_name(p));
    (void)screen_text(v->screen, at.row, col, end - col, STYLE_TEXT_DIM, bytes_str(tag));
}

/* ---- the list ---- */

/* A line for each sign that is there, from the last row up; the rows left for the people. */
static int draw_legend(struct pane_view *v, struct rect r)
{
    const struct roster *people = &v->model->open->people;
    bool there[KNOWNS] = {false};
    int end = r.row + r.rows;
    char text[64];

    if (r.rows < LEGEND_ROWS)
        return r.rows;
    for (size_t i = 0; i < people->count; i++)
        there[known_of(v->model, &people->people[i])] = true;
    for (enum known k = KNOWN_VERIFIED; k > KNOWN_NOTHING; k--) {
        if (!there[k])
            continue;
        (void)snprintf(text, sizeof text, "%s %s", sign_of(v->screen, k), KNOWN[k].words);
        (void)screen_text(
            v->screen, --end, r.col + 1, r.cols - 2, KNOWN[k].style, bytes_str(text));
    }
    return end - r.row - (end != r.row + r.rows); /* a row between */
}

/* The first one shown: as far down as somebody scrolled, and people fill the pane. */
static size_t first(struct pane_view *v, size_t people, int rows)
{
    int count = (int)people;
    int most = count > rows ? count - rows : 0;

    v->people_from = v->people_from > most ? most : v->people_from;
    v->people_from = v->people_from < 0 ? 0 : v->people_from;
    return (size_t)v->people_from;
}

static void draw(struct pane_view *v, struct rect r)
{
    const struct model *m = v->model;
    const struct roster *people = is_for_all(m) ? &m->home->people : &m->open->people;
    struct rect at = {r.row, r.col, 1, r.cols};
    int end = r.row + draw_legend(v, r);
    char text[64];

    (void)snprintf(
        text, sizeof text, "%s %zu", is_for_all(m) ? "ONLINE" : "MEMBERS", people->count);
    (void)screen_text(
        v->screen, at.row++, r.col + 1, r.cols - 2, STYLE_MEMBER_HEADER, bytes_str(text));
    for (size_t i = first(v, people->count, end - at.row); i < people->count && at.row < end;
         i++, at.row++) {
        if (at.row == end - 1 && i + 1 < people->count) {
            (void)snprintf(text, sizeof text, "%s %zu more",
                screen_glyph(v->screen, GLYPH_BELOW), people->count - i);
            (void)screen_text(
                v->screen, at.row, r.col + 2, r.cols - 3, STYLE_TEXT_DIM, bytes_str(text));
            return;
        }
        draw_person(v, at, &people->people[i]);
    }
}

const struct pane PANE_PEOPLE = {LAYOUT_PEOPLE, MODEL_PEOPLE, draw};
