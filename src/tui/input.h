/* SPDX-License-Identifier: ISC */
/*
 * From bytes of the terminal to keys; the other half of the door to ncurses. A letter with
 * Alt is known when its ESC and it arrive together; an ESC alone is a key of its own, and what
 * it means is for others to say. What a terminal marks as pasted comes between two keys.
 */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include "tui/key.h"

void input_start(void);                 /* after the screen was opened */
void input_owed(void);                  /* answers of the terminal may come, late */
bool input_next(struct input_key *out); /* false: nothing more has arrived */
bool input_waits(void);                 /* something has, and was not read */

#endif
