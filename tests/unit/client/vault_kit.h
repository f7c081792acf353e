/* SPDX-License-Identifier: ISC */
/*
 * What the tests of the vault share: a folder, a vault in it without a thread, what its rows
 * are as text, and hands on its database as an attacker with the disk has them.
 */
#ifndef UNIT_CLIENT_VAULT_KIT_H
#define UNIT_CLIENT_VAULT_KIT_H

#include <criterion/criterion.h>

#include "base/db.h"
#include "client/history.h"
#include "client/vault.h"

#define B(text)   bytes_str(text)
#define KIT_TEXT  65536
#define KIT_WORDS 512

struct kit {
    char dir[64];
    uint8_t key[VAULT_KEY];
    struct vault *v;
    size_t landed;
    size_t failed;
    char why[KIT_WORDS];
};

extern struct kit kit;

void kit_init(void); /* for TestSuite: the folder and a key */
void kit_fini(void);
struct vault_setup kit_setup(bool thread);
enum err kit_try(void); /* opens; kit.why says what was said */
void kit_open(void);
void kit_open_thread(void);
void kit_close(void);
void kit_land(void);   /* commits, and waits until nothing is on its way */
void kit_reopen(void); /* closes and opens */
const char *kit_path(const char *name);

/* Every row of a space as "key/sub=value " in order of the walk; *e what the walk said. */
const char *kit_rows(enum vault_space space, enum err *e);
#define KIT_ROWS(space, want)                                                                  \
    do {                                                                                       \
        enum err kit_e;                                                                        \
        cr_assert_str_eq(kit_rows(space, &kit_e), want);                                       \
        cr_assert_eq(kit_e, ERR_OK);                                                           \
    } while (0)

struct history_row kit_said(const char *text);
/* A page or a search, to its end, as "n:text " newest first; *e and *more what done() said. */
const char *kit_read(const struct history_query *q, enum err *e, bool *more);
const char *kit_page(const char *convo);
const char *kit_search(const char *convo, const char *words);

/* The database behind the vault's back, while it is closed. */
struct db *kit_db(void);
int64_t kit_number(struct db *d, const char *sql);
struct buf kit_blob(struct db *d, const char *sql); /* the caller's */
enum err kit_set_blob(struct db *d, const char *sql, struct bytes blob);

#endif
