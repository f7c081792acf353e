/* SPDX-License-Identifier: ISC */
/*
 * The line being typed: clean UTF-8, a cursor that stands between clusters, what was killed,
 * and the lines entered before. It knows neither keys nor cells. A newline is a letter like
 * any other, one column wide. Bounded: what does not fit is not inserted. All of it is taken
 * for a secret and wiped.
 */
#ifndef TUI_EDITLINE_H
#define TUI_EDITLINE_H

#include "base/buf.h"
#include "base/bytes.h"

#define EDITLINE_BYTES   8192
#define EDITLINE_HISTORY 200

struct editline {
    uint8_t text[EDITLINE_BYTES];
    size_t n;
    size_t at; /* bytes before the cursor */
    uint8_t killed[EDITLINE_BYTES];
    size_t killed_n;
    char *history[EDITLINE_HISTORY]; /* oldest first */
    size_t history_n;
    size_t history_at; /* history_n: the line itself */
    char *draft;       /* the line, while history is looked at */
};

enum editline_move {
    EDITLINE_LEFT,
    EDITLINE_RIGHT,
    EDITLINE_WORD_LEFT,
    EDITLINE_WORD_RIGHT,
    EDITLINE_START,
    EDITLINE_END
};

void editline_init(struct editline *e);
void editline_fini(struct editline *e); /* and it is as new */
struct bytes editline_text(const struct editline *e);
void editline_set(struct editline *e, struct bytes text);       /* cursor at its end */
bool editline_insert(struct editline *e, struct bytes foreign); /* cleaned; false: too much */
void editline_go(struct editline *e, enum editline_move to);
void editline_erase(
    struct editline *e, enum editline_move to); /* one cluster or word; not kept */
void editline_kill(struct editline *e, enum editline_move to); /* kept for the yank */
void editline_kill_blank(struct editline *e); /* back to the space before; kept */
void editline_yank(struct editline *e);
void editline_swap(struct editline *e); /* the clusters around the cursor */
void editline_back(struct editline *e); /* the entered line before */
void editline_forth(struct editline *e);
/* Moves the line into history and out, and empties it. */
void editline_enter(struct editline *e, struct buf *out);
size_t editline_count(const struct editline *e, size_t bytes); /* clusters in the first bytes */
/* The part that cols columns show, always with the cursor in it. */
struct bytes editline_window(const struct editline *e, int cols, int *cursor_col);

#endif
