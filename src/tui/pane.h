/* SPDX-License-Identifier: ISC */
/*
 * What a pane is: a part of the layout, the parts of the model it shows, and how it is drawn.
 * A pane reads the view and puts cells into its own rectangle; it changes nothing and cannot
 * send.
 */
#ifndef TUI_PANE_H
#define TUI_PANE_H

#include "model/model.h"
#include "tui/editline.h"
#include "tui/keymap.h"
#include "tui/layout.h"
#include "tui/screen.h"
#include "tui/spot.h"

/* Where reading stopped: the row at the bottom. Held, new events do not move it. */
struct pane_place {
    bool held;
    uint64_t id;  /* of the event at the bottom */
    size_t below; /* rows of it that lie below the edge */
    size_t rows;  /* that its text had then, */
    int cols;     /* at this width: it may change while it is there */
};

/* What is marked among the events. */
#define PANE_WORDS 256
struct pane_marks {
    uint64_t selected;      /* an event's id; 0: none */
    int row;                /* of the screen, where that was drawn */
    uint64_t hit;           /* where the search is */
    uint64_t mention;       /* the one that was gone to */
    char words[PANE_WORDS]; /* what is searched for */
    size_t words_n;
};

struct pane_view {
    struct screen *screen;
    const struct model *model;
    struct layout layout;
    int rows, cols; /* of the screen */
    const struct keymap *keys;
    const char *hints; /* what the keys do in what lies over the panes; NULL: nothing does */
    struct editline line;
    struct editline answer; /* to what the model asks: apart from what is said, and wiped */
    struct pane_place place;
    struct pane_marks marks;
    bool bare;      /* nothing but what was said is on the screen, for the mouse to copy */
    unsigned below; /* events under the bottom edge */
    int cursor_row; /* set by the pane that has the focus */
    int cursor_col;
    struct spots spots; /* what was drawn and can be clicked */
    int people_from;    /* people above the pane */
    bool jumping;       /* the digits of a page are being typed */
    char jump[3];       /* those that were */
    unsigned turn;      /* of the sign beside slow work */
    bool alt_next;      /* ESC was pressed: the next key counts as with Alt */
    bool quit_armed;
    struct buf hint; /* words in place of the usual hints; empty: none */
};

struct pane {
    enum layout_part part;
    unsigned shows; /* model_part bits; PANE_INPUT besides */
    void (*draw)(struct pane_view *v, struct rect r);
};

#define PANE_INPUT 256u /* the line, or what belongs to it, changed */

extern const struct pane PANE_TITLE, PANE_TOP_RULE, PANE_LOW_RULE, PANE_ROOMS, PANE_ROOMS_RULE,
    PANE_LOG, PANE_PEOPLE, PANE_PEOPLE_RULE, PANE_STATUS, PANE_INPUT_LINE, PANE_HINTS,
    PANE_SMALL;

/* "relay", "#room" or the name of a person. */
void pane_page_name(struct buf *to, const struct model *m, const struct room *r);
/* How alarming a seal is; what it is, its words say. */
enum style pane_seal_style(enum room_seal seal);

#endif
