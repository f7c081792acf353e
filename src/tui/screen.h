/* SPDX-License-Identifier: ISC */
/*
 * The door to ncurses: the terminal taken and given back, and cells put on it. Every text goes
 * through screen_text(), which cleans it, so nothing foreign is ever obeyed by the terminal;
 * clusters that terminals count differently are drawn as their base, so what stands to their
 * right stays in its column. Whatever way the process ends, the terminal's modes come back.
 * There is one screen in a process. How a style looks is a theme's, which is handed in.
 */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "base/bytes.h"
#include "base/err.h"
#include "tui/layout.h"
#include "tui/theme.h"

enum screen_glyph {
    GLYPH_VERTICAL,
    GLYPH_HORIZONTAL,
    GLYPH_TEE_DOWN, /* a vertical begins below */
    GLYPH_TEE_UP,
    GLYPH_ELLIPSIS,
    GLYPH_MARK, /* the open page */
    GLYPH_PROMPT,
    GLYPH_FULL,   /* connected */
    GLYPH_HOLLOW, /* not */
    GLYPH_DOT,
    GLYPH_BELOW,
    GLYPH_ABOVE,
    GLYPH_BANG,
    GLYPH_CHECK,
    GLYPH_BULLET,   /* a letter that is not shown */
    GLYPH_NEWLINE,  /* one column in both sets, as the bullet */
    GLYPH_TOP_LEFT, /* corners of a frame */
    GLYPH_TOP_RIGHT,
    GLYPH_LOW_LEFT,
    GLYPH_LOW_RIGHT,
    GLYPH_DRAFT,    /* something is typed there and not sent */
    GLYPH_BAR_FULL, /* of a bar, one column each */
    GLYPH_BAR_HALF, /* in the plain set there is none */
    GLYPH_BAR_EMPTY,
    GLYPH_IN, /* towards us */
    GLYPH_OUT,
    GLYPH_COUNT
};

struct screen;

/* ERR_REFUSED with one sentence in why: no terminal, or one that cannot do it. */
enum err screen_open(struct screen **out, char *why, size_t why_n);
void screen_close(struct screen *s); /* gives the terminal back */
void screen_pause(struct screen *s); /* the same for a while, for the shell */
void screen_resume(struct screen *s);
void screen_suspend(struct screen *s); /* asks the job to stop, as the shell's Ctrl+Z does */
void screen_measure(struct screen *s, int *rows, int *cols); /* asks the terminal, adapts */
bool screen_has_changed(const struct screen *s); /* its size, since it was measured */
void screen_redraw(struct screen *s);            /* as if it were wiped */

/* How the terminal said its background is; owed: it may still answer, long after. */
enum theme_ground screen_ground(const struct screen *s, bool *owed);
/* Takes the terminal for one that has any colour, where such a kind is known. True: the screen
 * was started anew, and so is input to be. */
bool screen_set_direct(struct screen *s, bool on);
/* t is borrowed until the next. No more than so many colours; those that it is now. */
enum color_tier screen_use_theme(struct screen *s, const struct theme *t, enum color_tier most);
void screen_select(struct screen *s, bool on); /* what is put from now on is selected, or not */

void screen_clear(struct screen *s, struct rect r);
/* On one line, at most cols columns, an ellipsis when it was longer; columns used. */
int screen_text(
    struct screen *s, int row, int col, int cols, enum style style, struct bytes text);
/* The same for somebody's name, in a colour that goes with it. */
int screen_name(struct screen *s, int row, int col, int cols, struct bytes name);
int screen_put(struct screen *s, int row, int col, enum style style, enum screen_glyph g);
/* One letter, one column wide, in colours that a picture has. */
void screen_cell(
    struct screen *s, int row, int col, uint32_t letter, const struct theme_look *look);
void screen_line(struct screen *s, struct rect r, enum screen_glyph g); /* fills it, dim */
const char *screen_glyph(const struct screen *s, enum screen_glyph g);
int screen_width(struct bytes text); /* columns that screen_text() would use */
void screen_cursor(struct screen *s, int row, int col);
void screen_flush(struct screen *s);

#endif
