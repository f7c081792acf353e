/* SPDX-License-Identifier: ISC */
#include "store_check.h"

static char dump[1 << 16];

struct bytes check_bytes(size_t n, char fill)
{
    static char big[STORE_BODY_MAX + 1];

    cr_assert_leq(n, sizeof big);
    memset(big, fill, n);
    return bytes_of(big, n);
}

void check_room(struct conform *c, const char *key)
{
    struct store_room r = {.key = B(key), .name = B("Name"), .owner = B("alice"), .kind = 1};

    SAY(c, RUN(c, store_room_create, &r), ERR_OK);
}

void check_account(struct conform *c, const char *name)
{
    struct store_account a = {.name = B(name), .verifier = B("v")};

    SAY(c, RUN(c, store_account_create, &a), ERR_OK);
}

struct store_entry check_entry(uint64_t seq, const char *sender, const char *body)
{
    return (struct store_entry){.kind = 3,
        .flags = 5,
        .seq = seq,
        .time_ms = 1000 + (int64_t)(seq % 1000000),
        .epoch = 1,
        .sender = B(sender),
        .body = B(body)};
}

struct store_commit check_commit(const char *key, uint64_t epoch, uint64_t seq, char req)
{
    struct store_commit c = {.key = B(key), .entry = check_entry(seq, "alice", "commit")};

    c.entry.kind = 2;
    c.entry.epoch = epoch;
    c.info = B("info");
    memset(c.req, req, sizeof c.req);
    return c;
}

void check_group(struct conform *c, const char *key, uint64_t seq)
{
    struct store_commit k = check_commit(key, 1, seq, '0');

    check_room(c, key);
    k.create = true;
    struct got *g = RUN(c, store_commit, &k);
    SAY(c, g, ERR_OK);
    CHECK(c, g->r.num == (int64_t)seq);
}

#define ADD(...) (void)snprintf(dump + strlen(dump), sizeof dump - strlen(dump), __VA_ARGS__)
#define S(b)     (int)(b).n, (const char *)(b).p

static void on_room(void *arg, const struct store_room *r)
{
    (void)arg;
    ADD("room %.*s name=%.*s owner=%.*s kind=%d access=%d gen=%u verifier=%.*s grouped=%d"
        " epoch=%llu last=%llu founded=%llu ms=%lld seq=%llu\n",
        S(r->key), S(r->name), S(r->owner), r->kind, r->access, r->generation, S(r->verifier),
        r->grouped, (unsigned long long)r->epoch, (unsigned long long)r->last_commit,
        (unsigned long long)r->founded, (long long)r->commit_ms,
        (unsigned long long)r->last_seq);
}

static void on_member(void *arg, struct bytes key, const struct store_named *m)
{
    (void)arg;
    ADD("member %.*s %.*s role=%d cursor=%llu\n", S(key), S(m->name), m->role,
        (unsigned long long)m->seq);
}

static void on_departure(void *arg, struct bytes key, struct bytes name)
{
    (void)arg;
    ADD("departure %.*s %.*s\n", S(key), S(name));
}

static void on_ban(void *arg, const struct store_ban *b)
{
    (void)arg;
    ADD("ban [%.*s] %.*s mute=%d address=%d until=%lld by=%.*s reason=%.*s\n", S(b->scope),
        S(b->who), b->mute, b->address, (long long)b->until_ms, S(b->by), S(b->reason));
}

const char *check_dump(struct conform *c)
{
    const struct store_loader to = {on_room, on_member, on_departure, on_ban, NULL};

    dump[0] = '\0';
    /* The worker must rest while the database is read here. */
    store_barrier(c->store, conform_take, conform_next(c));
    struct got *g = conform_wait(c);
    SAY(c, g, ERR_OK);
    cr_assert_eq(store_load(c->store, &to), ERR_OK);
    return dump;
}

const char *check_line(struct conform *c, const char *start)
{
    static char line[1024];
    const char *at = check_dump(c);

    for (; *at != '\0'; at += strcspn(at, "\n") + 1) {
        if (strncmp(at, start, strlen(start)) == 0) {
            (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
            return line;
        }
    }
    return "";
}
