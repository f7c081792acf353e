/* SPDX-License-Identifier: ISC */
/*
 * The one table of an operator's orders, and how words on a command line become a request: one
 * line of JSON for the relay's socket. Usage, the manual and shell completions are held to
 * the table by test. It sends nothing and prints nothing; a password is no word of a command
 * line and is added at the end.
 */
#ifndef CTL_ORDER_H
#define CTL_ORDER_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

enum order_shape {
    ORDER_DONE,  /* nothing but ok; says "done" */
    ORDER_COUNT, /* a number under "count", after the words in "done" */
    ORDER_TEXT,  /* a string under "key", after the words in "done" */
    ORDER_FACTS, /* an object under "key" */
    ORDER_ROWS,  /* an array of objects under "key" */
};

struct order_row {
    const char *command; /* one word or two */
    const char *args;    /* as usage shows them */
    const char *must[2]; /* keys of the words that have to follow; NULL: none */
    const char *maybe;   /* key of one that may follow them */
    const char *rest;    /* key of all that follows, as one text */
    bool rest_must;      /* there has to be some */
    const char *options; /* with spaces between */
    enum order_shape shape;
    const char *key;
    const char *done;
    const char *help;
};

struct order {
    const struct order_row *row;
    bool json;
    const char *socket; /* NULL: the default */
    bool wants_password;
    int password_fd;    /* -1: ask the terminal */
    const char *name;   /* whom the password is for; borrowed from the words */
    struct buf request; /* JSON, open until order_finish() */
};

const struct order_row *order_at(size_t i); /* NULL at the end */
/* words exclude the program's name. out is to be freed in any case; why says what is wrong. */
enum err order_parse(
    char *const *words, size_t count, struct order *out, char *why, size_t why_n);
enum err order_finish(struct order *o, struct bytes password); /* ends the line */
void order_free(struct order *o);                              /* wipes */
bool order_number(struct bytes text, int64_t *out);            /* digits only, ten at most */
/* "90", "30s", "10m", "2h", "7d", "3w" as seconds, 1 to 2^32 - 1. */
enum err order_seconds(const char *text, int64_t *out);

#endif
