/* SPDX-License-Identifier: ISC */
/*
 * What becomes of intents that somebody waits for. An intent with a tag is held open while
 * anything it caused is under way: the handling of it, requests to the relay, a join that takes
 * several turns. When the last hold is released the outcome is told, once: done, or the first
 * thing that went wrong in words.
 */
#ifndef CLIENT_OUTCOME_H
#define CLIENT_OUTCOME_H

#include "model/model.h"

#define OUTCOME_WHY 512

struct outcome {
    struct outcome *next;
    uint64_t tag;
    unsigned holds;
    bool failed;
    char why[OUTCOME_WHY];
};

void outcome_hold(struct outcome **all, uint64_t tag); /* tag 0: nothing */
void outcome_fail(struct outcome **all, uint64_t tag, const char *why);
void outcome_release(struct outcome **all, uint64_t tag, struct model *m);
void outcome_free(struct outcome **all);

#endif
