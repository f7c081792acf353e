/* SPDX-License-Identifier: ISC */
/*
 * What keys do: each action changes the line, the view or the model's open page, or pushes an
 * intent. It draws nothing.
 */
#ifndef TUI_ACT_H
#define TUI_ACT_H

#include "model/command.h"
#include "tui/overlay.h"
#include "tui/state.h"

typedef void act_fn(struct tui *t, const struct input_key *k);
struct act_row {
    enum action action;
    act_fn *run; /* NULL ends a table */
};
extern const struct act_row ACT_LINE[], ACT_COMPLETE[], ACT_PAST[], ACT_RECALL[], ACT_EDITOR[];
extern const struct act_row ACT_PAGE[], ACT_READ[], ACT_FIND[], ACT_INSPECT[], ACT_TERM[],
    ACT_FILES[];
act_fn *act_handler(enum action a); /* NULL: it is one of the line's, or none */

/* Commands that the screen does by itself: all that need it, and forms of others. False: the
 * engine does this one. */
typedef bool act_command_fn(struct tui *t, const struct command_line *line);
struct act_command {
    const char *name;
    act_command_fn *run;
};
/* A NULL name ends one. */
extern const struct act_command BIND_COMMANDS[], INSPECT_COMMANDS[], THEME_COMMANDS[],
    FILE_COMMANDS[];
act_command_fn *act_command(const struct command *row); /* NULL: it is the engine's */

void act_do(struct tui *t, enum action a, const struct input_key *k);
bool act_edit(struct editline *e, enum action a);        /* true: it was one of the line's */
struct editline *act_line_of(struct tui *t);             /* the one that has the keys */
bool act_jump(struct tui *t, const struct input_key *k); /* true: a digit, or what ends them */
void act_palette(struct tui *t); /* everything that can be done, to choose from */
void act_answer(struct tui *t, struct bytes text);
void act_editor_ended(struct tui *t); /* it has: its text is the line */
/* ---- act_paste.c: what comes between the terminal's two marks is text ---- */
void act_paste_begin(struct tui *t);
void act_paste_key(struct tui *t, const struct input_key *k);
void act_paste_end(struct tui *t);
void act_paste_wait(struct tui *t); /* it is still coming: its end has time anew */
void act_paste_late(struct tui *t); /* its end did not come */
void act_paste(struct tui *t, struct bytes text);
void act_paste_offer(struct tui *t, struct bytes text); /* asks what is to become of it */
void act_follow_ask(struct tui *t); /* wipes what was typed for a question that is gone */
/* The keymap as the model's bindings have it; tell: in words, which of them are none. */
void act_bind_all(struct tui *t, bool tell);
/* Where a key has changed the page says so once each time it is opened, and asks. */
void act_follow_seal(struct tui *t);
/* What of reading has a file of its own; act_select_at(): with that event selected. */
void act_bare(struct tui *t, const struct input_key *k);
void act_search(struct tui *t, const struct input_key *k);
void act_select(struct tui *t, const struct input_key *k);
void act_select_at(struct tui *t, uint64_t id);
/* A file is looked for, and offered to that page once it was asked. */
void act_send_file(struct tui *t, const struct input_key *k);
/* Asks for what was said before the page begins, and says so. */
void act_older(struct tui *t);
/* A line for the engine, meant for the page that is open. */
void act_push_line(struct tui *t, struct bytes text);
struct intent act_page(const struct tui *t); /* a line for that page, without text */
void act_push_line_at(struct tui *t, const struct intent *page, struct bytes text);
/* ---- act_term.c: focus, mouse, notifications ---- */
bool act_told(struct tui *t, const struct input_key *k); /* true: it was no key at all */
void act_scroll(struct tui *t, bool up, size_t arrows);  /* the wheel came as arrow keys */
void act_follow_mouse(struct tui *t);                    /* as the preference has it */
void act_hear(void *arg, const struct room *r, const struct event *v, bool fresh);
void act_notify_late(struct tui *t);
/* Each page has its line: the old page's is kept, the new page's is there again. */
void act_follow_page(struct tui *t);

#endif
