/* SPDX-License-Identifier: ISC */
/*
 * Links in text: where they are, and whether one may be handed to a browser. Only http, https,
 * gemini and mailto; nothing that hides its host behind a name or letters that look like
 * others. It opens nothing.
 */
#ifndef TUI_LINK_H
#define TUI_LINK_H

#include "base/buf.h"

#define LINK_BYTES 2048
#define LINK_HOST  256

bool link_at(struct bytes text, size_t at, struct bytes *out); /* one that begins there */
/* The first one at or behind from; false: there is none. */
bool link_find(struct bytes text, size_t from, struct bytes *out);

struct link {
    char url[LINK_BYTES]; /* ASCII without spaces, beginning with a scheme that is known */
    char host[LINK_HOST]; /* small letters; of mailto whom it is for */
};
/* ERR_REFUSED: not to be opened; *why: a sentence that says what is wrong with it. */
enum err link_check(struct link *out, struct bytes url, const char **why);

#endif
