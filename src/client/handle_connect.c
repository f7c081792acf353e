/* SPDX-License-Identifier: ISC */
#include "client/handle_connect.h"

#include "base/log.h"
#include "base/mem.h"
#include "client/access.h"
#include "client/file_pump.h"
#include "client/keys.h"
#include "client/list.h"
#include "client/login.h"
#include "client/say.h"
#include "crypto/hash.h"

void connect_begin(struct engine *e)
{
    struct msg_connect m = {.greeting = bytes_str(MSG_GREETING)};

    engine_set_state(e, ENGINE_AWAIT_NAME);
    engine_ask(e, OP_CONNECT, &m, NULL);
}

static void say_hello(struct engine *e)
{
    struct msg_hello m = {.version = MSG_VERSION, .agent = bytes_str(e->setup.agent)};

    engine_set_state(e, ENGINE_AWAIT_HELLO);
    engine_ask(e, OP_HELLO, &m, NULL);
}

void connect_named(struct engine *e, const struct request *r, const void *connected)
{
    const struct msg_connected *m = connected;

    (void)r;
    model_set_nick(e->model, m->name);
    say_hello(e);
}

void connect_closed_relay(struct engine *e)
{
    say_hello(e);
}

static void come_in(struct engine *e)
{
    struct msg_token token;

    if (e->state != ENGINE_AWAIT_LOGIN)
        engine_set_state(e, ENGINE_AWAIT_LOGIN);
    e->resuming = e->has_resume;
    if (!e->has_resume) {
        login_come_in(e);
        return;
    }
    /* It works once: whatever comes of it, it is spent. */
    memcpy(token.token, e->resume, sizeof token.token);
    e->has_resume = false;
    mem_wipe(e->resume, sizeof e->resume);
    engine_ask(e, OP_RESUME, &token, NULL);
    mem_wipe(&token, sizeof token);
}

static void prove_access(struct engine *e)
{
    uint8_t exporter[LINK_EXPORT];
    struct msg_access m;

    if (e->setup.access_key.n == 0) {
        engine_say(e, NULL, EVENT_ERROR,
            "This relay is closed: it asks for an access key. Get the key file from its "
            "operator, then start again: sotto -s %s --access-key FILE",
            e->model->address);
        engine_refuse(e, "no access key");
        return;
    }
    if (link_exporter(e->link, exporter) != ERR_OK ||
        access_proof(e->setup.access_key, "client", exporter, m.proof) != ERR_OK) {
        engine_drop(e, "no access proof could be made");
        return;
    }
    engine_set_state(e, ENGINE_AWAIT_ACCESS);
    engine_ask(e, OP_ACCESS, &m, NULL);
    mem_wipe(exporter, sizeof exporter);
}

/* The relay's id is pinned with its key: the same key under another id is another relay. */
static bool right_relay(struct engine *e, const struct msg_hello_ok *m)
{
    const struct pin *known;
    struct pin pin = {0};

    if (e->setup.by_ca || e->setup.pins == NULL)
        return true;
    known = pins_find(e->setup.pins, e->model->address);
    if (known != NULL && !e->setup.has_pin &&
        memcmp(known->relay_id, m->relay_id, MSG_ID) != 0) {
        engine_say(e, NULL, EVENT_ERROR,
            "%s has the key of the relay you know but says that it is another one; its "
            "database was made anew, or a copy of its key is in use. Ask its operator. If all "
            "is well, take its line out of %s and start again.",
            e->model->address, pins_path(e->setup.pins));
        engine_refuse(e, "relay id changed");
        return false;
    }
    if (known != NULL && memcmp(known->key, e->shown_key, TLS_FINGERPRINT) == 0 &&
        memcmp(known->relay_id, m->relay_id, MSG_ID) == 0)
        return true;
    (void)bytes_copy(pin.address, sizeof pin.address, bytes_str(e->model->address));
    memcpy(pin.key, e->shown_key, sizeof pin.key);
    memcpy(pin.relay_id, m->relay_id, sizeof pin.relay_id);
    if (pins_keep(e->setup.pins, &pin) != ERR_OK)
        engine_say(e, NULL, EVENT_WARN,
            "The key of this relay could not be kept in %s. It will be new again next time.",
            pins_path(e->setup.pins));
    return true;
}

static int64_t clock_off(uint64_t theirs_ms, int64_t ours_ms)
{
    return theirs_ms <= INT64_MAX ? (int64_t)theirs_ms - ours_ms : INT64_MAX;
}

void connect_hello(struct engine *e, const struct request *r, const void *hello_ok)
{
    const struct msg_hello_ok *m = hello_ok;

    (void)r;
    if (m->version != MSG_VERSION) {
        engine_say(e, NULL, EVENT_ERROR,
            "This relay speaks version %u of the protocol, this sotto version %u. One of them "
            "wants an update.",
            m->version, MSG_VERSION);
        engine_refuse(e, "version");
        return;
    }
    if (!right_relay(e, m))
        return;
    if (e->has_relay && memcmp(e->relay_id, m->relay_id, MSG_ID) != 0) {
        engine_say(e, NULL, EVENT_ERROR,
            "%s says that it is another relay than a moment ago. sotto does not go on with it.",
            e->model->address);
        engine_refuse(e, "relay id changed");
        return;
    }
    e->has_relay = true;
    memcpy(e->relay_id, m->relay_id, MSG_ID);
    e->model->clock_known = true;
    e->model->clock_off_ms = clock_off(m->time_ms, e->loop->wall_ms);
    e->beat_s = m->beat_s != 0 ? m->beat_s : ENGINE_BEAT_S;
    /* A relay that started anew has forgotten the dropped session. */
    e->rebooted = e->ready_at_ms != 0 && memcmp(e->boot_id, m->boot_id, MSG_ID) != 0;
    if (memcmp(e->boot_id, m->boot_id, MSG_ID) != 0)
        e->has_resume = false;
    memcpy(e->boot_id, m->boot_id, MSG_ID);
    if ((m->flags & HELLO_ACCESS) != 0) {
        prove_access(e);
    } else {
        come_in(e);
    }
}

void connect_access(struct engine *e, const struct request *r, const void *connected)
{
    const struct msg_connected *m = connected;
    uint8_t exporter[LINK_EXPORT];
    uint8_t want[MSG_SECRET];

    (void)r;
    if (link_exporter(e->link, exporter) != ERR_OK ||
        access_proof(e->setup.access_key, "relay", exporter, want) != ERR_OK ||
        m->proof.n != sizeof want || !hash_equal(m->proof.p, want, sizeof want)) {
        engine_say(e, NULL, EVENT_ERROR,
            "The relay took the access key but does not know it itself: this is not the relay "
            "that the key belongs to. Nothing more was told to it.");
        engine_refuse(e, "relay failed the access proof");
        return;
    }
    model_set_nick(e->model, m->name);
    come_in(e);
}

/* Who we were is somebody else: nothing of his conversations is ours. */
static void forget_other(struct engine *e)
{
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        if (c->dropped)
            continue;
        c->dropped = true;
        if (c->page != NULL)
            model_leave(e->model, c->page);
        c->page = NULL;
    }
    file_pump_forget(e); /* their rows stay, as their conversations are dropped */
    loop_later(e->loop, &e->save, LOOP_FLUSH);
}

/* A session of its own: what we have of rooms is to be taken up again. A guest's places in
 * groups ended with the session before. */
static void come_in_anew(struct engine *e)
{
    called_none_here(&e->called);
    for (struct talk *c = e->talks; c != NULL; c = c->next) {
        if (c->dropped)
            continue;
        if (!e->account)
            talk_group_drop(c);
        if (!e->account && c->kind == CONVO_DIRECT)
            c->group_seq = 0;
        c->present = c->kind == CONVO_DIRECT;
        if (c->page != NULL)
            roster_fini(&c->page->people);
        if (e->rebooted)
            say_again(e, c);
    }
}

static void taken_up(struct engine *e)
{
    for (struct talk *c = e->talks; c != NULL; c = c->next)
        c->present = c->wanted && (c->kind == CONVO_DIRECT || c->page != NULL);
}

static void greet(struct engine *e)
{
    if (e->ready_at_ms == 0)
        engine_say(e, NULL, EVENT_INFO, "Connected to %s as %.*s.", e->model->address,
            (int)e->model->nick_n, e->model->nick);
    else
        engine_say(e, NULL, EVENT_INFO, "Connected again, as %.*s.", (int)e->model->nick_n,
            e->model->nick);
}

/* An account is called what it is called: under another name our key would be somebody else's.
 */
static bool right_name(struct engine *e, const struct request *r, const struct msg_login_ok *m)
{
    bool named = r->op == OP_LOGIN || r->op == OP_REGISTER || r->op == OP_TOKEN_LOGIN;

    if (!named || (m->role != ROLE_GUEST && bytes_eq(m->name, bytes_str(e->entry.name))))
        return true;
    engine_say(e, NULL, EVENT_ERROR,
        "We asked to come in as %s, and the relay calls us %.*s%s. sotto does not go on with it.",
        e->entry.name, (int)m->name.n, (const char *)m->name.p,
        m->role == ROLE_GUEST ? ", a guest" : "");
    engine_refuse(e, "another name than asked for");
    return false;
}

static void know_us(struct engine *e, const struct msg_login_ok *m)
{
    bool account = m->role != ROLE_GUEST;
    /* The model has a name for the time being, since the greeting. */
    bool other = e->ready_at_ms != 0 && (account || e->account) &&
                 (account != e->account || !bytes_eq(bytes_str(e->in_as), m->name));

    if (other)
        forget_other(e);
    (void)bytes_copy(e->in_as, sizeof e->in_as, m->name);
    e->account = account;
    e->model->account = account;
    e->model->keeps = account && vault_lasts(e->vault);
    model_set_nick(e->model, m->name);
    memcpy(e->resume, m->resume, sizeof e->resume);
    e->has_resume = true;
    e->grace_s = m->grace_s;
}

/* Staying logged in is what people expect; /logout and /token revoke end it. */
static void stay(struct engine *e)
{
    bool by_password = e->entry.how == ENGINE_AS_ACCOUNT || e->entry.how == ENGINE_AS_NEW;

    if (e->entry.how == ENGINE_AS_NEW)
        e->entry.how = ENGINE_AS_ACCOUNT; /* it is made: next time it logs in */
    if (e->account && by_password && !e->entry.has_token && vault_lasts(e->vault))
        login_token(e);
}

void connect_in(struct engine *e, const struct request *r, const void *login_ok)
{
    const struct msg_login_ok *m = login_ok;
    struct msg_name nick = {.name = bytes_of(e->want_nick, e->want_nick_n)};
    bool resumed = e->resuming && m->resumed != 0;

    if (!right_name(e, r, m))
        return;
    know_us(e, m);
    engine_set_state(e, ENGINE_READY);
    greet(e);
    e->ready_at_ms = e->loop->now_ms;
    e->published = false;
    e->ask_convos = true; /* before the keys: it goes with them */
    if (!e->account && nick.name.n != 0 && !model_is_me(e->model, nick.name))
        engine_ask(e, OP_NICK, &nick, NULL);
    keys_publish(e);
    if (resumed)
        taken_up(e);
    else
        come_in_anew(e);
    list_everything(e);
    stay(e);
    loop_timer_arm(e->loop, &e->relist, ENGINE_RELIST_MS);
    model_touch(e->model, MODEL_ALL);
    engine_touch_all(e);
}

void connect_refused(struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    if (r->op == OP_ACCESS && no->code == CODE_BAD_SECRET) {
        engine_say(e, NULL, EVENT_ERROR,
            "The relay does not accept this access key. Ask its operator for the right one, then "
            "start again with --access-key FILE.");
        engine_refuse(e, "access key refused");
        return;
    }
    login_refused(e, r, no);
}

void connect_resume_refused(
    struct engine *e, const struct request *r, const struct msg_refusal *no)
{
    (void)r;
    LOG_INFO("session", "resume refused: %s", log_text(no->reason));
    come_in(e);
}
