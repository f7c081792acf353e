/* SPDX-License-Identifier: ISC */
/*
 * People who send each other files (support/evil: real engines, a meddler on each line), each
 * with a download folder of its own below one that is removed in the end; so is what stands in
 * for the home. Files here have a name and bytes that follow from their size. Waits fail the
 * test when what is waited for does not come.
 */
#ifndef SUPPORT_FILECREW_H
#define SUPPORT_FILECREW_H

#include "support/evil.h"

#define FILECREW_PATH 512

struct filecrew {
    struct evil v;
    char dir[64];                        /* all of it */
    char in[EVIL_PEOPLE][FILECREW_PATH]; /* where downloads go */
};

void filecrew_init(struct filecrew *f, uint64_t seed);
void filecrew_db(struct filecrew *f, uint64_t seed); /* the relay's database is a file */
void filecrew_fini(struct filecrew *f);
size_t filecrew_account(struct filecrew *f, const char *name); /* not started */
void filecrew_people(struct filecrew *f, size_t n);            /* accounts: alice, bob, ... */
void filecrew_room(struct filecrew *f, size_t n);              /* the same, in #ops */
void filecrew_pair(struct filecrew *f);                        /* alice and bob, each other's */

/* Paths live as long as nothing else is asked for four times. */
const char *filecrew_path(struct filecrew *f, const char *name);            /* to be sent */
const char *filecrew_got(struct filecrew *f, size_t who, const char *name); /* received */
void filecrew_write(const char *path, size_t bytes, uint32_t seed);
void filecrew_poke(const char *path, size_t at); /* one byte is another */
size_t filecrew_entries(const char *folder);
/* The part of whatever who receives; NULL: none. */
const char *filecrew_part(struct filecrew *f, size_t who);

/* Makes a file and offers it. */
void filecrew_send(
    struct filecrew *f, size_t who, const char *page, const char *name, size_t bytes);
void filecrew_type(struct filecrew *f, size_t who, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The newest of that name, as who's model has it; NULL. */
struct transfer *filecrew_find(struct filecrew *f, size_t who, const char *name);
void filecrew_is(struct filecrew *f, size_t who, const char *name, enum transfer_state state);
void filecrew_moves(struct filecrew *f, size_t who, const char *name, uint64_t bytes);
void filecrew_accept(struct filecrew *f, size_t who, const char *name); /* waits for it */
void filecrew_why(struct filecrew *f, size_t who, const char *name, const char *words);

/* What lies in who's folder is what was sent, and is its owner's alone. */
void filecrew_same(struct filecrew *f, size_t who, const char *saved, const char *name);
/* Sent, accepted, there. */
void filecrew_goes(struct filecrew *f, size_t from, const char *page, size_t to,
    const char *name, size_t bytes);

size_t filecrew_chunks(struct filecrew *f, size_t who, enum meddler_way way);
/* No place of a file was ever sealed by who with two contents. */
void filecrew_sealed_once(struct filecrew *f, size_t who);

#endif
