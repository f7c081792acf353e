/* SPDX-License-Identifier: ISC */
/*
 * What must hold of a relay at any quiet moment, whatever was done to it: its tables agree
 * with each other and its counts are true. NULL, or what does not hold.
 */
#ifndef SUPPORT_WORLD_H
#define SUPPORT_WORLD_H

#include "server/server.h"

const char *world_wrong(const struct server *s);
/* One of the numbers that an operator is shown; -1: there is none of that name. */
long long world_status(struct server *s, const char *name);

#endif
