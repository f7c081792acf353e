/* SPDX-License-Identifier: ISC */
/*
 * A picture from a file, as cells to be drawn: made by a program of its own, sotto-picture,
 * because what reads pictures is what strangers attack. It gets the file to read from, a pipe
 * to write to, and nothing else; it is waited for by the clock, killed by its pid when it takes
 * longer than PICTURE_PATIENCE or says more than was asked for, and what it says is believed no
 * further than base/art does. Nothing here waits, except for the end of a child that was
 * killed. It draws nothing.
 */
#ifndef TUI_PICTURE_H
#define TUI_PICTURE_H

#include "base/art.h"
#include "base/err.h"
#include "tui/color.h"

/* By the clock, in ms: of computing it has far less, which a busy machine does not eat up. */
#define PICTURE_PATIENCE 20000
#define PICTURE_POLL     50 /* ms: how often picture_step() is worth calling */

struct picture;

struct picture_want {
    const char *program; /* NULL: ours, found beside the running one or in libexec */
    unsigned rows, cols; /* the most it may have */
    enum color_tier tier;
    bool ascii; /* the terminal shows nothing else */
    bool light; /* its background is */
};

/* Whether the end of a name says that it is one that can be shown. */
bool picture_is_one(struct bytes name);

/* Starts it. The file is opened at once and may go afterwards; *out is NULL when it fails.
 * ERR_NOT_FOUND, ERR_PERM, ERR_REFUSED (no regular file), ERR_TOO_BIG, ERR_UNSUPPORTED (the
 * program is not there), ERR_FORMAT (nothing in it, or a size that no screen has). */
enum err picture_start(
    struct picture **out, const char *path, const struct picture_want *w, uint64_t now_ms);
void picture_free(struct picture *p); /* ends it, whatever it is doing; NULL is fine */
/* Readable when there is something to step for; -1 once it is over. */
int picture_fd(const struct picture *p);
/* ERR_MORE: not yet. ERR_OK: it is there. Else it failed, for good: ERR_FORMAT, ERR_TOO_BIG,
 * ERR_TIMEOUT, ERR_UNSUPPORTED (it cannot protect itself on this machine), ERR_CLOSED (it was
 * stopped: by what is in the picture, or by its limits), ERR_CORRUPT (it said what it may not).
 */
enum err picture_step(struct picture *p, uint64_t now_ms);
/* Once picture_step() said ERR_OK; as long as the picture. */
const struct art *picture_art(const struct picture *p);
/* The colours of one of its cells, as the tier it was asked for has them. */
void picture_colors(
    const struct picture *p, const struct art_cell *c, struct color *fg, struct color *bg);
/* A sentence for the person about any of these. */
const char *picture_words(enum err e);

#endif
