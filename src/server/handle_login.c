/* SPDX-License-Identifier: ISC */
/*
 * Ways to come in. Password checks run on the hashing worker; a name that does not exist costs
 * the same and gets the same answer as a wrong password.
 */
#include "base/log.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "crypto/password.h"
#include "server/handle.h"
#include "server/reply.h"
#include "server/user.h"

enum framer_verdict handle_guest(struct peer *p, const void *msg)
{
    (void)msg;
    if (!p->server->config->guests)
        reply_refuse(
            p, OP_GUEST, CODE_NOT_ALLOWED, 0, "this relay takes no guests: log in or register");
    else
        user_enter(p, OP_GUEST, NULL, false, ROLE_GUEST);
    return FRAMER_NEXT;
}

/* What is hashed or checked on the worker, and what the store then says. */
struct login {
    struct ask ask;
    struct job job;
    struct name name;
    uint8_t role;
    unsigned log2_n;
    uint8_t verifier[MSG_SECRET];
    uint8_t stored[PASSWORD_STORED];
    bool known;
    enum err verdict;
};

static struct login *login_of(struct job *j)
{
    return (struct login *)(void *)((char *)j - offsetof(struct login, job));
}

static void login_end(struct login *l)
{
    mem_wipe(l->verifier, sizeof l->verifier);
    ask_close(&l->ask);
}

static void busy(struct peer *p, uint8_t op)
{
    reply_refuse(
        p, op, CODE_BUSY, 1000, "too many are logging in just now: try again in a second");
}

/* ---- register ---- */

static void account_made(void *arg, const struct store_result *r)
{
    struct login *l = arg;
    struct peer *p = ask_peer(&l->ask);

    if (p != NULL) {
        if (r->rc == ERR_OK)
            user_enter(p, OP_REGISTER, &l->name, true, ROLE_USER);
        else if (r->rc == ERR_EXISTS)
            reply_refuse(p, OP_REGISTER, CODE_NAME_TAKEN, 0,
                "the name %s belongs to somebody: choose another", l->name.s);
        else
            reply_refuse(p, OP_REGISTER, CODE_NOT_STORED, 0,
                "the relay could not store the account: try again");
    }
    login_end(l);
}

static void hash_run(struct job *j)
{
    struct login *l = login_of(j);

    l->verdict =
        password_store(bytes_of(l->verifier, sizeof l->verifier), l->log2_n, l->stored);
}

static void hash_done(struct job *j)
{
    struct login *l = login_of(j);
    struct server *s = l->ask.server;
    struct store_account a = {
        .name = name_bytes(&l->name),
        .verifier = bytes_of(l->stored, sizeof l->stored),
        .role = ROLE_USER,
        .created_ms = s->loop->wall_ms,
        .seen_ms = s->loop->wall_ms,
    };

    if (l->verdict == ERR_OK) {
        store_account_create(s->store, &a, account_made, l);
        return;
    }
    struct peer *p = ask_peer(&l->ask);
    if (p != NULL)
        reply_refuse(p, OP_REGISTER, CODE_NOT_STORED, 0,
            "the relay could not store the account: try again");
    login_end(l);
}

/* ERR_OK and the folded name, or the refusal was sent. */
static enum err good_name(struct peer *p, uint8_t op, struct bytes in, struct name *name)
{
    enum err e = name_fold(in, name);

    if (e != ERR_OK)
        reply_refuse(p, op, CODE_BAD_NAME, 0,
            "name: 1 to %d of a-z 0-9 _ . - and not a word of the relay's own", MSG_NAME);
    return e;
}

/* The same for a name that an account is made of: provisional ones are given to guests. */
static enum err own_name(struct peer *p, uint8_t op, struct bytes in, struct name *name)
{
    enum err e = good_name(p, op, in, name);

    if (e != ERR_OK || !name_is_provisional(name))
        return e;
    reply_refuse(p, op, CODE_BAD_NAME, 0,
        "name: %s is one that the relay gives to guests: choose another", name->s);
    return ERR_REFUSED;
}

static bool taken_by_guest(const struct peer *p, const struct name *name)
{
    const struct user *u = user_find(p->server, name->s);

    return u != NULL && u != p->user && !u->account;
}

static bool may_register(struct peer *p, const struct msg_account *m)
{
    const struct config *c = p->server->config;
    struct bytes code = bytes_str(c->invite_code);

    if (!c->registration) {
        reply_refuse(p, OP_REGISTER, CODE_NOT_ALLOWED, 0,
            "this relay makes no accounts by itself: ask whoever runs it");
        return false;
    }
    if (code.n != 0 && (code.n != m->invite.n || !hash_equal(code.p, m->invite.p, code.n))) {
        gate_offend(p->server->gate, p->server->limits, p->link->address,
            p->server->loop->now_ms, GATE_BAD_SECRET);
        reply_refuse(
            p, OP_REGISTER, CODE_BAD_SECRET, 0, "invite: that is not the code of this relay");
        return false;
    }
    return true;
}

static void start(struct peer *p, uint8_t op, const struct name *name, const uint8_t *verifier,
    void (*run)(struct job *), void (*done)(struct job *))
{
    struct login *l = ask_open(p, op, sizeof *l);

    l->name = *name;
    l->log2_n = (unsigned)p->server->limits->hash_log2_n;
    memcpy(l->verifier, verifier, sizeof l->verifier);
    l->job = (struct job){.run = run, .done = done};
    if (relay_hash(p->server, &l->job) != ERR_OK) {
        busy(p, op);
        login_end(l);
    }
}

enum framer_verdict handle_register(struct peer *p, const void *msg)
{
    const struct msg_account *m = msg;
    struct server *s = p->server;
    struct name name;

    if (own_name(p, OP_REGISTER, m->name, &name) != ERR_OK || !may_register(p, m) ||
        user_refuse_banned(p, OP_REGISTER, name.s))
        return FRAMER_NEXT;
    if (taken_by_guest(p, &name))
        reply_refuse(p, OP_REGISTER, CODE_NAME_TAKEN, 0,
            "a guest is called %s just now: choose another name", name.s);
    else if (!gate_register(s->gate, s->limits, p->link->address, s->loop->now_ms))
        reply_refuse(p, OP_REGISTER, CODE_TOO_FAST, 600000,
            "too many new accounts: try again in some minutes");
    else
        start(p, OP_REGISTER, &name, m->verifier, hash_run, hash_done);
    return FRAMER_NEXT;
}

/* ---- log in by password ---- */

static void check_run(struct job *j)
{
    struct login *l = login_of(j);

    l->verdict = password_check(
        bytes_of(l->verifier, sizeof l->verifier), bytes_of(l->stored, sizeof l->stored));
}

static void check_done(struct job *j)
{
    struct login *l = login_of(j);
    struct peer *p = ask_peer(&l->ask);

    if (p != NULL && l->known && l->verdict == ERR_OK) {
        gate_forgive(p->server->gate, name_bytes(&l->name));
        gate_forgive(p->server->gate, bytes_str(p->link->address));
        user_enter(p, OP_LOGIN, &l->name, true, l->role);
    } else if (p != NULL) {
        gate_offend(p->server->gate, p->server->limits, p->link->address,
            p->server->loop->now_ms, GATE_BAD_SECRET);
        relay_note(p->server, "refused", "", l->name.s, "wrong name or password");
        reply_refuse(p, OP_LOGIN, CODE_BAD_SECRET, 0, "name or password is wrong");
    }
    login_end(l);
}

/* A stored form of nothing, at the present cost: what an unknown name is checked against. */
static void decoy(struct login *l)
{
    static const uint8_t HEAD[4] = {0, 8, 1, 0};

    memcpy(l->stored, HEAD, sizeof HEAD);
    l->stored[0] = (uint8_t)l->log2_n;
}

static void account_known(void *arg, const struct store_result *r)
{
    struct login *l = arg;
    struct peer *p = ask_peer(&l->ask);

    if (r->rc != ERR_OK && r->rc != ERR_NOT_FOUND) {
        if (p != NULL)
            reply_refuse(p, OP_LOGIN, CODE_NOT_STORED, 0,
                "the relay cannot look accounts up just now: try again");
        login_end(l);
        return;
    }
    if (r->rc == ERR_OK && r->count == 1 && r->accounts[0].verifier.n == sizeof l->stored) {
        memcpy(l->stored, r->accounts[0].verifier.p, sizeof l->stored);
        l->role = r->accounts[0].role;
        l->known = true;
    } else {
        decoy(l);
    }
    l->job = (struct job){.run = check_run, .done = check_done};
    if (relay_hash(l->ask.server, &l->job) == ERR_OK)
        return;
    if (p != NULL)
        busy(p, OP_LOGIN);
    login_end(l);
}

static bool may_try(struct peer *p, uint8_t op, struct bytes who)
{
    struct server *s = p->server;
    uint64_t wait_ms = 0;

    if (gate_try(s->gate, s->limits, who, s->loop->now_ms, &wait_ms))
        return true;
    relay_note(s, "refused", "", log_text(who), "too many attempts");
    reply_refuse(p, op, CODE_TOO_FAST, wait_ms, "too many attempts: try again in %u s",
        (unsigned)(wait_ms / 1000 + 1));
    return false;
}

enum framer_verdict handle_login(struct peer *p, const void *msg)
{
    const struct msg_account *m = msg;
    struct name name;

    if (good_name(p, OP_LOGIN, m->name, &name) != ERR_OK)
        return FRAMER_NEXT;
    if (!may_try(p, OP_LOGIN, bytes_str(p->link->address)) ||
        !may_try(p, OP_LOGIN, name_bytes(&name)))
        return FRAMER_NEXT;
    struct login *l = ask_open(p, OP_LOGIN, sizeof *l);
    l->name = name;
    l->log2_n = (unsigned)p->server->limits->hash_log2_n;
    memcpy(l->verifier, m->verifier, sizeof l->verifier);
    store_account_get(p->server->store, name_bytes(&name), account_known, l);
    return FRAMER_NEXT;
}

/* ---- log in by token, certificate, or a dropped session ---- */

static void refuse_token(struct peer *p, uint8_t op, const char *words)
{
    gate_offend(p->server->gate, p->server->limits, p->link->address, p->server->loop->now_ms,
        GATE_BAD_SECRET);
    relay_note(p->server, "refused", "", "", words);
    reply_refuse(p, op, CODE_BAD_SECRET, 0, "%s", words);
}

static void token_account(void *arg, const struct store_result *r)
{
    struct login *l = arg;
    struct peer *p = ask_peer(&l->ask);

    if (p != NULL && r->rc == ERR_OK && r->count == 1)
        user_enter(p, l->ask.op, &l->name, true, r->accounts[0].role);
    else if (p != NULL)
        reply_refuse(p, l->ask.op, r->rc == ERR_NOT_FOUND ? CODE_BAD_SECRET : CODE_NOT_STORED,
            0, "the account is not there");
    login_end(l);
}

static void token_used(void *arg, const struct store_result *r)
{
    struct login *l = arg;
    struct peer *p = ask_peer(&l->ask);

    if (p != NULL && r->rc == ERR_OK && bytes_copy(l->name.s, sizeof l->name.s, r->a)) {
        store_account_get(l->ask.server->store, name_bytes(&l->name), token_account, l);
        return;
    }
    if (p != NULL && r->rc == ERR_STALE)
        reply_refuse(p, OP_TOKEN_LOGIN, CODE_EXPIRED, (uint64_t)r->num,
            "this token has expired: log in with the password");
    else if (p != NULL)
        refuse_token(p, OP_TOKEN_LOGIN,
            "this token is not known here: it was revoked, or belongs to another relay");
    login_end(l);
}

enum framer_verdict handle_token_login(struct peer *p, const void *msg)
{
    const struct msg_token *m = msg;
    uint8_t hash[HASH_SHA256];

    /* 256 random bits are not guessed: only failures count against an address. */
    if (hash_sha256(bytes_of(m->token, sizeof m->token), hash) != ERR_OK) {
        refuse_token(p, OP_TOKEN_LOGIN, "this token cannot be read");
        return FRAMER_NEXT;
    }
    struct login *l = ask_open(p, OP_TOKEN_LOGIN, sizeof *l);
    store_token_use(p->server->store, hash, p->server->loop->wall_ms, token_used, l);
    return FRAMER_NEXT;
}

static void cert_account_made(void *arg, const struct store_result *r)
{
    struct login *l = arg;
    struct peer *p = ask_peer(&l->ask);

    if (p != NULL && (r->rc == ERR_OK || r->rc == ERR_EXISTS))
        user_enter(p, OP_CERT_LOGIN, &l->name, true, ROLE_USER);
    else if (p != NULL)
        reply_refuse(p, OP_CERT_LOGIN, CODE_NOT_STORED, 0,
            "the relay could not store the account: try again");
    login_end(l);
}

static void cert_account(void *arg, const struct store_result *r)
{
    struct login *l = arg;
    struct server *s = l->ask.server;

    if (r->rc != ERR_NOT_FOUND) {
        token_account(arg, r);
        return;
    }
    /* Whoever runs the relay signed this name: that is invitation enough. */
    struct store_account a = {
        .name = name_bytes(&l->name), .role = ROLE_USER, .created_ms = s->loop->wall_ms};
    store_account_create(s->store, &a, cert_account_made, l);
}

enum framer_verdict handle_cert_login(struct peer *p, const void *msg)
{
    char common[128];
    uint8_t fingerprint[32];
    struct name name;

    (void)msg;
    if (link_peer_cert(p->link, fingerprint, common, sizeof common) != ERR_OK) {
        reply_refuse(p, OP_CERT_LOGIN, CODE_BAD_SECRET, 0,
            "no client certificate that this relay accepts came with the connection");
        return FRAMER_NEXT;
    }
    if (own_name(p, OP_CERT_LOGIN, bytes_str(common), &name) != ERR_OK)
        return FRAMER_NEXT;
    struct login *l = ask_open(p, OP_CERT_LOGIN, sizeof *l);
    l->name = name;
    store_account_get(p->server->store, name_bytes(&name), cert_account, l);
    return FRAMER_NEXT;
}

enum framer_verdict handle_resume(struct peer *p, const void *msg)
{
    const struct msg_token *m = msg;
    uint8_t hash[HASH_SHA256] = {0};

    struct user *u = hash_sha256(bytes_of(m->token, sizeof m->token), hash) == ERR_OK
                         ? map_get(&p->server->resumes, bytes_of(hash, sizeof hash))
                         : NULL;
    if (u == NULL)
        reply_refuse(p, OP_RESUME, CODE_BAD_SECRET, 0, "that session is over: log in again");
    else
        user_resume(p, u, OP_RESUME);
    return FRAMER_NEXT;
}
