/* SPDX-License-Identifier: ISC */
/*
 * Which pages want a look, the most important first: where somebody names us or writes to us
 * alone, then where something was said; of two alike the one that waits longer. A page that is
 * open waits for nobody. It owns nothing: what is handed out is borrowed until a page is left.
 */
#ifndef MODEL_HOTLIST_H
#define MODEL_HOTLIST_H

#include "model/model.h"

/* The first of them, at most `most`; how many there are in all. */
size_t hotlist_take(const struct model *m, struct room **out, size_t most);
/* Opens the first; when nothing is left, the page where this began. */
void hotlist_tour(struct model *m);

#endif
