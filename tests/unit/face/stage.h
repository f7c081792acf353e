/* SPDX-License-Identifier: ISC */
/*
 * A face with a model and nobody behind it: the test is the engine. What the face writes lands
 * in a file without a name, and is read from there piece by piece.
 */
#ifndef UNIT_FACE_STAGE_H
#define UNIT_FACE_STAGE_H

#include "face/face.h"

struct stage {
    struct model *model;
    struct face *face;
    int fd;
    size_t read; /* bytes of it that the test has seen */
    uint64_t now_ms;
    char said[1 << 20];
};

struct stage *stage_open(void);    /* a model that is in as alice, in #ops, sealed */
void stage_close(struct stage *s); /* not the face */
void stage_feed(struct stage *s, const char *text);
void stage_turn(struct stage *s, uint64_t by_ms);
const char *stage_said(struct stage *s); /* since it was asked last */
/* The next intent must be of this kind and text; its tag. */
uint64_t stage_take(struct stage *s, enum intent_kind kind, const char *text);
bool stage_idle(const struct stage *s); /* no intents wait */
struct room *stage_room(struct stage *s);
/* A message in a room; n tells it from others. */
void stage_message(struct stage *s, struct room *r, const char *who, const char *text,
    uint8_t flags, enum event_state state, uint8_t n);
/* report.pdf, 1000 bytes, in #ops: ours, or offered by bob. Told of. */
struct transfer *stage_file(struct stage *s, uint8_t n, bool own);
/* It is so now, and told of. */
void stage_file_is(
    struct stage *s, struct transfer *t, enum transfer_state state, const char *why);
void stage_file_far(struct stage *s, struct transfer *t, uint64_t done, int64_t by_ms);

#endif
