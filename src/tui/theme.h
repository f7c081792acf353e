/* SPDX-License-Identifier: ISC */
/*
 * How each slot of style looks: colours, attributes, the colours of names, a set of glyphs, and
 * nothing else, so that a theme of a stranger cannot do more than look bad. Reading is strict:
 * whatever is not known is an error that names it. Where a theme would hide what people have
 * to see (a seal, a lost connection, a failure) in some tier, that slot looks as in the theme
 * that is built in, and the theme has a warning. It opens no file: others are asked for by
 * name.
 */
#ifndef TUI_THEME_H
#define TUI_THEME_H

#include "base/buf.h"
#include "base/err.h"
#include "tui/color.h"
#include "tui/style.h"

#define THEME_BYTES    65536u
#define THEME_INHERITS 8
#define THEME_NICKS    32
#define THEME_NAME     96

enum theme_attr {
    THEME_BOLD = 1,
    THEME_DIM = 2,
    THEME_ITALIC = 4,
    THEME_UNDERLINE = 8,
    THEME_REVERSE = 16
};

enum theme_ground { THEME_ANY, THEME_DARK, THEME_LIGHT };

/* Colours that fit a tier, and theme_attr bits. */
struct theme_look {
    struct color fg;
    struct color bg;
    unsigned attr;
};

/* What the files say of one slot. */
struct theme_rule {
    struct theme_look all;  /* unset colours are those of ordinary text */
    struct theme_look ansi; /* with 16 colours or 8; what is unset is computed from all */
    unsigned mono;          /* without colours, where has_mono: else computed too */
    bool has_ansi_attr, has_mono;
};

enum theme_side { THEME_PLAIN, THEME_SELECTED, THEME_SIDES }; /* of a slot */

struct theme {
    char title[THEME_NAME];
    char author[THEME_NAME];
    enum theme_ground ground;
    bool ascii;
    struct theme_rule rule[THEME_SIDES][STYLE_COUNT];
    struct color nicks[THEME_NICKS];
    size_t nick_count;
    char warning[256]; /* a sentence; "" */
};

/* The text of the theme of that name; whatever it returns is told in words. */
typedef enum err theme_find_fn(void *arg, const char *name, struct buf *out);

/* why: one sentence that names the line or the key; out is to be used only after ERR_OK. */
enum err theme_read(struct theme *out, struct bytes text, theme_find_fn *find, void *arg,
    char *why, size_t why_n);
/* Where t hides what has to be seen, by takes its place; what was done is in t->warning. */
void theme_guard(struct theme *t, const struct theme *by);
/* A selected slot is what it is otherwise, then as ui.selected, then as the slot's own. */
void theme_look(const struct theme *t, enum style s, enum theme_side side, enum color_tier tier,
    struct theme_look *out);
/* The colour of somebody's name, always the same for the same name; unset: the theme has
 * none. */
struct color theme_nick(const struct theme *t, struct bytes name, enum color_tier tier);
unsigned theme_attr_find(const char *word); /* 0: no such word */

#endif
