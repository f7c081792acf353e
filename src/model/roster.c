/* SPDX-License-Identifier: ISC */
#include "model/roster.h"

#include "base/mem.h"

static int lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int roster_order(struct bytes a, struct bytes b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int exact;

    for (size_t i = 0; i < n; i++) {
        int d = lower(a.p[i]) - lower(b.p[i]);
        if (d != 0)
            return d;
    }
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    /* Names that differ in case alone are two names. */
    exact = n != 0 ? memcmp(a.p, b.p, n) : 0;
    return exact;
}

/* Where name is, or where it belongs. */
static size_t place(const struct roster *r, struct bytes name, bool *found)
{
    size_t low = 0;
    size_t high = r->count;

    *found = false;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int d = roster_order(person_name(&r->people[mid]), name);
        if (d == 0) {
            *found = true;
            return mid;
        }
        if (d < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void roster_fini(struct roster *r)
{
    mem_free(r->people);
    *r = (struct roster){0};
}

enum err roster_add(struct roster *r, struct bytes name, uint8_t flags)
{
    bool found;
    size_t at = place(r, name, &found);
    struct person *p;

    if (name.n == 0 || name.n > ROSTER_NAME)
        return ERR_FORMAT;
    if (!found) {
        if (r->count == ROSTER_MAX)
            return ERR_FULL;
        if (r->count == r->cap) {
            r->cap = r->cap != 0 ? r->cap * 2 : 16;
            r->people = mem_realloc(r->people, r->cap * sizeof *r->people);
        }
        memmove(&r->people[at + 1], &r->people[at], (r->count - at) * sizeof *r->people);
        r->count++;
        r->people[at] = (struct person){.name_n = (uint8_t)name.n};
        memcpy(r->people[at].name, name.p, name.n);
    }
    p = &r->people[at];
    p->flags = flags;
    p->stale = false;
    return ERR_OK;
}

bool roster_remove(struct roster *r, struct bytes name)
{
    bool found;
    size_t at = place(r, name, &found);

    if (!found)
        return false;
    memmove(&r->people[at], &r->people[at + 1], (r->count - at - 1) * sizeof *r->people);
    r->count--;
    return true;
}

struct person *roster_find(const struct roster *r, struct bytes name)
{
    bool found;
    size_t at = place(r, name, &found);

    return found ? &r->people[at] : NULL;
}

void roster_mark(struct roster *r)
{
    for (size_t i = 0; i < r->count; i++)
        r->people[i].stale = true;
}

void roster_sweep(struct roster *r)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->count; i++) {
        if (!r->people[i].stale)
            r->people[kept++] = r->people[i];
    }
    r->count = kept;
}
