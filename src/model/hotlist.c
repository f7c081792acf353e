/* SPDX-License-Identifier: ISC */
#include "model/hotlist.h"

static bool goes_before(const struct room *a, const struct room *b)
{
    if (a->heat != b->heat)
        return a->heat > b->heat;
    return a->hot_ms < b->hot_ms; /* of the same moment: as the pages are */
}

size_t hotlist_take(const struct model *m, struct room **out, size_t most)
{
    size_t all = 0;
    size_t n = 0;

    for (size_t i = 0; i < model_pages(m); i++) {
        struct room *r = model_page(m, i);
        if (r->heat == ROOM_COLD)
            continue;
        all++;
        if (n == most && (n == 0 || !goes_before(r, out[n - 1])))
            continue;
        n += n < most;
        size_t at = n - 1;
        for (; at > 0 && goes_before(r, out[at - 1]); at--)
            out[at] = out[at - 1];
        out[at] = r;
    }
    return all;
}

void hotlist_tour(struct model *m)
{
    struct room *from = m->tour != NULL ? m->tour : m->open;
    struct room *to;

    if (hotlist_take(m, &to, 1) != 0) {
        model_show(m, to);
        m->tour = from;
    } else if (m->tour != NULL) {
        model_show(m, m->tour);
    }
}
