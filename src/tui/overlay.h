/* SPDX-License-Identifier: ISC */
/*
 * What lies over the panes and has the keys while it is there: a list, a question, a form. One
 * at a time. ESC closes it, whatever it is; it draws itself after the panes and puts the cursor
 * on what has the focus.
 */
#ifndef TUI_OVERLAY_H
#define TUI_OVERLAY_H

#include "tui/action.h"
#include "tui/key.h"
#include "tui/pane.h"

struct tui;
struct overlay;

struct overlay_ops {
    void (*draw)(struct overlay *o, struct pane_view *v);
    /* Every key but those that close. It may open another overlay or close this one, and
     * touches o no more then. */
    void (*key)(struct overlay *o, struct tui *t, enum action a, const struct input_key *k);
    void (*paste)(struct overlay *o, struct tui *t, struct bytes text); /* NULL: ignored */
    void (*cancel)(struct overlay *o, struct tui *t); /* ESC came; NULL: nothing to undo */
    /* Before each drawing, for what shows the model; it may close this one. NULL: nothing. */
    void (*follow)(struct overlay *o, struct tui *t);
    void (*fini)(struct overlay *o); /* NULL: nothing of its own */
    const char *hints;               /* what the keys do here */
};

struct overlay {
    const struct overlay_ops *ops; /* first in a struct that was got by mem_alloc() */
    struct overlay *under;         /* comes back when this one is closed; NULL: nothing */
};

void overlay_open(struct tui *t, struct overlay *o);       /* takes it, in place of any other */
void overlay_push(struct tui *t, struct overlay *o);       /* the same, over the one there is */
void overlay_close(struct tui *t);                         /* nothing when there is none */
void overlay_draw(struct overlay *o, struct pane_view *v); /* and what is under it; or NULL */
void overlay_key(struct tui *t, enum action a, const struct input_key *k);
/* A frame with a title over the panes, in the middle; what is inside it. */
struct rect overlay_frame(struct pane_view *v, int rows, int cols, const char *title);

#endif
