/* SPDX-License-Identifier: ISC */
/*
 * The durable truth of the relay. Everything is asynchronous: the callback comes exactly once,
 * in the order of the calls, from worker_drain(), never from inside the call.
 *
 *   S1  asynchronous, once, in order
 *   S2  ERR_OK means durable: it survives kill -9 and loss of power
 *   S3  ERR_IO means the outcome is unknown: every write may be repeated (natural key or req)
 *   S4  for one conversation and epoch exactly one commit ever gets ERR_OK, on any relay
 *   S5  a key package goes to one taker, except the last resort
 *
 * ERR_BUSY and ERR_CLOSED: the worker took no more, nothing was done; this too comes later and
 * in order. ERR_TOO_BIG and ERR_FORMAT: an input above its limit, or empty where something must
 * be. When rc is not ERR_OK the rest of a result is empty, but for what the function says.
 *
 * Inputs are copied before a call returns. Outputs in a result are borrowed during the
 * callback. A conversation is named by its key, opaque here: rooms and direct conversations
 * alike. Sequence numbers are given by the caller and only grow; store_generation() makes that
 * true across restarts.
 */
#ifndef SERVER_STORE_H
#define SERVER_STORE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/worker.h"

#define STORE_KEY_MAX   96 /* of a conversation */
#define STORE_NAME_MAX  64 /* of an account, a guest, a room */
#define STORE_REQ       16
#define STORE_TOKEN     32
#define STORE_SMALL_MAX 1024       /* a verifier, a label, a reason */
#define STORE_BODY_MAX  (4u << 20) /* an entry, a node, a package ... */

struct store;

struct store_entry { /* one of the log */
    uint8_t kind;    /* the caller's: message, commit, welcome ... */
    uint8_t flags;
    uint64_t seq;
    int64_t time_ms;
    uint64_t epoch;
    struct bytes sender;
    struct bytes body;
};

struct store_node { /* one public node of a group's tree, opaque */
    uint32_t index;
    struct bytes body; /* empty: blank, removed */
};

struct store_named { /* a welcome for somebody, or a member with his cursor */
    struct bytes name;
    struct bytes body;
    uint64_t seq;
    uint8_t role;
    bool guest; /* a welcome for somebody who is here without an account */
};

struct store_package {
    uint16_t suite;
    bool last_resort;
    struct bytes body;
};

struct store_room {
    struct bytes key;
    struct bytes name; /* as it is shown */
    struct bytes owner;
    uint8_t kind;          /* room or direct, the caller's */
    uint8_t access;        /* open, password, invite: the caller's */
    uint32_t generation;   /* of the password */
    struct bytes verifier; /* salted and hashed, or empty */
    bool grouped;          /* a first commit was accepted */
    uint64_t epoch;
    uint64_t last_commit; /* its sequence number, 0: none */
    uint64_t founded;     /* seq of the commit that created the present group, 0: none */
    int64_t commit_ms;
    uint64_t last_seq;
};

struct store_account {
    struct bytes name;
    struct bytes verifier;
    uint8_t role;
    int64_t created_ms;
    int64_t seen_ms;
};

struct store_ban {
    struct bytes scope; /* key of a conversation, or empty: the whole relay */
    struct bytes who;   /* an account, or an address as text */
    bool address;
    bool mute;
    int64_t until_ms; /* 0: for good */
    struct bytes by;
    struct bytes reason;
};

struct store_token {
    uint64_t id;
    struct bytes account;
    struct bytes label;
    int64_t expires_ms;
};

struct store_result {
    enum err rc;
    int64_t num; /* what the function says */
    struct bytes a;
    struct bytes b;
    const struct store_entry *entries;
    const struct store_node *nodes;
    const struct store_named *named;
    const struct store_account *accounts;
    const struct store_token *tokens;
    size_t count; /* of whichever array is given */
    size_t named_count;
    bool more;
};
typedef void store_fn(void *arg, const struct store_result *r);

/* ---- opening: synchronous, before the loop runs ---- */

/* path may be ":memory:". The worker has one thread and store_file_hooks(), serves this store
 * alone and is the caller's; it outlives the store. why gets a sentence for a person. */
struct store_file; /* the database, which the hooks work on */
enum err store_file_open(const char *path, struct store_file **out, char *why, size_t why_n);
struct worker_hooks store_file_hooks(struct store_file *f);
void store_file_close(struct store_file *f); /* after its worker is gone */
struct store *store_sqlite_new(struct store_file *f, struct worker *w);
void store_free(struct store *s); /* callbacks of what was submitted still come */

const uint8_t *store_relay_id(const struct store *s); /* 16 bytes, made when the file was */
uint32_t store_generation(const struct store *s);     /* one more at each opening */

/* Everything that a relay holds in memory, once, before it serves. Any callback may be NULL. */
struct store_loader {
    void (*room)(void *arg, const struct store_room *r);
    void (*member)(void *arg, struct bytes key,
        const struct store_named *m); /* name, seq (cursor), role */
    void (*departure)(void *arg, struct bytes key, struct bytes name);
    void (*ban)(void *arg, const struct store_ban *b);
    void *arg;
};
/* Before the first call of the functions below: it uses the database on the caller's thread. */
enum err store_load(struct store *s, const struct store_loader *to);

/* ---- accounts ---- */

void store_account_create(struct store *s, const struct store_account *a, store_fn *fn,
    void *arg); /* EXISTS; the very same again: OK */
void store_account_get(
    struct store *s, struct bytes name, store_fn *fn, void *arg); /* accounts[0]; NOT_FOUND */
/* These: NOT_FOUND. */
void store_account_verifier(
    struct store *s, struct bytes name, struct bytes verifier, store_fn *fn, void *arg);
void store_account_role(
    struct store *s, struct bytes name, uint8_t role, store_fn *fn, void *arg);
void store_account_seen(
    struct store *s, struct bytes name, int64_t now_ms, store_fn *fn, void *arg);
/* With its tokens, identity and packages; memberships stay until the caller removes them. */
void store_account_remove(struct store *s, struct bytes name, store_fn *fn, void *arg);
/* In the order of their names, at most 1000. */
void store_account_list(struct store *s, struct bytes after, size_t limit, store_fn *fn,
    void *arg); /* accounts, more */

/* hash is SHA-256 of the token. num: its id. FULL when the account has max living ones, else
 * NOT_FOUND without the account, EXISTS when another has that hash; the same again: OK. */
void store_token_put(struct store *s, const uint8_t hash[STORE_TOKEN],
    const struct store_token *t, int64_t now_ms, size_t max, store_fn *fn, void *arg);
/* a: the account, num: expiry. NOT_FOUND, STALE when expired. */
void store_token_use(
    struct store *s, const uint8_t hash[STORE_TOKEN], int64_t now_ms, store_fn *fn, void *arg);
void store_token_revoke(struct store *s, struct bytes account, uint64_t id, store_fn *fn,
    void *arg); /* id 0: all; num: how many */
void store_token_list(struct store *s, struct bytes account, store_fn *fn, void *arg);

/* Identities and packages need no account. num 1: it was another one before (or none). */
void store_identity_put(
    struct store *s, struct bytes account, struct bytes identity, store_fn *fn, void *arg);
void store_identity_get(
    struct store *s, struct bytes account, store_fn *fn, void *arg); /* a; NOT_FOUND */
/* Adds; a last resort replaces the one of its suite; a body that is there already, or was one
 * of the 256 taken last, is no error and not added. FULL above max single-use ones per suite:
 * then none was added. num: single-use ones left over all suites. */
void store_package_put(struct store *s, struct bytes account, const struct store_package *p,
    size_t count, size_t max, store_fn *fn, void *arg);
/* a: the package, num: single-use ones left of that suite, more: it was the last resort.
 * NOT_FOUND. */
void store_package_take(
    struct store *s, struct bytes account, uint16_t suite, store_fn *fn, void *arg);
void store_package_count(
    struct store *s, struct bytes account, uint16_t suite, store_fn *fn, void *arg); /* num */
/* The last resort too. num: how many. */
void store_package_clear(struct store *s, struct bytes account, store_fn *fn, void *arg);

/* ---- conversations ---- */

void store_room_create(struct store *s, const struct store_room *r, store_fn *fn,
    void *arg); /* EXISTS; the very same again: OK */
/* owner, access, generation and verifier of a room that exists; NOT_FOUND. Where a key is asked
 * for below and no such conversation exists it is NOT_FOUND too. */
void store_room_set(struct store *s, const struct store_room *r, store_fn *fn, void *arg);
void store_room_remove(
    struct store *s, struct bytes key, store_fn *fn, void *arg); /* with everything below it */

/* role, and the cursor moved forward to seq. */
void store_member_set(
    struct store *s, struct bytes key, const struct store_named *m, store_fn *fn, void *arg);
/* The same for somebody new: who is a member already stays as he is. */
void store_member_add(
    struct store *s, struct bytes key, const struct store_named *m, store_fn *fn, void *arg);
/* What was not there is removed too: OK. num: how many there were. His welcomes go with a
 * member. */
void store_member_remove(
    struct store *s, struct bytes key, struct bytes name, store_fn *fn, void *arg);
/* A cursor only moves forward. Welcomes for that member at or below it are gone. num: where it
 * is. NOT_FOUND: no such member. */
void store_cursor(struct store *s, struct bytes key, struct bytes name, uint64_t seq,
    store_fn *fn, void *arg);
void store_departure(
    struct store *s, struct bytes key, struct bytes name, store_fn *fn, void *arg);
void store_departure_clear(
    struct store *s, struct bytes key, struct bytes name, store_fn *fn, void *arg);

/* ---- the log ---- */

struct store_most { /* messages of one conversation; 0: no bound */
    int64_t entries;
    int64_t bytes;
};
void store_keep_most(struct store *s, const struct store_most *most); /* from now on */
/* FULL when as many messages are kept there as may be. */
void store_entry_put(struct store *s, struct bytes key, const struct store_entry *e,
    store_fn *fn, void *arg); /* the same again: OK; another one with that seq: EXISTS */
/* Entries with seq > after in order, up to limit_bytes of bodies and 1024 of them, but at least
 * one; more: there are others. num: 1 when entries after that point were pruned. */
void store_entries(struct store *s, struct bytes key, uint64_t after, size_t limit_bytes,
    store_fn *fn, void *arg);

struct store_commit {
    struct bytes key;
    /* epoch: the one it ends; the conversation is at epoch + 1 after it */
    struct store_entry entry;
    uint8_t req[STORE_REQ];
    /* The first of its group: the conversation is at entry.epoch after it (not + 1). It wants
     * no group before, or, with replaces, that the group founded at that seq is the present
     * one, whose nodes and welcomes are gone then. */
    bool create;
    uint64_t replaces;
    struct bytes info; /* new group info */
    const struct store_node *nodes;
    size_t node_count;
    const struct bytes *removed; /* members whose departure or membership this ends */
    size_t removed_count;
    const struct bytes *cleared; /* members who stay: it ends a departure of that name alone */
    size_t cleared_count;
    /* name, body, role: becomes a member with his cursor before this entry; the welcome waits
     * until the cursor has passed it. A guest becomes none, but a departure: his leaf outlives
     * him. */
    const struct store_named *welcomes;
    size_t welcome_count;
};
/* All or nothing. OK: num = its seq (the first time's, when req was seen before);
 * CONFLICT: another commit has this epoch, num = the current epoch, entries[0] = the winner;
 * STALE: the epoch is not this one, or the winner is no longer kept, or req was voided: num =
 * the current epoch. NOT_FOUND: no such conversation. STATE: seq is not above the last
 * commit's. EXISTS: another entry has that seq. REFUSED: welcomes[num] is neither a guest's nor
 * an account's. */
void store_commit(struct store *s, const struct store_commit *c, store_fn *fn, void *arg);
/* Takes the newest commit back: entry, info, nodes and epoch are as before it; whom it removed
 * is a departure again (and a member when he was), whom it welcomed is out. Entries after it
 * stay. STALE when seq is not the newest commit, it founded the group, or the one after it was
 * voided: one step back at most. num: the epoch again. The same again: OK. */
void store_void(struct store *s, struct bytes key, uint64_t seq, store_fn *fn, void *arg);
/* a: group info, num: epoch, nodes: the public tree in index order. NOT_FOUND before the first
 * commit. */
void store_group(struct store *s, struct bytes key, store_fn *fn, void *arg);
/* Welcomes that wait for somebody: named = {key in name, body, seq}. */
void store_welcomes(struct store *s, struct bytes member, store_fn *fn, void *arg);

/* Deletes entries below every member's cursor and those older than before_ms (with
 * keep_messages false: every message); expired tokens and bans too. The newest commit of a
 * conversation stays. Where nobody is a member entries only expire. num: entries deleted. */
void store_prune(struct store *s, int64_t now_ms, int64_t before_ms, bool keep_messages,
    store_fn *fn, void *arg);

void store_ban_put(struct store *s, const struct store_ban *b, store_fn *fn, void *arg);
void store_ban_remove(struct store *s, struct bytes scope, struct bytes who, bool mute,
    store_fn *fn, void *arg); /* NOT_FOUND */

/* Calls back when everything submitted before it is durable. */
void store_barrier(struct store *s, store_fn *fn, void *arg);

#endif
