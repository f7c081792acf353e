/* SPDX-License-Identifier: ISC */
#include "people.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "net/schema.h"

void people_init(struct sim *s, uint64_t seed)
{
    sim_init(s, seed);
    s->config.limits.warn_s = 7000;
    s->config.limits.drop_s = 14000;
    s->config.limits.flood_burst = 0;
    s->config.limits.command_burst = 0;
    s->config.limits.bytes_burst = 0;
}

static void stored(void *arg, const struct store_result *r)
{
    *(enum err *)arg = r->rc;
}

void people_role(struct sim *s, const char *name, uint8_t role)
{
    enum err e = ERR_BUSY;

    store_account_role(s->store, bytes_str(name), role, stored, &e);
    sim_run(s, 10);
    cr_assert_eq(e, ERR_OK, "no account %s", name);
    server_account_changed(s->server, bytes_str(name), false, role);
}

void people_account(struct actor *a, const char *name)
{
    actor_hello(a);
    cr_assert_eq(actor_register(a, name, 1), STATUS_DONE, "%s cannot register", name);
}

void people_login(struct actor *a, const char *name)
{
    actor_hello(a);
    cr_assert_eq(actor_login(a, name, 1), STATUS_DONE, "%s cannot log in", name);
}

static bool presence(const struct told *t, struct msg_presence_event *m)
{
    const char *bad = NULL;

    return t->op == OP_PRESENCE &&
           schema_decode(&MSG_PRESENCE, bytes_of(t->body, t->n), m, &bad) == ERR_OK;
}

size_t people_told(
    const struct actor *a, enum msg_presence kind, const char *room, const char *user)
{
    struct msg_presence_event m;
    size_t n = 0;

    for (const struct told *t = a->events; t != NULL; t = t->next)
        n += presence(t, &m) && m.kind == kind && bytes_eq(m.room, bytes_str(room)) &&
             bytes_eq(m.user, bytes_str(user));
    return n;
}

size_t people_told_any(const struct actor *a, const char *user)
{
    struct msg_presence_event m;
    size_t n = 0;

    for (const struct told *t = a->events; t != NULL; t = t->next)
        n += presence(t, &m) && bytes_eq(m.user, bytes_str(user));
    return n;
}

void people_refused(struct actor *a, enum msg_code code, const char *words)
{
    char reason[256] = "";

    cr_assert_not_null(a->last);
    cr_assert_eq(a->last->op, OP_REPLY, "answered 0x%02x", a->last->op);
    cr_assert_neq(actor_status(a), STATUS_DONE, "not refused");
    struct msg_refusal r = actor_refusal(a);
    (void)bytes_copy(reason, sizeof reason, r.reason);
    cr_assert_eq(r.code, code, "code %u: %s", r.code, reason);
    cr_assert_eq(r.status, code == CODE_TOO_FAST ? STATUS_TOO_FAST : STATUS_REFUSED);
    cr_assert_not_null(strstr(reason, words), "'%s' says nothing of '%s'", reason, words);
}

const char *people_name(const char *stem, size_t n)
{
    static char names[8][64];
    static size_t at;
    char *out = names[at++ % 8];

    (void)snprintf(out, 64, "%s%zu", stem, n);
    return out;
}

uint8_t people_kick(struct actor *a, const char *room, const char *who)
{
    struct msg_power m = {
        .room = bytes_str(room), .user = bytes_str(who), .reason = bytes_str("enough")};

    (void)actor_ask(a, OP_KICK, &m);
    return actor_status(a);
}

uint8_t people_timed(
    struct actor *a, uint8_t op, const char *room, const char *who, uint32_t seconds)
{
    struct msg_power_timed m = {.room = bytes_str(room),
        .user = bytes_str(who),
        .seconds = seconds,
        .reason = bytes_str("enough")};

    (void)actor_ask(a, op, &m);
    return actor_status(a);
}

uint8_t people_unban(struct actor *a, const char *room, const char *who)
{
    struct msg_power m = {.room = bytes_str(room), .user = bytes_str(who)};

    (void)actor_ask(a, OP_UNBAN, &m);
    return actor_status(a);
}

uint8_t people_moderator(struct actor *a, const char *room, const char *who, uint8_t on)
{
    struct msg_moderator m = {.room = bytes_str(room), .user = bytes_str(who), .on = on};

    (void)actor_ask(a, OP_MODERATOR, &m);
    return actor_status(a);
}

uint8_t people_password(
    struct actor *a, const char *room, const uint8_t *proof, uint32_t generation)
{
    struct msg_room_password m = {.room = bytes_str(room),
        .proof = bytes_of(proof, proof != NULL ? MSG_SECRET : 0),
        .generation = generation};

    (void)actor_ask(a, OP_ROOM_PASSWORD, &m);
    return actor_status(a);
}
