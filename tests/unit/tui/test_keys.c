/* SPDX-License-Identifier: ISC */
/* Every key of every action, pressed in a real terminal; an action without a case here fails.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stage.h"
#include "tui/action.h"

struct key_case {
    enum action action;
    const char *before; /* typed first; then this is waited for, or for its absence ("!") */
    const char *ready;
    const char *after; /* typed behind the key */
    const char *shows; /* and this is to come, or to go */
    bool first;        /* of the first key only: the others do something else */
};

#define MANY "/many 60\r"
#define PGUP "\x1b[5~"

/* clang-format off */
static const struct key_case CASES[] = {
    {ACTION_PAGE, "", "2:#ops", "", "1:relay", true},
    {ACTION_PAGE_NEXT, "", "2:#ops", "", "3:bob  ", false},
    {ACTION_PAGE_BEFORE, "", "2:#ops", "", "1:relay", false},
    {ACTION_PAGE_ACTIVE, "", "2:#ops", "", "3:bob  ", false},
    {ACTION_PAGE_LAST, "\x0e", "3:bob  ", "", "2:#ops", false},
    {ACTION_PAGE_JUMP, "", "2:#ops", "03", "3:bob  ", false},
    {ACTION_ROOMS, "", "ROOMS", "", "!ROOMS", false},
    {ACTION_PEOPLE, "", "MEMBERS", "", "!MEMBERS", false},
    {ACTION_SCROLL_UP, MANY, "number 59.", "", "!number 59.", false},
    {ACTION_SCROLL_DOWN, MANY PGUP, "!number 59.", "", "number 59.", false},
    {ACTION_SCROLL_FEW_UP, MANY, "number 59.", "", "!number 59.", false},
    {ACTION_SCROLL_FEW_DOWN, MANY "\x1b[5;3~", "!number 59.", "", "number 59.", false},
    {ACTION_SCROLL_TOP, MANY, "number 59.", "", "!number 59.", false},
    {ACTION_SCROLL_END, MANY PGUP PGUP, "!number 59.", "", "number 59.", false},
    {ACTION_UNREAD, MANY, "number 59.", "", "dave#ab12", false},
    {ACTION_MENTION_BEFORE, MANY, "number 59.", "", "@alice look", false},
    {ACTION_MENTION_NEXT, MANY "\x1b[1;5H\x1bp", "@alice look", "", "named you", false},
    {ACTION_NOISE, "", "2:#ops", "", "oming and going", false},
    {ACTION_SEARCH, "", "2:#ops", "look", "1/", false},
    {ACTION_SELECT, "", "2:#ops", "", "copy", false},
    {ACTION_BARE, "", "ROOMS", "", "!ROOMS", false},
    {ACTION_ENTER, "hello there", "hello there", "", "line of 11 letters", false},
    {ACTION_NEWLINE, "ab", "\xe2\x96\xb8 ab\n", "cd", "\n         cd\n", false},
    {ACTION_COMPLETE, "/joi", "/joi", "", "\xe2\x96\xb8 /join", false},
    {ACTION_COMPLETE_BACK, "/le", "/le", "", "/leave", false},
    {ACTION_LEFT, "ab", "ab", "X", "aXb", false},
    {ACTION_RIGHT, "ab\x01", "ab", "X", "aXb", false},
    {ACTION_WORD_LEFT, "ab cd", "ab cd", "X", "ab Xcd", false},
    {ACTION_WORD_RIGHT, "ab cd\x01", "ab cd", "X", "abX cd", false},
    {ACTION_WORD_OR_FILE, "ab cd\x01", "ab cd", "X", "abX cd", false},
    {ACTION_START, "ab", "ab", "X", "Xab", false},
    {ACTION_END, "ab\x01", "ab", "X", "abX", false},
    {ACTION_ERASE_LEFT, "abc", "abc", "", "\xe2\x96\xb8 ab\n", false},
    {ACTION_ERASE_RIGHT, "abc\x01", "abc", "", "\xe2\x96\xb8 bc\n", false},
    {ACTION_KILL_END, "abc\x01\x06", "abc", "", "\xe2\x96\xb8 a\n", false},
    {ACTION_KILL_START, "abc\x02", "abc", "", "\xe2\x96\xb8 c\n", false},
    {ACTION_KILL_BLANK, "ab c-d", "ab c-d", "", "\xe2\x96\xb8 ab\n", false},
    {ACTION_KILL_WORD_LEFT, "ab c-d", "ab c-d", "", "\xe2\x96\xb8 ab c-\n", false},
    {ACTION_KILL_WORD_RIGHT, "ab cd\x01", "ab cd", "", "\xe2\x96\xb8  cd\n", false},
    {ACTION_YANK, "abc\x15", "!abc", "", "\xe2\x96\xb8 abc\n", false},
    {ACTION_YANK_POP, "abc\x15xyz\x15\x19", "xyz", "", "\xe2\x96\xb8 abc\n", false},
    {ACTION_UNDO, "abc\x15", "!abc", "", "\xe2\x96\xb8 abc\n", false},
    {ACTION_SWAP, "ab", "ab", "", "\xe2\x96\xb8 ba\n", false},
    {ACTION_SWITCHER, "", "2:#ops", "relay\r", "1:relay", false},
    {ACTION_PALETTE, "", "2:#ops", "quit", "/quit", false},
    {ACTION_BACK, "hello\r", "line of 5", "", "\xe2\x96\xb8 hello\n", false},
    {ACTION_FORTH, "hello\rwor\x1b[A", "\xe2\x96\xb8 hello", "", "\xe2\x96\xb8 wor\n", false},
    {ACTION_BACK_ALL, "hello\r", "line of 5", "", "\xe2\x96\xb8 hello\n", false},
    {ACTION_FORTH_ALL, "hello\rwor\x1b[1;5A", "\xe2\x96\xb8 hello", "", "\xe2\x96\xb8 wor\n", false},
    {ACTION_RECALL, "hello\r", "line of 5", "hel\r", "\xe2\x96\xb8 hello", false},
    /* What comes back from one is in test_tui.c: this one changes nothing. */
    {ACTION_EDITOR, "abc", "abc", "", "\xe2\x96\xb8 abc", false},
    {ACTION_SEND_FILE, "", "2:#ops", "", "Send a file: ", false},
    {ACTION_TRANSFERS, "", "2:#ops", "", "Nothing was sent or offered yet.", false},
    {ACTION_HELP, "", "2:#ops", "", "ESC closes", false},
    {ACTION_INSPECT, "", "2:#ops", "", "rames", false},
    {ACTION_CANCEL, "\x1bOP", "ESC closes", "", "!ESC closes", false},
    {ACTION_QUIT_ASK, "", "2:#ops", "", "again quits", false},
    {ACTION_REDRAW, "abc", "abc", "", "\xe2\x96\xb8 abc", false},
    {ACTION_MOUSE, "", "2:#ops", "", "Mouse on", false},
    /* Stopping is in tests/pty/test_terminal.c. */
    {ACTION_SUSPEND, "abc", "abc", "", "told to stop", false},
};

static const struct {
    const char *name;
    const char *plain, *alt, *ctrl;
} KEYS[] = {
    {"left", "\x1bOD", "\x1b[1;3D", "\x1b[1;5D"}, {"right", "\x1bOC", "\x1b[1;3C", "\x1b[1;5C"},
    {"up", "\x1bOA", "\x1b[1;3A", "\x1b[1;5A"}, {"down", "\x1bOB", "\x1b[1;3B", "\x1b[1;5B"},
    {"home", "\x1bOH", "\x1b[1;3H", "\x1b[1;5H"}, {"end", "\x1bOF", "\x1b[1;3F", "\x1b[1;5F"},
    {"pgup", PGUP, "\x1b[5;3~", NULL}, {"pgdn", "\x1b[6~", "\x1b[6;3~", NULL},
    {"delete", "\x1b[3~", NULL, NULL}, {"backspace", "\x7f", "\x1b\x7f", NULL},
    {"enter", "\r", "\x1b\r", NULL}, {"tab", "\t", NULL, NULL}, {"esc", "\x1b", NULL, NULL},
    {"f1", "\x1bOP", NULL, NULL}, {"f5", "\x1b[15~", NULL, NULL}, {"f6", "\x1b[17~", NULL, NULL},
    {"f7", "\x1b[18~", NULL, NULL}, {"f8", "\x1b[19~", NULL, NULL}, {"f12", "\x1b[24~", NULL, NULL},
    {"shift-tab", "\x1b[Z", NULL, NULL}, {"shift-enter", "\x1b[13;2u", NULL, NULL},
};
/* clang-format on */

/* What xterm sends for a key as the table writes it; false: this test does not know it. */
static bool sequence_one(const char *key, char out[16])
{
    bool alt = strncmp(key, "alt-", 4) == 0;
    bool ctrl = strncmp(key, "ctrl-", 5) == 0;
    const char *name = key + (alt ? 4 : ctrl ? 5 : 0);
    const char *found = NULL;

    for (size_t i = 0; i < MEM_COUNT(KEYS); i++) {
        if (strcmp(KEYS[i].name, name) == 0)
            found = alt ? KEYS[i].alt : ctrl ? KEYS[i].ctrl : KEYS[i].plain;
    }
    if (found != NULL)
        (void)snprintf(out, 16, "%s", found);
    else if (strlen(name) == 1 && ctrl)
        (void)snprintf(out, 16, "%c", name[0] & 0x1f);
    else if (strlen(name) == 1)
        (void)snprintf(out, 16, "%s%s", alt ? "\x1b" : "", name);
    return found != NULL || strlen(name) == 1;
}

/* The same, also of two keys after one another. */
static bool sequence(const char *key, char out[32])
{
    char first[32];
    char *second;

    (void)snprintf(first, sizeof first, "%s", key);
    second = strchr(first + 1, ',');
    if (second == NULL)
        return sequence_one(key, out);
    *second++ = '\0';
    return sequence_one(first, out) && sequence_one(second, out + strlen(out));
}

static const struct key_case *case_of(enum action a)
{
    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        if (CASES[i].action == a)
            return &CASES[i];
    }
    return NULL;
}

static bool comes(struct pty *p, const char *words)
{
    return words[0] == '!' ? pty_until_gone(p, words + 1) : pty_until(p, words);
}

/* Lines come when all keys that are there are taken: those behind them wait for them here. */
static void type_before(struct pty *p, const char *keys)
{
    size_t n = sizeof MANY - 1;

    if (strncmp(keys, MANY, n) == 0) {
        pty_type(p, MANY);
        cr_assert(pty_until(p, "number 59."));
        keys += n;
    }
    pty_type(p, keys);
}

static void press(const struct key_case *c, const char *key, bool sure)
{
    struct pty *p = stage_start(&(struct stage_wish){.scene = "room", .cols = 120, .rows = 36});
    char bytes[32];

    pty_allow(p, ORACLE_MOUSE);
    cr_assert(sequence(key, bytes), "%s", key);
    cr_assert(pty_until(p, "alice \xe2\x96\xb8"));
    type_before(p, c->before);
    cr_assert(comes(p, c->ready), "%s: not ready", key);
    pty_type(p, bytes);
    if (strcmp(key, "esc") != 0) /* a letter right behind it would be one with Alt */
        pty_type(p, c->after);
    if (sure)
        cr_assert(comes(p, c->shows), "%s: %s", key, c->shows);
    pty_free(p);
}

static void press_all(const struct action_row *row)
{
    const struct key_case *c = case_of(row->action);
    char keys[128];
    char *rest = keys;
    bool first = true;

    cr_assert_not_null(c, "the action \"%s\" has no case here", row->name);
    (void)snprintf(keys, sizeof keys, "%s", row->keys);
    for (char *key; (key = strsep(&rest, " ")) != NULL; first = false)
        press(c, key, first || !c->first);
}

/* In four parts, which can be tried beside each other. */
static void press_every(size_t part)
{
    for (size_t i = 0; action_at(i) != NULL; i++) {
        if (i % 4 == part)
            press_all(action_at(i));
    }
}

Test(keys, every_action__first_quarter)
{
    press_every(0);
}

Test(keys, every_action__second_quarter)
{
    press_every(1);
}

Test(keys, every_action__third_quarter)
{
    press_every(2);
}

Test(keys, every_action__last_quarter)
{
    press_every(3);
}
