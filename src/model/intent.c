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

enum err intents_put(struct intents *q, const struct intent *like, struct bytes text)
{
    struct intent *i;

    if (q->count == INTENTS_MAX)
        return ERR_FULL;
    if (text.n > INTENT_BYTES || like->where_n > INTENT_WHERE)
        return ERR_TOO_BIG;
    i = &q->ring[(q->head + q->count++) % INTENTS_MAX];
    *i = *like;
    i->text = mem_alloc(text.n + 1);
    i->text_n = text.n;
    (void)bytes_copy(i->text, text.n + 1, text);
    return ERR_OK;
}

enum err intents_push(struct intents *q, enum intent_kind kind, struct bytes text)
{
    return intents_put(q, &(struct intent){.kind = kind}, text);
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
    if (i->text != NULL)
        mem_wipe_free(i->text, i->text_n + 1);
    *i = (struct intent){0};
}
