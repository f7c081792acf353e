/* SPDX-License-Identifier: ISC */
/* The screen's state from inside: for what keys do and what lies over the panes, and for tui.c.
 */
#ifndef TUI_STATE_H
#define TUI_STATE_H

#include "tui/keymap.h"
#include "tui/notify.h"
#include "tui/pane.h"

struct dress;
struct editor;
struct overlay;
struct lesson;

#define STATE_USED 8

/* The warning of a changed key: given once each time the page is opened. */
struct key_warning {
    const struct room *page; /* compared only */
    bool quiet;              /* given, or put off */
    char name[ROSTER_NAME];  /* about whom */
    uint8_t name_n;
};

/* What waits for its time; the handlers are a table in tui.c. */
enum tui_alarm { ALARM_PASTE, ALARM_NOTIFY, ALARM_WORK, ALARM_PICTURE, ALARMS };

struct tui {
    struct pane_view v;
    struct model *model;
    struct layout_wish wish;
    const struct room *drawn; /* the page that was open when we drew last */
    struct keymap keys;
    struct dress *dress;     /* how it looks */
    struct lesson *lesson;   /* NULL: its page was never open */
    struct overlay *overlay; /* what lies over the panes; NULL: nothing */
    struct editor *editor;   /* has the terminal; NULL: we have */
    unsigned dirty;          /* ours: model_part bits and PANE_INPUT */
    int rows;
    int cols;
    bool folded;            /* panes were shown or hidden: the layout is made anew */
    uint64_t now_ms;        /* as it was handed in last; never goes back */
    uint64_t alarm[ALARMS]; /* when; 0: not set */
    struct notify notify;
    bool pasting;
    bool pasted_cr;    /* the last of it was a CR */
    bool paste_ended;  /* in what was read just now: an Enter behind it was not pressed */
    struct buf pasted; /* until its end has come */
    char asked[sizeof((struct model_ask *)0)->words]; /* what the answer is being typed for */
    const void *used[STATE_USED]; /* rows of the tables of commands and actions, newest first */
    struct key_warning warning;
    bool quit_asked; /* by the key before this one */
    char *folder;    /* where a file to send was looked for last; NULL: nowhere yet */
    const struct room *typed_on; /* whose line it is; it may be gone: known by its name */
    struct intent page;          /* that page, as an intent says it; of no kind, without text */
};

#endif
