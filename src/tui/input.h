/* SPDX-License-Identifier: ISC */
/*
 * From bytes of the terminal to keys; the other half of the door to ncurses. A letter with
 * Alt is known when its ESC and it arrive together; an ESC alone is a key of its own, and what
 * it means is for others to say. What a terminal marks as pasted comes between two keys.
 */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include <stdbool.h>
#include <stdint.h>

enum input_code {
    INPUT_CHAR, /* cp: the code point */
    INPUT_CTRL, /* cp: the letter, 'a' to 'z' or a sign */
    INPUT_ENTER,
    INPUT_TAB,
    INPUT_ESC,
    INPUT_BACKSPACE,
    INPUT_DELETE,
    INPUT_LEFT,
    INPUT_RIGHT,
    INPUT_UP,
    INPUT_DOWN,
    INPUT_HOME,
    INPUT_END,
    INPUT_PAGE_UP,
    INPUT_PAGE_DOWN,
    INPUT_WORD_LEFT,
    INPUT_WORD_RIGHT,
    INPUT_FUNCTION, /* cp: its number */
    INPUT_PASTE_BEGIN,
    INPUT_PASTE_END,
    INPUT_OTHER
};

struct input_key {
    enum input_code code;
    bool alt;
    uint32_t cp;
};

void input_start(void);                 /* after the screen was opened */
bool input_next(struct input_key *out); /* false: nothing more has arrived */

#endif
