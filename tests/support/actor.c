/* SPDX-License-Identifier: ISC */
#include "support/actor.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

#define PATIENCE_MS 60000u

static void fail(struct actor *a, const char *what)
{
    unsigned long long seed = a->sim != NULL ? a->sim->seed : 0;
    unsigned long long now = a->sim != NULL ? a->sim->loop.now_ms : 0;

    (void)fprintf(stderr, "actor %s (seed %llu, t=%llu): %s; line %s %s\n", a->name, seed, now,
        what, a->link != NULL ? "up" : link_end_str(a->why), a->detail);
    for (const struct told *t = a->events; t != NULL; t = t->next)
        (void)fprintf(stderr, "  was told 0x%02x (%zu bytes)\n", t->op, t->n);
    for (const struct told *t = a->replies; t != NULL; t = t->next)
        (void)fprintf(stderr, "  was answered 0x%02x (%zu bytes)\n", t->op, t->n);
    abort();
}

/* ---- the line ---- */

static void on_up(void *user)
{
    ((struct actor *)user)->up = true;
}

static bool is_reply(const struct frame *f)
{
    switch (f->op) {
    case OP_REPLY:
        return f->body.n != 0 && f->body.p[0] != STATUS_IDLE;
    case OP_CONNECT:
    case OP_RENAMED:
    case OP_JOINED:
    case OP_CREATED:
    case OP_LEFT:
    case OP_NO_USER:
    case OP_DM_ANSWER:
        return true;
    default:
        return false;
    }
}

static void append(struct told **list, const struct frame *f)
{
    struct told *t = mem_alloc(sizeof *t + f->body.n);

    t->op = f->op;
    t->n = f->body.n;
    if (t->n != 0)
        memcpy(t->body, f->body.p, t->n);
    while (*list != NULL)
        list = &(*list)->next;
    *list = t;
}

static enum framer_verdict on_frame(void *user, const struct frame *f)
{
    struct actor *a = user;

    a->answered += is_reply(f);
    append(is_reply(f) ? &a->replies : &a->events, f);
    return FRAMER_NEXT;
}

static uint32_t on_ceiling(void *user, uint8_t op)
{
    (void)user;
    return opcode_ceiling_relay(op);
}

static void on_down(void *user, enum link_end why, const char *detail)
{
    struct actor *a = user;

    a->link = NULL;
    a->why = why;
    (void)snprintf(a->detail, sizeof a->detail, "%s", detail != NULL ? detail : "");
}

static const struct link_user LINE = {
    .up = on_up, .frame = on_frame, .ceiling = on_ceiling, .down = on_down};

static bool world_until(void *world, bool (*cond)(void *), void *arg, uint64_t at_most_ms)
{
    return sim_until(world, cond, arg, at_most_ms);
}

static struct link *world_dial(
    void *world, const char *address, const struct link_user *to, void *user)
{
    return sim_connect(world, address, to, user);
}

static void world_cut(void *world, struct link *l)
{
    sim_cut(l);
    sim_turn(world);
}

static const struct actor_world SIMULATED = {
    .until = world_until, .dial = world_dial, .cut = world_cut};

void actor_init_in(struct actor *a, const struct actor_world *ways, void *world)
{
    *a = (struct actor){.ways = ways, .world = world};
    (void)snprintf(a->name, sizeof a->name, "?");
}

static bool until(struct actor *a, bool (*cond)(void *), void *arg)
{
    return a->ways->until(a->world, cond, arg, PATIENCE_MS);
}

void actor_init(struct actor *a, struct sim *s, const char *address)
{
    *a = (struct actor){.sim = s, .ways = &SIMULATED, .world = s};
    (void)snprintf(a->address, sizeof a->address, "%s", address);
    (void)snprintf(a->name, sizeof a->name, "?");
}

static void free_list(struct told **list)
{
    while (*list != NULL) {
        struct told *next = (*list)->next;
        mem_free(*list);
        *list = next;
    }
}

void actor_forget(struct actor *a)
{
    free_list(&a->replies);
    free_list(&a->events);
}

void actor_fini(struct actor *a)
{
    if (a->link != NULL)
        actor_cut(a); /* the line must not outlive whom it calls back */
    actor_forget(a);
    mem_free(a->last);
    a->last = NULL;
}

bool actor_dial(struct actor *a)
{
    actor_cut(a);
    a->sent = a->answered = 0;
    a->up = false;
    actor_forget(a);
    a->link = a->ways->dial(a->world, a->address, &LINE, a);
    return a->link != NULL;
}

static bool is_down(void *arg)
{
    return ((struct actor *)arg)->link == NULL;
}

bool actor_wait_down(struct actor *a)
{
    return until(a, is_down, a);
}

void actor_cut(struct actor *a)
{
    if (a->link != NULL)
        a->ways->cut(a->world, a->link);
    (void)actor_wait_down(a);
}

/* ---- asking ---- */

void actor_send_raw(struct actor *a, uint8_t op, struct bytes body)
{
    struct buf b;

    if (a->link == NULL)
        return;
    buf_init(&b, 64u << 20);
    size_t mark = frame_begin(&b, op);
    buf_bytes(&b, body);
    frame_end(&b, mark);
    link_send(a->link, span_copy(buf_view(&b)));
    buf_free(&b);
    const struct opcode_row *row = opcode_row(op);
    a->sent += row == NULL || !row->silent;
}

void actor_send(struct actor *a, uint8_t op, const void *msg)
{
    const struct opcode_row *row = opcode_row(op);
    struct buf b;

    buf_init(&b, 64u << 20);
    schema_encode(row->ask, msg, &b);
    if (buf_end(&b) != ERR_OK)
        fail(a, "a message does not fit its shape");
    actor_send_raw(a, op, buf_view(&b));
    buf_free(&b);
}

static bool has_reply(void *arg)
{
    const struct actor *a = arg;

    return a->replies != NULL || a->link == NULL;
}

static void take_first(struct actor *a, struct told **list)
{
    mem_free(a->last);
    a->last = *list;
    *list = a->last->next;
}

uint8_t actor_wait_reply(struct actor *a)
{
    (void)until(a, has_reply, a);
    if (a->replies == NULL)
        fail(a, "no reply");
    take_first(a, &a->replies);
    return a->last->op;
}

uint8_t actor_ask(struct actor *a, uint8_t op, const void *msg)
{
    if (a->link == NULL)
        fail(a, "no line to ask over");
    actor_send(a, op, msg);
    return actor_wait_reply(a);
}

uint8_t actor_status(struct actor *a)
{
    return a->last != NULL && a->last->op == OP_REPLY && a->last->n != 0 ? a->last->body[0]
                                                                         : 0xff;
}

struct msg_refusal actor_refusal(struct actor *a)
{
    struct msg_refusal r;

    actor_body(a, &MSG_REFUSAL, &r);
    return r;
}

void actor_body(struct actor *a, const struct schema *shape, void *out)
{
    const char *bad = NULL;

    if (schema_decode(shape, bytes_of(a->last->body, a->last->n), out, &bad) != ERR_OK) {
        (void)fprintf(stderr, "0x%02x as %s, field %s\n", a->last->op, shape->name, bad);
        fail(a, "a body does not have its shape");
    }
}

void actor_answer(struct actor *a, const struct schema *shape, void *out)
{
    const char *bad = NULL;

    if (actor_status(a) != STATUS_DONE)
        fail(a, "refused");
    if (schema_decode(shape, bytes_of(a->last->body + 1, a->last->n - 1), out, &bad) != ERR_OK)
        fail(a, "an answer does not have its shape");
}

struct waiting {
    struct actor *a;
    uint8_t op;
};

static struct told **find(struct actor *a, uint8_t op)
{
    struct told **at = &a->events;

    while (*at != NULL && (*at)->op != op)
        at = &(*at)->next;
    return at;
}

static bool has_one(void *arg)
{
    const struct waiting *w = arg;

    return *find(w->a, w->op) != NULL || w->a->link == NULL;
}

bool actor_has_event(struct actor *a, uint8_t op)
{
    return *find(a, op) != NULL;
}

size_t actor_events(const struct actor *a, uint8_t op)
{
    size_t n = 0;

    for (const struct told *t = a->events; t != NULL; t = t->next)
        n += t->op == op;
    return n;
}

void actor_event(struct actor *a, uint8_t op, const struct schema *shape, void *out)
{
    struct waiting w = {a, op};
    char words[64];

    (void)until(a, has_one, &w);
    struct told **at = find(a, op);
    if (*at == NULL) {
        (void)snprintf(words, sizeof words, "was not told 0x%02x", op);
        fail(a, words);
    }
    take_first(a, at);
    actor_body(a, shape, out);
}

/* ---- shorthands ---- */

void actor_hello(struct actor *a)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};
    struct msg_hello hello = {.version = MSG_VERSION, .agent = bytes_str("actor")};

    if (!actor_dial(a))
        fail(a, "the relay takes no line");
    if (actor_ask(a, OP_CONNECT, &greet) == OP_CONNECT) {
        struct msg_connected c;
        actor_body(a, &MSG_CONNECTED, &c);
        (void)bytes_copy(a->name, sizeof a->name, c.name);
    }
    (void)actor_ask(a, OP_HELLO, &hello);
    actor_answer(a, &MSG_HELLO_OK, &a->hello);
    a->hello.agent = (struct bytes){0};
}

static uint8_t entered(struct actor *a)
{
    struct msg_login_ok ok;

    if (actor_status(a) != STATUS_DONE)
        return actor_status(a);
    actor_answer(a, &MSG_LOGIN_OK, &ok);
    (void)bytes_copy(a->name, sizeof a->name, ok.name);
    memcpy(a->resume, ok.resume, sizeof a->resume);
    return STATUS_DONE;
}

void actor_enter(struct actor *a, const char *nick)
{
    struct msg_empty none = {0};
    struct msg_name name = {.name = bytes_str(nick)};

    actor_hello(a);
    (void)actor_ask(a, OP_GUEST, &none);
    if (entered(a) != STATUS_DONE)
        fail(a, "no guests");
    if (nick[0] == '\0')
        return;
    if (actor_ask(a, OP_NICK, &name) != OP_RENAMED)
        fail(a, "the nick was refused");
    (void)bytes_copy(a->name, sizeof a->name, name.name);
}

static uint8_t account(struct actor *a, uint8_t op, const char *name, uint8_t secret)
{
    struct msg_account m = {.name = bytes_str(name)};

    memset(m.verifier, secret, sizeof m.verifier);
    (void)actor_ask(a, op, &m);
    return entered(a);
}

uint8_t actor_register(struct actor *a, const char *name, uint8_t secret)
{
    return account(a, OP_REGISTER, name, secret);
}

uint8_t actor_login(struct actor *a, const char *name, uint8_t secret)
{
    return account(a, OP_LOGIN, name, secret);
}

uint8_t actor_resume(struct actor *a, const uint8_t token[MSG_SECRET])
{
    struct msg_token m;

    memcpy(m.token, token, sizeof m.token);
    (void)actor_ask(a, OP_RESUME, &m);
    return entered(a);
}

uint8_t actor_join(struct actor *a, const char *room)
{
    struct msg_join m = {.room = bytes_str(room)};

    return actor_ask(a, OP_JOIN, &m);
}

uint8_t actor_join_proof(struct actor *a, const char *room, const uint8_t proof[MSG_SECRET])
{
    struct msg_join m = {.room = bytes_str(room), .proof = bytes_of(proof, MSG_SECRET)};

    return actor_ask(a, OP_JOIN, &m);
}

static uint8_t speak(struct actor *a, uint8_t op, const char *to, const char *text)
{
    struct msg_say m = {.to = bytes_str(to), .text = bytes_str(text)};

    (void)actor_ask(a, op, &m);
    return actor_status(a);
}

uint8_t actor_say(struct actor *a, const char *room, const char *text)
{
    return speak(a, OP_SAY, room, text);
}

uint8_t actor_direct(struct actor *a, const char *to, const char *text)
{
    return speak(a, OP_DIRECT, to, text);
}

uint64_t actor_said(struct actor *a, const char *text)
{
    struct msg_said m;

    do
        actor_event(a, OP_SAY, &MSG_SAID, &m);
    while (!bytes_eq(m.text, bytes_str(text)));
    return m.seq;
}

uint8_t actor_commit(
    struct actor *a, const char *room, uint64_t epoch, uint8_t flags, uint8_t req)
{
    struct msg_commit m = {
        .room = bytes_str(room),
        .flags = flags,
        .epoch = epoch,
        .commit = bytes_str((flags & COMMIT_CREATE) != 0 ? "" : "commit bytes"),
        .info = bytes_str("group info"),
    };

    memset(m.req, req, sizeof m.req);
    (void)actor_ask(a, OP_COMMIT, &m);
    return actor_status(a);
}
