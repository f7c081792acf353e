/* SPDX-License-Identifier: ISC */
/*
 * What every story of a malicious relay needs: a world, people with a meddler on each line, and
 * the two questions that are asked after each attack: what exactly was the person told, and
 * does honest talk go on.
 */
#ifndef SUPPORT_EVIL_H
#define SUPPORT_EVIL_H

#include "support/meddler.h"

#define EVIL_PEOPLE 4
#define EVIL_KEYS   16 /* of people and of forgers */

struct evil {
    struct sim sim;
    struct crew crew;
    struct crew_member *m[EVIL_PEOPLE];
    struct meddler line[EVIL_PEOPLE]; /* of m[i] */
    size_t n;
    unsigned said;
};

void evil_init(struct evil *v, uint64_t seed);
void evil_fini(struct evil *v);
/* Somebody with a meddler on the line, not started; its number. */
size_t evil_guest(struct evil *v, const char *nick);
size_t evil_account(struct evil *v, const char *name);
/* n accounts (alice, bob, carol, dave), started; and in a room. */
void evil_accounts(struct evil *v, size_t n);
void evil_room(struct evil *v, const char *room, size_t n);
/* The first two in a direct conversation, which both have answered in. */
void evil_pair(struct evil *v);

/* A line of exactly these words comes, or came, on that page (NULL: home), as that kind. */
void evil_told(
    struct evil *v, size_t who, const char *page, enum event_kind kind, const char *words);
/* As the relay says it of who leaves: it is not here any more, and it departed. */
void evil_departed(struct meddler *line, const struct msg_departed *who);
size_t evil_times(struct evil *v, size_t who, const char *page, const char *words);
/* What one types now the other reads, once. */
void evil_hears(
    struct evil *v, size_t from, const char *from_page, size_t to, const char *to_page);
/* Both ways. */
void evil_goes_on(struct evil *v, size_t a, const char *a_page, size_t b, const char *b_page);
/* What is typed stays where it is: no frame with something sealed leaves. */
void evil_stands_still(struct evil *v, size_t who, const char *page);
size_t evil_messages(struct evil *v, size_t who, const char *page); /* that are shown */
/* The bytes of a member's line in the roster of a page; 0: not there. */
unsigned evil_flags(struct evil *v, size_t who, const char *page, const char *name);

#endif
