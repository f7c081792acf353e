/* SPDX-License-Identifier: ISC */
/*
 * The line being typed: clean UTF-8, a cursor that stands between clusters, what was killed,
 * how it was before, and the lines entered before. It knows neither keys nor cells. It may be
 * of several lines; a newline is a letter like any other. Bounded: what does not fit is not
 * inserted. All of it is taken for a secret and wiped.
 */
#ifndef TUI_EDITLINE_H
#define TUI_EDITLINE_H

#include "base/buf.h"
#include "base/bytes.h"

#define EDITLINE_BYTES   8192
#define EDITLINE_HISTORY 200
#define EDITLINE_KILLS   8
#define EDITLINE_UNDO    64
#define EDITLINE_ROWS    6 /* as many as are ever shown */

struct editline_piece {
    uint8_t *p;
    size_t n;
    size_t at; /* where the cursor stood in it */
};

struct editline_past {
    char *text;
    uint64_t page; /* the page it was entered on */
};

/* What the last change was: some go on with the one before. */
enum editline_did {
    EDITLINE_DID_OTHER,
    EDITLINE_DID_TYPE,
    EDITLINE_DID_ERASE,
    EDITLINE_DID_KILL,
    EDITLINE_DID_YANK,
    EDITLINE_DID_ROW /* up or down */
};

struct editline {
    uint8_t text[EDITLINE_BYTES];
    size_t n;
    size_t at; /* bytes before the cursor */
    enum editline_did did;
    int column;                                 /* that up and down come back to */
    struct editline_piece kill[EDITLINE_KILLS]; /* newest first */
    size_t kills;
    size_t yanked;                             /* which of them was put in last */
    struct editline_piece undo[EDITLINE_UNDO]; /* oldest first */
    size_t undos;
    uint64_t page;                                  /* what is entered belongs to it */
    struct editline_past history[EDITLINE_HISTORY]; /* oldest first */
    size_t history_n;
    size_t history_at; /* history_n: the line itself */
    char *draft;       /* the line, while history is looked at */
};

enum editline_move {
    EDITLINE_LEFT,
    EDITLINE_RIGHT,
    EDITLINE_WORD_LEFT,
    EDITLINE_WORD_RIGHT,
    EDITLINE_START, /* between two newlines */
    EDITLINE_END
};

void editline_init(struct editline *e);
void editline_fini(struct editline *e); /* and it is as new */
struct bytes editline_text(const struct editline *e);
/* Another line altogether, cursor at its end: how it was before is forgotten. */
void editline_set(struct editline *e, struct bytes text);
bool editline_insert(struct editline *e, struct bytes foreign); /* cleaned; false: too much */
/* The same in place of the bytes from there to the cursor. */
bool editline_replace(struct editline *e, size_t from, struct bytes foreign);
void editline_go(struct editline *e, enum editline_move to);
void editline_erase(
    struct editline *e, enum editline_move to); /* one cluster or word; not kept */
void editline_swap(struct editline *e);         /* the clusters around the cursor */
size_t editline_count(const struct editline *e, size_t bytes); /* clusters in the first bytes */

/* ---- editline_kill.c ---- */

void editline_kill(struct editline *e, enum editline_move to); /* kept for the yank */
void editline_kill_blank(struct editline *e); /* back to the space before; kept */
void editline_yank(struct editline *e);
void editline_yank_pop(struct editline *e); /* right after a yank: what was killed before */
void editline_undo(struct editline *e);

/* ---- editline_past.c ---- */

void editline_page(struct editline *e, uint64_t page); /* whose history comes first */
/* The entered line before, of the page or of all; and the one after. */
void editline_back(struct editline *e, bool all);
void editline_forth(struct editline *e, bool all);
/* The newest entry older than before that has the words in it, without regard to ASCII case;
 * before itself: there is none. */
size_t editline_seek(const struct editline *e, struct bytes words, size_t before);
/* Moves the line into history and out, and empties it. */
void editline_enter(struct editline *e, struct buf *out);

/* ---- editline_rows.c ---- */

struct editline_view {
    struct bytes row[EDITLINE_ROWS]; /* without the newline at its end */
    size_t rows;
    size_t above; /* rows that are not shown */
    size_t below;
    size_t cursor_row; /* of those shown */
    int cursor_col;
};

/* Rows of so many columns, cut behind words; the cursor has a column in each of them. */
size_t editline_rows(const struct editline *e, int cols);
void editline_view(const struct editline *e, int cols, size_t rows, struct editline_view *out);
/* One row up or down; false: there is none. */
bool editline_up(struct editline *e, int cols);
bool editline_down(struct editline *e, int cols);
/* On one row: the part that cols columns show, always with the cursor in it. */
struct bytes editline_window(const struct editline *e, int cols, int *cursor_col);

#endif
