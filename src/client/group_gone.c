/* SPDX-License-Identifier: ISC */
#include "client/group_gone.h"

#include "client/group_people.h"

static bool is_called(const struct talk_person *p, const struct talk_gone *g)
{
    return bytes_eq(bytes_str(talk_person_guest(p) ? p->relay : p->name), bytes_str(g->name));
}

static bool is_here(struct engine *e, struct talk *c, const struct talk_person *p)
{
    return p == people_self(e, c) || (!p->left && called_is_here(&e->called, p->print));
}

static void put(struct gone_leaves *out, struct talk_person *p)
{
    if (out->n < GONE_LEAVES)
        out->leaf[out->n++] = p;
    else
        out->sure = false;
}

/* Called so, and somebody of that name may have come since. */
static bool put_called(
    struct engine *e, struct talk *c, const struct talk_gone *g, struct gone_leaves *out)
{
    bool any = false;

    for (uint32_t i = 0; i < c->leaf_n; i++) {
        struct talk_person *p = c->leaf[i];
        if (p == NULL || !is_called(p, g))
            continue;
        any = true;
        if (!is_here(e, c, p))
            put(out, p);
    }
    return any;
}

static void put_absent(struct engine *e, struct talk *c, struct gone_leaves *out)
{
    bool all_told = c->page != NULL && c->page->online <= GONE_SHARED;

    for (uint32_t i = 0; i < c->leaf_n; i++) {
        struct talk_person *p = c->leaf[i];
        if (p == NULL || !talk_person_guest(p) || is_here(e, c, p))
            continue;
        if (all_told)
            put(out, p);
        else if (p->relay[0] == '\0')
            out->sure = false;
    }
}

void gone_meant(
    struct engine *e, struct talk *c, const struct talk_gone *g, struct gone_leaves *out)
{
    out->n = 0;
    out->sure = true;
    bool called = put_called(e, c, g, out);
    if (out->n == 0)
        put_absent(e, c, out);
    /* Of that name there is one leaf, of somebody who is here: he may be the same, back again,
     * and removes the old leaf himself. */
    if (out->n == 0 && called)
        out->sure = false;
}

void gone_replaced(struct engine *e, struct talk *c, struct gone_leaves *out)
{
    out->n = 0;
    out->sure = true;
    for (uint32_t i = 0; i < c->leaf_n; i++) {
        struct talk_person *p = c->leaf[i];
        if (p != NULL && p->trust == TRUST_CHANGED && people_replaced(e, c, p) &&
            !is_here(e, c, p))
            put(out, p);
    }
}
