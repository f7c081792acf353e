/* SPDX-License-Identifier: ISC */
/* Hostile bytes from a relay: whatever comes, nothing crashes, and what is broken ends the
 * link. */
#include "client/handle.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "fake_relay.h"

static struct fake f;

static void setup(void)
{
    fake_init(&f);
}

static void teardown(void)
{
    fake_fini(&f);
}

TestSuite(handle, .init = setup, .fini = teardown);

Test(handle, table__knows_every_opcode_a_relay_may_send)
{
    for (size_t i = 0; opcode_at(i) != NULL; i++) {
        const struct opcode_row *row = opcode_at(i);
        if ((row->from & FROM_RELAY) != 0)
            cr_assert(handle_knows(row->op), "%s", row->name);
    }
}

Test(handle, state__every_move_is_in_the_table)
{
    for (int s = 0; s < ENGINE_STATES; s++) {
        cr_assert_str_neq(engine_state_str((enum engine_state)s), "unknown");
        if (s != ENGINE_ENDED)
            cr_assert(engine_may_follow((enum engine_state)s, ENGINE_ENDED));
        cr_assert_not(engine_may_follow(ENGINE_ENDED, (enum engine_state)s));
    }
}

/* A body of each shape with every field filled in. */
static void fill(const struct schema *s, struct buf *out)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct field *fd = &s->fields[i];
        switch (fd->kind) {
        case FIELD_U8:
            buf_u8(out, 1);
            break;
        case FIELD_U16:
            buf_u16(out, 1);
            break;
        case FIELD_U32:
            buf_u32(out, 1);
            break;
        case FIELD_U64:
            buf_u64(out, 1);
            break;
        case FIELD_STR8:
            buf_u8(out, 3);
            buf_text(out, "abc");
            break;
        case FIELD_BLOB16:
            buf_u16(out, 3);
            buf_text(out, "abc");
            break;
        case FIELD_BLOB32:
            buf_u32(out, 3);
            buf_text(out, "abc");
            break;
        case FIELD_FIX:
            (void)buf_space(out, fd->max);
            break;
        case FIELD_REST:
            buf_text(out, "abc");
            break;
        case FIELD_NAMES:
            buf_put(out,
                "\x03"
                "abc\x02"
                "de\0",
                8);
            break;
        case FIELD_LIST:
            buf_u16(out, 1);
            fill(fd->of, out);
            break;
        case FIELD_OPTIONAL:
            break;
        }
    }
}

/* A session in the state in which the relay's op may come; ask: the request that waits. */
static void prepare(uint8_t ask)
{
    struct msg_connected named = {.name = bytes_str("rand0")};

    fake_init(&f);
    f.setup.access_key = bytes_str("0123456789abcdef0123456789abcdef");
    if (ask == OP_CONNECT || ask == OP_HELLO || ask == OP_ACCESS || ask == OP_GUEST) {
        fake_start(&f);
        fake_up(&f);
        (void)fake_expect(&f, OP_CONNECT);
        if (ask == OP_CONNECT)
            return;
        fake_tell(&f, OP_CONNECT, &MSG_CONNECTED, &named);
        if (ask == OP_ACCESS || ask == OP_GUEST)
            fake_hello(&f, ask == OP_ACCESS ? HELLO_ACCESS : HELLO_GUESTS);
        return;
    }
    fake_ready(&f);
    if (ask == OP_NICK)
        fake_type(&f, "/nick bob");
    if (ask == OP_JOIN)
        fake_type(&f, "/join abc");
    if (ask == OP_ROOMS)
        fake_type(&f, "/rooms");
    if (ask == OP_USERS)
        fake_type(&f, "/users");
    if (ask == OP_LEAVE) {
        cr_assert_not_null(model_join(f.model, bytes_str("abc")));
        fake_type(&f, "/leave abc");
    }
}

struct attack {
    uint8_t ask; /* 0: nothing is asked */
    uint8_t op;
    const struct schema *shape;
    bool status;     /* behind a status byte of 0 */
    bool maybe_done; /* a session may rightly end by the whole body */
};

static void attack_with(const struct attack *a, struct bytes body)
{
    prepare(a->ask);
    fake_raw(&f, a->op, body);
    fake_settle(&f);
    fake_pass(&f, 500);
    teardown();
}

static bool survives(const struct attack *a, struct bytes body)
{
    bool closed;

    prepare(a->ask);
    fake_raw(&f, a->op, body);
    closed = f.closing;
    if (closed)
        cr_assert_neq(f.close_why[0], '\0', "closed without a reason");
    fake_settle(&f);
    fake_pass(&f, 500);
    teardown();
    return !closed;
}

static void attack(const struct attack *a)
{
    struct buf body;
    uint8_t *bad;

    buf_init(&body, 1u << 16);
    if (a->status)
        buf_u8(&body, STATUS_DONE);
    fill(a->shape, &body);
    cr_assert_eq(buf_end(&body), ERR_OK);
    if (!a->maybe_done)
        cr_assert(survives(a, buf_view(&body)), "%s", a->shape->name);
    /* Cut short: broken, but where the shape allows an early end. */
    for (size_t n = 0; n < body.n; n++) {
        const char *field = NULL;
        size_t head = a->status ? 1 : 0;
        _Alignas(max_align_t) uint8_t out[512];
        bool whole = n >= head && schema_decode(a->shape, bytes_of(body.p + head, n - head),
                                      out, &field) == ERR_OK;
        bool lives = survives(a, bytes_of(body.p, n));
        if (!whole && !(a->ask == OP_CONNECT && a->status))
            cr_assert_not(lives, "%s cut to %zu was taken", a->shape->name, n);
    }
    /* One byte too many. */
    bad = mem_alloc(body.n + 1);
    memcpy(bad, body.p, body.n);
    if (a->shape->count == 0 || a->shape->fields[a->shape->count - 1].kind != FIELD_REST)
        cr_assert_not(survives(a, bytes_of(bad, body.n + 1)), "%s", a->shape->name);
    /* Every bit. */
    for (size_t bit = 0; bit < 8 * body.n; bit++) {
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        attack_with(a, bytes_of(bad, body.n));
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    mem_free(bad);
    buf_free(&body);
}

Test(handle_attack, answers__every_truncation_and_bit_flip)
{
    const struct attack ATTACKS[] = {
        {OP_CONNECT, OP_CONNECT, &MSG_CONNECTED, false, false},
        {OP_HELLO, OP_REPLY, &MSG_HELLO_OK, true, true},
        {OP_ACCESS, OP_CONNECT, &MSG_CONNECTED, false, true},
        {OP_GUEST, OP_REPLY, &MSG_LOGIN_OK, true, false},
        {OP_NICK, OP_RENAMED, &MSG_RENAMED, false, false},
        {OP_JOIN, OP_JOINED, &MSG_JOINED, false, false},
        {OP_JOIN, OP_CREATED, &MSG_JOINED, false, false},
        {OP_LEAVE, OP_LEFT, &MSG_LEFT, false, false},
        {OP_ROOMS, OP_REPLY, &MSG_ROOMS_OK, true, false},
        {OP_USERS, OP_REPLY, &MSG_USERS_OK, true, false},
    };

    for (size_t i = 0; i < MEM_COUNT(ATTACKS); i++)
        attack(&ATTACKS[i]);
}

Test(handle_attack, refusals__every_truncation_and_bit_flip)
{
    static const uint8_t ASKS[] = {OP_CONNECT, OP_HELLO, OP_ACCESS, OP_GUEST, OP_NICK, OP_JOIN,
        OP_LEAVE, OP_ROOMS, OP_USERS};

    for (size_t i = 0; i < sizeof ASKS; i++) {
        bool early = i < 4;
        attack(&(struct attack){ASKS[i], OP_REPLY, &MSG_REFUSAL, false, early});
    }
}

Test(handle_attack, events__every_truncation_and_bit_flip)
{
    for (size_t i = 0; opcode_at(i) != NULL; i++) {
        const struct opcode_row *row = opcode_at(i);
        bool event = (row->from & FROM_RELAY) != 0 && row->op != OP_CONNECT &&
                     row->op != OP_REPLY && row->op != OP_DM_ANSWER && row->op != OP_NO_USER &&
                     (row->op < OP_RENAMED || row->op > OP_CREATED);
        if (event)
            attack(&(struct attack){0, row->op, row->tell, false, false});
    }
}

Test(handle, answer__that_nobody_asked_for_ends_the_link)
{
    static const uint8_t OPS[] = {OP_REPLY, OP_RENAMED, OP_JOINED, OP_CREATED, OP_LEFT,
        OP_CONNECT, OP_DM_ANSWER, OP_NO_USER};

    for (size_t i = 0; i < sizeof OPS; i++) {
        if (i > 0)
            setup();
        fake_ready(&f);
        fake_raw(&f, OPS[i], bytes_of("\0", 1));
        cr_assert(f.closing, "0x%02x", OPS[i]);
        cr_assert(fake_said(&f, NULL, "makes no sense"));
        fake_settle(&f);
        cr_assert_eq(f.model->link, MODEL_WAITING);
        if (i + 1 < sizeof OPS)
            teardown();
    }
}

Test(handle, answer__of_another_kind_ends_the_link)
{
    struct msg_joined m = {.room = bytes_str("abc")};

    fake_ready(&f);
    fake_type(&f, "/nick bob");
    fake_tell(&f, OP_JOINED, &MSG_JOINED, &m);
    cr_assert(f.closing);
}

Test(handle, reply__empty_ends_the_link)
{
    fake_ready(&f);
    fake_type(&f, "/rooms");
    fake_raw(&f, OP_REPLY, (struct bytes){0});
    cr_assert(f.closing);
}

Test(handle, event__before_login_ends_the_link)
{
    struct msg_notice m = {.from = bytes_str("Server"), .text = bytes_str("hello")};

    fake_start(&f);
    fake_up(&f);
    fake_tell(&f, OP_NOTICE, &MSG_NOTICE, &m);
    cr_assert(f.closing);
    cr_assert_not(fake_said(&f, NULL, "hello"));
}

Test(handle, unknown__opcodes_are_skipped)
{
    fake_ready(&f);
    for (unsigned op = 0; op < 256; op++) {
        const struct opcode_row *row = opcode_row((uint8_t)op);
        if (row == NULL || (row->from & FROM_RELAY) == 0)
            fake_raw(&f, (uint8_t)op, bytes_str("whatever"));
    }
    cr_assert_not(f.closing);
    cr_assert_eq(f.model->link, MODEL_READY);
}

Test(handle, names__from_a_relay_may_be_any_bytes)
{
    struct msg_presence_event m = {
        .kind = PRESENCE_ONLINE, .user = bytes_of("\xff\x00\x1b[2J\n", 7)};
    struct msg_notice n = {
        .from = bytes_of("\x1b]0;", 4), .text = bytes_of("%s%n\x00\xe2\x80\xae", 8)};

    fake_ready(&f);
    fake_tell(&f, OP_PRESENCE, &MSG_PRESENCE, &m);
    fake_tell(&f, OP_NOTICE, &MSG_NOTICE, &n);
    cr_assert_not(f.closing);
    cr_assert_not_null(roster_find(&f.model->home->people, m.user));
}
