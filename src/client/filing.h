/* SPDX-License-Identifier: ISC */
/* What the engine holds of files on their way: who they are, and when they are looked at. */
#ifndef CLIENT_FILING_H
#define CLIENT_FILING_H

#include "net/loop.h"
#include "net/msg.h"

#define FILING_OFFERS 64

struct upload;
struct download;
struct accept_rule;

/* What the relay told of before its sealed message was there. */
struct filing_offer {
    char sender[MSG_NAME + 1];
    uint8_t id[MSG_ID];
    uint32_t handle;
    bool ended; /* and of its end, too */
};

struct filing {
    struct upload *uploads;     /* in the order they began */
    struct download *downloads; /* the same */
    struct upload *turn;        /* whose the next chunk is */
    struct accept_rule *rules;
    struct loop_task step;
    struct loop_timer tick; /* twice a second while something moves, to show it */
    struct loop_timer due;  /* something waits for its time */
    struct filing_offer offers[FILING_OFFERS]; /* a ring */
    size_t offer_at;
};

#endif
