/* SPDX-License-Identifier: ISC */
/*
 * An overlay to read: a text with a title, as long as it likes, that is scrolled where it does
 * not fit. Enter, q and ESC close it, and what lay under it is there again.
 */
#ifndef TUI_SHEET_H
#define TUI_SHEET_H

#include "tui/overlay.h"

#define SHEET_TITLE 128

void sheet_push(struct tui *t, const char *title, struct bytes foreign); /* both are copied */

#endif
