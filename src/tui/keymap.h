/* SPDX-License-Identifier: ISC */
/* Keys to actions: one table, from which the page of help is written too. */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include <stddef.h>

#include "tui/input.h"

enum action {
    ACTION_NONE,
    ACTION_INSERT, /* the key is text */
    ACTION_ENTER,
    ACTION_COMPLETE,
    ACTION_CANCEL,
    ACTION_QUIT_ASK,
    ACTION_HELP,
    ACTION_PAGE, /* the key's digit says which */
    ACTION_PAGE_NEXT,
    ACTION_PAGE_BEFORE,
    ACTION_PAGE_ACTIVE,
    ACTION_ROOMS,
    ACTION_PEOPLE,
    ACTION_SCROLL_UP,
    ACTION_SCROLL_DOWN,
    ACTION_SCROLL_END,
    ACTION_REDRAW,
    ACTION_SUSPEND,
    ACTION_LEFT,
    ACTION_RIGHT,
    ACTION_WORD_LEFT,
    ACTION_WORD_RIGHT,
    ACTION_START,
    ACTION_END,
    ACTION_ERASE_LEFT,
    ACTION_ERASE_RIGHT,
    ACTION_KILL_END,
    ACTION_KILL_START,
    ACTION_KILL_BLANK,
    ACTION_KILL_WORD_LEFT,
    ACTION_KILL_WORD_RIGHT,
    ACTION_YANK,
    ACTION_SWAP,
    ACTION_BACK,
    ACTION_FORTH
};

enum action keymap_action(const struct input_key *k);

struct keymap_help {
    const char *keys;
    const char *does;
};
const struct keymap_help *keymap_help(size_t i); /* NULL at the end */

#endif
