/* SPDX-License-Identifier: ISC */
/*
 * A picture made of letters: rows of cells, each with one letter that is one column wide and
 * two colours. It is what crosses the line between the program that reads foreign pictures and
 * the one that draws them, so reading it is strict: a size within what was asked for, letters
 * of a short list, colours that the terminal has, and nothing left over. It draws nothing.
 *
 *   u16 rows | u16 cols | rows * cols times: u32 letter | u8 flags | 3 fg | 3 bg
 *
 * A colour is red, green and blue where any can be had, else its number in the last byte; zero
 * where a flag does not say that there is one, and the terminal's own then.
 */
#ifndef BASE_ART_H
#define BASE_ART_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define ART_SIDE_MAX 1000 /* rows or columns */
#define ART_HEAD     4
#define ART_CELL     11

enum art_ink { ART_MONO, ART_8, ART_16, ART_256, ART_DIRECT, ART_INKS };

enum { ART_HAS_FG = 1, ART_HAS_BG = 2 };

struct art_cell {
    uint32_t letter;
    uint32_t fg, bg; /* 0xrrggbb, or a number */
    uint8_t flags;
};

/* What is wanted, and the most that may come. */
struct art_want {
    unsigned rows, cols; /* 1 to ART_SIDE_MAX */
    enum art_ink ink;
    bool ascii; /* no other letters */
    bool light; /* what is not drawn is bright: what is, is dark */
};

struct art {
    unsigned rows, cols;
    struct art_cell *cells; /* row by row */
};

void art_init(struct art *a, unsigned rows, unsigned cols);
void art_fini(struct art *a); /* again is fine */
bool art_want_is_fit(const struct art_want *w);
bool art_letter_is_fit(uint32_t letter, bool ascii);
size_t art_size(unsigned rows, unsigned cols); /* bytes of it */
void art_put(struct buf *out, const struct art *a);
/* ERR_FORMAT, and a is empty, for anything but what was asked for. */
enum err art_read(struct art *a, struct bytes from, const struct art_want *w);

#endif
