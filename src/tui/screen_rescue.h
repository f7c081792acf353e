/* SPDX-License-Identifier: ISC */
/*
 * The terminal's modes as they were before us, and their way back when there is no time for
 * ncurses: at exit() and in the handlers of fatal signals, with calls that are safe there.
 */
#ifndef TUI_SCREEN_RESCUE_H
#define TUI_SCREEN_RESCUE_H

#include <stdbool.h>

void screen_rescue_arm(void);    /* remembers the modes; before the screen starts */
void screen_rescue_disarm(void); /* the screen has ended in order */

#endif
