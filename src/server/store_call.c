/* SPDX-License-Identifier: ISC */
/* The typed face of the store: each function fills an op and sends it. */
#include "server/store_op.h"

void store_account_create(
    struct store *s, const struct store_account *a, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ACCOUNT_CREATE, .fn = fn, .arg = arg, .account = *a};

    store_op_send(s, &op);
}

void store_account_get(struct store *s, struct bytes name, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ACCOUNT_GET, .fn = fn, .arg = arg, .name = name};

    store_op_send(s, &op);
}

void store_account_verifier(
    struct store *s, struct bytes name, struct bytes verifier, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ACCOUNT_VERIFIER, .fn = fn, .arg = arg, .name = name};

    op.body = verifier;
    store_op_send(s, &op);
}

void store_account_role(
    struct store *s, struct bytes name, uint8_t role, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ACCOUNT_ROLE, .fn = fn, .arg = arg, .name = name};

    op.role = role;
    store_op_send(s, &op);
}

void store_account_seen(
    struct store *s, struct bytes name, int64_t now_ms, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ACCOUNT_SEEN, .fn = fn, .arg = arg, .name = name};

    op.now_ms = now_ms;
    store_op_send(s, &op);
}

void store_account_remove(struct store *s, struct bytes name, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ACCOUNT_REMOVE, .fn = fn, .arg = arg, .name = name};

    store_op_send(s, &op);
}

void store_account_list(
    struct store *s, struct bytes after, size_t limit, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ACCOUNT_LIST, .fn = fn, .arg = arg, .name = after};

    op.limit = limit;
    store_op_send(s, &op);
}

/* NOLINTNEXTLINE(readability-function-size): seven parameters are the seam's */
void store_token_put(struct store *s, const uint8_t hash[STORE_TOKEN],
    const struct store_token *t, int64_t now_ms, size_t max, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_TOKEN_PUT, .fn = fn, .arg = arg, .token = *t};

    memcpy(op.hash, hash, sizeof op.hash);
    op.now_ms = now_ms;
    op.limit = max;
    store_op_send(s, &op);
}

void store_token_use(
    struct store *s, const uint8_t hash[STORE_TOKEN], int64_t now_ms, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_TOKEN_USE, .fn = fn, .arg = arg, .now_ms = now_ms};

    memcpy(op.hash, hash, sizeof op.hash);
    store_op_send(s, &op);
}

void store_token_revoke(
    struct store *s, struct bytes account, uint64_t id, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_TOKEN_REVOKE, .fn = fn, .arg = arg, .name = account};

    op.seq = id;
    store_op_send(s, &op);
}

void store_token_list(struct store *s, struct bytes account, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_TOKEN_LIST, .fn = fn, .arg = arg, .name = account};

    store_op_send(s, &op);
}

void store_identity_put(
    struct store *s, struct bytes account, struct bytes identity, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_IDENTITY_PUT, .fn = fn, .arg = arg, .name = account};

    op.body = identity;
    store_op_send(s, &op);
}

void store_identity_get(struct store *s, struct bytes account, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_IDENTITY_GET, .fn = fn, .arg = arg, .name = account};

    store_op_send(s, &op);
}

/* NOLINTNEXTLINE(readability-function-size): seven parameters are the seam's */
void store_package_put(struct store *s, struct bytes account, const struct store_package *p,
    size_t count, size_t max, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_PACKAGE_PUT, .fn = fn, .arg = arg, .name = account};

    op.packages = p;
    op.package_count = count;
    op.limit = max;
    store_op_send(s, &op);
}

void store_package_take(
    struct store *s, struct bytes account, uint16_t suite, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_PACKAGE_TAKE, .fn = fn, .arg = arg, .name = account};

    op.suite = suite;
    store_op_send(s, &op);
}

void store_package_count(
    struct store *s, struct bytes account, uint16_t suite, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_PACKAGE_COUNT, .fn = fn, .arg = arg, .name = account};

    op.suite = suite;
    store_op_send(s, &op);
}

void store_package_clear(struct store *s, struct bytes account, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_PACKAGE_CLEAR, .fn = fn, .arg = arg, .name = account};

    store_op_send(s, &op);
}

void store_room_create(struct store *s, const struct store_room *r, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ROOM_CREATE, .fn = fn, .arg = arg, .room = *r};

    store_op_send(s, &op);
}

void store_room_set(struct store *s, const struct store_room *r, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ROOM_SET, .fn = fn, .arg = arg, .room = *r};

    store_op_send(s, &op);
}

void store_room_remove(struct store *s, struct bytes key, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ROOM_REMOVE, .fn = fn, .arg = arg, .key = key};

    store_op_send(s, &op);
}

void store_member_set(
    struct store *s, struct bytes key, const struct store_named *m, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_MEMBER_SET, .fn = fn, .arg = arg, .key = key};

    op.name = m->name;
    op.role = m->role;
    op.seq = m->seq;
    store_op_send(s, &op);
}

void store_member_add(
    struct store *s, struct bytes key, const struct store_named *m, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_MEMBER_SET, .fn = fn, .arg = arg, .key = key};

    op.name = m->name;
    op.role = m->role;
    op.seq = m->seq;
    op.flag = true;
    store_op_send(s, &op);
}

void store_member_remove(
    struct store *s, struct bytes key, struct bytes name, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_MEMBER_REMOVE, .fn = fn, .arg = arg, .key = key};

    op.name = name;
    store_op_send(s, &op);
}

void store_cursor(
    struct store *s, struct bytes key, struct bytes name, uint64_t seq, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_CURSOR, .fn = fn, .arg = arg, .key = key};

    op.name = name;
    op.seq = seq;
    store_op_send(s, &op);
}

void store_departure(
    struct store *s, struct bytes key, struct bytes name, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_DEPARTURE, .fn = fn, .arg = arg, .key = key};

    op.name = name;
    store_op_send(s, &op);
}

void store_departure_clear(
    struct store *s, struct bytes key, struct bytes name, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_DEPARTURE_CLEAR, .fn = fn, .arg = arg, .key = key};

    op.name = name;
    store_op_send(s, &op);
}

void store_entry_put(
    struct store *s, struct bytes key, const struct store_entry *e, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ENTRY_PUT, .fn = fn, .arg = arg};

    op.commit.key = key;
    op.commit.entry = *e;
    store_op_send(s, &op);
}

void store_entries(struct store *s, struct bytes key, uint64_t after, size_t limit_bytes,
    store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_ENTRIES, .fn = fn, .arg = arg, .key = key};

    op.seq = after;
    op.limit = limit_bytes;
    store_op_send(s, &op);
}

void store_commit(struct store *s, const struct store_commit *c, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_COMMIT, .fn = fn, .arg = arg, .commit = *c};

    store_op_send(s, &op);
}

void store_void(struct store *s, struct bytes key, uint64_t seq, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_VOID, .fn = fn, .arg = arg, .key = key};

    op.seq = seq;
    store_op_send(s, &op);
}

void store_group(struct store *s, struct bytes key, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_GROUP, .fn = fn, .arg = arg, .key = key};

    store_op_send(s, &op);
}

void store_welcomes(struct store *s, struct bytes member, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_WELCOMES, .fn = fn, .arg = arg, .name = member};

    store_op_send(s, &op);
}

void store_prune(struct store *s, int64_t now_ms, int64_t before_ms, bool keep_messages,
    store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_PRUNE, .fn = fn, .arg = arg, .now_ms = now_ms};

    op.before_ms = before_ms;
    op.flag = keep_messages;
    store_op_send(s, &op);
}

void store_ban_put(struct store *s, const struct store_ban *b, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_BAN_PUT, .fn = fn, .arg = arg, .ban = *b};

    store_op_send(s, &op);
}

void store_ban_remove(
    struct store *s, struct bytes scope, struct bytes who, bool mute, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_BAN_REMOVE, .fn = fn, .arg = arg, .key = scope};

    op.name = who;
    op.flag = mute;
    store_op_send(s, &op);
}

void store_barrier(struct store *s, store_fn *fn, void *arg)
{
    struct store_op op = {.kind = STORE_BARRIER, .fn = fn, .arg = arg};

    store_op_send(s, &op);
}
