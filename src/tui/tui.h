/* SPDX-License-Identifier: ISC */
/*
 * The screen as a whole: takes the terminal, turns keys into edits, views and intents, and
 * draws once a turn what is dirty in the model or in itself. It includes the model and
 * nothing above: what the person wants goes out as an intent and the engine does it.
 */
#ifndef TUI_TUI_H
#define TUI_TUI_H

#include "base/err.h"
#include "model/model.h"

struct tui;

/* ERR_REFUSED: no terminal that can do it; why has one sentence. */
enum err tui_open(struct model *m, struct tui **out, char *why, size_t why_n);
void tui_close(struct tui *t);                   /* gives the terminal back */
void tui_theme(struct tui *t, const char *name); /* or a path: over any preference; borrowed */
size_t tui_input(struct tui *t); /* takes every key that has arrived; says how many */
void tui_resize(struct tui *t);
void tui_pause(struct tui *t); /* before the process stops */
void tui_resume(struct tui *t);
void tui_draw(struct tui *t);
/* An editor has the terminal: nothing is drawn, and no key is to be read. */
bool tui_away(const struct tui *t);
void tui_child(struct tui *t); /* a child of this process has ended */
/* The time, monotonic: before keys and before drawing. What waited for it happens. */
void tui_time(struct tui *t, uint64_t now_ms);
uint64_t tui_patience(const struct tui *t); /* ms until it is wanted; UINT64_MAX: not at all */

#endif
