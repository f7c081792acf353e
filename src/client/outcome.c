/* SPDX-License-Identifier: ISC */
#include "client/outcome.h"

#include "base/mem.h"

static struct outcome **find(struct outcome **all, uint64_t tag)
{
    while (*all != NULL && (*all)->tag != tag)
        all = &(*all)->next;
    return all;
}

void outcome_hold(struct outcome **all, uint64_t tag)
{
    if (tag == 0)
        return;
    struct outcome **at = find(all, tag);
    if (*at == NULL) {
        *at = mem_alloc(sizeof **at);
        (*at)->tag = tag;
    }
    (*at)->holds++;
}

void outcome_fail(struct outcome **all, uint64_t tag, const char *why)
{
    struct outcome *o = tag != 0 ? *find(all, tag) : NULL;

    if (o == NULL || o->failed)
        return;
    o->failed = true;
    (void)bytes_copy(o->why, sizeof o->why, bytes_str(why));
}

void outcome_release(struct outcome **all, uint64_t tag, struct model *m)
{
    struct outcome **at = find(all, tag);
    struct outcome *o = tag != 0 ? *at : NULL;

    if (o == NULL || --o->holds != 0)
        return;
    *at = o->next;
    model_outcome(m, tag, !o->failed, o->failed ? o->why : "");
    mem_free(o);
}

void outcome_free(struct outcome **all)
{
    while (*all != NULL) {
        struct outcome *o = *all;
        *all = o->next;
        mem_free(o);
    }
}
