/* SPDX-License-Identifier: ISC */
/*
 * What is inside a message that opened: words, receipts, a name, a topic, a secret. Its number
 * says whether one is missing before it, or whether it was here already.
 */
#ifndef CLIENT_HEAR_SAY_H
#define CLIENT_HEAR_SAY_H

#include "client/engine.h"
#include "client/entry.h"

void hear_say(struct engine *e, struct talk *c, struct talk_person *from,
    const struct hear_entry *in, struct bytes plain);
/* The group of a direct conversation, made by the other end. */
void hear_say_founded(
    struct engine *e, struct talk *c, const struct hear_entry *in, struct bytes welcome);
/* Messages of somebody whose new key is accepted by now. */
void hear_say_release(struct engine *e, struct talk *c, struct bytes name);
bool hear_say_topic_is_ours(const struct talk *c);

/* Whether one before it is missing. */
bool hear_say_skips(const struct talk_person *from, struct bytes plain);

#endif
