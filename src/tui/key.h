/* SPDX-License-Identifier: ISC */
/* What a key is, wherever it came from. */
#ifndef TUI_KEY_H
#define TUI_KEY_H

#include <stdbool.h>
#include <stdint.h>

enum input_code {
    INPUT_CHAR, /* cp: the code point; with INPUT_CTRL the letter, 'a' to 'z', or a sign */
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
    INPUT_FUNCTION, /* cp: its number */
    INPUT_PASTE_BEGIN,
    INPUT_PASTE_END,
    INPUT_FOCUS_IN, /* the terminal's window has the keys, or has not */
    INPUT_FOCUS_OUT,
    INPUT_CLICK, /* cp: its row << 16 | its column; so with the wheel */
    INPUT_WHEEL_UP,
    INPUT_WHEEL_DOWN,
    INPUT_OTHER
};

enum input_mod { INPUT_ALT = 1, INPUT_CTRL = 2, INPUT_SHIFT = 4 };

struct input_key {
    enum input_code code;
    uint8_t mods; /* input_mod bits; Shift is no mod of a letter */
    uint32_t cp;
};

#endif
