/* SPDX-License-Identifier: ISC */
#include "model/intent.h"

#include "base/mem.h"

void intents_init(struct intents *q)
{
    q->head = 0;
    q->count = 0;
}

void intents_fini(struct intents *q)
{
    struct intent i;

    while (intents_take(q, &i))
        intent_fini(&i);
}

enum err intents_push(struct intents *q, enum intent_kind kind, struct bytes text)
{
    struct intent *i;

    if (q->count == INTENTS_MAX)
        return ERR_FULL;
    if (text.n > INTENT_BYTES)
        return ERR_TOO_BIG;
    i = &q->ring[(q->head + q->count++) % INTENTS_MAX];
    *i = (struct intent){.kind = kind, .text = mem_alloc(text.n + 1), .text_n = text.n};
    (void)bytes_copy(i->text, text.n + 1, text);
    return ERR_OK;
}

bool intents_take(struct intents *q, struct intent *out)
{
    if (q->count == 0)
        return false;
    *out = q->ring[q->head];
    q->head = (q->head + 1) % INTENTS_MAX;
    q->count--;
    return true;
}

void intent_fini(struct intent *i)
{
    mem_free(i->text);
    *i = (struct intent){0};
}
