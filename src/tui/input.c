/* SPDX-License-Identifier: ISC */
#include "tui/input.h"

#include <curses.h>

#include "base/mem.h"

/* Sequences that terminfo does not name, and numbers for those that ncurses has no name for. */
enum {
    OWN_PASTE_BEGIN = KEY_MAX + 1000,
    OWN_PASTE_END,
    OWN_WORD_LEFT,
    OWN_WORD_RIGHT,
    OWN_ALT_LEFT,
    OWN_ALT_RIGHT,
    OWN_ALT_END
};

struct own_row {
    const char *sequence;
    int code;
};
static const struct own_row OWN[] = {
    {"\033[200~", OWN_PASTE_BEGIN},
    {"\033[201~", OWN_PASTE_END},
    {"\033[1;5D", OWN_WORD_LEFT},
    {"\033[1;5C", OWN_WORD_RIGHT},
    {"\033[1;3D", OWN_ALT_LEFT},
    {"\033[1;3C", OWN_ALT_RIGHT},
    {"\033[1;3F", OWN_ALT_END},
    {"\033[1;5F", OWN_ALT_END},
    /* Arrows of terminals that never heard of the application mode. */
    {"\033[A", KEY_UP},
    {"\033[B", KEY_DOWN},
    {"\033[C", KEY_RIGHT},
    {"\033[D", KEY_LEFT},
    {"\033[H", KEY_HOME},
    {"\033[F", KEY_END},
};

struct key_row {
    int curses;
    enum input_code code;
    bool alt;
};
static const struct key_row KEYS[] = {
    {KEY_ENTER, INPUT_ENTER, false},
    {KEY_BACKSPACE, INPUT_BACKSPACE, false},
    {KEY_DC, INPUT_DELETE, false},
    {KEY_LEFT, INPUT_LEFT, false},
    {KEY_RIGHT, INPUT_RIGHT, false},
    {KEY_UP, INPUT_UP, false},
    {KEY_DOWN, INPUT_DOWN, false},
    {KEY_HOME, INPUT_HOME, false},
    {KEY_END, INPUT_END, false},
    {KEY_PPAGE, INPUT_PAGE_UP, false},
    {KEY_NPAGE, INPUT_PAGE_DOWN, false},
    {OWN_WORD_LEFT, INPUT_WORD_LEFT, false},
    {OWN_WORD_RIGHT, INPUT_WORD_RIGHT, false},
    {OWN_ALT_LEFT, INPUT_LEFT, true},
    {OWN_ALT_RIGHT, INPUT_RIGHT, true},
    {OWN_ALT_END, INPUT_END, true},
    {OWN_PASTE_BEGIN, INPUT_PASTE_BEGIN, false},
    {OWN_PASTE_END, INPUT_PASTE_END, false},
};

void input_start(void)
{
    for (size_t i = 0; i < MEM_COUNT(OWN); i++)
        (void)define_key(OWN[i].sequence, OWN[i].code);
}

static struct input_key named(int curses)
{
    struct input_key k = {.code = INPUT_OTHER};

    if (curses >= KEY_F(1) && curses <= KEY_F(12))
        return (struct input_key){INPUT_FUNCTION, false, (uint32_t)(curses - KEY_F(0))};
    for (size_t i = 0; i < MEM_COUNT(KEYS); i++) {
        if (KEYS[i].curses == curses)
            return (struct input_key){KEYS[i].code, KEYS[i].alt, 0};
    }
    return k;
}

static struct input_key typed(uint32_t c)
{
    if (c == '\r' || c == '\n')
        return (struct input_key){.code = INPUT_ENTER};
    if (c == '\t')
        return (struct input_key){.code = INPUT_TAB};
    if (c == 0x7f || c == 8)
        return (struct input_key){.code = INPUT_BACKSPACE};
    if (c == 27)
        return (struct input_key){.code = INPUT_ESC};
    if (c < 32)
        return (struct input_key){INPUT_CTRL, false, c <= 26 ? c + 'a' - 1 : c + '@'};
    return (struct input_key){INPUT_CHAR, false, c};
}

static bool read_one(struct input_key *out)
{
    wint_t c = 0;
    int how = wget_wch(stdscr, &c);

    if (how == KEY_CODE_YES)
        *out = named((int)c);
    else if (how == OK)
        *out = typed(c);
    return how != ERR;
}

bool input_next(struct input_key *out)
{
    struct input_key second;

    if (!read_one(out))
        return false;
    if (out->code == INPUT_ESC && read_one(&second)) {
        *out = second;
        out->alt = true;
    }
    return true;
}
