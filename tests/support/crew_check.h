/* SPDX-License-Identifier: ISC */
/*
 * What must hold of people (support/crew) after whatever happened: all see the same group; what
 * each said is read by all in its order, once; what was confirmed is read by everybody who was
 * there; and nobody was told of a message that does not open, which is also how a key that was
 * used twice shows. Words that are said have the form NAME-0001, so that order can be seen.
 */
#ifndef SUPPORT_CREW_CHECK_H
#define SUPPORT_CREW_CHECK_H

#include "support/crew.h"

struct engine *crew_engine(const struct crew_member *m);
struct talk *crew_talk(const struct crew_member *m, const char *page); /* NULL: none */
void crew_rotate(struct crew_member *m, const char *page);     /* commits, as if asked to */
void crew_lose_group(struct crew_member *m, const char *page); /* its keys no longer fit */
void crew_turns(struct crew *c, unsigned n);                   /* turns at the present time */
void crew_say(struct crew_member *m, const char *page); /* the next of its numbered words */

/* So many new people, alice first, in a room of theirs ("ops"); accounts or guests. */
void crew_gather(struct crew *c, const char *room, unsigned n, bool accounts);

/* Waits until all who are up and have the page are in one group of so many, and nothing of
 * theirs is on its way. */
void crew_heals(struct crew *c, const char *page, uint32_t members);
bool crew_healed(struct crew *c, const char *page, uint32_t members);

/* What must be so of everybody who is up. */
void crew_orderly(const struct crew *c, const char *page); /* per sender, once, in order */
void crew_has_all(const struct crew_member *m, const char *page); /* all that anybody said */
void crew_once(const struct crew *c, const char *page); /* nothing twice, in whatever order */
void crew_complete(
    const struct crew *c, const char *page); /* all that anybody said is with all */
void crew_confirmed(
    const struct crew *c, const char *page); /* all that is confirmed is with all */
void crew_quiet(const struct crew *c);       /* nobody was told of anything that went wrong */

#endif
