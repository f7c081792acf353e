/* SPDX-License-Identifier: ISC */
/*
 * An overlay that asks: words, some lines to look at, and buttons that each show their letter.
 * A letter or Enter on a button answers; ESC is the answer that changes nothing. Where Enter
 * alone must not do it, a word is to be typed.
 */
#ifndef TUI_DIALOG_H
#define TUI_DIALOG_H

#include "tui/overlay.h"

#define DIALOG_BUTTONS 4

struct dialog {
    const char *title;
    const char *words; /* wrapped; foreign bytes may be in it */
    const char *lines; /* shown as they are, cut where they are too long; or NULL */
    struct {
        char letter;
        const char *label; /* "[e]dit" is letter 'e' and label "edit" */
    } button[DIALOG_BUTTONS];
    size_t buttons;
    size_t first;     /* the button that has the focus */
    bool wide;        /* as wide as the screen: nothing else matters now */
    const char *type; /* this must be typed before Enter counts, and no letter does; or NULL */
    /* The dialog is closed already. letter: of the button, '\r' for what was typed; 0: ESC. */
    void (*answered)(void *arg, struct tui *t, char letter);
    void (*fini)(void *arg); /* after the answer; or NULL */
};

void dialog_open(struct tui *t, const struct dialog *d, void *arg); /* copies what it needs */
void dialog_push(struct tui *t, const struct dialog *d, void *arg); /* over what there is */

#endif
