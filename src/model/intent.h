/* SPDX-License-Identifier: ISC */
/*
 * What the person wants, on its way from a face to the engine: a bounded queue. A face pushes
 * and forgets; only the engine takes. Text is copied in and owned by whoever took the intent.
 */
#ifndef MODEL_INTENT_H
#define MODEL_INTENT_H

#include "base/bytes.h"
#include "base/err.h"

#define INTENTS_MAX  64
#define INTENT_BYTES 8192

enum intent_kind {
    INTENT_LINE, /* a line was entered: a command, or words */
    INTENT_QUIT
};

struct intent {
    enum intent_kind kind;
    char *text; /* NUL-ended; NULL without */
    size_t text_n;
};

struct intents {
    struct intent ring[INTENTS_MAX];
    size_t head;
    size_t count;
};

void intents_init(struct intents *q);
void intents_fini(struct intents *q);
enum err intents_push(
    struct intents *q, enum intent_kind kind, struct bytes text); /* ERR_FULL, ERR_TOO_BIG */
bool intents_take(struct intents *q, struct intent *out);         /* false: empty */
void intent_fini(struct intent *i);

#endif
