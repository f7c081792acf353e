/* SPDX-License-Identifier: ISC */
#include "client/request.h"

enum err requests_add(struct requests *q, const struct request *r)
{
    if (q->count == REQUESTS_MAX)
        return ERR_FULL;
    q->ring[(q->head + q->count++) % REQUESTS_MAX] = *r;
    return ERR_OK;
}

bool requests_take(struct requests *q, struct request *out)
{
    if (q->count == 0)
        return false;
    *out = q->ring[q->head];
    q->head = (q->head + 1) % REQUESTS_MAX;
    q->count--;
    return true;
}

const struct request *requests_first(const struct requests *q)
{
    return q->count != 0 ? &q->ring[q->head] : NULL;
}

void requests_clear(struct requests *q)
{
    q->head = 0;
    q->count = 0;
}
