/* SPDX-License-Identifier: ISC */
#include "support/crew.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "support/rsapool.h"
#include "support/support.h"

#define KEY_BITS 2048
#define PATIENCE 60000u

static void die(const char *what, const char *why)
{
    (void)fprintf(stderr, "crew: %s: %s\n", what, why);
    abort();
}

/* ---- the world of one ---- */

static void on_up(void *user)
{
    struct crew_member *m = user;

    if (m->to != NULL)
        m->to->up(m->user);
}

static enum framer_verdict on_frame(void *user, const struct frame *f)
{
    struct crew_member *m = user;

    return m->to != NULL ? m->to->frame(m->user, f) : FRAMER_STOP;
}

static uint32_t on_ceiling(void *user, uint8_t op)
{
    struct crew_member *m = user;

    return m->to != NULL ? m->to->ceiling(m->user, op) : 0;
}

static void on_down(void *user, enum link_end why, const char *detail)
{
    struct crew_member *m = user;

    m->link = NULL;
    if (m->to != NULL)
        m->to->down(m->user, why, detail);
}

static void on_hungry(void *user)
{
    struct crew_member *m = user;

    if (m->to != NULL && m->to->hungry != NULL)
        m->to->hungry(m->user);
}

static const struct link_user ON_LINK = {.up = on_up,
    .frame = on_frame,
    .ceiling = on_ceiling,
    .hungry = on_hungry,
    .down = on_down};

static enum err dial(void *arg, const struct link_user *to, void *user, struct link **out)
{
    struct crew_member *m = arg;
    struct link *l = sim_connect(m->crew->sim, "127.0.0.1", &ON_LINK, m);

    if (l == NULL)
        return ERR_BUSY;
    m->to = to;
    m->user = user;
    m->link = l;
    if (m->dialed != NULL)
        m->dialed(m->dialed_arg, l);
    *out = l;
    return ERR_OK;
}

static enum err fingerprint(void *arg, struct link *l, uint8_t out[TLS_FINGERPRINT])
{
    const struct crew_member *m = arg;

    (void)l;
    memcpy(out, m->relay_key, TLS_FINGERPRINT);
    return ERR_OK;
}

static void wake_vault(void *arg)
{
    struct crew_member *m = arg;

    loop_later(&m->crew->sim->loop, &m->drain_vault, LOOP_DELIVER);
}

static void wake_worker(void *arg)
{
    struct crew_member *m = arg;

    loop_later(&m->crew->sim->loop, &m->drain_worker, LOOP_DELIVER);
}

static void drain_vault(void *arg)
{
    struct crew_member *m = arg;

    if (m->vault != NULL)
        vault_drain(m->vault);
}

static void drain_worker(void *arg)
{
    struct crew_member *m = arg;

    if (m->worker != NULL)
        worker_drain(m->worker);
}

/* ---- life ---- */

void crew_init(struct crew *c, struct sim *s)
{
    crew_init_keys(c, s, KEY_BITS, 1);
}

void crew_init_keys(struct crew *c, struct sim *s, unsigned bits, size_t most)
{
    *c = (struct crew){.sim = s, .pool = rsapool_new(bits, most)};
}

struct crew_member *crew_new(struct crew *c, const char *nick)
{
    struct crew_member *m = mem_alloc(sizeof *m);
    char why[256] = "";

    m->crew = c;
    (void)snprintf(m->nick, sizeof m->nick, "%s", nick);
    memset(m->relay_key, 5, sizeof m->relay_key);
    memset(m->vault_key, 6, sizeof m->vault_key);
    m->key = rsapool_key(c->pool, c->keys++);
    loop_task_init(&m->drain_vault, drain_vault, m);
    loop_task_init(&m->drain_worker, drain_worker, m);
    if (pins_open(NULL, &m->pins, why, sizeof why) != ERR_OK)
        die("pins", why);
    m->setup = (struct engine_setup){.loop = &c->sim->loop,
        .pins = m->pins,
        .wire = {dial, fingerprint, m},
        .address = "relay.example:5555",
        .nick = m->nick,
        .agent = "crew",
        .login = ENGINE_AS_GUEST,
        .log2_n = 1,
        .identity = m->key};
    c->members = mem_realloc(c->members, (c->n + 1) * sizeof *c->members);
    c->members[c->n++] = m;
    return m;
}

struct crew_member *crew_new_account(struct crew *c, const char *name)
{
    struct crew_member *m = crew_new(c, name);

    support_tmpdir(m->dir, sizeof m->dir);
    m->setup.login = ENGINE_AS_NEW;
    m->setup.account = m->nick;
    m->setup.password = bytes_str("correct horse battery staple");
    return m;
}

void crew_begin(struct crew_member *m)
{
    char why[VAULT_WHY] = "";
    const struct vault_setup v = {.dir = m->dir[0] != '\0' ? m->dir : NULL,
        .key = m->vault_key,
        .landed = session_landed,
        .failed = session_unsaved,
        .arg = &m->session,
        .wake = wake_vault,
        .wake_arg = m};

    if (vault_open(&v, &m->vault, why, sizeof why) != ERR_OK)
        die("vault", why);
    m->worker = worker_new_inline(wake_worker, m, NULL);
    m->model = model_new();
    m->setup.model = m->model;
    m->setup.vault = m->vault;
    m->setup.worker = m->worker;
    m->setup.files = m->worker;
    if (session_new(&m->setup, &m->session, why, sizeof why) != ERR_OK)
        die("session", why);
    session_start(m->session);
    m->up = true;
}

static bool is_in(void *arg)
{
    const struct crew_member *m = arg;

    return m->model->link == MODEL_READY &&
           (m->model->account || model_is_me(m->model, bytes_str(m->nick)));
}

static bool is_over(void *arg)
{
    return session_over(((struct crew_member *)arg)->session);
}

bool crew_until(struct crew *c, bool (*cond)(void *), void *arg)
{
    return sim_until(c->sim, cond, arg, PATIENCE);
}

void crew_run(struct crew *c, uint64_t ms)
{
    sim_run(c->sim, ms);
}

static void need(struct crew *c, bool good, const char *what, const char *who)
{
    if (good)
        return;
    crew_dump(c);
    cr_assert(
        false, "%s: %s did not come (seed %llu)", who, what, (unsigned long long)c->sim->seed);
}

void crew_start(struct crew_member *m)
{
    crew_begin(m);
    need(m->crew, crew_until(m->crew, is_in, m), "being let in", m->nick);
    if (m->setup.login == ENGINE_AS_NEW)
        m->setup.login = ENGINE_AS_ACCOUNT;
}

static void gone(struct crew_member *m)
{
    worker_free(m->worker);
    m->worker = NULL;
    session_free(m->session);
    m->session = NULL;
    vault_close(m->vault);
    m->vault = NULL;
    model_free(m->model);
    m->model = NULL;
    loop_cancel(&m->crew->sim->loop, &m->drain_vault);
    loop_cancel(&m->crew->sim->loop, &m->drain_worker);
    m->up = false;
}

void crew_stop(struct crew_member *m)
{
    session_quit(m->session);
    need(m->crew, crew_until(m->crew, is_over, m), "the end", m->nick);
    gone(m);
}

void crew_cut(struct crew_member *m)
{
    if (m->link != NULL)
        sim_cut(m->link);
}

void crew_other_key(struct crew_member *m)
{
    sign_key_free(m->key);
    m->key = rsapool_key(m->crew->pool, m->crew->keys++);
    m->setup.identity = m->key;
}

void crew_kill(struct crew_member *m)
{
    char path[96];

    (void)snprintf(path, sizeof path, "%s/vault.db", m->dir);
    if (m->dir[0] != '\0')
        support_freeze(path);
    m->to = NULL;
    crew_cut(m);
    gone(m);
    sim_turn(m->crew->sim);
    if (m->dir[0] != '\0')
        support_thaw(path);
}

void crew_fini(struct crew *c)
{
    for (size_t i = 0; i < c->n; i++) {
        struct crew_member *m = c->members[i];
        if (m->up && m->session != NULL) {
            session_quit(m->session);
            (void)crew_until(c, is_over, m);
            gone(m);
        }
        sign_key_free(m->key);
        pins_free(m->pins);
        if (m->dir[0] != '\0')
            support_rmtree(m->dir);
        mem_free(m);
    }
    mem_free(c->members);
    rsapool_free(c->pool);
}

/* ---- doing ---- */

struct room *crew_page(const struct crew_member *m, const char *page)
{
    if (page == NULL)
        return m->model->home;
    return model_find(m->model, page[0] == '@', bytes_str(page + 1));
}

void crew_type(struct crew_member *m, const char *line)
{
    if (intents_push(&m->model->intents, INTENT_LINE, bytes_str(line)) != ERR_OK)
        die("intent", line);
    session_intents(m->session);
}

static void intend(
    struct crew_member *m, enum intent_kind kind, const char *page, const char *line)
{
    struct intent i = {.kind = kind, .direct = page[0] == '@'};

    i.where_n = (uint8_t)strlen(page + 1);
    memcpy(i.where, page + 1, i.where_n);
    if (intents_put(&m->model->intents, &i, bytes_str(line)) != ERR_OK)
        die("intent", line);
    session_intents(m->session);
}

void crew_type_in(struct crew_member *m, const char *page, const char *line)
{
    intend(m, INTENT_LINE, page, line);
}

void crew_draft(struct crew_member *m, const char *page, const char *line)
{
    intend(m, INTENT_DRAFT, page, line);
}

static bool is_asked(void *arg)
{
    return ((struct crew_member *)arg)->model->ask.open;
}

void crew_answer(struct crew_member *m, const char *text)
{
    need(m->crew, crew_until(m->crew, is_asked, m), "a question", m->nick);
    if (intents_push(&m->model->intents, INTENT_ANSWER, bytes_str(text)) != ERR_OK)
        die("intent", text);
    session_intents(m->session);
}

void crew_asked(struct crew_member *m, const char *words)
{
    need(m->crew, crew_until(m->crew, is_asked, m), words, m->nick);
    cr_assert_not_null(
        strstr(m->model->ask.words, words), "%s was asked: %s", m->nick, m->model->ask.words);
}

void crew_join(struct crew_member *m, const char *room)
{
    char line[MSG_ROOM + 8];
    char page[MSG_ROOM + 2];

    (void)snprintf(line, sizeof line, "/join %s", room);
    (void)snprintf(page, sizeof page, "#%s", room);
    crew_type(m, line);
    crew_sealed(m, page, 0);
}

/* ---- looking and waiting ---- */

struct look {
    const struct crew_member *m;
    const char *page;
    const char *text;
    uint32_t members;
    enum event_state state;
};

size_t crew_count(const struct crew_member *m, const char *page, const char *text)
{
    const struct room *r = crew_page(m, page);
    size_t n = 0;

    for (size_t i = 0; r != NULL && i < r->events.count; i++) {
        const struct event *v = events_at(&r->events, i);
        n += v->kind == EVENT_MESSAGE && bytes_eq(v->text, bytes_str(text));
    }
    return n;
}

bool crew_saw(const struct crew_member *m, const char *page, const char *words)
{
    const struct room *r = crew_page(m, page);

    for (size_t i = 0; r != NULL && i < r->events.count; i++) {
        const struct event *v = events_at(&r->events, i);
        if (v->text.n != 0 && memmem(v->text.p, v->text.n, words, strlen(words)) != NULL)
            return true;
    }
    return false;
}

static bool has_read(void *arg)
{
    const struct look *l = arg;

    return crew_count(l->m, l->page, l->text) != 0;
}

void crew_reads(struct crew_member *m, const char *page, const char *text)
{
    struct look l = {.m = m, .page = page, .text = text};

    need(m->crew, crew_until(m->crew, has_read, &l), text, m->nick);
}

static bool was_told(void *arg)
{
    const struct look *l = arg;

    return crew_saw(l->m, l->page, l->text);
}

void crew_told(struct crew_member *m, const char *page, const char *words)
{
    struct look l = {.m = m, .page = page, .text = words};

    need(m->crew, crew_until(m->crew, was_told, &l), words, m->nick);
}

static bool is_sealed(void *arg)
{
    const struct look *l = arg;
    const struct room *r = crew_page(l->m, l->page);

    return r != NULL && (r->seal == ROOM_SEALED || r->seal == ROOM_UNCONFIRMED) &&
           (l->members == 0 || r->members == l->members);
}

void crew_sealed(struct crew_member *m, const char *page, uint32_t members)
{
    struct look l = {.m = m, .page = page, .members = members};

    need(m->crew, crew_until(m->crew, is_sealed, &l), "the seal", m->nick);
}

static bool has_come(void *arg)
{
    const struct look *l = arg;
    const struct room *r = crew_page(l->m, l->page);

    for (size_t i = 0; r != NULL && i < r->events.count; i++) {
        const struct event *v = events_at(&r->events, i);
        if (v->kind == EVENT_MESSAGE && v->state == l->state &&
            bytes_eq(v->text, bytes_str(l->text)))
            return true;
    }
    return false;
}

void crew_delivered(
    struct crew_member *m, const char *page, const char *text, enum event_state state)
{
    struct look l = {.m = m, .page = page, .text = text, .state = state};

    need(m->crew, crew_until(m->crew, has_come, &l), event_state_str(state), m->nick);
}

void crew_agree(struct crew *c, const char *page)
{
    const struct room *first = NULL;

    for (size_t i = 0; i < c->n; i++) {
        const struct room *r = c->members[i]->up ? crew_page(c->members[i], page) : NULL;
        if (r == NULL)
            continue;
        if (first == NULL)
            first = r;
        bool same = r->epoch == first->epoch && strcmp(r->code, first->code) == 0 &&
                    r->members == first->members;
        if (!same)
            crew_dump(c);
        cr_assert(same, "%s sees another %s (seed %llu)", c->members[i]->nick, page,
            (unsigned long long)c->sim->seed);
    }
}

static void dump_page(const struct room *r)
{
    (void)fprintf(stderr, "  %.*s [%s, epoch %llu, %u members, code %s]\n", (int)r->name_n,
        r->name, room_seal_str(r->seal), (unsigned long long)r->epoch, r->members, r->code);
    for (size_t i = 0; i < r->events.count; i++) {
        const struct event *v = events_at(&r->events, i);
        (void)fprintf(stderr, "    %s %s %.*s: %.*s\n", event_kind_str(v->kind),
            v->kind == EVENT_MESSAGE ? event_state_str(v->state) : "", (int)v->who.n,
            (const char *)v->who.p, (int)(v->text.n < 200 ? v->text.n : 200),
            (const char *)v->text.p);
    }
}

void crew_dump(const struct crew *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct crew_member *m = c->members[i];
        if (!m->up)
            continue;
        (void)fprintf(stderr, "%s: %s\n", m->nick, model_link_str(m->model->link));
        for (size_t p = 0; p < model_pages(m->model); p++)
            dump_page(model_page(m->model, p));
    }
}
