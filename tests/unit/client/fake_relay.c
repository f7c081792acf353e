/* SPDX-License-Identifier: ISC */
#include "fake_relay.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "support/support.h"
#include "unit/crypto/rsa_fixture.h"

static struct fake *of(struct link *l)
{
    return (struct fake *)((uint8_t *)l - offsetof(struct fake, link));
}

/* ---- the link ---- */

static void on_send(struct link *l, struct span s)
{
    struct fake *f = of(l);
    struct bytes b = span_view(s);
    uint32_t n;
    uint8_t op;

    cr_assert(f->linked && !f->closing, "sent on a link that is gone");
    cr_assert_eq(frame_head(b, &op, &n), ERR_OK);
    cr_assert_eq(b.n, FRAME_HEAD + n);
    cr_assert_lt(f->sent_n, FAKE_SENT);
    struct bytes body = {.n = n};
    body.p = n != 0 ? mem_dup(b.p + FRAME_HEAD, n) : NULL;
    f->sent[f->sent_n++] = (struct fake_frame){op, body};
    span_drop(s);
}

static void on_close(struct link *l, const char *detail)
{
    struct fake *f = of(l);

    f->closing = true;
    (void)snprintf(f->close_why, sizeof f->close_why, "%s", detail);
}

static void on_resume(struct link *l)
{
    (void)l;
}

static enum err on_exporter(struct link *l, uint8_t out[LINK_EXPORT])
{
    (void)l;
    memset(out, 0x5a, LINK_EXPORT);
    return ERR_OK;
}

static enum err on_peer_cert(struct link *l, uint8_t fingerprint[32], char *name, size_t n)
{
    (void)l, (void)fingerprint, (void)name, (void)n;
    return ERR_NOT_FOUND;
}

static const struct link_ops OPS = {
    .send = on_send,
    .resume = on_resume,
    .close = on_close,
    .exporter = on_exporter,
    .peer_cert = on_peer_cert,
};

static enum err dial(void *arg, const struct link_user *to, void *user, struct link **out)
{
    struct fake *f = arg;

    cr_assert_not(f->linked, "dialled while a link exists");
    f->link = (struct link){.ops = &OPS, .to = to, .user = user};
    f->linked = true;
    f->closing = false;
    f->dials++;
    *out = &f->link;
    return ERR_OK;
}

static enum err fingerprint(void *arg, struct link *l, uint8_t out[TLS_FINGERPRINT])
{
    const struct fake *f = arg;

    (void)l;
    memcpy(out, f->key, TLS_FINGERPRINT);
    return ERR_OK;
}

/* ---- the world ---- */

/* One key for all: reading it costs more than all the rest of a fake relay. */
static struct sign_key *identity(void)
{
    static struct sign_key *key;
    uint8_t room[RSA_FIXTURE_DER];

    if (key == NULL)
        cr_assert_eq(
            sign_key_read(&SIGN_RSA_PSS, rsa_fixture_der(&RSA_FIXTURES[0], room), &key),
            ERR_OK);
    return key;
}

static void wake_vault(void *arg)
{
    struct fake *f = arg;

    loop_later(&f->loop, &f->drain_vault, LOOP_DELIVER);
}

static void wake_worker(void *arg)
{
    struct fake *f = arg;

    loop_later(&f->loop, &f->drain_worker, LOOP_DELIVER);
}

static void drain_vault(void *arg)
{
    struct fake *f = arg;

    if (!f->slow_disk)
        vault_drain(f->vault);
}

static void drain_worker(void *arg)
{
    worker_drain(((struct fake *)arg)->worker);
}

void fake_init(struct fake *f)
{
    char why[64];

    log_off();
    memset(f, 0, sizeof *f);
    loop_init(&f->loop, 1000, 1700000000000);
    f->model = model_new();
    cr_assert_eq(pins_open(NULL, &f->pins, why, sizeof why), ERR_OK);
    memset(f->key, 7, sizeof f->key);
    memset(f->vault_key, 9, sizeof f->vault_key);
    loop_task_init(&f->drain_vault, drain_vault, f);
    loop_task_init(&f->drain_worker, drain_worker, f);
    f->setup = (struct engine_setup){
        .loop = &f->loop,
        .model = f->model,
        .pins = f->pins,
        .wire = {dial, fingerprint, f},
        .address = "relay:5555",
        .agent = "test",
        .log2_n = 1,
        .identity = identity(),
    };
}

void fake_on_disk(struct fake *f)
{
    support_tmpdir(f->dir, sizeof f->dir);
}

void fake_start(struct fake *f)
{
    char why[VAULT_WHY] = "";
    const struct vault_setup v = {.dir = f->dir[0] != '\0' ? f->dir : NULL,
        .key = f->vault_key,
        .landed = session_landed,
        .failed = session_unsaved,
        .arg = &f->session,
        .wake = wake_vault,
        .wake_arg = f};

    cr_assert_eq(vault_open(&v, &f->vault, why, sizeof why), ERR_OK, "%s", why);
    f->worker = worker_new_inline(wake_worker, f, NULL);
    f->setup.model = f->model;
    f->setup.vault = f->vault;
    f->setup.worker = f->worker;
    f->setup.files = f->worker;
    cr_assert_eq(session_new(&f->setup, &f->session, why, sizeof why), ERR_OK, "%s", why);
    session_start(f->session);
    fake_turn(f);
}

static void gone(struct fake *f)
{
    worker_free(f->worker);
    session_free(f->session);
    f->session = NULL;
    vault_close(f->vault);
    f->vault = NULL;
    loop_cancel(&f->loop, &f->drain_vault);
    loop_cancel(&f->loop, &f->drain_worker);
}

void fake_stop(struct fake *f)
{
    if (!session_over(f->session)) {
        session_quit(f->session);
        session_quit(f->session);
        if (f->linked)
            fake_down(f, LINK_END_LOCAL);
        cr_assert(session_over(f->session));
    }
    gone(f);
    model_free(f->model);
    f->model = model_new();
    f->read_n = f->sent_n;
}

void fake_fini(struct fake *f)
{
    if (f->session != NULL)
        fake_stop(f);
    for (size_t i = 0; i < f->sent_n; i++)
        mem_free((void *)(uintptr_t)f->sent[i].body.p);
    pins_free(f->pins);
    model_free(f->model);
    loop_fini(&f->loop);
    if (f->dir[0] != '\0')
        support_rmtree(f->dir);
}

void fake_up(struct fake *f)
{
    f->link.to->up(f->link.user);
    fake_turn(f);
}

void fake_down(struct fake *f, enum link_end why)
{
    cr_assert(f->linked);
    f->linked = false;
    f->link.to->down(f->link.user, why, f->closing ? f->close_why : "");
    fake_turn(f);
}

void fake_turn(struct fake *f)
{
    if (f->vault != NULL && f->session != NULL)
        wake_vault(f);
    loop_turn_begin(&f->loop, f->loop.now_ms, f->loop.wall_ms);
    loop_turn_end(&f->loop);
}

void fake_settle(struct fake *f)
{
    if (f->linked && f->closing)
        fake_down(f, LINK_END_LOCAL);
}

void fake_pass(struct fake *f, uint64_t ms)
{
    for (uint64_t left = ms; left > 0;) {
        uint64_t step = left < 250 ? left : 250;
        left -= step;
        loop_turn_begin(&f->loop, f->loop.now_ms + step, f->loop.wall_ms + (int64_t)step);
        loop_turn_end(&f->loop);
        fake_settle(f);
    }
}

struct bytes fake_expect(struct fake *f, uint8_t op)
{
    cr_assert_lt(f->read_n, f->sent_n, "nothing was sent; 0x%02x was expected", op);
    cr_assert_eq(f->sent[f->read_n].op, op, "0x%02x was sent; 0x%02x was expected",
        f->sent[f->read_n].op, op);
    return f->sent[f->read_n++].body;
}

bool fake_silent(const struct fake *f)
{
    return f->read_n == f->sent_n;
}

/* ---- what the relay says ---- */

void fake_raw(struct fake *f, uint8_t op, struct bytes body)
{
    /* On the heap, so that a read past its end is seen. */
    uint8_t *copy = body.n != 0 ? mem_dup(body.p, body.n) : mem_alloc(1);
    struct frame frame = {op, bytes_of(copy, body.n)};

    cr_assert(f->linked);
    if (!f->closing && body.n <= f->link.to->ceiling(f->link.user, op))
        (void)f->link.to->frame(f->link.user, &frame);
    mem_free(copy);
    fake_turn(f);
}

void fake_tell(struct fake *f, uint8_t op, const struct schema *shape, const void *body)
{
    struct buf b;

    buf_init(&b, 1u << 20);
    schema_encode(shape, body, &b);
    cr_assert_eq(buf_end(&b), ERR_OK);
    fake_raw(f, op, buf_view(&b));
    buf_free(&b);
}

void fake_done(struct fake *f, const struct schema *shape, const void *body)
{
    struct buf b;

    buf_init(&b, 1u << 20);
    buf_u8(&b, STATUS_DONE);
    if (shape != NULL)
        schema_encode(shape, body, &b);
    cr_assert_eq(buf_end(&b), ERR_OK);
    fake_raw(f, OP_REPLY, buf_view(&b));
    buf_free(&b);
}

void fake_refuse(struct fake *f, uint8_t op, enum msg_code code, const char *reason)
{
    struct msg_refusal m = {.status = STATUS_REFUSED,
        .reason = bytes_str(reason),
        .code = (uint16_t)code,
        .op = op};

    fake_tell(f, OP_REPLY, &MSG_REFUSAL, &m);
}

void fake_hello(struct fake *f, uint8_t flags)
{
    struct msg_hello_ok m = {
        .version = MSG_VERSION, .flags = flags, .beat_s = 6, .warn_s = 20, .drop_s = 30};

    m.relay_id[0] = 1;
    m.boot_id[0] = 2;
    (void)fake_expect(f, OP_HELLO);
    fake_done(f, &MSG_HELLO_OK, &m);
}

void fake_greet(struct fake *f, uint8_t flags)
{
    struct msg_connected named = {.name = bytes_str("rand0")};

    fake_up(f);
    (void)fake_expect(f, OP_CONNECT);
    fake_tell(f, OP_CONNECT, &MSG_CONNECTED, &named);
    fake_hello(f, flags);
}

void fake_in(struct fake *f, const char *name, uint8_t role, bool resumed)
{
    struct msg_login_ok m = {
        .name = bytes_str(name), .role = role, .grace_s = 30, .resumed = resumed};

    memset(m.resume, 0x11, sizeof m.resume);
    fake_done(f, &MSG_LOGIN_OK, &m);
}

void fake_keys(struct fake *f)
{
    struct msg_count enough = {.count = 1000};

    (void)fake_expect(f, OP_PUBLIC_KEY);
    fake_done(f, &MSG_COUNT, &enough);
    (void)fake_expect(f, OP_CONVERSATIONS);
    fake_done(f, &MSG_CONVERSATIONS_OK, &(struct msg_conversations_ok){0});
}

void fake_login(struct fake *f, const char *name, bool resumed)
{
    (void)fake_expect(f, resumed ? OP_RESUME : OP_GUEST);
    fake_in(f, name, ROLE_GUEST, resumed);
    fake_keys(f);
}

static void add_words(struct buf *run, const char *words, struct list_writer *infos)
{
    struct msg_room_info info = {.online = 1};

    while (words[0] != '\0') {
        size_t n = strcspn(words, " ");
        names_add(run, bytes_of(words, n));
        if (infos != NULL)
            list_add(infos, &MSG_ROOM_INFO, &info);
        words += n + (words[n] == ' ');
    }
}

void fake_lists(struct fake *f, const char *rooms, const char *people)
{
    struct list_writer infos;
    struct buf run;

    buf_init(&run, 4096);
    list_begin(&infos, 4096);
    add_words(&run, rooms, &infos);
    struct msg_rooms_ok r = {.names = buf_view(&run), .more = true, .infos = list_view(&infos)};
    (void)fake_expect(f, OP_ROOMS);
    fake_done(f, &MSG_ROOMS_OK, &r);
    list_end(&infos);
    buf_free(&run);
    fake_people(f, people);
}

void fake_people(struct fake *f, const char *people)
{
    struct buf run;

    buf_init(&run, 4096);
    add_words(&run, people, NULL);
    struct msg_users_ok u = {.names = buf_view(&run)};
    (void)fake_expect(f, OP_USERS);
    fake_done(f, &MSG_USERS_OK, &u);
    buf_free(&run);
}

void fake_ready(struct fake *f)
{
    fake_start(f);
    fake_greet(f, HELLO_GUESTS);
    fake_login(f, "rand0", false);
    fake_lists(f, "general ops", "alice rand0");
    cr_assert(fake_silent(f));
}

void fake_joined(struct fake *f, const char *name, uint8_t op)
{
    struct msg_joined m = {.room = bytes_str(name), .online = 1};

    (void)fake_expect(f, OP_JOIN);
    fake_tell(f, op, &MSG_JOINED, &m);
}

static void answer_join(struct fake *f, struct bytes body)
{
    struct msg_joined m = {.room = bytes_of(body.p + 1, body.p[0]), .online = 1};

    fake_tell(f, OP_JOINED, &MSG_JOINED, &m);
}

static void answer_any(struct fake *f, uint8_t op)
{
    static const _Alignas(max_align_t) uint8_t NOTHING[512];
    const struct msg_count enough = {.count = 1000};
    const struct schema *shape = opcode_row(op)->answer;

    if (op == OP_PUBLIC_KEY)
        fake_done(f, &MSG_COUNT, &enough);
    else
        fake_done(f, shape, NOTHING);
}

bool fake_serve(struct fake *f, uint8_t until)
{
    while (!fake_silent(f) && !f->closing) {
        const struct fake_frame *s = &f->sent[f->read_n++];
        if (s->op == until)
            return true;
        if (s->op == OP_JOIN)
            answer_join(f, s->body);
        else if (!opcode_row(s->op)->silent)
            answer_any(f, s->op);
    }
    return false;
}

void fake_room(struct fake *f, const char *name)
{
    const struct msg_joined m = {.room = bytes_str(name), .online = 1};
    char line[80] = "/join ";

    fake_type(f, strncat(line, name, 64));
    cr_assert(fake_serve(f, OP_JOIN));
    fake_tell(f, OP_CREATED, &MSG_JOINED, &m);
    cr_assert(fake_serve(f, OP_COMMIT));
    fake_done(f, &MSG_COMMIT_OK, &(struct msg_commit_ok){.seq = 1});
    (void)fake_serve(f, 0);
}

static void intend(struct fake *f, enum intent_kind kind, const char *text)
{
    cr_assert_eq(intents_push(&f->model->intents, kind, bytes_str(text)), ERR_OK);
    session_intents(f->session);
    fake_turn(f);
}

void fake_type(struct fake *f, const char *line)
{
    intend(f, INTENT_LINE, line);
}

void fake_answer(struct fake *f, const char *text)
{
    cr_assert(f->model->ask.open, "nothing was asked");
    intend(f, INTENT_ANSWER, text);
}

bool fake_asked(const struct fake *f, const char *words)
{
    return f->model->ask.open && strstr(f->model->ask.words, words) != NULL;
}

bool fake_said(const struct fake *f, const char *room, const char *words)
{
    const struct room *r = f->model->home;

    if (room != NULL)
        r = rooms_find(&f->model->rooms, bytes_str(room));
    for (size_t i = 0; r != NULL && events_at(&r->events, i) != NULL; i++) {
        const struct event *e = events_at(&r->events, i);
        if (memmem(e->text.p, e->text.n, words, strlen(words)) != NULL)
            return true;
    }
    return false;
}

void fake_join(struct fake *f, const char *name)
{
    char line[80] = "/join ";

    fake_type(f, strncat(line, name, 60));
    fake_joined(f, name, OP_JOINED);
    fake_people(f, "alice rand0");
}
