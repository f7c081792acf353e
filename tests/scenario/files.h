/* SPDX-License-Identifier: ISC */
/*
 * Somebody who sends a file and somebody who takes it, each a scripted client that does what
 * the protocol says and counts everything: chunks are sent for credit alone, every chunk taken
 * has the bytes it must, and acknowledgements count from the newest start.
 */
#ifndef SCENARIO_FILES_H
#define SCENARIO_FILES_H

#include "base/chunkmap.h"
#include "people.h"

#define FILES_CHUNK 4096u

struct giver {
    struct actor *a;
    uint8_t id[MSG_ID];
    enum msg_convo kind;
    char to[MSG_ROOM + 1];
    uint32_t count;
    uint64_t bytes;
    uint32_t handle, window;
    uint16_t asked;
    size_t sent; /* chunks, repeated ones too */
    bool idle;   /* credit is left lying */
    bool ended;
    uint8_t end; /* why */
};

struct taker {
    struct actor *a;
    uint8_t id[MSG_ID];
    char sender[MSG_NAME + 1];
    uint32_t handle, window, count, turn;
    struct chunkmap has;
    uint32_t taken; /* since the start */
    uint32_t acked;
    size_t twice;  /* came though it had them */
    bool counting; /* a start came */
    bool idle;     /* takes nothing and acknowledges nothing */
    bool ended;
    uint8_t end;
};

void giver_init(struct giver *g, struct actor *a, uint8_t id, enum msg_convo kind,
    const char *to, uint32_t count);
uint8_t giver_offer(struct giver *g);                       /* status; 0xff: no such user */
void giver_step(struct giver *g);                           /* sends what it has credit for */
void giver_send(struct giver *g, uint32_t index, size_t n); /* one chunk of n bytes */
uint8_t giver_cancel(struct giver *g);
uint8_t files_pause(struct actor *a, uint32_t handle, uint8_t on);
/* The newest state that the sender was told of somebody; FILE_STATES: none. Those before it
 * are dropped. */
uint8_t giver_state(struct giver *g, const char *who);

void taker_init(struct taker *t, struct actor *a, const struct giver *of);
void taker_fini(struct taker *t);
uint8_t taker_accept(struct taker *t); /* says what it has; status */
uint8_t taker_refuse(struct taker *t);
void taker_ack(struct taker *t, uint32_t taken);
void taker_step(struct taker *t); /* takes what came, and acknowledges it */
bool taker_done(const struct taker *t);

/* Everybody steps, turn by turn, for so long. NULL entries are left out. */
void files_run(struct sim *s, struct giver **gs, struct taker **ts, size_t n, uint64_t ms);

#endif
