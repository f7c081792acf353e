/* SPDX-License-Identifier: ISC */
#include "tui/keymap.h"

#include "base/mem.h"

struct keymap_row {
    struct input_key key;
    enum action action;
};

#define CTRL(c)                                                                                \
    {                                                                                          \
        INPUT_CTRL, false, c                                                                   \
    }
#define ALT(c)                                                                                 \
    {                                                                                          \
        INPUT_CHAR, true, c                                                                    \
    }
#define F(n)                                                                                   \
    {                                                                                          \
        INPUT_FUNCTION, false, n                                                               \
    }
#define KEY(k)                                                                                 \
    {                                                                                          \
        INPUT_##k, false, 0                                                                    \
    }
#define AKEY(k)                                                                                \
    {                                                                                          \
        INPUT_##k, true, 0                                                                     \
    }

static const struct keymap_row ROWS[] = {
    {KEY(ENTER), ACTION_ENTER},
    {KEY(TAB), ACTION_COMPLETE},
    {KEY(ESC), ACTION_CANCEL},
    {CTRL('g'), ACTION_CANCEL},
    {CTRL('c'), ACTION_QUIT_ASK},
    {F(1), ACTION_HELP},
    {CTRL('n'), ACTION_PAGE_NEXT},
    {CTRL('p'), ACTION_PAGE_BEFORE},
    {AKEY(RIGHT), ACTION_PAGE_NEXT},
    {AKEY(LEFT), ACTION_PAGE_BEFORE},
    {F(6), ACTION_PAGE_NEXT},
    {F(5), ACTION_PAGE_BEFORE},
    {ALT('a'), ACTION_PAGE_ACTIVE},
    {F(7), ACTION_ROOMS},
    {F(8), ACTION_PEOPLE},
    {KEY(PAGE_UP), ACTION_SCROLL_UP},
    {KEY(PAGE_DOWN), ACTION_SCROLL_DOWN},
    {AKEY(END), ACTION_SCROLL_END},
    {CTRL('l'), ACTION_REDRAW},
    {CTRL('z'), ACTION_SUSPEND},
    {CTRL('b'), ACTION_LEFT},
    {KEY(LEFT), ACTION_LEFT},
    {CTRL('f'), ACTION_RIGHT},
    {KEY(RIGHT), ACTION_RIGHT},
    {ALT('b'), ACTION_WORD_LEFT},
    {KEY(WORD_LEFT), ACTION_WORD_LEFT},
    {ALT('f'), ACTION_WORD_RIGHT},
    {KEY(WORD_RIGHT), ACTION_WORD_RIGHT},
    {CTRL('a'), ACTION_START},
    {KEY(HOME), ACTION_START},
    {CTRL('e'), ACTION_END},
    {KEY(END), ACTION_END},
    {KEY(BACKSPACE), ACTION_ERASE_LEFT},
    {KEY(DELETE), ACTION_ERASE_RIGHT},
    {CTRL('d'), ACTION_ERASE_RIGHT},
    {CTRL('k'), ACTION_KILL_END},
    {CTRL('u'), ACTION_KILL_START},
    {CTRL('w'), ACTION_KILL_BLANK},
    {AKEY(BACKSPACE), ACTION_KILL_WORD_LEFT},
    {ALT('d'), ACTION_KILL_WORD_RIGHT},
    {CTRL('y'), ACTION_YANK},
    {CTRL('t'), ACTION_SWAP},
    {KEY(UP), ACTION_BACK},
    {KEY(DOWN), ACTION_FORTH},
};

enum action keymap_action(const struct input_key *k)
{
    if (k->code == INPUT_CHAR && k->alt && k->cp >= '0' && k->cp <= '9')
        return ACTION_PAGE;
    for (size_t i = 0; i < MEM_COUNT(ROWS); i++) {
        const struct input_key *row = &ROWS[i].key;
        if (row->code == k->code && row->alt == k->alt && row->cp == k->cp)
            return ROWS[i].action;
    }
    return k->code == INPUT_CHAR && !k->alt ? ACTION_INSERT : ACTION_NONE;
}

static const struct keymap_help HELP[] = {
    {"Alt+1 .. Alt+0", "go to a page; ESC and then the digit does it too"},
    {"Ctrl+N Ctrl+P", "the next page, the one before"},
    {"Alt+A", "the next page where something happened"},
    {"F7 F8", "show or hide rooms, people"},
    {"PgUp PgDn Alt+End", "look back, forward, at the newest"},
    {"Tab", "complete a command, a room or a name"},
    {"Up Down", "what you typed before"},
    {"Ctrl+A E K U W Y", "edit the line as in a shell"},
    {"Ctrl+L Ctrl+Z", "draw anew, go to the background"},
    {"Ctrl+C", "clear the line; twice on an empty one quits"},
};

const struct keymap_help *keymap_help(size_t i)
{
    return i < MEM_COUNT(HELP) ? &HELP[i] : NULL;
}
