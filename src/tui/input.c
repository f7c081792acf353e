/* SPDX-License-Identifier: ISC */
#include "tui/input.h"

#include <curses.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "tui/input_late.h"
#include "tui/input_mouse.h"

/* Numbers for sequences that ncurses has no name for: this base, then the row of OWN. */
#define OWN_BASE (KEY_MAX + 1000)
/* And where a report of the mouse begins. */
#define OWN_MOUSE (OWN_BASE - 1)

struct own_row {
    const char *sequence;
    struct input_key key;
};
/* Keys with Ctrl, Alt and Shift as xterm and those after it send them, and arrows of terminals
 * that never heard of the application mode. */
#define CURSOR_KEY(letter, code)                                                               \
    {"\033[" letter, {code, 0, 0}}, {"\033[1;2" letter, {code, INPUT_SHIFT, 0}},               \
        {"\033[1;3" letter, {code, INPUT_ALT, 0}},                                             \
    {                                                                                          \
        "\033[1;5" letter,                                                                     \
        {                                                                                      \
            code, INPUT_CTRL, 0                                                                \
        }                                                                                      \
    }
#define TILDE_KEY(number, code)                                                                \
    {"\033[" number ";3~", {code, INPUT_ALT, 0}},                                              \
    {                                                                                          \
        "\033[" number ";5~",                                                                  \
        {                                                                                      \
            code, INPUT_CTRL, 0                                                                \
        }                                                                                      \
    }
static const struct own_row OWN[] = {
    {"\033[200~", {INPUT_PASTE_BEGIN, 0, 0}},
    {"\033[201~", {INPUT_PASTE_END, 0, 0}},
    {"\033[I", {INPUT_FOCUS_IN, 0, 0}},
    {"\033[O", {INPUT_FOCUS_OUT, 0, 0}},
    CURSOR_KEY("A", INPUT_UP),
    CURSOR_KEY("B", INPUT_DOWN),
    CURSOR_KEY("C", INPUT_RIGHT),
    CURSOR_KEY("D", INPUT_LEFT),
    CURSOR_KEY("H", INPUT_HOME),
    CURSOR_KEY("F", INPUT_END),
    TILDE_KEY("3", INPUT_DELETE),
    TILDE_KEY("5", INPUT_PAGE_UP),
    TILDE_KEY("6", INPUT_PAGE_DOWN),
    {"\033[Z", {INPUT_TAB, INPUT_SHIFT, 0}},
    {"\033[13;2u", {INPUT_ENTER, INPUT_SHIFT, 0}},
    {"\033[27;2;13~", {INPUT_ENTER, INPUT_SHIFT, 0}},
};

struct key_row {
    int curses;
    struct input_key key;
};
static const struct key_row KEYS[] = {
    {KEY_ENTER, {INPUT_ENTER, 0, 0}},
    {KEY_BACKSPACE, {INPUT_BACKSPACE, 0, 0}},
    {KEY_BTAB, {INPUT_TAB, INPUT_SHIFT, 0}},
    {KEY_DC, {INPUT_DELETE, 0, 0}},
    {KEY_LEFT, {INPUT_LEFT, 0, 0}},
    {KEY_RIGHT, {INPUT_RIGHT, 0, 0}},
    {KEY_UP, {INPUT_UP, 0, 0}},
    {KEY_DOWN, {INPUT_DOWN, 0, 0}},
    {KEY_HOME, {INPUT_HOME, 0, 0}},
    {KEY_END, {INPUT_END, 0, 0}},
    {KEY_PPAGE, {INPUT_PAGE_UP, 0, 0}},
    {KEY_NPAGE, {INPUT_PAGE_DOWN, 0, 0}},
};

static struct input_late late; /* there is one terminal */

void input_owed(void)
{
    input_late_init(&late, true);
}

void input_start(void)
{
    for (size_t i = 0; i < MEM_COUNT(OWN); i++)
        (void)define_key(OWN[i].sequence, OWN_BASE + (int)i);
    (void)define_key("\033[<", OWN_MOUSE);
}

static struct input_key named(int curses)
{
    if (curses >= KEY_F(1) && curses <= KEY_F(12))
        return (struct input_key){INPUT_FUNCTION, 0, (uint32_t)(curses - KEY_F(0))};
    if (curses >= OWN_BASE && curses < OWN_BASE + (int)MEM_COUNT(OWN))
        return OWN[curses - OWN_BASE].key;
    for (size_t i = 0; i < MEM_COUNT(KEYS); i++) {
        if (KEYS[i].curses == curses)
            return KEYS[i].key;
    }
    return (struct input_key){.code = INPUT_OTHER};
}

static struct input_key typed(uint32_t c)
{
    if (c == '\r')
        return (struct input_key){.code = INPUT_ENTER};
    if (c == '\t')
        return (struct input_key){.code = INPUT_TAB};
    if (c == 0x7f || c == 8)
        return (struct input_key){.code = INPUT_BACKSPACE};
    if (c == 27)
        return (struct input_key){.code = INPUT_ESC};
    if (c < 32)
        return (struct input_key){
            INPUT_CHAR, INPUT_CTRL, c != 0 && c <= 26 ? c + 'a' - 1 : c + '@'};
    return (struct input_key){INPUT_CHAR, 0, c};
}

static struct input_mouse reported; /* there is one terminal */
static bool held;                   /* an ESC that came right behind another */

static bool read_mouse(struct input_key *out)
{
    wint_t c = 0;

    while (reported.open) {
        int how = wget_wch(stdscr, &c);
        if (how == ERR)
            return false; /* the rest of it is on its way */
        if (input_mouse_take(&reported, how == OK ? c : 0, out))
            return true;
    }
    return false;
}

/* letter: as it came, 0 for a key that is none. */
static bool read_one(struct input_key *out, uint32_t *letter)
{
    wint_t c = 0;
    int how;

    do /* resizeterm() puts a key of its own among those that were pressed */
        how = wget_wch(stdscr, &c);
    while (how == KEY_CODE_YES && c == KEY_RESIZE);
    if (how == KEY_CODE_YES && c == OWN_MOUSE) {
        input_mouse_begin(&reported);
        return read_mouse(out);
    }
    *letter = how == OK ? (uint32_t)c : 0;
    if (how == KEY_CODE_YES)
        *out = named((int)c);
    else if (how == OK)
        *out = typed(c);
    return how != ERR;
}

/* An ESC is there: with what came along it is a key with Alt. Another ESC begins another key:
 * the first one closes something and the second belongs to the letter behind it. False: it was
 * the beginning of an answer that nobody waits for. */
static bool with_alt(struct input_key *out)
{
    struct input_key second;
    uint32_t letter;

    if (!read_one(&second, &letter))
        return true;
    held = second.code == INPUT_ESC;
    if (held)
        return true;
    if (input_late_begin(&late, letter))
        return false;
    *out = second;
    out->mods |= INPUT_ALT;
    return true;
}

bool input_next(struct input_key *out)
{
    uint32_t letter = 0;

    if (reported.open)
        return read_mouse(out);
    for (;;) {
        bool esc = held;
        held = false;
        if (esc)
            *out = (struct input_key){.code = INPUT_ESC};
        else if (!read_one(out, &letter))
            return false;
        else if (input_late_takes(&late, letter))
            continue;
        if (out->code != INPUT_ESC || with_alt(out))
            return true;
    }
}

bool input_waits(void)
{
    int n = 0;

    return ioctl(STDIN_FILENO, FIONREAD, &n) == 0 && n > 0;
}
