/* SPDX-License-Identifier: ISC */
/* The relay and four people who do what the input says, in messages that are mostly well made.
 * Whatever it was: the relay's tables agree and every request was answered once. */
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "net/schema.h"
#include "server/relay.h"
#include "support/prover.h"
#include "support/world.h"

#define PEOPLE 4

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static const char *const WORDS[] = {
    "ops", "den", "p0", "p1", "p2", "p3", "P1", "x y", "a longer word that is no name", "\xff"};
static struct bytes in;
static struct sim sim;
static struct actor who[PEOPLE];
static struct list_writer made[8];
static size_t made_count;

static uint8_t next(void)
{
    uint8_t b = in.n != 0 ? in.p[0] : 0;

    in = in.n != 0 ? bytes_of(in.p + 1, in.n - 1) : in;
    return b;
}

static struct bytes word(size_t max)
{
    struct bytes w = bytes_str(WORDS[next() % (sizeof WORDS / sizeof WORDS[0])]);

    return w.n <= max ? w : bytes_of(w.p, max);
}

static void fill(const struct schema *s, uint8_t *msg);

static struct list some(const struct field *f)
{
    _Alignas(max_align_t) uint8_t record[SCHEMA_RECORD_MAX];
    struct list_writer *w = &made[made_count++ % 8];

    list_begin(w, 1u << 16);
    for (size_t i = next() % 3; i > 0; i--) {
        fill(f->of, record);
        list_add(w, f->of, record);
    }
    return list_view(w);
}

static struct bytes names(void)
{
    static struct list_writer *w;

    w = &made[made_count++ % 8];
    list_begin(w, 1u << 16);
    for (size_t i = next() % 3; i > 0; i--)
        names_add(&w->buf, word(MSG_NAME));
    return buf_view(&w->buf);
}

static void fill_one(const struct field *f, void *at)
{
    switch (f->kind) {
    case FIELD_U8:
        *(uint8_t *)at = next() % 8;
        break;
    case FIELD_U16:
        *(uint16_t *)at = next() % 2 == 0 ? MSG_SUITE_AES : MSG_VERSION;
        break;
    case FIELD_U32:
        *(uint32_t *)at = next();
        break;
    case FIELD_U64:
        *(uint64_t *)at =
            next() % 16 == 15 ? UINT64_MAX : ((uint64_t)(next() & 1) << 40) + next() % 8;
        break;
    case FIELD_FIX:
        memset(at, next() % 4, f->max);
        break;
    case FIELD_LIST:
        *(struct list *)at = some(f);
        break;
    case FIELD_NAMES:
        *(struct bytes *)at = names();
        break;
    case FIELD_OPTIONAL:
        *(bool *)at = next() % 4 != 0;
        break;
    case FIELD_STR8:
    case FIELD_BLOB16:
    case FIELD_BLOB32:
    case FIELD_REST:
        *(struct bytes *)at =
            f->empty == FIELD_MAYBE && next() % 2 == 0 ? (struct bytes){0} : word(f->max);
        break;
    }
}

static void fill(const struct schema *s, uint8_t *msg)
{
    memset(msg, 0, s->size);
    for (size_t i = 0; i < s->count; i++)
        fill_one(&s->fields[i], msg + s->fields[i].at);
}

/* No input could make a proof: where it has none the true one is put, and one word asks to be
 * believed without. */
static void perhaps_prove(struct actor *a, struct msg_public_key *m)
{
    bool proves = m->proof.n == 0;

    if (!proves && !bytes_eq(m->proof, bytes_str("ops")))
        return;
    prover_fill(a, m->identity.n % 3, m);
    if (!proves)
        m->proof = (struct bytes){0};
}

/* Numbers of a file have to agree before anything is looked at, and a handle is no small
 * number: mostly they are made to fit. */
static void perhaps_fit(uint8_t op, void *msg)
{
    static uint8_t sealed[4096 + MSG_CHUNK_TAG];
    struct msg_file_offer *o = msg;
    struct msg_file_chunk *c = msg;
    uint32_t *handle = msg;

    if (op == OP_FILE_OFFER && o->chunk % 8 != 7) {
        o->chunk = 4096;
        o->count = o->count % 64 + 1;
        o->bytes = (uint64_t)o->count * o->chunk;
    } else if (op == OP_FILE_CHUNK || op == OP_FILE_ACK || op == OP_FILE_PAUSE) {
        *handle = (1 + *handle / 4 % 8) << 16 | *handle % 4;
    }
    if (op == OP_FILE_CHUNK && c->data.n % 2 == 0)
        c->data = bytes_of(sealed, sizeof sealed);
}

/* What has no reply is refused with one before login: then nobody could count. */
static bool countable(const struct actor *a, const struct opcode_row *row)
{
    for (size_t i = 0; row->silent && i < sim.server->slot_cap; i++) {
        const struct peer *p = sim.server->peers[i];
        if (p != NULL && strcmp(p->link->address, a->address) == 0)
            return p->phase == PHASE_READY;
    }
    return !row->silent;
}

static void send_shaped(struct actor *a, uint8_t op)
{
    _Alignas(max_align_t) uint8_t msg[512];
    const struct opcode_row *row = opcode_row(op);

    if (row == NULL || row->ask == NULL || !countable(a, row))
        return;
    made_count = 0;
    fill(row->ask, msg);
    if (op == OP_PUBLIC_KEY)
        perhaps_prove(a, (void *)msg);
    perhaps_fit(op, msg);
    actor_send(a, op, msg);
    for (size_t i = 0; i < made_count && i < 8; i++)
        list_end(&made[i]);
}

static void arrive(struct actor *a, size_t i, bool account)
{
    struct msg_connect greet = {.greeting = bytes_str(MSG_GREETING)};
    struct msg_hello hello = {.version = MSG_VERSION};
    struct msg_account m = {.name = bytes_str(WORDS[2 + i]), .verifier = {1}};
    struct msg_name nick = {.name = m.name};

    if (!actor_dial(a))
        return;
    actor_send(a, OP_CONNECT, &greet);
    actor_send(a, OP_HELLO, &hello);
    actor_send(
        a, account ? OP_REGISTER : OP_GUEST, account ? (void *)&m : &(struct msg_empty){0});
    actor_send(a, account ? OP_LOGIN : OP_NICK, account ? (void *)&m : &nick);
}

static void act(void)
{
    uint8_t what = next();
    size_t i = what >> 6;
    struct actor *a = &who[i];
    uint8_t noise = (uint8_t)(what & 63);

    if (a->link == NULL)
        arrive(a, i, noise % 2 == 0);
    else if (noise == 1)
        sim_cut(a->link);
    else if (noise == 2)
        sim_run(&sim, (uint64_t)next() * 40);
    else if (noise == 3)
        sim_turn(&sim);
    else if (noise == 4) {
        uint8_t op = next();
        struct bytes body = bytes_of(in.p, next() < in.n ? in.p[-1] : 0);
        const struct opcode_row *row = opcode_row(op);
        if (row == NULL || !row->silent) /* it may be well formed */
            actor_send_raw(a, op, body);
    } else {
        const struct opcode_row *row = opcode_at(next() % 64);
        send_shaped(a, row != NULL && row->op != OP_HEARTBEAT ? row->op : OP_COMMIT);
    }
}

static void begin(void)
{
    static char address[PEOPLE][16];

    log_set_level(LOG_ERROR);
    sim_init(&sim, 1);
    struct limits *l = &sim.config.limits;
    l->flood_burst = l->command_burst = l->commit_burst = l->receipt_burst = l->package_burst =
        l->bytes_burst = 0;
    l->warn_s = 7000, l->drop_s = 14000, l->grace_s = 3, l->tail_entries = 16;
    l->file_window_bytes = 64 << 10, l->file_gather_ms = 0;
    l->registrations_per_day_address = 1000;
    sim_start(&sim);
    for (size_t i = 0; i < PEOPLE; i++) {
        (void)snprintf(address[i], sizeof address[i], "10.0.0.%zu", i + 1);
        actor_init(&who[i], &sim, address[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    in = bytes_of(p, n < 2048 ? n : 2048);
    begin();
    while (in.n != 0)
        act();
    sim_run(&sim, 100);
    const char *wrong = world_wrong(sim.server);
    for (size_t i = 0; i < PEOPLE && wrong == NULL; i++)
        wrong = who[i].link != NULL && who[i].sent != who[i].answered
                    ? "a request without its one reply"
                    : NULL;
    if (wrong != NULL) {
        (void)fprintf(stderr, "%s\n", wrong);
        abort();
    }
    for (size_t i = 0; i < PEOPLE; i++)
        actor_fini(&who[i]);
    sim_fini(&sim);
    return 0;
}
