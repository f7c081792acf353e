/* SPDX-License-Identifier: ISC */
/*
 * Help, over the page: what can be done where one is comes first, then all the rest, made of
 * the tables of actions and commands with the keys as they are bound. Typing leaves the rows
 * that have those words. What it was opened over is there again when it is closed.
 */
#ifndef TUI_HELP_H
#define TUI_HELP_H

#include "base/bytes.h"

struct tui;

/* topic: a command that is to come first, or "keys"; any other word is looked for. Without one
 * the place decides. */
void help_open(struct tui *t, struct bytes topic);
bool help_is_open(const struct tui *t);

#endif
