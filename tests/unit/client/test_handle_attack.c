/* SPDX-License-Identifier: ISC */
/* Hostile bytes from a relay, in every state and as the answer to everything: whatever comes,
 * nothing crashes, and what is broken ends the link with a reason. */
#include "client/handle.h"

#include <criterion/criterion.h>

#include "base/mem.h"
#include "fake_relay.h"

static struct fake f;

/* ---- ways to where a frame may come ---- */

static void to_link(void)
{
    fake_start(&f);
    fake_up(&f);
}

static void to_hello(void)
{
    to_link();
    (void)fake_expect(&f, OP_CONNECT);
    fake_done(&f, NULL, NULL);
}

static void to_access(void)
{
    f.setup.access_key = bytes_str("0123456789abcdef0123456789abcdef");
    fake_start(&f);
    fake_greet(&f, HELLO_ACCESS);
}

static void to_login(void)
{
    fake_start(&f);
    fake_greet(&f, HELLO_GUESTS);
}

static void as_account(enum engine_login how)
{
    f.setup.login = how;
    f.setup.account = "rand0";
    f.setup.password = bytes_str("a password");
    to_login();
}

static void to_register(void)
{
    as_account(ENGINE_AS_NEW);
}

static void to_password(void)
{
    as_account(ENGINE_AS_ACCOUNT);
}

static void to_certificate(void)
{
    as_account(ENGINE_AS_CERTIFIED);
}

static void to_resume(void)
{
    fake_ready(&f);
    fake_down(&f, LINK_END_LOST);
    fake_pass(&f, 3000);
    fake_greet(&f, HELLO_GUESTS);
}

static void to_keys(void)
{
    to_login();
    (void)fake_expect(&f, OP_GUEST);
    fake_in(&f, "rand0", ROLE_GUEST, false);
}

static void to_packages(void)
{
    to_keys();
    (void)fake_expect(&f, OP_PUBLIC_KEY);
    fake_done(&f, &MSG_COUNT, &(struct msg_count){0});
}

static void to_account(void)
{
    as_account(ENGINE_AS_CERTIFIED);
    (void)fake_expect(&f, OP_CERT_LOGIN);
    fake_in(&f, "rand0", ROLE_USER, false);
}

static void to_kept(void)
{
    fake_on_disk(&f);
    as_account(ENGINE_AS_ACCOUNT);
    (void)fake_expect(&f, OP_LOGIN);
    fake_in(&f, "rand0", ROLE_USER, false);
}

static void to_token(void)
{
    to_kept();
    cr_assert(fake_serve(&f, OP_TOKEN_NEW));
    fake_done(&f, &MSG_TOKEN_OK, &(struct msg_token_ok){.id = 1});
    (void)fake_serve(&f, 0);
    fake_stop(&f);
    f.setup.login = ENGINE_AS_KNOWN;
    to_login();
}

static void to_ready(void)
{
    fake_ready(&f);
}

static void to_room(void)
{
    fake_ready(&f);
    fake_room(&f, "abc");
}

static void joining(uint8_t op, uint8_t flags)
{
    struct msg_joined m = {.room = bytes_str("abc"), .online = 1, .flags = flags};

    fake_ready(&f);
    fake_type(&f, "/join abc");
    cr_assert(fake_serve(&f, OP_JOIN));
    fake_tell(&f, op, &MSG_JOINED, &m);
}

static void to_found(void)
{
    joining(OP_CREATED, 0);
}

static void to_turn(void)
{
    joining(OP_JOINED, ROOM_GROUPED);
}

static void to_catch_up(void)
{
    struct msg_convo_ref m = {.kind = CONVO_ROOM, .name = bytes_str("abc")};

    to_room();
    fake_tell(&f, OP_RESYNC, &MSG_CONVO_REF, &m);
}

static void to_cursor(void)
{
    to_catch_up();
    cr_assert(fake_serve(&f, OP_CATCH_UP));
    fake_done(&f, &MSG_CATCH_UP_OK, &(struct msg_catch_up_ok){.last_seq = 2});
}

static void to_objection(void)
{
    struct msg_commit_event m = {.room = bytes_str("abc"),
        .sender = bytes_str("bob"),
        .seq = 2,
        .commit = bytes_str("no commit")};

    to_room();
    fake_tell(&f, OP_COMMIT, &MSG_COMMIT_EVENT, &m);
}

static void to_new_password(void)
{
    to_room();
    fake_type(&f, "/password");
    fake_answer(&f, "");
}

static void to_goodbye(void)
{
    to_room();
    session_quit(f.session);
    fake_turn(&f);
}

/* What is asked then, and which opcode answers it: OP_REPLY with what the table says. */
struct way {
    uint8_t ask; /* 0: nothing is asked */
    uint8_t ok;
    void (*go)(void);
    const char *line; /* typed then */
    bool may_end;     /* the answer may rightly end the link */
};

static const struct way WAYS[] = {
    {OP_CONNECT, OP_CONNECT, to_link, NULL, true},
    {OP_HELLO, OP_REPLY, to_hello, NULL, true},
    {OP_ACCESS, OP_CONNECT, to_access, NULL, true},
    {OP_GUEST, OP_REPLY, to_login, NULL, true},
    {OP_REGISTER, OP_REPLY, to_register, NULL, true},
    {OP_LOGIN, OP_REPLY, to_password, NULL, true},
    {OP_TOKEN_LOGIN, OP_REPLY, to_token, NULL, true},
    {OP_CERT_LOGIN, OP_REPLY, to_certificate, NULL, true},
    {OP_RESUME, OP_REPLY, to_resume, NULL, true},
    {OP_PUBLIC_KEY, OP_REPLY, to_keys, NULL, false},
    {OP_PACKAGES, OP_REPLY, to_packages, NULL, false},
    {OP_CONVERSATIONS, OP_REPLY, to_account, NULL, false},
    {OP_TOKEN_NEW, OP_REPLY, to_kept, NULL, false},
    {OP_TOKEN_REVOKE, OP_REPLY, to_account, "/token revoke", false},
    {OP_NICK, OP_RENAMED, to_ready, "/nick bob", false},
    {OP_ROOMS, OP_REPLY, to_ready, "/rooms", false},
    {OP_USERS, OP_REPLY, to_ready, "/users", false},
    {OP_ANNOUNCE, OP_REPLY, to_ready, "/announce tea", false},
    {OP_JOIN, OP_JOINED, to_ready, "/join abc", false},
    {OP_JOIN, OP_CREATED, to_ready, "/join abc", false},
    {OP_DM_REQUEST, OP_DM_ANSWER, to_ready, "/msg abc hello", false},
    {OP_DM_REQUEST, OP_NO_USER, to_ready, "/msg abc hello", false},
    {OP_COMMIT, OP_REPLY, to_found, NULL, false},
    {OP_GROUP_INFO, OP_REPLY, to_turn, NULL, false},
    {OP_CURSOR, OP_REPLY, to_cursor, NULL, false},
    {OP_SAY, OP_REPLY, to_room, "hello", false},
    {OP_LEAVE, OP_LEFT, to_room, "/leave", false},
    {OP_KICK, OP_REPLY, to_room, "/kick bob", false},
    {OP_BAN, OP_REPLY, to_room, "/ban bob 5", false},
    {OP_MUTE, OP_REPLY, to_room, "/mute bob 5", false},
    {OP_UNBAN, OP_REPLY, to_room, "/unban bob", false},
    {OP_ROOM_PASSWORD, OP_REPLY, to_new_password, NULL, false},
    {OP_CATCH_UP, OP_REPLY, to_catch_up, NULL, false},
    {OP_BAD_COMMIT, OP_REPLY, to_objection, NULL, false},
    {OP_LEAVE, OP_LEFT, to_goodbye, NULL, true},
};

static void prepare(const struct way *w)
{
    fake_init(&f);
    w->go();
    if (w->line != NULL)
        fake_type(&f, w->line);
    if (w->ask != 0)
        cr_assert(fake_serve(&f, w->ask), "%s was not asked", opcode_row(w->ask)->name);
}

/* Whether the link is still there; if not, why not was said. */
static bool stands(void)
{
    if (f.closing)
        cr_assert_neq(f.close_why[0], '\0', "closed without a reason");
    return f.linked && !f.closing;
}

static void done(void)
{
    fake_settle(&f);
    fake_pass(&f, 500);
    fake_fini(&f);
}

static bool survives(const struct way *w, uint8_t op, struct bytes body)
{
    prepare(w);
    fake_raw(&f, op, body);
    bool alive = stands();
    done();
    return alive;
}

/* ---- bodies ---- */

/* A body of a shape with every field filled in. */
static void fill(const struct schema *s, struct buf *out)
{
    static const uint8_t ONE[8] = {0, 0, 0, 0, 0, 0, 0, 1};
    static const size_t NUMBERS[] = {
        [FIELD_U8] = 1, [FIELD_U16] = 2, [FIELD_U32] = 4, [FIELD_U64] = 8};

    for (size_t i = 0; i < s->count; i++) {
        const struct field *fd = &s->fields[i];
        switch (fd->kind) {
        case FIELD_U8:
        case FIELD_U16:
        case FIELD_U32:
        case FIELD_U64:
            buf_put(out, ONE + sizeof ONE - NUMBERS[fd->kind], NUMBERS[fd->kind]);
            break;
        case FIELD_STR8:
            buf_put(out, "\3abc", 4);
            break;
        case FIELD_BLOB16:
            buf_put(out, "\0\3abc", 5);
            break;
        case FIELD_BLOB32:
            buf_put(out, "\0\0\0\3abc", 7);
            break;
        case FIELD_FIX:
            (void)buf_space(out, fd->max);
            break;
        case FIELD_REST:
            buf_text(out, "abc");
            break;
        case FIELD_NAMES:
            buf_put(out, "\3abc\2de\0", 8);
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

static bool is_whole(const struct schema *s, bool status, struct bytes body)
{
    _Alignas(max_align_t) uint8_t out[512];
    const char *field = NULL;

    if (status && body.n == 0)
        return false;
    if (status)
        body = bytes_of(body.p + 1, body.n - 1);
    return schema_decode(s, body, out, &field) == ERR_OK;
}

struct attack {
    struct way way;
    uint8_t op;
    const struct schema *shape;
    bool status; /* behind a status byte of 0 */
};

static void body_of(const struct attack *a, struct buf *body)
{
    buf_init(body, 1u << 16);
    if (a->status)
        buf_u8(body, STATUS_DONE);
    fill(a->shape, body);
    cr_assert_eq(buf_end(body), ERR_OK);
}

static void cut(const struct attack *a, struct bytes body)
{
    for (size_t n = 0; n < body.n; n++) {
        struct bytes part = bytes_of(body.p, n);
        bool alive = survives(&a->way, a->op, part);
        if (!is_whole(a->shape, a->status, part))
            cr_assert_not(
                alive, "%s of %u cut to %zu was taken", a->shape->name, a->way.ask, n);
    }
}

static void lengthen(const struct attack *a, struct bytes body)
{
    uint8_t *longer = mem_alloc(body.n + 1);

    if (body.n != 0)
        memcpy(longer, body.p, body.n);
    if (a->shape->count == 0 || a->shape->fields[a->shape->count - 1].kind != FIELD_REST)
        cr_assert_not(survives(&a->way, a->op, bytes_of(longer, body.n + 1)), "%s of %u",
            a->shape->name, a->way.ask);
    mem_free(longer);
}

/* Every bit, of long bodies every third. What is not an answer leaves the session as it was: it
 * goes on to the next. */
static void flip(const struct attack *a, struct bytes body)
{
    uint8_t *bad = mem_dup(body.p, body.n);
    size_t step = body.n > 24 ? 3 : 1;
    bool fresh = false;

    for (size_t bit = 0; bit < 8 * body.n; bit += step) {
        if (!fresh)
            prepare(&a->way);
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        fake_raw(&f, a->op, bytes_of(bad, body.n));
        bad[bit / 8] ^= (uint8_t)(1u << bit % 8);
        fresh = stands() && a->way.ask == 0 && f.sent_n < FAKE_SENT / 2;
        if (!fresh)
            done();
    }
    if (fresh)
        done();
    mem_free(bad);
}

static void attack(const struct attack *a, bool bits)
{
    struct buf body;

    body_of(a, &body);
    bool alive = survives(&a->way, a->op, buf_view(&body));
    cr_assert(alive || a->way.may_end, "%s of %u", a->shape->name, a->way.ask);
    cut(a, buf_view(&body));
    lengthen(a, buf_view(&body));
    if (bits && body.n != 0)
        flip(a, buf_view(&body));
    buf_free(&body);
}

/* ---- the attacks ---- */

static struct attack on_answer(const struct way *w)
{
    const struct opcode_row *row = opcode_row(w->ask);
    bool reply = w->ok == OP_REPLY;
    const struct schema *answer = row->answer != NULL ? row->answer : &MSG_EMPTY;

    return (struct attack){*w, w->ok, reply ? answer : opcode_row(w->ok)->tell, reply};
}

static void answers(size_t from, size_t to)
{
    for (size_t i = from; i < to && i < MEM_COUNT(WAYS); i++) {
        struct attack a = on_answer(&WAYS[i]);
        attack(&a, true);
    }
}

Test(handle_attack, answers__on_the_way_in)
{
    answers(0, 9);
}

Test(handle_attack, answers__about_keys_and_accounts)
{
    answers(9, 14);
}

Test(handle_attack, answers__on_the_relay)
{
    answers(14, 24);
}

Test(handle_attack, answers__in_a_room)
{
    answers(24, MEM_COUNT(WAYS));
}

Test(handle_attack, refusals__cut_and_lengthened)
{
    for (size_t i = 0; i < MEM_COUNT(WAYS); i++)
        attack(&(struct attack){WAYS[i], OP_REPLY, &MSG_REFUSAL, false}, false);
}

/* A refusal with each of its codes, and with one that does not exist. */
Test(handle_attack, refusals__of_every_code)
{
    for (size_t i = 0; i < MEM_COUNT(WAYS); i++) {
        for (unsigned code = 0; code <= CODE_COUNT; code++) {
            prepare(&WAYS[i]);
            struct msg_refusal m = {.status = STATUS_REFUSED,
                .code = (uint16_t)code,
                .op = WAYS[i].ask,
                .num = UINT64_MAX};
            fake_tell(&f, OP_REPLY, &MSG_REFUSAL, &m);
            (void)stands();
            done();
        }
    }
}

static bool is_event(const struct opcode_row *row)
{
    return (row->from & FROM_RELAY) != 0 && row->op != OP_CONNECT && row->op != OP_REPLY &&
           row->op != OP_DM_ANSWER && row->op != OP_NO_USER &&
           (row->op < OP_RENAMED || row->op > OP_CREATED);
}

Test(handle_attack, events__in_a_room)
{
    for (size_t i = 0; opcode_at(i) != NULL; i++) {
        const struct opcode_row *row = opcode_at(i);
        struct attack a = {{0, 0, to_room, NULL, false}, row->op, row->tell, false};
        if (is_event(row))
            attack(&a, true);
    }
}

/* Everything a relay may send, whole and twice, and empty, wherever we stand. */
static void anything(const struct way *w, const struct opcode_row *row)
{
    struct attack a = {*w, row->op, row->tell, false};
    struct buf body;

    (void)survives(w, row->op, (struct bytes){0});
    body_of(&a, &body);
    prepare(w);
    fake_raw(&f, row->op, buf_view(&body));
    (void)stands();
    fake_raw(&f, row->op, buf_view(&body));
    (void)stands();
    done();
    buf_free(&body);
}

Test(handle_attack, everything__in_every_state)
{
    for (size_t i = 0; i < MEM_COUNT(WAYS); i++) {
        for (size_t k = 0; opcode_at(k) != NULL; k++) {
            if ((opcode_at(k)->from & FROM_RELAY) != 0)
                anything(&WAYS[i], opcode_at(k));
        }
    }
}

/* Before the login, and after goodbye, the same cut at every byte. */
Test(handle_attack, everything__cut_where_it_does_not_belong)
{
    static const struct way PLACES[] = {
        {OP_CONNECT, 0, to_link, NULL, true},
        {OP_HELLO, 0, to_hello, NULL, true},
        {OP_ACCESS, 0, to_access, NULL, true},
        {OP_GUEST, 0, to_login, NULL, true},
        {OP_LEAVE, 0, to_goodbye, NULL, true},
    };

    for (size_t i = 0; i < MEM_COUNT(PLACES); i++) {
        for (size_t k = 0; opcode_at(k) != NULL; k++) {
            const struct opcode_row *row = opcode_at(k);
            struct attack a = {PLACES[i], row->op, row->tell, false};
            struct buf body;
            if ((row->from & FROM_RELAY) == 0)
                continue;
            body_of(&a, &body);
            for (size_t n = 0; n < body.n; n++)
                (void)survives(&a.way, a.op, bytes_of(body.p, n));
            buf_free(&body);
        }
    }
}
