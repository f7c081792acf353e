/* SPDX-License-Identifier: ISC */
/*
 * What the person wants, on its way from a face to the engine: a bounded queue. A face pushes
 * and forgets; only the engine takes. Text is copied in, wiped and freed by intent_fini(). A
 * face that waits for what becomes of an intent gives it a tag and hears of it as an outcome.
 */
#ifndef MODEL_INTENT_H
#define MODEL_INTENT_H

#include "base/bytes.h"
#include "base/err.h"

#define INTENTS_MAX  64
#define INTENT_BYTES 65536
#define INTENT_SAID  60000 /* of words, what one message holds */
#define INTENT_WHERE 64

enum intent_kind {
    INTENT_LINE,    /* a line was entered: a command, or words */
    INTENT_WORDS,   /* words, whatever they look like */
    INTENT_CAREFUL, /* words that only people may read whose keys were compared */
    INTENT_FILE,    /* the path of a file to be offered, any bytes; with a note behind a NUL */
    INTENT_FILE_CAREFUL, /* the same, for people alone whose keys were compared */
    INTENT_ANSWER,       /* to what the model asks for */
    INTENT_TYPING,       /* a key was pressed in a message */
    INTENT_DRAFT,        /* what stands on the line of a page, to be kept; empty: nothing */
    INTENT_QUIT
};

struct intent {
    enum intent_kind kind;
    uint64_t tag;             /* 0: nobody waits */
    bool direct;              /* where names a person */
    char where[INTENT_WHERE]; /* the page it is meant for */
    uint8_t where_n;          /* 0: the one that is open */
    char *text;               /* NUL-ended */
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
/* All of it; text of like is ignored in favour of the one given. */
enum err intents_put(struct intents *q, const struct intent *like, struct bytes text);
bool intents_take(struct intents *q, struct intent *out); /* false: empty */
void intent_fini(struct intent *i);

#endif
