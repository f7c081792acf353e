/* SPDX-License-Identifier: ISC */
/* What an operator does to accounts: each waits for the store, one for the hasher before. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/control_call.h"

#define CLIENT_LOG2_N 17 /* the cost that clients derive verifiers at */
#define PAGE          128

static const char *const ROLES[] = {
    [ROLE_GUEST] = "guest",
    [ROLE_USER] = "user",
    [ROLE_MODERATOR] = "moderator",
    [ROLE_OPERATOR] = "operator",
};

const char *control_role_name(uint8_t role)
{
    return role < MEM_COUNT(ROLES) ? ROLES[role] : "unknown";
}

/* An account is a user at least; the default. */
static bool role_arg(struct control_call *call)
{
    const char *word = call->args.role;

    call->role = ROLE_USER;
    if (word[0] == '\0')
        return true;
    for (size_t r = ROLE_USER; r < MEM_COUNT(ROLES); r++) {
        if (strcmp(word, ROLES[r]) == 0) {
            call->role = (uint8_t)r;
            return true;
        }
    }
    control_fail(call, "role: must be user, moderator or operator");
    return false;
}

static bool name_arg(struct control_call *call)
{
    if (name_fold(bytes_str(call->args.name), &call->account) == ERR_OK)
        return true;
    control_fail(call, "name: must be 1 to 32 of a-z 0-9 _ . - and not start with . or -");
    return false;
}

static void fail_store(struct control_call *call, enum err e)
{
    if (e == ERR_NOT_FOUND)
        control_fail(call, "there is no account %s", call->account.s);
    else if (e == ERR_EXISTS)
        control_fail(call, "there is an account %s already", call->account.s);
    else
        control_fail(call, "the store could not do it: %s", err_str(e));
}

/* ---- list ---- */

static void list_page(void *arg, const struct store_result *r)
{
    struct control_call *call = arg;

    if (r->rc != ERR_OK) {
        fail_store(call, r->rc);
        return;
    }
    for (size_t i = 0; i < r->count; i++) {
        const struct store_account *a = &r->accounts[i];
        json_out_open(&call->json, NULL, '{');
        json_out_str(&call->json, "name", a->name);
        json_out_text(&call->json, "role", control_role_name(a->role));
        json_out_int(&call->json, "created_ms", a->created_ms);
        json_out_int(&call->json, "seen_ms", a->seen_ms);
        json_out_close(&call->json, '}');
    }
    if (r->more && r->count != 0 && !control_closed(call)) {
        (void)bytes_copy(
            call->account.s, sizeof call->account.s, r->accounts[r->count - 1].name);
        store_account_list(
            call->parts->store, name_bytes(&call->account), PAGE, list_page, call);
        return;
    }
    json_out_close(&call->json, ']');
    control_ok(call);
}

void control_account_list(struct control_call *call)
{
    json_out_open(&call->json, "accounts", '[');
    store_account_list(call->parts->store, bytes_str(""), PAGE, list_page, call);
}

/* ---- add ---- */

static struct control_call *call_of(struct job *j)
{
    return (struct control_call *)(void *)((char *)j - offsetof(struct control_call, job));
}

static void account_added(void *arg, const struct store_result *r)
{
    struct control_call *call = arg;

    if (r->rc != ERR_OK) {
        fail_store(call, r->rc);
        return;
    }
    LOG_INFO("control", "account %s made, %s", call->account.s, control_role_name(call->role));
    control_ok(call);
}

/* On the hasher: what a client would send for this password, and what is kept of that. */
static void add_run(struct job *j)
{
    struct control_call *call = call_of(j);
    uint8_t verifier[PASSWORD_KEY];

    call->verdict = password_account(bytes_str(call->password), call->relay_id,
        name_bytes(&call->account), CLIENT_LOG2_N, verifier);
    if (call->verdict == ERR_OK)
        call->verdict =
            password_store(bytes_of(verifier, sizeof verifier), call->log2_n, call->stored);
    mem_wipe(verifier, sizeof verifier);
    mem_wipe(call->password, sizeof call->password);
}

static void add_hashed(struct job *j)
{
    struct control_call *call = call_of(j);

    if (call->verdict != ERR_OK || control_closed(call)) {
        control_fail(call, "the password could not be hashed: %s", err_str(call->verdict));
        return;
    }
    struct store_account account = {
        .name = name_bytes(&call->account),
        .verifier = bytes_of(call->stored, sizeof call->stored),
        .role = call->role,
        .created_ms = loop_event_loop(call->parts->le)->wall_ms,
    };
    store_account_create(call->parts->store, &account, account_added, call);
}

void control_account_add(struct control_call *call)
{
    if (!name_arg(call) || !role_arg(call))
        return;
    call->log2_n = (unsigned)call->parts->config->limits.hash_log2_n;
    memcpy(call->relay_id, store_relay_id(call->parts->store), sizeof call->relay_id);
    call->job = (struct job){.run = add_run, .done = add_hashed};
    if (worker_submit(call->parts->hasher, &call->job) != ERR_OK)
        control_fail(call, "too many passwords are being checked just now: try again");
}

/* ---- role, remove, token revoke ---- */

static void role_set(void *arg, const struct store_result *r)
{
    struct control_call *call = arg;

    if (r->rc != ERR_OK) {
        fail_store(call, r->rc);
        return;
    }
    if (!control_closed(call))
        server_account_changed(
            call->parts->server, name_bytes(&call->account), false, call->role);
    LOG_INFO("control", "account %s is %s now", call->account.s, control_role_name(call->role));
    control_ok(call);
}

void control_account_role(struct control_call *call)
{
    if (name_arg(call) && role_arg(call))
        store_account_role(
            call->parts->store, name_bytes(&call->account), call->role, role_set, call);
}

static void removed(void *arg, const struct store_result *r)
{
    struct control_call *call = arg;

    if (r->rc != ERR_OK) {
        fail_store(call, r->rc);
        return;
    }
    if (!control_closed(call))
        server_account_changed(call->parts->server, name_bytes(&call->account), true, 0);
    LOG_INFO("control", "account %s removed", call->account.s);
    control_ok(call);
}

void control_account_remove(struct control_call *call)
{
    if (name_arg(call))
        store_account_remove(call->parts->store, name_bytes(&call->account), removed, call);
}

static void revoked(void *arg, const struct store_result *r)
{
    struct control_call *call = arg;

    if (r->rc != ERR_OK) {
        fail_store(call, r->rc);
        return;
    }
    LOG_INFO("control", "%lld tokens of %s revoked", (long long)r->num, call->account.s);
    json_out_int(&call->json, "count", r->num);
    control_ok(call);
}

void control_token_revoke(struct control_call *call)
{
    if (name_arg(call))
        store_token_revoke(call->parts->store, name_bytes(&call->account),
            (uint64_t)call->args.id, revoked, call);
}
