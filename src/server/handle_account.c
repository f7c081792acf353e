/* SPDX-License-Identifier: ISC */
/* What somebody may change about himself: tokens, password, a guest's name. */
#include "base/mem.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "crypto/rand.h"
#include "server/handle.h"
#include "server/reply.h"
#include "server/user.h"

static bool account_only(struct peer *p, uint8_t op)
{
    if (p->user->account)
        return true;
    reply_refuse(p, op, CODE_NOT_ALLOWED, 0,
        "this is for accounts: a guest keeps nothing; register first");
    return false;
}

/* ---- tokens ---- */

struct token_ask {
    struct ask ask;
    uint8_t token[MSG_SECRET];
    int64_t expires_ms;
};

static void token_put(void *arg, const struct store_result *r)
{
    struct token_ask *t = arg;
    struct peer *p = ask_peer(&t->ask);

    if (p != NULL && r->rc == ERR_OK) {
        struct msg_token_ok ok = {
            .id = (uint64_t)r->num, .expires_ms = (uint64_t)t->expires_ms};
        memcpy(ok.token, t->token, sizeof ok.token);
        reply_done(p, &MSG_TOKEN_OK, &ok);
        mem_wipe(ok.token, sizeof ok.token);
        relay_note(p->server, "token_new", "", p->user->name.s, "");
    } else if (p != NULL && r->rc == ERR_FULL) {
        int64_t max = p->server->limits->tokens_per_account;
        reply_refuse(p, OP_TOKEN_NEW, CODE_FULL, (uint64_t)max,
            "an account may have %d tokens: revoke one first", (int)max);
    } else if (p != NULL) {
        reply_refuse(p, OP_TOKEN_NEW, CODE_NOT_STORED, 0,
            "the relay could not store the token: try again");
    }
    mem_wipe(t->token, sizeof t->token);
    ask_close(&t->ask);
}

enum framer_verdict handle_token_new(struct peer *p, const void *msg)
{
    const struct msg_token_new *m = msg;
    struct server *s = p->server;
    uint8_t hash[HASH_SHA256];
    int64_t most_ms = s->limits->token_days * 86400000;
    int64_t life_ms = m->lifetime_s == 0 ? most_ms : (int64_t)m->lifetime_s * 1000;

    if (!account_only(p, OP_TOKEN_NEW))
        return FRAMER_NEXT;
    struct token_ask *t = ask_open(p, OP_TOKEN_NEW, sizeof *t);
    rand_bytes(t->token, sizeof t->token);
    t->expires_ms = s->loop->wall_ms + (life_ms < most_ms ? life_ms : most_ms);
    if (hash_sha256(bytes_of(t->token, sizeof t->token), hash) != ERR_OK)
        mem_die("SHA-256 is not available");
    struct store_token row = {
        .account = name_bytes(&p->user->name), .label = m->label, .expires_ms = t->expires_ms};
    store_token_put(s->store, hash, &row, s->loop->wall_ms,
        (size_t)s->limits->tokens_per_account, token_put, t);
    return FRAMER_NEXT;
}

static void token_revoked(void *arg, const struct store_result *r)
{
    struct ask *a = arg;
    struct peer *p = ask_peer(a);
    struct msg_count n = {.count = (uint64_t)r->num};

    if (p != NULL && r->rc == ERR_OK)
        reply_done(p, &MSG_COUNT, &n);
    else if (p != NULL)
        reply_refuse(p, a->op, CODE_NOT_STORED, 0, "the relay could not revoke it: try again");
    ask_close(a);
}

enum framer_verdict handle_token_revoke(struct peer *p, const void *msg)
{
    const struct msg_token_revoke *m = msg;

    if (!account_only(p, OP_TOKEN_REVOKE))
        return FRAMER_NEXT;
    struct ask *a = ask_open(p, OP_TOKEN_REVOKE, sizeof *a);
    relay_note(p->server, "token_revoke", "", p->user->name.s, "");
    store_token_revoke(p->server->store, name_bytes(&p->user->name), m->id, token_revoked, a);
    return FRAMER_NEXT;
}

/* ---- password ---- */

struct password_ask {
    struct ask ask;
    struct job job;
    struct name name;
    unsigned log2_n;
    uint8_t old[MSG_SECRET], fresh[MSG_SECRET];
    uint8_t stored[PASSWORD_STORED], next[PASSWORD_STORED];
    enum err verdict;
};

static void password_end(struct password_ask *q, enum msg_code code, const char *words)
{
    struct peer *p = ask_peer(&q->ask);

    if (p != NULL && code == CODE_NONE)
        reply_empty(p);
    else if (p != NULL)
        reply_refuse(p, OP_PASSWORD, code, 0, "%s", words);
    mem_wipe(q->old, sizeof q->old);
    mem_wipe(q->fresh, sizeof q->fresh);
    ask_close(&q->ask);
}

static void password_stored(void *arg, const struct store_result *r)
{
    const struct password_ask *q = arg;

    if (r->rc == ERR_OK)
        gate_forgive(q->ask.server->gate, name_bytes(&q->name));
    password_end(arg, r->rc == ERR_OK ? CODE_NONE : CODE_NOT_STORED,
        "the relay could not store the new password: try again");
}

static struct password_ask *password_of(struct job *j)
{
    return (struct password_ask *)(void *)((char *)j - offsetof(struct password_ask, job));
}

static void password_run(struct job *j)
{
    struct password_ask *q = password_of(j);

    q->verdict =
        password_check(bytes_of(q->old, sizeof q->old), bytes_of(q->stored, sizeof q->stored));
    if (q->verdict == ERR_OK)
        q->verdict = password_store(bytes_of(q->fresh, sizeof q->fresh), q->log2_n, q->next);
}

static void password_done(struct job *j)
{
    struct password_ask *q = password_of(j);

    if (q->verdict == ERR_OK)
        store_account_verifier(q->ask.server->store, name_bytes(&q->name),
            bytes_of(q->next, sizeof q->next), password_stored, q);
    else
        password_end(q, CODE_BAD_SECRET, "old: that is not your password");
}

static void password_known(void *arg, const struct store_result *r)
{
    struct password_ask *q = arg;

    if (r->rc != ERR_OK || r->count != 1 || r->accounts[0].verifier.n != sizeof q->stored) {
        password_end(
            q, CODE_NOT_ALLOWED, "this account has no password: it comes in by certificate");
        return;
    }
    memcpy(q->stored, r->accounts[0].verifier.p, sizeof q->stored);
    q->job = (struct job){.run = password_run, .done = password_done};
    if (relay_hash(q->ask.server, &q->job) != ERR_OK)
        password_end(q, CODE_BUSY, "the relay is busy: try again in a second");
}

enum framer_verdict handle_password(struct peer *p, const void *msg)
{
    const struct msg_password *m = msg;
    struct server *s = p->server;
    uint64_t wait_ms = 0;

    if (!account_only(p, OP_PASSWORD))
        return FRAMER_NEXT;
    if (!gate_try(s->gate, s->limits, name_bytes(&p->user->name), s->loop->now_ms, &wait_ms)) {
        reply_refuse(
            p, OP_PASSWORD, CODE_TOO_FAST, wait_ms, "too many attempts: wait a little");
        return FRAMER_NEXT;
    }
    struct password_ask *q = ask_open(p, OP_PASSWORD, sizeof *q);
    q->name = p->user->name;
    q->log2_n = (unsigned)s->limits->hash_log2_n;
    memcpy(q->old, m->old, sizeof q->old);
    memcpy(q->fresh, m->fresh, sizeof q->fresh);
    store_account_get(s->store, name_bytes(&q->name), password_known, q);
    return FRAMER_NEXT;
}

/* ---- nick ---- */

struct nick_ask {
    struct ask ask;
    struct name name;
};

static void take_name(struct peer *p, const struct name *name)
{
    struct msg_name m = {.name = name_bytes(name)};

    if (user_rename(p->user, name) == ERR_OK)
        reply_op(p, OP_RENAMED, &MSG_RENAMED, &m);
    else
        reply_refuse(
            p, OP_NICK, CODE_NAME_TAKEN, 0, "%s is here already: choose another name", name->s);
}

static void nick_known(void *arg, const struct store_result *r)
{
    struct nick_ask *n = arg;
    struct peer *p = ask_peer(&n->ask);

    if (p != NULL && r->rc == ERR_NOT_FOUND)
        take_name(p, &n->name);
    else if (p != NULL && r->rc == ERR_OK)
        reply_refuse(p, OP_NICK, CODE_NAME_TAKEN, 0,
            "%s is somebody's account: log in if it is yours, or choose another name",
            n->name.s);
    else if (p != NULL)
        reply_refuse(p, OP_NICK, CODE_NOT_STORED, 0,
            "the relay cannot look the name up just now: try again");
    ask_close(&n->ask);
}

enum framer_verdict handle_nick(struct peer *p, const void *msg)
{
    const struct msg_name *m = msg;
    struct name name;

    if (name_fold(m->name, &name) != ERR_OK) {
        reply_refuse(p, OP_NICK, CODE_BAD_NAME, 0,
            "name: 1 to %d of a-z 0-9 _ . - and not a word of the relay's own", MSG_NAME);
        return FRAMER_NEXT;
    }
    if (strcmp(name.s, p->user->name.s) == 0) {
        take_name(p, &name);
        return FRAMER_NEXT;
    }
    if (user_refuse_banned(p, OP_NICK, name.s))
        return FRAMER_NEXT;
    if (p->user->account) {
        reply_refuse(p, OP_NICK, CODE_NOT_ALLOWED, 0, "an account is known by its name: %s",
            p->user->name.s);
        return FRAMER_NEXT;
    }
    struct nick_ask *n = ask_open(p, OP_NICK, sizeof *n);
    n->name = name;
    store_account_get(p->server->store, name_bytes(&name), nick_known, n);
    return FRAMER_NEXT;
}
