/* SPDX-License-Identifier: ISC */
#include "server/ban.h"

#include "base/mem.h"

bool ban_holds(const struct map *bans, struct bytes who, enum ban_kind kind, int64_t now_ms,
    int64_t *until_ms)
{
    const struct ban *b = map_get(bans, who);

    if (b == NULL || !b->on[kind] || (b->until_ms[kind] != 0 && b->until_ms[kind] <= now_ms))
        return false;
    *until_ms = b->until_ms[kind];
    return true;
}

void ban_set(struct map *bans, struct bytes who, enum ban_kind kind, int64_t until_ms)
{
    struct ban *b = map_get(bans, who);

    if (b == NULL) {
        b = mem_alloc(sizeof *b);
        (void)map_put(bans, who, b);
    }
    b->on[kind] = true;
    b->until_ms[kind] = until_ms;
}
