/* SPDX-License-Identifier: ISC */
/*
 * Who is kept out, and who may not speak: names (on the whole relay addresses too) with the
 * time until which it holds. Two things that do not touch each other. Whoever has the map frees
 * its values.
 */
#ifndef SERVER_BAN_H
#define SERVER_BAN_H

#include "base/map.h"

enum ban_kind { BAN_OUT, BAN_MUTE, BAN_KINDS };

struct ban {
    bool on[BAN_KINDS];
    int64_t until_ms[BAN_KINDS]; /* 0: for good */
};

/* Is there one of that kind, and not over? */
bool ban_holds(const struct map *bans, struct bytes who, enum ban_kind kind, int64_t now_ms,
    int64_t *until_ms);
void ban_set(struct map *bans, struct bytes who, enum ban_kind kind, int64_t until_ms);

#endif
