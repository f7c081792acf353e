/* SPDX-License-Identifier: ISC */
/*
 * What is inside a group, for the files that make it: group.c has life and views, the others
 * say by their names what they do. A stage owns the next epoch until it is applied. Nothing
 * outside of src/mls sees this.
 */
#ifndef MLS_GROUP_IMPL_H
#define MLS_GROUP_IMPL_H

#include "mls/batch.h"
#include "mls/epoch.h"
#include "mls/mls.h"
#include "mls/package.h"
#include "mls/proposal.h"
#include "mls/welcome.h"

#define GROUP_RESUMPTION_KEPT 32u
#define GROUP_WAITING_MAX     4096u

/* A proposal that was sent and waits for a commit. */
struct waiting {
    struct waiting *next;
    uint8_t ref[SUITE_HASH];
    uint8_t sender_kind;
    uint32_t sender;
    struct bytes raw; /* owned */
    bool own_update;
    uint8_t leaf_priv[DH_PRIV_SIZE]; /* of our own update */
};

struct resumption {
    uint64_t epoch;
    uint8_t secret[SUITE_HASH];
};

struct reinit { /* what the group goes on as; owned */
    struct bytes group_id;
    struct bytes extensions;
    uint16_t suite;
};

/* A commit that waits for mls_apply(). */
struct stage {
    struct epoch *next; /* NULL when it removes us */
    bool own;
    uint8_t message_hash[HASH_SHA256]; /* of our own */
    struct buf text;                   /* what the batch was read from */
    struct batch batch;
    struct epoch *base; /* what an external commit builds on, when there is no present epoch */
    struct leaf *committer;       /* counted; of a joiner the new one */
    struct leaf *committer_after; /* counted; NULL: as before */
    uint32_t committer_index;
    struct mls_change change; /* views into all of the above, and into the present epoch */
    struct mls_member *members;
    struct leaf **gone; /* counted: the leaves of those removed */
    size_t gone_n;
    struct bytes *psk_ids;
};

struct mls_group {
    const struct mls_env *env;
    struct epoch *now; /* NULL in a group that joins and has not applied yet */
    struct epoch *old;
    struct stage *stage;
    struct waiting *waiting; /* in the order they came */
    size_t waiting_n;
    size_t waiting_bytes;          /* at most WIRE_MAX */
    struct resumption *resumption; /* locked memory; GROUP_RESUMPTION_KEPT, the newest last */
    size_t resumption_n;
    struct reinit reinit;
    bool suspended;
    bool removed;
    bool dirty; /* the whole changed since it was saved */
    enum mls_rule rule;
    struct sign_key *signer; /* counted */
    /* What our leaves say. Owned. */
    uint16_t credential_type;
    struct bytes identity;
    uint16_t *extension_types;
    size_t extension_types_n;
    struct bytes leaf_extensions;
};

/* group.c */
struct mls_group *group_new(const struct mls_env *env, const struct mls_identity *who);
enum err group_refuse(struct mls_group *g, enum mls_rule rule); /* remembers; ERR_REFUSED */
struct mls_identity group_identity(const struct mls_group *g);
void group_drop_waiting(struct mls_group *g);
void group_keep_resumption(struct mls_group *g, const struct epoch *e);
const uint8_t *group_resumption(const struct mls_group *g, uint64_t epoch); /* NULL: gone */

/* group_send.c */
enum err group_may_speak(struct mls_group *g);
enum err group_may_hear(struct mls_group *g);
struct content group_content(const struct epoch *e, uint8_t type, const struct mls_wrap *wrap);
enum err group_write(struct mls_group *g, const struct content *c, size_t pad, struct buf *out);
enum err group_info_write(const struct epoch *e, struct sign_key *key, unsigned flags,
    bool external, struct buf *out);

/* group_take.c: stages what a commit says. It takes over what event->plain holds. */
enum err group_take(struct mls_group *g, const struct content *c, struct mls_event *event);

/* stage.c: life of a stage, and its change as the application sees it. */
struct stage *stage_new(void);
void stage_free(struct stage *s);
/* Fills s->change from the batch, the committer and the epoch before; extensions are those of
 * the next one. Then asks the hook. */
enum mls_rule stage_judge(struct stage *s, const struct mls_env *env, const struct epoch *base,
    struct bytes extensions, struct bytes authenticated_data);
/* The next epoch, if we are in it, is complete. */
void stage_finish(struct stage *s, bool own);

#endif
