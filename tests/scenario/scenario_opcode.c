/* SPDX-License-Identifier: ISC */
/*
 * Each of the 256 opcodes in each phase, once and twice, with no body, noise, a whole one and
 * one too large: exactly one reply, the line kept, and after a refusal nothing has changed.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "group.h"
#include "net/schema.h"
#include "server/convo.h"
#include "support/world.h"

static struct sim sim;
static struct actor alice, eve;
static unsigned address;

static void setup(void)
{
    people_init(&sim, 16);
    sim.config.limits.commit_burst = 0;
    sim.config.limits.grace_s = 0; /* a name is free as soon as its line is gone */
    sim.config.limits.receipt_burst = 0;
    sim.config.limits.package_burst = 0;
    sim.config.limits.bytes_burst = 0;
    sim.config.limits.registrations_per_10min = 1000000;
}

static void begin(void)
{
    sim_start(&sim);
    actor_init(&alice, &sim, "10.1.1.1");
    if (sim.access_key_n == 0) {
        people_account(&alice, "alice");
        group_found(&alice, "ops");
    }
}

static void teardown(void)
{
    actor_fini(&alice);
    sim_fini(&sim);
}

TestSuite(scenario_opcode, .init = setup, .fini = teardown);

/* ---- a line in some phase ---- */

static void arrive(enum phase phase)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};
    struct msg_hello hello = {.version = MSG_VERSION};
    char where[32];

    /* Each from a place of its own, so that what one does to its address is no matter. */
    address++;
    (void)snprintf(where, sizeof where, "10.%u.%u.%u", 2 + address / 62500, address / 250 % 250,
        1 + address % 250);
    actor_init(&eve, &sim, where);
    if (phase == PHASE_READY) {
        actor_enter(&eve, "eve");
        (void)group_join(&eve, "ops");
        actor_forget(&eve);
        return;
    }
    cr_assert(actor_dial(&eve));
    if (phase == PHASE_GREETING)
        return;
    (void)actor_ask(&eve, OP_CONNECT, &greet);
    if (phase == PHASE_HELLO)
        return;
    (void)actor_ask(&eve, OP_HELLO, &hello);
    cr_assert_eq(actor_status(&eve), STATUS_DONE);
}

static void depart(void)
{
    struct msg_leave none = {0};

    while (eve.link != NULL && eve.name[0] != '?') {
        (void)actor_ask(&eve, OP_LEAVE, &none);
        if (eve.last->op != OP_LEFT)
            break;
        sim_run(&sim, 5);
    }
    actor_fini(&eve);
    sim_run(&sim, 5);
}

/* ---- what must not change ---- */

struct picture {
    enum phase phase;
    char name[MSG_NAME + 1];
    size_t rooms, users, convos, members, early, online;
    uint64_t epoch, last_seq;
    bool grouped;
};

static const struct peer *eve_peer(void)
{
    for (size_t i = 0; i < sim.server->slot_cap; i++) {
        const struct peer *p = sim.server->peers[i];
        if (p != NULL && strcmp(p->link->address, eve.address) == 0)
            return p;
    }
    return NULL;
}

static struct picture look(void)
{
    struct picture now;
    const struct peer *p = eve_peer();
    enum err e = ERR_OK;
    const struct convo *c = convo_room(sim.server, bytes_str("ops"), &e);

    memset(&now, 0, sizeof now);
    cr_assert_not_null(p);
    now.phase = p->phase;
    if (p->user != NULL) {
        (void)snprintf(now.name, sizeof now.name, "%s", p->user->name.s);
        now.rooms = p->user->room_count;
    }
    now.users = map_count(&sim.server->users);
    now.convos = map_count(&sim.server->convos);
    now.early = sim.server->early_count;
    now.online = sim.server->online;
    if (c != NULL) {
        now.members = map_count(&c->members);
        now.epoch = c->epoch;
        now.last_seq = c->last_seq;
        now.grouped = c->grouped;
    }
    return now;
}

/* ---- asking ---- */

static bool fits(const struct opcode_row *row, struct bytes body)
{
    _Alignas(max_align_t) uint8_t m[512];
    const char *bad;

    return schema_decode(row->ask, body, m, &bad) == ERR_OK;
}

/* True: refused. False: it did something, and who goes on starts afresh. */
static bool ask_once(uint8_t op, enum phase phase, struct bytes body)
{
    const struct opcode_row *row = opcode_row(op);
    bool welcome = row != NULL && (row->from & FROM_CLIENT) != 0 && (row->phases >> phase & 1);
    bool silent = row != NULL && row->silent && welcome && fits(row, body);
    struct picture before = look();

    actor_forget(&eve);
    actor_send_raw(&eve, op, body);
    sim_run(&sim, 20);
    size_t replies = 0;
    for (const struct told *t = eve.replies; t != NULL; t = t->next)
        replies++;
    cr_assert_eq(replies, !silent, "0x%02x, %s, %zu bytes: %zu replies", op, phase_name(phase),
        body.n, replies);
    cr_assert_null(world_wrong(sim.server), "0x%02x, %s: %s", op, phase_name(phase),
        world_wrong(sim.server));
    if (silent)
        return true;
    (void)actor_wait_reply(&eve);
    if (actor_status(&eve) != STATUS_REFUSED && actor_status(&eve) != STATUS_TOO_FAST) {
        cr_assert(welcome, "0x%02x, %s: not refused", op, phase_name(phase));
        return false;
    }
    struct msg_refusal r = actor_refusal(&eve);
    cr_assert_eq(r.op, op, "the reply to 0x%02x names 0x%02x", op, r.op);
    cr_assert_gt(r.reason.n, 0);
    if (!welcome)
        cr_assert(r.code == (row == NULL || (row->from & FROM_CLIENT) == 0 ? CODE_UNKNOWN_OPCODE
                                                                           : CODE_WRONG_STATE),
            "0x%02x, %s: code %u", op, phase_name(phase), r.code);
    if (eve.link == NULL) {
        cr_assert_eq(op, OP_ACCESS, "0x%02x, %s: the line is gone", op, phase_name(phase));
        return false;
    }
    struct picture after = look();
    after.last_seq = before.last_seq; /* a number may be spent */
    cr_assert_eq(memcmp(&before, &after, sizeof after), 0, "0x%02x, %s changed something", op,
        phase_name(phase));
    return true;
}

/* Every body twice, on one line as long as it is refused. */
static void ask_bodies(uint8_t op, enum phase phase, const struct bytes *bodies, size_t n)
{
    bool fresh = true;

    for (size_t i = 0; i < n * 2; i++) {
        if (fresh)
            arrive(phase);
        fresh = !ask_once(op, phase, bodies[i / 2]) || eve.link == NULL;
        if (fresh)
            depart();
    }
    if (!fresh)
        depart();
}

static void each_opcode(enum phase phase)
{
    static const uint8_t NOISE[] = {3, 'o', 'p', 's', 0, 1, 255, 254, 7, 7, 7, 7, 0, 0, 0, 9,
        128, 1, 3, 3, 'o', 'p', 's', 0, 0};
    static const uint8_t SHORT[] = {3, 'o', 'p', 's'};
    static const uint8_t ZEROS[64];
    struct bytes bodies[] = {{0}, bytes_of(NOISE, sizeof NOISE), bytes_of(SHORT, sizeof SHORT),
        bytes_of(ZEROS, sizeof ZEROS)};

    begin();
    for (unsigned op = 0; op < 256; op++)
        ask_bodies((uint8_t)op, phase, bodies, MEM_COUNT(bodies));
}

Test(scenario_opcode, greeting__each)
{
    each_opcode(PHASE_GREETING);
}

Test(scenario_opcode, hello__each)
{
    each_opcode(PHASE_HELLO);
}

Test(scenario_opcode, access__each)
{
    memset(sim.access_key, 5, sizeof sim.access_key);
    sim.access_key_n = 32;
    each_opcode(PHASE_ACCESS);
}

Test(scenario_opcode, login__each)
{
    each_opcode(PHASE_LOGIN);
}

Test(scenario_opcode, ready__each)
{
    each_opcode(PHASE_READY);
}

/* ---- too large ---- */

static void header(struct buf *b, uint32_t n, uint8_t op)
{
    buf_init(b, 64);
    buf_u32(b, n);
    buf_u8(b, 0x04);
    buf_u8(b, 0x17);
    buf_u8(b, op);
}

static void too_large(enum phase phase)
{
    struct buf b;

    begin();
    for (unsigned op = 0; op < 256; op++) {
        arrive(phase);
        header(&b, opcode_ceiling_client((uint8_t)op, phase) + 1, (uint8_t)op);
        sim_inject(eve.link, buf_view(&b));
        buf_free(&b);
        sim_run(&sim, 20);
        cr_assert_null(eve.link, "0x%02x, %s: a body above the ceiling was awaited", op,
            phase_name(phase));
        cr_assert_not_null(alice.link);
        depart();
    }
}

Test(scenario_opcode, greeting__above_the_ceiling_ends_the_line)
{
    too_large(PHASE_GREETING);
}

Test(scenario_opcode, ready__above_the_ceiling_ends_the_line)
{
    too_large(PHASE_READY);
}

Test(scenario_opcode, ready__exactly_at_the_ceiling_is_answered)
{
    uint8_t *noise = mem_alloc(OPCODE_LARGE);

    begin();
    memset(noise, 0xee, OPCODE_LARGE);
    for (size_t i = 0; opcode_at(i) != NULL; i++) {
        const struct opcode_row *r = opcode_at(i);
        struct bytes body = bytes_of(noise, opcode_ceiling_client(r->op, PHASE_READY));
        if (r->op != OP_ANNOUNCE) /* any words will do there */
            ask_bodies(r->op, PHASE_READY, &body, 1);
    }
    mem_free(noise);
}

Test(scenario_opcode, framing__wrong_constants_end_the_line_at_once)
{
    struct buf b;

    begin();
    for (unsigned bit = 0; bit < 16; bit++) {
        arrive(PHASE_READY);
        header(&b, 0, OP_ROOMS);
        b.p[4 + bit / 8] ^= (uint8_t)(1u << bit % 8);
        sim_inject(eve.link, bytes_of(b.p, 6));
        buf_free(&b);
        sim_run(&sim, 20);
        cr_assert_null(eve.link, "bit %u", bit);
        depart();
    }
    enum err e = ERR_OK;
    const struct convo *c = convo_room(sim.server, bytes_str("ops"), &e);
    cr_assert_eq(group_say(&alice, "ops", c->epoch, "others notice nothing"), STATUS_DONE);
}

/* ---- many at once ---- */

Test(scenario_opcode, replies__come_in_the_order_of_the_requests)
{
    static const uint8_t OPS[] = {0x00, OP_ROOMS, OP_USERS, 0xff, OP_CONVERSATIONS, OP_GUEST,
        OP_COMMIT, OP_CATCH_UP, OP_DIRECT, 0xa0, OP_ROOMS};
    size_t n = 0;

    begin();
    arrive(PHASE_READY);
    for (size_t round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof OPS; i++)
            actor_send_raw(&eve, OPS[i], (struct bytes){0});
    }
    sim_run(&sim, 50);
    for (const struct told *t = eve.replies; t != NULL; t = t->next, n++) {
        struct msg_refusal r;
        const char *bad = NULL;
        uint8_t op = OPS[n % sizeof OPS];
        bool fine = op == OP_ROOMS || op == OP_USERS || op == OP_CONVERSATIONS;
        cr_assert_eq(t->op, OP_REPLY);
        if (fine) {
            cr_assert_eq(t->body[0], STATUS_DONE, "reply %zu", n);
            continue;
        }
        cr_assert_eq(schema_decode(&MSG_REFUSAL, bytes_of(t->body, t->n), &r, &bad), ERR_OK);
        cr_assert_eq(r.op, op, "reply %zu is to 0x%02x", n, r.op);
    }
    cr_assert_eq(n, 20 * sizeof OPS);
    depart();
}
