/* SPDX-License-Identifier: ISC */
#include "tui/spot.h"

#include <string.h>

void spots_clear(struct spots *s, struct rect r)
{
    size_t left = 0;

    for (size_t i = 0; i < s->count; i++) {
        if (!rect_has(r, s->spot[i].at.row, s->spot[i].at.col))
            s->spot[left++] = s->spot[i];
    }
    s->count = left;
}

void spots_add(struct spots *s, struct rect at, enum spot_kind kind, struct bytes name)
{
    struct spot *p = &s->spot[s->count];

    if (s->count == SPOTS_MAX || name.n > sizeof p->name)
        return;
    *p = (struct spot){.at = at, .kind = kind, .name_n = (uint8_t)name.n};
    if (name.n != 0)
        memcpy(p->name, name.p, name.n);
    s->count++;
}

const struct spot *spots_at(const struct spots *s, int row, int col)
{
    for (size_t i = 0; i < s->count; i++) {
        if (rect_has(s->spot[i].at, row, col))
            return &s->spot[i];
    }
    return NULL;
}
