/* SPDX-License-Identifier: ISC */
/*
 * What is told to a person who looks elsewhere: that somebody named them or wrote to them
 * alone. It is noted as it happens and told when it is due, several as one, at most one in
 * NOTIFY_GAP_MS. It has no clock and writes nothing: the words are for term_notify().
 */
#ifndef TUI_NOTIFY_H
#define TUI_NOTIFY_H

#include "base/buf.h"
#include "model/model.h"

#define NOTIFY_GAP_MS 3000
#define NOTIFY_TEXT   120 /* bytes of a message */

enum notify_what { NOTIFY_NONE, NOTIFY_WHO, NOTIFY_FULL }; /* as the preference has it */

struct notify {
    bool away;      /* the terminal said that it lost the focus */
    unsigned count; /* noted and not told */
    bool others;    /* not all of them by the first */
    bool direct;
    uint8_t who_n, room_n, text_n;
    char who[ROSTER_NAME]; /* of the first */
    char room[ROOM_NAME];
    char text[NOTIFY_TEXT];
    uint64_t told_ms; /* 0: never yet */
};

/* A new event on a page; true: there is something to tell. */
bool notify_hear(struct notify *n, const struct room *r, const struct event *v);
uint64_t notify_due(const struct notify *n, uint64_t now_ms); /* when it may be told */
void notify_look(
    struct notify *n, bool here); /* focus came or went; who looks need not be told */
/* The words, and then nothing is left to tell. */
void notify_take(struct notify *n, enum notify_what what, uint64_t now_ms, struct buf *out);

#endif
