/* SPDX-License-Identifier: ISC */
/*
 * A relay that does not keep the rules, as far as one client sees it: somebody who sits on the
 * line of a crew member, reads every frame both ways, decoded, and may let it pass, drop it,
 * hold it back, change it or repeat it, and tell the client or the relay whatever he likes. He
 * keeps a copy of all that went by. Orders are tried in the order they were given; what none of
 * them names passes. Without orders he is honest.
 */
#ifndef SUPPORT_MEDDLER_H
#define SUPPORT_MEDDLER_H

#include "support/crew.h"

enum meddler_way { DOWN, UP }; /* from the relay to the client; from the client to the relay */
enum meddler_verdict { MEDDLE_PASS, MEDDLE_DROP, MEDDLE_HOLD, MEDDLE_CHANGED };

struct meddler_frame {
    enum meddler_way way;
    uint8_t op;
    uint8_t asked; /* of a reply: the opcode that it answers */
    struct bytes body;
    const struct schema *shape; /* of msg; NULL: the body was not understood */
    void *msg;                  /* may be changed in place: then say MEDDLE_CHANGED */
};
typedef enum meddler_verdict meddler_fn(void *arg, struct meddler_frame *f);

struct meddler_kept {
    struct meddler_kept *next;
    enum meddler_way way;
    uint8_t op;
    uint8_t asked;
    bool passed;     /* went on as it was */
    uint64_t number; /* of all frames on all lines, in order */
    struct bytes body;
};

struct meddler_order {
    struct meddler_order *next;
    enum meddler_way way;
    uint8_t op;    /* 0: any */
    uint8_t asked; /* 0: any */
    unsigned left; /* how often; 0: always */
    enum meddler_verdict verdict;
    meddler_fn *fn; /* decides instead; NULL */
    void *arg;
    bool spent;
};

struct meddler {
    struct crew_member *m;
    struct sim_tap tap;
    struct meddler_order *orders;
    struct meddler_kept *kept, **kept_end;
    struct meddler_kept *held, **held_end;
    uint8_t asked[256]; /* requests that no reply came to, a ring */
    size_t asked_at, asked_n;
};

void meddler_sit(struct meddler *d, struct crew_member *m); /* before the member is started */
void meddler_rise(struct meddler *d);                       /* after the member is gone */

/* Orders: for the next n frames of an opcode (0: of any) in a direction; n 0: all. */
void meddler_order(struct meddler *d, enum meddler_way way, uint8_t op, unsigned n,
    enum meddler_verdict verdict);
void meddler_ask(
    struct meddler *d, enum meddler_way way, uint8_t op, meddler_fn *fn, void *arg);
/* Of replies (0x9a) to a request that say "done". */
void meddler_answer(struct meddler *d, uint8_t asked, meddler_fn *fn, void *arg);
void meddler_honest(struct meddler *d); /* no more orders */

/* What was held goes on, in order or the other way round. */
void meddler_let_go(struct meddler *d, bool backwards);
/* Tells the client something, msg of the shape that the opcode's row has for the relay. */
void meddler_tell(struct meddler *d, uint8_t op, const void *msg);
void meddler_tell_raw(struct meddler *d, uint8_t op, struct bytes body);
/* Replies "done" to a request that was not let through. */
void meddler_reply(struct meddler *d, uint8_t asked, const void *answer);

/* The newest of its kind, or the one before that (back 1, ...); fails the test without one. */
const struct meddler_kept *meddler_kept(
    const struct meddler *d, enum meddler_way way, uint8_t op, size_t back);
size_t meddler_count(const struct meddler *d, enum meddler_way way, uint8_t op);
/* Decodes a kept one into out, of the shape its row has. Views live as long as it is kept. */
void meddler_read(const struct meddler_kept *k, void *out);

#endif
