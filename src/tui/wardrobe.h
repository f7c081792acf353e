/* SPDX-License-Identifier: ISC */
/*
 * Where themes come from: a file that is named by its path; else by its name $XDG_CONFIG_HOME/
 * sotto/themes/NAME.json, then the same in each of $XDG_DATA_DIRS, then those that are in the
 * program, which are always there. A name never leads out of those folders. Whatever is handed
 * out was read whole and guarded.
 */
#ifndef TUI_WARDROBE_H
#define TUI_WARDROBE_H

#include "tui/theme.h"

#define WARDROBE_NAMES 256
#define WARDROBE_ANSI  "ansi" /* what is taken when all else fails */

struct wardrobe_file {
    const char *name;
    const uint8_t *text;
    size_t n;
};
extern const struct wardrobe_file WARDROBE_BUILTIN[]; /* by name; one without a name ends it */

/* What theme_read() wants; arg is ignored. ERR_NOT_FOUND, ERR_FORMAT (no name), or as
 * file_read(). */
enum err wardrobe_text(void *arg, const char *name, struct buf *out);
/* A name, or a path: one with a slash in it. why: one sentence without the name. */
enum err wardrobe_load(const char *name, struct theme *out, char *why, size_t why_n);
void wardrobe_ansi(struct theme *out); /* that in the program; cannot fail */

struct wardrobe_list {
    char name[WARDROBE_NAMES][64];
    size_t count;
};
void wardrobe_names(struct wardrobe_list *out); /* sorted, each once; reads folders */

#endif
