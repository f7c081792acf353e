/* SPDX-License-Identifier: ISC */
/*
 * What a person bound to keys instead of the defaults: names of keys and of actions, bounded,
 * as they were written. It does not know which keys and actions there are; whoever reads keys
 * does. It reads and writes no file: whoever does says when all is saved.
 */
#ifndef MODEL_BIND_H
#define MODEL_BIND_H

#include "base/bytes.h"
#include "base/err.h"

#define BINDS_MAX   128
#define BIND_KEY    32
#define BIND_ACTION 32

struct bind {
    char key[BIND_KEY];
    char action[BIND_ACTION]; /* "": as by default again, and not yet saved */
    bool unsaved;
};

struct binds {
    struct bind of[BINDS_MAX]; /* in the order they were bound */
    size_t count;
};

/* action "default": as it was before. ERR_FORMAT: empty, or too long; ERR_FULL. */
enum err binds_set(struct binds *b, struct bytes key, struct bytes action);
void binds_saved(struct binds *b); /* and what is as by default is forgotten */

#endif
