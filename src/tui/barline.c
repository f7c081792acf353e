/* SPDX-License-Identifier: ISC */
#include "tui/barline.h"

#include <stdio.h>

struct buf *barline_add(struct barline *b, enum style style, const struct bar_item *like)
{
    struct barline_item *it = &b->item[b->count];

    b->fit[b->count++] =
        (struct bar_item){.rank = like->rank, .least = like->least, .right = like->right};
    it->style = style;
    buf_init(&it->text, 2048);
    return &it->text;
}

void barline_fit(struct barline *b, int cols)
{
    for (size_t i = 0; i < b->count; i++)
        b->fit[i].width = screen_width(buf_view(&b->item[i].text));
    bar_fit(b->fit, b->count, cols);
}

void barline_draw(struct barline *b, struct pane_view *v, struct rect r)
{
    barline_fit(b, r.cols);
    for (size_t i = 0; i < b->count; i++) {
        (void)screen_text(v->screen, r.row, r.col + b->fit[i].at, b->fit[i].cols,
            b->item[i].style, buf_view(&b->item[i].text));
        buf_free(&b->item[i].text);
    }
    b->count = 0;
}

/* ---- words that more than one bar has ---- */

/* What quitting does to files that are not there yet. */
static void put_under_way(struct buf *to, const struct model *m)
{
    char words[TRANSFER_PARTING];

    transfers_parting(&m->files, m->keeps, words);
    if (words[0] != '\0')
        buf_fmt(to, "; %s", words);
}

bool barline_notice(const struct pane_view *v, struct buf *to)
{
    char key[32];

    if (v->quit_armed) {
        keymap_key(v->keys, ACTION_QUIT_ASK, key);
        buf_fmt(to, "%s again quits; any other key stays", key);
        put_under_way(to, v->model);
    } else if (v->jumping) {
        buf_fmt(to, "page %s_   two digits, or one and Enter; ESC stays here", v->jump);
    } else if (v->alt_next) {
        buf_text(to, "ESC-   the next key counts as with Alt");
    } else if (v->keys->waits) {
        buf_text(to, "the first of two keys; ESC takes it back");
    } else if (v->hint.n != 0) {
        buf_bytes(to, buf_view(&v->hint));
    }
    return to->n != 0;
}

enum style pane_seal_style(enum room_seal seal)
{
    static const enum style STYLES[ROOM_SEALS] = {
        [ROOM_PLAIN] = STYLE_ENC_NONE,
        [ROOM_AGREEING] = STYLE_ENC_UNVERIFIED,
        [ROOM_UNCONFIRMED] = STYLE_ENC_UNVERIFIED,
        [ROOM_SEALED] = STYLE_ENC_VERIFIED,
        [ROOM_STOPPED] = STYLE_ENC_CHANGED,
        [ROOM_UNVERIFIED] = STYLE_ENC_CHANGED,
        [ROOM_BROKEN] = STYLE_ENC_CHANGED,
        [ROOM_LOST] = STYLE_ENC_CHANGED,
    };

    return STYLES[seal];
}

/* Ranked above all else and never cut: half of its words would say something else. */
void barline_put_seal(struct barline *b, const struct room *r, bool right, bool brief)
{
    char words[ROOM_SEAL_WORDS];
    struct buf *t = barline_add(b, pane_seal_style(r->seal),
        &(struct bar_item){.rank = 10, .least = BARLINE_WHOLE, .right = right});

    room_seal_words(r, words);
    buf_text(t, brief && !r->local ? room_seal_brief(r->seal) : words);
}

void barline_put_count(struct barline *b, const struct model *m, bool right, bool brief)
{
    const struct room *r = m->open;
    bool home = r == m->home;
    size_t n = home ? r->people.count : r->members;
    struct buf *t;

    if (n == 0 || r->direct)
        return;
    t = barline_add(b, STYLE_TEXT_DIM,
        &(struct bar_item){.rank = 4, .least = BARLINE_WHOLE, .right = right});
    buf_fmt(t, "%zu", n);
    if (!brief)
        buf_text(t, home ? " online" : n == 1 ? " member" : " members");
}
