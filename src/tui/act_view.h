/* SPDX-License-Identifier: ISC */
/*
 * A picture that was received, drawn over the panes in the terminal's own cells. It is made by
 * a program of its own (picture.h), which is asked again when the terminal has another size;
 * while it works one may close it.
 */
#ifndef TUI_ACT_VIEW_H
#define TUI_ACT_VIEW_H

#include "model/transfer.h"

struct tui;

/* It is here, and its name says that it is one that can be shown. */
bool act_view_can(const struct transfer *f);
void act_view(struct tui *t, const struct transfer *f);
void act_view_step(struct tui *t); /* its time has come */
/* Of that number, or the newest there is: says so when there is none. */
void act_view_numbered(struct tui *t, struct bytes number);

#endif
