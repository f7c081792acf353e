/* SPDX-License-Identifier: ISC */
/* Passwords of rooms: strong ones, what the relay is shown of one, and what it is not. */
#include "client/lock.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/mem.h"
#include "crypto/password.h"
#include "fake_relay.h"

/* ---- strong passwords, by an engine without a relay ---- */

#define LETTERS "abcdefghijkmnpqrstuvwxyz23456789"
#define STRONG  26u
#define SAMPLES 10000u
#define SAID    "The password of #ops is "

static struct loop loop;
static struct worker *worker;
static struct engine e;
static struct talk *c;

static void wake(void *arg)
{
    (void)arg;
}

static void alone(void)
{
    loop_init(&loop, 1000, 1700000000000);
    worker = worker_new_inline(wake, NULL, NULL);
    e = (struct engine){
        .loop = &loop, .model = model_new(), .setup = {.worker = worker, .log2_n = 1}};
    c = talk_new(1, CONVO_ROOM, bytes_str("ops"));
    loop_task_init(&e.pump, wake, NULL);
    e.talks = c;
}

static void alone_no_more(void)
{
    worker_free(worker);
    talk_free(c);
    model_free(e.model);
    loop_fini(&loop);
}

static void draw(char out[STRONG + 1])
{
    const struct events *all = &e.model->home->events;

    lock_found(&e, c, (struct bytes){0});
    worker_drain(worker);
    struct bytes text = events_at(all, all->count - 1)->text;
    cr_assert(text.n > strlen(SAID) + STRONG && memcmp(text.p, SAID, strlen(SAID)) == 0);
    memcpy(out, text.p + strlen(SAID), STRONG);
    out[STRONG] = '\0';
    cr_assert_eq(strspn(out, LETTERS), STRONG, "%s", out);
    cr_assert_eq(text.p[strlen(SAID) + STRONG], ' ');
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, STRONG + 1);
}

TestSuite(lock_strong, .init = alone, .fini = alone_no_more);

Test(lock_strong, drawn__are_never_equal_and_use_every_letter_alike)
{
    char(*all)[STRONG + 1] = mem_array(SAMPLES, sizeof *all);
    static unsigned seen[STRONG][256];

    for (size_t i = 0; i < SAMPLES; i++) {
        draw(all[i]);
        for (size_t k = 0; k < STRONG; k++)
            seen[k][(uint8_t)all[i][k]]++;
    }
    for (size_t k = 0; k < STRONG; k++) {
        /* 25 letters of five bits and one of three are 128. */
        unsigned letters = k < STRONG - 1 ? 32 : 8;
        unsigned used = 0;
        for (const char *l = LETTERS; *l != '\0'; l++) {
            unsigned n = seen[k][(uint8_t)*l];
            used += n != 0;
            cr_assert(n == 0 || (n > SAMPLES / letters / 2 && n < SAMPLES / letters * 2),
                "%c stands %u times at %zu", *l, n, k);
        }
        cr_assert_eq(used, letters, "%u letters at %zu", used, k);
    }
    qsort(all, SAMPLES, sizeof *all, compare);
    for (size_t i = 1; i < SAMPLES; i++)
        cr_assert_neq(compare(all[i - 1], all[i]), 0);
    mem_free(all);
}

Test(lock_strong, drawn__becomes_the_proof_and_the_secret)
{
    const uint8_t relay_id[PASSWORD_RELAY_ID] = {0};
    struct password_room_keys want;
    char made[STRONG + 1];

    draw(made);
    cr_assert_eq(password_room(bytes_str(made), relay_id, bytes_str("ops"), 1, &want), ERR_OK);
    cr_assert(c->has_proof);
    cr_assert_eq(memcmp(c->proof, want.proof, sizeof want.proof), 0);
    cr_assert_eq(memcmp(talk_psk(c, 1), want.psk, sizeof want.psk), 0);
    cr_assert_eq(c->busy & BUSY_SECRET, 0);
}

Test(lock_strong, answer__of_a_conversation_that_is_gone_harms_nothing)
{
    lock_answer(&e, c, bytes_str("too late"));
    c->dropped = true;
    worker_drain(worker);
    cr_assert_not(c->has_proof);
    cr_assert_eq(c->busy & BUSY_SECRET, 0, "it can be freed now");
}

/* ---- with a relay ---- */

static struct fake f;

static void setup(void)
{
    fake_init(&f);
    fake_ready(&f);
}

static void teardown(void)
{
    fake_fini(&f);
}

TestSuite(lock, .init = setup, .fini = teardown);

static void never_sent(const void *secret, size_t n)
{
    for (size_t i = 0; i < f.sent_n; i++) {
        struct bytes b = f.sent[i].body;
        cr_assert(b.n == 0 || memmem(b.p, b.n, secret, n) == NULL, "0x%02x", f.sent[i].op);
    }
}

static void keys_of(const char *password, struct password_room_keys *out)
{
    const uint8_t relay_id[PASSWORD_RELAY_ID] = {1};

    cr_assert_eq(
        password_room(bytes_str(password), relay_id, bytes_str("ops"), 1, out), ERR_OK);
}

/* The next join shows what comes of the password, and neither it nor the secret. */
static void expect_join(const char *password)
{
    struct password_room_keys keys;
    struct msg_join m;
    const char *bad;

    cr_assert(fake_serve(&f, OP_JOIN));
    struct bytes body = f.sent[f.read_n - 1].body;
    cr_assert_eq(schema_decode(&MSG_JOIN, body, &m, &bad), ERR_OK);
    cr_assert(bytes_eq(m.room, bytes_str("ops")));
    if (password == NULL) {
        cr_assert_eq(m.proof.n, 0);
        return;
    }
    keys_of(password, &keys);
    cr_assert(bytes_eq(m.proof, bytes_of(keys.proof, sizeof keys.proof)));
    never_sent(password, strlen(password));
    never_sent(keys.psk, sizeof keys.psk);
}

static void locked_room(void)
{
    fake_type(&f, "/join ops");
    expect_join(NULL);
    fake_refuse(&f, OP_JOIN, CODE_BAD_SECRET, "a password is needed");
    cr_assert(fake_asked(&f, "Password of #ops"));
    cr_assert(f.model->ask.hidden);
}

Test(lock, answer__is_shown_as_a_proof)
{
    locked_room();
    cr_assert(fake_silent(&f));
    fake_answer(&f, "correct horse");
    expect_join("correct horse");
    cr_assert_not(f.model->ask.open);
}

Test(lock, answer__that_is_wrong_is_told_and_asked_for_again)
{
    locked_room();
    fake_answer(&f, "wrong");
    expect_join("wrong");
    fake_refuse(&f, OP_JOIN, CODE_BAD_SECRET, "no");
    cr_assert(fake_said(&f, NULL, "That is not the password of #ops."));
    cr_assert(fake_asked(&f, "Password of #ops"));
    fake_answer(&f, "correct horse");
    expect_join("correct horse");
}

Test(lock, answer__of_nothing_leaves_the_room_closed)
{
    locked_room();
    fake_answer(&f, "");
    cr_assert(fake_said(&f, NULL, "#ops stays closed"));
    cr_assert_not(fake_serve(&f, OP_JOIN));
    cr_assert_eq(model_pages(f.model), 1);
    fake_type(&f, "/join ops");
    expect_join(NULL);
}

Test(lock, answer__that_nobody_asked_for_is_told)
{
    cr_assert_eq(intents_push(&f.model->intents, INTENT_ANSWER, bytes_str("a secret")), ERR_OK);
    session_intents(f.session);
    cr_assert(fake_said(&f, NULL, "Nothing was asked."));
    never_sent("a secret", 8);
    cr_assert_not(fake_said(&f, NULL, "a secret"));
}

Test(lock, answer__comes_while_the_link_is_lost)
{
    locked_room();
    fake_down(&f, LINK_END_LOST);
    fake_answer(&f, "correct horse");
    while (!f.linked)
        fake_pass(&f, 250);
    fake_greet(&f, HELLO_GUESTS);
    (void)fake_expect(&f, OP_RESUME);
    fake_refuse(&f, OP_RESUME, CODE_EXPIRED, "too late");
    fake_login(&f, "rand1", false);
    expect_join("correct horse");
}

static void rules_founded(struct policy *out)
{
    struct mls_header h;
    struct msg_commit m;
    const char *bad;

    cr_assert(fake_serve(&f, OP_COMMIT));
    struct bytes body = f.sent[f.read_n - 1].body;
    cr_assert_eq(schema_decode(&MSG_COMMIT, body, &m, &bad), ERR_OK);
    cr_assert_eq(mls_peek(m.info, &h), ERR_OK);
    cr_assert_eq(policy_read(h.extensions, out), ERR_OK);
}

static void created(void)
{
    struct msg_joined m = {.room = bytes_str("ops"), .online = 1, .flags = ROOM_PASSWORD};

    fake_tell(&f, OP_CREATED, &MSG_JOINED, &m);
}

Test(lock, found__with_a_password_from_the_first_moment)
{
    struct policy p;

    fake_type(&f, "/join ops password");
    cr_assert(fake_asked(&f, "Password for #ops"));
    fake_pass(&f, 5000);
    cr_assert_not(fake_serve(&f, OP_JOIN), "not before there is one");
    fake_answer(&f, "correct horse");
    cr_assert(fake_said(&f, NULL, "can be guessed by a relay"));
    fake_pass(&f, 1000);
    expect_join("correct horse");
    created();
    rules_founded(&p);
    cr_assert_eq(p.access, POLICY_PASSWORD);
    cr_assert_eq(p.generation, 1);
}

Test(lock, change__is_told_to_members_and_the_relay_gets_a_proof)
{
    struct password_room_keys keys;
    struct msg_room_password m;
    const char *bad;

    fake_room(&f, "ops");
    fake_type(&f, "/password");
    cr_assert(fake_asked(&f, "Password for #ops"));
    fake_answer(&f, "correct horse battery staple");
    cr_assert_not(fake_said(&f, "ops", "can be guessed"), "it is long");
    cr_assert(fake_serve(&f, OP_ROOM_PASSWORD));
    struct bytes body = f.sent[f.read_n - 1].body;
    cr_assert_eq(schema_decode(&MSG_ROOM_PASSWORD, body, &m, &bad), ERR_OK);
    keys_of("correct horse battery staple", &keys);
    cr_assert(bytes_eq(m.proof, bytes_of(keys.proof, sizeof keys.proof)));
    cr_assert_eq(m.generation, 1);
    never_sent(keys.psk, sizeof keys.psk);
    fake_done(&f, &MSG_EMPTY, &(struct msg_empty){0});
    cr_assert(fake_said(&f, "ops", "has another password now"));
    cr_assert(fake_serve(&f, OP_COMMIT), "the rules follow");
}

Test(lock, change__that_is_refused_changes_nothing)
{
    fake_room(&f, "ops");
    fake_type(&f, "/password");
    fake_answer(&f, "correct horse battery staple");
    cr_assert(fake_serve(&f, OP_ROOM_PASSWORD));
    fake_refuse(&f, OP_ROOM_PASSWORD, CODE_NOT_ALLOWED, "not yours");
    cr_assert(fake_said(&f, "ops", "not yours"));
    fake_pass(&f, 3000);
    cr_assert_not(fake_serve(&f, OP_COMMIT));
}

Test(lock, password__is_for_rooms_with_keys)
{
    fake_type(&f, "/password");
    cr_assert_not(f.model->ask.open);
    cr_assert(fake_said(&f, NULL, "relay's own page"));
}
