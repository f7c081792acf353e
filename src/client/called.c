/* SPDX-License-Identifier: ISC */
#include "client/called.h"

#include "base/mem.h"
#include "client/talk.h"

#define CALLED_MAX 16384u /* a relay that tells more is not believed any of it */

struct name {
    char s[TALK_NAME];
    bool here;
};

void called_free(struct called *all)
{
    struct name *n;
    size_t at = 0;

    while ((n = map_next(&all->by_print, &at, NULL)) != NULL)
        mem_free(n);
    map_free(&all->by_print);
    *all = (struct called){0};
}

void called_gone(struct called *all, struct bytes name)
{
    struct name *n;
    size_t at = 0;

    while ((n = map_next(&all->by_print, &at, NULL)) != NULL) {
        if (bytes_eq(bytes_str(n->s), name))
            n->here = false;
    }
}

void called_none_here(struct called *all)
{
    struct name *n;
    size_t at = 0;

    while ((n = map_next(&all->by_print, &at, NULL)) != NULL)
        n->here = false;
}

void called_here(struct called *all, const uint8_t print[POLICY_PRINT], struct bytes name)
{
    struct name *n = map_get(&all->by_print, bytes_of(print, POLICY_PRINT));

    if (name.n >= sizeof n->s)
        return;
    called_gone(all, name);
    if (n == NULL) {
        if (map_count(&all->by_print) >= CALLED_MAX)
            called_free(all);
        n = mem_alloc(sizeof *n);
        (void)map_put(&all->by_print, bytes_of(print, POLICY_PRINT), n);
    }
    (void)bytes_copy(n->s, sizeof n->s, name);
    n->here = true;
}

void called_rename(struct called *all, struct bytes from, struct bytes to)
{
    struct name *n;
    size_t at = 0;

    while ((n = map_next(&all->by_print, &at, NULL)) != NULL) {
        if (n->here && bytes_eq(bytes_str(n->s), from) && to.n < sizeof n->s)
            (void)bytes_copy(n->s, sizeof n->s, to);
    }
}

struct bytes called_get(const struct called *all, const uint8_t print[POLICY_PRINT])
{
    const struct name *n = map_get(&all->by_print, bytes_of(print, POLICY_PRINT));

    return n != NULL ? bytes_str(n->s) : (struct bytes){0};
}

bool called_is_here(const struct called *all, const uint8_t print[POLICY_PRINT])
{
    const struct name *n = map_get(&all->by_print, bytes_of(print, POLICY_PRINT));

    return n != NULL && n->here;
}
