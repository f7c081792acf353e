/* SPDX-License-Identifier: ISC */
/*
 * The one way for what is not cells to reach the terminal: modes, the bell, a copy, a
 * notification. Everything else is written by ncurses. The state is kept here, so that what was
 * switched on is switched off again; while the terminal is not ours nothing is written. No
 * sequence that asks for anything private, and no window title, ever. It knows nothing of
 * cells.
 */
#ifndef TUI_TERM_H
#define TUI_TERM_H

#include "base/bytes.h"

#define TERM_COPY_MAX 56244 /* bytes: 74,992 of base64, what xterm and tmux still take */

/* In the order of the values of the preference notify-by. */
enum term_how { TERM_AUTO, TERM_BELL, TERM_OSC9, TERM_OSC777 };

void term_ask(void);   /* what the background is, and of which kind it is: before the start */
void term_start(void); /* marks of paste and focus; the wheel sends no arrow keys */
void term_stop(void);  /* the modes as they were */
void term_mouse(bool on); /* clicks and the wheel are reported; kept over stop and start */
void term_reset(void);    /* everything off, whatever it was: safe in a signal's handler */
bool term_has_copy(void); /* false: of this kind of terminal it is known that it has no such */
bool term_copy(struct bytes text); /* to its clipboard; false: too much, or it cannot */
void term_bell(void);
/* One sentence, cleaned and cut here. Where the terminal shows none, the bell. */
void term_notify(enum term_how how, struct bytes text);

#endif
