/* SPDX-License-Identifier: ISC */
/*
 * One member of at most one group, as the commands of mls_peer see it. A command reads its
 * words, calls the library once or twice and writes what came out; it judges nothing. It knows
 * nothing of where its line came from.
 */
#ifndef INTEROP_PEER_H
#define INTEROP_PEER_H

#include "line.h"
#include "mls/mls.h"

#define PEER_TYPES 8 /* extension types a leaf lists */
#define PEER_PSKS  16
#define PEER_MAX   ((size_t)4 << 20) /* bytes of anything that is kept */

struct peer_psk {
    struct buf id;
    struct buf secret;
};

struct peer {
    struct mls_env env;
    struct mls_identity who;
    uint16_t types[PEER_TYPES];
    struct buf name;
    uint16_t suite;
    struct buf package; /* the last one made, and its secret */
    struct buf secret;
    struct peer_psk psks[PEER_PSKS];
    size_t psk_n;
    struct mls_group *group;
    struct mls_group *prior; /* that the next one follows */
    struct buf *nodes;       /* of the tree, by index, as a store would keep them */
    size_t nodes_n;
    enum mls_rule rule; /* of a refusal that came before there was a group */
};

void peer_init(struct peer *p);
void peer_fini(struct peer *p);

typedef enum err peer_fn(struct peer *p, const struct line *l, struct buf *answer);
peer_fn peer_identity, peer_package, peer_psk, peer_create, peer_join, peer_enter, peer_reload,
    peer_retire, peer_info, peer_tree, peer_view, peer_member;
peer_fn peer_propose, peer_commit, peer_process, peer_apply, peer_discard, peer_forget,
    peer_protect, peer_export;

/* Reads the tree as it is into the store, unless a commit waits: then it has been read. */
enum err peer_nodes_keep(struct peer *p);

#endif
