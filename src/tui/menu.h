/* SPDX-License-Identifier: ISC */
/*
 * An overlay to choose from: a line to type into, and the rows that fit what was typed, best
 * first. Enter takes the row under the cursor, ESC none. It knows nothing of what the rows are.
 */
#ifndef TUI_MENU_H
#define TUI_MENU_H

#include "tui/overlay.h"

#define MENU_TEXT 256

struct menu_row {
    char text[MENU_TEXT]; /* what is matched and shown; foreign bytes may be in it */
    char note[MENU_TEXT]; /* beside it */
    char key[32];         /* at the right edge */
    int bonus;            /* of two that match alike, the one with more is first */
};

struct menu_source {
    const char *title;
    const char *prompt; /* before what is typed */
    size_t (*count)(void *arg);
    void (*row)(void *arg, size_t i, struct menu_row *out);
    void (*chosen)(void *arg, struct tui *t, size_t i); /* the menu is closed already */
    void (*looked)(void *arg, struct tui *t, size_t i); /* it is under the cursor; or NULL */
    void (*cancelled)(void *arg, struct tui *t);        /* or NULL */
    /* The first letter typed decides about another source ('>' in the switcher); or NULL. */
    bool (*turned)(void *arg, struct tui *t, struct bytes typed);
    /* Whether a row is listed at all while that is typed; or NULL: each is. */
    bool (*wanted)(void *arg, size_t i, struct bytes typed);
    /* What a row says besides, asked only of those that are drawn; or NULL. */
    void (*filled)(void *arg, size_t i, struct menu_row *row);
    /* Backspace, and nothing is typed; true: another menu is there now; or NULL. */
    bool (*backed)(void *arg, struct tui *t);
    const char *hints;       /* or NULL: the usual ones */
    void (*fini)(void *arg); /* or NULL */
};

/* Opens it; rows are asked for at each key, so they may change. arg is the source's. */
void menu_open(struct tui *t, const struct menu_source *s, void *arg);

#endif
