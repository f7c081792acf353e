/* SPDX-License-Identifier: ISC */
/*
 * Answers of the terminal that nobody waits for any more, taken out of what was typed: a colour
 * ("ESC ] 11 ; ..."), and who it is ("ESC [ ? ... c"), which comes last. Only while they are
 * owed, so that no key is lost otherwise. It sees letters and knows no terminal.
 */
#ifndef TUI_INPUT_LATE_H
#define TUI_INPUT_LATE_H

#include <stdbool.h>
#include <stdint.h>

#define INPUT_LATE_MOST 64 /* letters: more is no answer */

enum input_late_state {
    LATE_NONE,
    LATE_COLOR,    /* behind ESC ] */
    LATE_ESC,      /* and ESC in it */
    LATE_WHO_MARK, /* behind ESC [ */
    LATE_WHO       /* and '?' */
};

struct input_late {
    bool owed;
    enum input_late_state state;
    unsigned count;
};

void input_late_init(struct input_late *l, bool owed);
/* ESC came, and this behind it: true when an answer begins, and belongs to nobody. */
bool input_late_begin(struct input_late *l, uint32_t c);
bool input_late_takes(struct input_late *l, uint32_t c); /* false: it is a key, as ever */

#endif
