/* SPDX-License-Identifier: ISC */
/*
 * The one table of what a key can do: its name for /bind, the keys it has by default, and what
 * it does in words. The keymap, the page of help, the palette and the manuals come from it. A
 * key is written "ctrl-n", "alt-pgup", "f7", "a"; two after one another with a comma between,
 * alternatives with a space.
 */
#ifndef TUI_ACTION_H
#define TUI_ACTION_H

#include <stddef.h>

enum action_group { GROUP_PAGES, GROUP_READ, GROUP_WRITE, GROUP_FIND, GROUP_SCREEN, GROUPS };

/* clang-format off */
#define ACTIONS(X) \
    X(PAGE,            "page",            PAGES,  "alt-1 alt-2 alt-3 alt-4 alt-5 alt-6 alt-7 alt-8 alt-9 alt-0", "go to the page of that number") \
    X(PAGE_NEXT,       "page-next",       PAGES,  "ctrl-n alt-right f6",     "the next page") \
    X(PAGE_BEFORE,     "page-before",     PAGES,  "ctrl-p alt-left f5",      "the page before") \
    X(PAGE_ACTIVE,     "page-active",     PAGES,  "alt-a",                   "the page that most wants a look, then back") \
    X(PAGE_LAST,       "page-last",       PAGES,  "alt-/",                   "the page that was open before") \
    X(PAGE_JUMP,       "page-jump",       PAGES,  "alt-j",                   "go to the page of a number of two digits") \
    X(ROOMS,           "rooms",           PAGES,  "f7 alt-B",                "show or hide the rooms") \
    X(PEOPLE,          "people",          PAGES,  "f8 alt-N",                "show or hide the people") \
    X(SCROLL_UP,       "scroll-up",       READ,   "pgup",                    "look further back") \
    X(SCROLL_DOWN,     "scroll-down",     READ,   "pgdn",                    "and forward again") \
    X(SCROLL_FEW_UP,   "scroll-few-up",   READ,   "alt-pgup",                "a few lines further back") \
    X(SCROLL_FEW_DOWN, "scroll-few-down", READ,   "alt-pgdn",                "a few lines forward") \
    X(SCROLL_TOP,      "scroll-top",      READ,   "alt-home ctrl-home",      "the oldest, and what is kept before it") \
    X(SCROLL_END,      "scroll-end",      READ,   "alt-end ctrl-end",        "the newest") \
    X(UNREAD,          "unread",          READ,   "alt-u",                   "the first that is unread") \
    X(MENTION_BEFORE,  "mention-before",  READ,   "alt-p",                   "the mention of you before this") \
    X(MENTION_NEXT,    "mention-next",    READ,   "alt-n",                   "and the next one") \
    X(NOISE,           "noise",           READ,   "alt-=",                   "fold comings and goings, or show each") \
    X(SEARCH,          "search",          READ,   "ctrl-s",                  "search this page") \
    X(SELECT,          "select",          READ,   "alt-s",                   "select a message: copy, reply, open its link, take its file") \
    X(BARE,            "bare",            READ,   "alt-l",                   "nothing but what was said, to copy by mouse") \
    X(ENTER,           "enter",           WRITE,  "enter",                   "send what was typed") \
    X(NEWLINE,         "newline",         WRITE,  "alt-enter ctrl-j shift-enter", "begin another line of the same message") \
    X(COMPLETE,        "complete",        WRITE,  "tab",                     "complete a command, a room, a name; again: the next that fits") \
    X(COMPLETE_BACK,   "complete-back",   WRITE,  "shift-tab",               "and the one before it") \
    X(LEFT,            "left",            WRITE,  "ctrl-b left",             "one to the left") \
    X(RIGHT,           "right",           WRITE,  "ctrl-f right",            "one to the right") \
    X(WORD_LEFT,       "word-left",       WRITE,  "alt-b ctrl-left",         "a word to the left") \
    X(WORD_RIGHT,      "word-right",      WRITE,  "ctrl-right",              "a word to the right") \
    X(WORD_OR_FILE,    "word-or-file",    WRITE,  "alt-f",                   "a word to the right; with nothing typed, choose a file to send") \
    X(START,           "start",           WRITE,  "ctrl-a home",             "to the start of the line") \
    X(END,             "end",             WRITE,  "ctrl-e end",              "to its end") \
    X(ERASE_LEFT,      "erase-left",      WRITE,  "backspace",               "erase what is left of the cursor") \
    X(ERASE_RIGHT,     "erase-right",     WRITE,  "ctrl-d delete",           "erase what is under it") \
    X(KILL_END,        "kill-end",        WRITE,  "ctrl-k",                  "cut to the end of the line") \
    X(KILL_START,      "kill-start",      WRITE,  "ctrl-u",                  "cut to its start") \
    X(KILL_BLANK,      "kill-blank",      WRITE,  "ctrl-w",                  "cut back to a space") \
    X(KILL_WORD_LEFT,  "kill-word-left",  WRITE,  "alt-backspace",           "cut the word to the left") \
    X(KILL_WORD_RIGHT, "kill-word-right", WRITE,  "alt-d",                   "cut the word to the right") \
    X(YANK,            "yank",            WRITE,  "ctrl-y",                  "put back what was cut") \
    X(YANK_POP,        "yank-pop",        WRITE,  "alt-y",                   "right after that: what was cut before instead") \
    X(UNDO,            "undo",            WRITE,  "ctrl-_",                  "as the line was before") \
    X(SWAP,            "swap",            WRITE,  "ctrl-t",                  "swap the letters around the cursor") \
    X(BACK,            "back",            WRITE,  "up",                      "a row up; from the first to what was typed before on this page") \
    X(FORTH,           "forth",           WRITE,  "down",                    "a row down, and to what was typed after that") \
    X(BACK_ALL,        "back-all",        WRITE,  "ctrl-up",                 "what was typed before on any page") \
    X(FORTH_ALL,       "forth-all",       WRITE,  "ctrl-down",               "and after that") \
    X(RECALL,          "recall",          WRITE,  "ctrl-r",                  "search what was typed before on any page") \
    X(EDITOR,          "editor",          WRITE,  "ctrl-x,ctrl-e",           "write in your editor: $VISUAL, $EDITOR or vi") \
    X(SEND_FILE,       "send-file",       WRITE,  "alt-F",                   "choose a file to send to this conversation") \
    X(SWITCHER,        "switcher",        FIND,   "alt-g alt-k",             "find a page, a room, a person") \
    X(PALETTE,         "palette",         FIND,   "alt-x",                   "find anything that can be done") \
    X(TRANSFERS,       "transfers",       FIND,   "alt-t",                   "files on their way: take, refuse, pause, cancel") \
    X(HELP,            "help",            FIND,   "f1",                      "this help") \
    X(INSPECT,         "inspect",         FIND,   "f12",                     "the frames to and from the relay") \
    X(CANCEL,          "cancel",          SCREEN, "esc ctrl-g",              "close what lies over the page; else the next key counts as with Alt") \
    X(QUIT_ASK,        "quit-ask",        SCREEN, "ctrl-c",                  "clear the line; on an empty one twice: quit") \
    X(REDRAW,          "redraw",          SCREEN, "ctrl-l",                  "draw everything anew") \
    X(MOUSE,           "mouse",           SCREEN, "alt-m",                   "click and scroll with the mouse, or select text with it") \
    X(SUSPEND,         "suspend",         SCREEN, "ctrl-z",                  "go to the background")
/* clang-format on */

enum action {
    ACTION_NONE,
    ACTION_INSERT, /* the key is text */
#define ACTION_ENUM(id, name, group, keys, help) ACTION_##id,
    ACTIONS(ACTION_ENUM)
#undef ACTION_ENUM
        ACTION_COUNT
};

struct action_row {
    enum action action;
    const char *name;
    enum action_group group;
    const char *keys;
    const char *help;
};

const struct action_row *action_at(size_t i);                     /* NULL at the end */
const struct action_row *action_find(const char *name, size_t n); /* NULL: there is none */
const char *action_group_str(enum action_group g);

#endif
