/* SPDX-License-Identifier: ISC */
/*
 * One person as client/trust knows them, and as a row of the vault. Names are bytes from
 * strangers: what may be kept is visible text that fits. A guest's name says which key it is.
 */
#ifndef CLIENT_TRUST_PERSON_H
#define CLIENT_TRUST_PERSON_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"

#define TRUST_PRINT 32
#define TRUST_NAME  80 /* "guest:" and 64 hex digits is 70 */
#define TRUST_TAG   5  /* four letters and NUL */

enum trust_state {
    TRUST_UNKNOWN,  /* never seen */
    TRUST_PINNED,   /* seen, and always with this key */
    TRUST_VERIFIED, /* and compared */
    TRUST_CHANGED,  /* another key than before, not accepted */
};

struct trust_person {
    char name[TRUST_NAME];
    enum trust_state state;
    uint8_t print[TRUST_PRINT]; /* the key that is trusted */
    uint8_t fresh[TRUST_PRINT]; /* TRUST_CHANGED: the one that was seen since */
    uint8_t old[TRUST_PRINT];   /* replaced: the one before, that somebody gave up */
    bool replaced;              /* never with TRUST_CHANGED */
    bool was_verified;          /* TRUST_CHANGED: the old one had been compared */
    int64_t since_ms;           /* when this key was first seen */
};

bool trust_is_guest(struct bytes name);
void trust_guest_name(const uint8_t print[TRUST_PRINT], char out[TRUST_NAME]);
void trust_tag(const uint8_t print[TRUST_PRINT], char out[TRUST_TAG]);
bool trust_guest_lies(struct bytes name, const uint8_t print[TRUST_PRINT]);

bool trust_may_be_kept(struct bytes name);
#define TRUST_ROW (11 + 2 * TRUST_PRINT)
void trust_person_put(struct buf *row, const struct trust_person *p);
/* The name is the caller's; all else is set. A row that says what none of ours would is
 * ERR_CORRUPT; ERR_VERSION: a newer program's. */
enum err trust_person_get(struct trust_person *p, struct bytes name, struct bytes row);

#endif
