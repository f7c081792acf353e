/* SPDX-License-Identifier: ISC */
/*
 * Conversations with one person: a group of two, founded by whoever speaks first with a key
 * package of the other, who need not be there. What the relay hands out as somebody's key is
 * held against what is known of that person before a word is sealed with it.
 */
#ifndef CLIENT_DIRECT_H
#define CLIENT_DIRECT_H

#include "client/engine.h"

struct talk *direct_open(struct engine *e, struct bytes name); /* with its page */
void direct_ask(struct engine *e, struct talk *c);
void direct_answer(struct engine *e, const struct request *r, const void *answer);
void direct_nobody(struct engine *e, struct talk *c, struct bytes name);
void direct_ended(struct engine *e, struct talk *c); /* one of the two has another name */
void direct_refused(struct engine *e, const struct request *r, const struct msg_refusal *no);
void direct_founded(struct engine *e, struct talk *c, const struct msg_commit_ok *ok);
void direct_not_founded(struct engine *e, struct talk *c, const struct msg_refusal *no);
/* Whether a key package is that person's, and may be used now; else says why not. */
bool direct_right_key(struct engine *e, struct talk *c, const struct msg_dm_answer *a,
    struct mls_package *package);

#endif
