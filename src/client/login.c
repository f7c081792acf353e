/* SPDX-License-Identifier: ISC */
#include "client/login.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "client/question.h"
#include "client/secret.h"
#include "crypto/locked.h"

#define VERIFIER(entry)  ((entry)->secret)
#define TOKEN(entry)     ((entry)->secret + MSG_SECRET)
#define TOKEN_LIFETIME_S (30u * 86400u)

/* The relay folds names, and they are in the salt. */
static void set_name(struct engine_entry *n, struct bytes name)
{
    (void)bytes_copy(n->name, sizeof n->name, name);
    for (char *c = n->name; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
}

void login_init(struct engine *e)
{
    struct engine_entry *n = &e->entry;

    n->how = e->setup.login;
    n->secret = locked_alloc(2 * MSG_SECRET);
    buf_init(&n->password, INTENT_BYTES);
    buf_bytes(&n->password, e->setup.password);
    if (e->setup.account != NULL)
        set_name(n, bytes_str(e->setup.account));
    buf_init(&e->ask.first, INTENT_BYTES);
}

void login_fini(struct engine *e)
{
    buf_wipe(&e->entry.password);
    buf_wipe(&e->ask.first);
    locked_free(e->entry.secret);
    e->entry.secret = NULL;
}

/* ---- tokens ---- */

static struct bytes token_key(const struct engine *e, uint8_t out[MSG_ID])
{
    memcpy(out, e->relay_id, MSG_ID);
    return bytes_of(out, MSG_ID);
}

static enum err take_token(void *arg, struct bytes key, uint32_t sub, struct bytes value)
{
    struct engine_entry *n = &((struct engine *)arg)->entry;
    struct reader r;

    (void)key, (void)sub;
    reader_init(&r, value);
    struct bytes name = reader_str8(&r);
    struct bytes token = reader_bytes(&r, MSG_SECRET);
    if (reader_end(&r) != ERR_OK || name.n > MSG_NAME)
        return ERR_CORRUPT;
    /* Of somebody else than who is to come in. */
    if (n->how == ENGINE_AS_ACCOUNT && n->name[0] != '\0' &&
        !bytes_eq(name, bytes_str(n->name)))
        return ERR_OK;
    (void)bytes_copy(n->name, sizeof n->name, name);
    memcpy(TOKEN(n), token.p, MSG_SECRET);
    n->has_token = true;
    return ERR_OK;
}

static void find_token(struct engine *e)
{
    uint8_t key[MSG_ID];

    if (e->entry.has_token ||
        (e->entry.how != ENGINE_AS_KNOWN && e->entry.how != ENGINE_AS_ACCOUNT))
        return;
    if (shelf_take(&e->shelf, VAULT_TOKEN, token_key(e, key), take_token, e) != ERR_OK)
        LOG_WARN("login", "a token that was kept makes no sense");
}

void login_forget(struct engine *e)
{
    uint8_t key[MSG_ID];

    e->entry.has_token = false;
    mem_wipe(TOKEN(&e->entry), MSG_SECRET);
    vault_del(e->vault, VAULT_TOKEN, token_key(e, key), 0);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

void login_token(struct engine *e)
{
    struct msg_token_new m = {.lifetime_s = TOKEN_LIFETIME_S, .label = bytes_str("sotto")};

    engine_ask(e, OP_TOKEN_NEW, &m, NULL);
}

void login_token_answer(struct engine *e, const struct request *r, const void *answer)
{
    const struct msg_token_ok *m = answer;
    uint8_t key[MSG_ID];
    struct buf row;

    (void)r;
    memcpy(TOKEN(&e->entry), m->token, MSG_SECRET);
    e->entry.has_token = true;
    buf_init(&row, 128);
    buf_u8(&row, model_nick(e->model).n & 0xff);
    buf_bytes(&row, model_nick(e->model));
    buf_put(&row, m->token, MSG_SECRET);
    vault_put(e->vault, VAULT_TOKEN, token_key(e, key), 0, buf_view(&row));
    buf_wipe(&row);
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

/* ---- coming in ---- */

static void ask_account(struct engine *e, uint8_t op)
{
    struct msg_account m = {.name = bytes_str(e->entry.name), .more = true};

    memcpy(m.verifier, VERIFIER(&e->entry), sizeof m.verifier);
    if (e->setup.invite != NULL)
        m.invite = bytes_str(e->setup.invite);
    engine_ask(e, op, &m, NULL);
    mem_wipe(&m, sizeof m);
}

static void ask_token(struct engine *e)
{
    struct msg_token m;

    memcpy(m.token, TOKEN(&e->entry), sizeof m.token);
    engine_ask(e, OP_TOKEN_LOGIN, &m, NULL);
    mem_wipe(&m, sizeof m);
}

static void stretched(struct engine *e, const struct secret_result *r)
{
    e->entry.stretching = false;
    if (r->err != ERR_OK) {
        engine_say(e, NULL, EVENT_ERROR, "The password cannot be worked with here: %s.",
            err_str(r->err));
        return;
    }
    memcpy(VERIFIER(&e->entry), r->verifier, MSG_SECRET);
    e->entry.has_verifier = true;
    if (e->state == ENGINE_AWAIT_LOGIN)
        login_come_in(e);
}

static void stretch(struct engine *e)
{
    struct engine_entry *n = &e->entry;

    if (n->stretching)
        return;
    n->stretching = true;
    secret_account(e, buf_view(&n->password), bytes_str(n->name), stretched);
    buf_wipe(&n->password);
    buf_init(&n->password, INTENT_BYTES);
}

/* Without a secret there is nothing to show the relay, and it does not wait for the person. */
static void wait_for_person(struct engine *e)
{
    if (e->entry.how == ENGINE_AS_NEW)
        question_register(e, false);
    else
        question_login(e);
    e->entry.waiting = true;
    engine_drop(e, "waiting for a password");
}

static void with_password(struct engine *e)
{
    struct engine_entry *n = &e->entry;

    if (n->has_verifier)
        ask_account(e, n->how == ENGINE_AS_NEW ? OP_REGISTER : OP_LOGIN);
    else if (n->password.n != 0 || n->stretching)
        stretch(e);
    else
        wait_for_person(e);
}

void login_come_in(struct engine *e)
{
    struct msg_empty nothing = {0};

    find_token(e);
    switch (e->entry.how) {
    case ENGINE_AS_CERTIFIED:
        engine_ask(e, OP_CERT_LOGIN, &nothing, NULL);
        break;
    case ENGINE_AS_NEW:
        with_password(e);
        break;
    case ENGINE_AS_ACCOUNT:
        if (e->entry.has_token && !e->entry.has_verifier && e->entry.password.n == 0)
            ask_token(e);
        else
            with_password(e);
        break;
    case ENGINE_AS_KNOWN:
        if (e->entry.has_token) {
            ask_token(e);
            break;
        }
        __attribute__((fallthrough));
    case ENGINE_AS_GUEST:
    default:
        engine_ask(e, OP_GUEST, &nothing, NULL);
        break;
    }
}

/* ---- refused ---- */

static void forget_password(struct engine *e)
{
    e->entry.has_verifier = false;
    mem_wipe(VERIFIER(&e->entry), MSG_SECRET);
}

static void as_guest_again(struct engine *e)
{
    forget_password(e);
    /* Before the login there is nothing to try otherwise. */
    if (e->ready_at_ms == 0 || e->state != ENGINE_AWAIT_LOGIN) {
        engine_refuse(e, "not let in");
        return;
    }
    e->entry.how = ENGINE_AS_GUEST;
    login_come_in(e);
}

void login_refused(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    engine_say(e, NULL, EVENT_ERROR, "The relay did not let us in: %.*s", (int)no->reason.n,
        (const char *)no->reason.p);
    if (no->code == CODE_BUSY || no->code == CODE_TOO_FAST || no->code == CODE_FULL) {
        e->retry_floor_s = (uint32_t)(no->num < 600000 ? no->num / 1000 : 600);
        engine_drop(e, "not let in now");
    } else if (r->op == OP_TOKEN_LOGIN) {
        login_forget(e);
        if (e->entry.how == ENGINE_AS_KNOWN)
            e->entry.how = ENGINE_AS_ACCOUNT;
        engine_drop(e, "the token is worth nothing any more");
    } else if (r->op == OP_LOGIN && no->code == CODE_BAD_SECRET) {
        forget_password(e);
        wait_for_person(e);
    } else if (r->op == OP_GUEST) {
        engine_refuse(e, "not let in");
    } else {
        as_guest_again(e);
    }
}

/* ---- the person ---- */

static void go_on(struct engine *e)
{
    e->entry.waiting = false;
    engine_redial(e);
}

void login_password(struct engine *e, struct bytes password)
{
    if (e->entry.how == ENGINE_AS_NEW) {
        buf_wipe(&e->ask.first);
        buf_init(&e->ask.first, INTENT_BYTES);
        buf_bytes(&e->ask.first, password);
        question_register(e, true);
        return;
    }
    buf_bytes(&e->entry.password, password);
    go_on(e);
}

void login_password_again(struct engine *e, struct bytes password)
{
    bool same = bytes_eq(password, buf_view(&e->ask.first));

    buf_wipe(&e->ask.first);
    buf_init(&e->ask.first, INTENT_BYTES);
    if (!same) {
        engine_say(e, NULL, EVENT_WARN, "Those were two different passwords. Once more.");
        question_register(e, false);
        return;
    }
    buf_bytes(&e->entry.password, password);
    go_on(e);
}

void login_taken_back(struct engine *e)
{
    engine_say(e, NULL, EVENT_INFO, "Not logged in; as a guest then.");
    forget_password(e);
    e->entry.how = ENGINE_AS_GUEST;
    e->entry.waiting = false;
    engine_redial(e);
}

void login_as(struct engine *e, enum engine_login how, struct bytes name)
{
    if (e->state == ENGINE_REFUSED) {
        engine_say(e, e->at, EVENT_WARN,
            "sotto has given this relay up, for the reason above. /quit, then start it again as "
            "that account.");
        return;
    }
    forget_password(e);
    e->entry.how = how;
    set_name(&e->entry, name);
    e->entry.has_token = false;
    e->has_resume = false;
    e->tries = 0;
    e->entry.waiting = how != ENGINE_AS_GUEST;
    if (e->link != NULL)
        engine_drop(e, "coming in another way");
    if (how == ENGINE_AS_GUEST)
        engine_redial(e);
    else if (how == ENGINE_AS_NEW)
        question_register(e, false);
    else
        question_login(e);
}
