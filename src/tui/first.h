/* SPDX-License-Identifier: ISC */
/*
 * The form of the very first start: where to go, under which name, a passphrase for what is
 * kept, and a theme. It judges what it can by itself; what it gives is taken by whoever opened
 * it.
 */
#ifndef TUI_FIRST_H
#define TUI_FIRST_H

#include "base/bytes.h"
#include "base/err.h"

struct tui;

struct first_answer {    /* borrowed while it is handed over */
    struct bytes server; /* empty: the usual one */
    struct bytes name;   /* empty: the relay gives one */
    struct bytes phrase; /* empty: none */
    const char *theme;   /* FIRST_AUTO: none */
};

#define FIRST_AUTO "auto"

struct first_setup {
    const char *server; /* the usual one */
    bool (*fits)(void *arg, struct bytes server);
    void (*start)(void *arg, const struct first_answer *a);
    void (*quit)(void *arg);
    void *arg;
};

struct first;
struct first *first_open(struct tui *t, const struct first_setup *setup);
/* The form stays, takes no keys, and says that; until it is told that something failed. */
void first_wait(struct first *f, const char *words);
void first_failed(struct first *f, const char *words);
void first_close(struct first *f, struct tui *t);

#endif
