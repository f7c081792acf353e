/* SPDX-License-Identifier: ISC */
/*
 * The page of this machine that shows how sotto is used: lines that say what to try, and get a
 * check mark when it was done. It watches keys and pages; it sends nothing.
 */
#ifndef TUI_LESSON_H
#define TUI_LESSON_H

#include "tui/action.h"

struct tui;

void lesson_follow(struct tui *t);             /* before drawing */
void lesson_saw(struct tui *t, enum action a); /* before the action is done */
void lesson_free(struct tui *t);

#endif
