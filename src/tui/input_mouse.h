/* SPDX-License-Identifier: ISC */
/*
 * A report of the mouse, letter by letter as it arrives behind "ESC [ <": three numbers and an
 * M, or an m when a button is let go. It may come in parts; what is none ends it.
 */
#ifndef TUI_INPUT_MOUSE_H
#define TUI_INPUT_MOUSE_H

#include "tui/key.h"

struct input_mouse {
    bool open; /* in the middle of one */
    unsigned at;
    unsigned number[3];
};

void input_mouse_begin(struct input_mouse *m);
/* One letter more; true: it is over, and out is what it says, or INPUT_OTHER. */
bool input_mouse_take(struct input_mouse *m, uint32_t letter, struct input_key *out);

#endif
