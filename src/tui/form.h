/* SPDX-License-Identifier: ISC */
/*
 * An overlay to fill in: lines to type into, hidden ones, a choice, a button. Tab and the
 * arrows move, Enter goes on, and on the button it is pressed. What does not fit is scrolled so
 * that the field with the focus is seen. It knows nothing of what is asked; what was typed is
 * wiped.
 */
#ifndef TUI_FORM_H
#define TUI_FORM_H

#include "tui/overlay.h"

#define FORM_FIELDS 8

enum form_kind { FORM_TEXT, FORM_SECRET, FORM_CHOICE, FORM_BUTTON };

struct form_field {
    enum form_kind kind;
    const char *label;
    const char *ghost; /* what nothing typed means; "" */
    size_t most;       /* bytes */
};

struct form;
struct form_source {
    const char *title;
    const char *words; /* above the fields */
    const struct form_field *fields;
    size_t count;
    /* What is said under a field, as it stands now; or NULL. */
    void (*note)(void *arg, const struct form *f, size_t field, struct buf *out);
    const char *(*choice)(void *arg, size_t i);         /* NULL at the end */
    void (*looked)(void *arg, struct tui *t, size_t i); /* that choice is shown; or NULL */
    void (*pressed)(void *arg, struct tui *t, struct form *f);
    void (*quit)(void *arg, struct tui *t); /* ESC */
    void (*fini)(void *arg);                /* the form is gone; or NULL */
};

/* Source and arg outlive it. What comes back is valid while the form is open. */
struct form *form_open(struct tui *t, const struct form_source *s, void *arg);
struct form *form_push(
    struct tui *t, const struct form_source *s, void *arg);     /* over another */
void form_set(struct form *f, size_t field, struct bytes text); /* as if it had been typed */
struct bytes form_text(const struct form *f, size_t field);
size_t form_chosen(const struct form *f);
void form_wrong(struct form *f, size_t field, const char *words); /* and the focus is there */
/* Words in place of the button, and keys do nothing; NULL: that is over. */
void form_busy(struct form *f, const char *words);

#endif
