/* SPDX-License-Identifier: ISC */
/* Ways in: as a guest, with a password that is typed, with what was kept. Whatever the way, the
 * relay is told no password, and no key before it has let us in. */
#include "client/login.h"

#include <criterion/criterion.h>

#include "crypto/password.h"
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

TestSuite(login, .init = setup, .fini = teardown);

static bool was_sent(uint8_t op)
{
    for (size_t i = 0; i < f.sent_n; i++) {
        if (f.sent[i].op == op)
            return true;
    }
    return false;
}

static void never_sent(const char *secret)
{
    for (size_t i = 0; i < f.sent_n; i++) {
        struct bytes b = f.sent[i].body;
        cr_assert(b.n == 0 || memmem(b.p, b.n, secret, strlen(secret)) == NULL,
            "0x%02x holds the password", f.sent[i].op);
    }
}

static void as(enum engine_login how, const char *account, const char *password)
{
    f.setup.login = how;
    f.setup.account = account;
    if (password != NULL)
        f.setup.password = bytes_str(password);
}

static void begin(void)
{
    fake_start(&f);
    fake_greet(&f, HELLO_GUESTS);
}

/* Dialled again, however long that takes. */
static void dialled_again(void)
{
    for (int i = 0; i < 400 && !f.linked; i++)
        fake_pass(&f, 250);
    cr_assert(f.linked, "nobody dialled");
    fake_greet(&f, HELLO_GUESTS);
}

/* A login with name and password is asked for: that of these two. */
static void expect_account(uint8_t op, const char *name, const char *password)
{
    const uint8_t relay_id[PASSWORD_RELAY_ID] = {1};
    uint8_t want[PASSWORD_KEY];
    struct msg_account m;
    const char *bad;

    cr_assert_eq(schema_decode(&MSG_ACCOUNT, fake_expect(&f, op), &m, &bad), ERR_OK);
    cr_assert(bytes_eq(m.name, bytes_str(name)));
    cr_assert_eq(
        password_account(bytes_str(password), relay_id, bytes_str(name), 1, want), ERR_OK);
    cr_assert_eq(memcmp(m.verifier, want, sizeof want), 0);
    never_sent(password);
}

/* Let in; what follows is answered, and no key went before. */
static void let_in(const char *name, uint8_t role)
{
    size_t before = f.sent_n;

    for (size_t i = 0; i < before; i++)
        cr_assert(f.sent[i].op != OP_PUBLIC_KEY || f.dials > 1, "a key before the login");
    fake_in(&f, name, role, false);
    cr_assert_eq(f.model->link, MODEL_READY);
    cr_assert_eq(f.sent[before].op, OP_PUBLIC_KEY);
    fake_keys(&f);
}

/* ---- guests ---- */

Test(login, guest__comes_in_without_a_question)
{
    as(ENGINE_AS_KNOWN, NULL, NULL);
    begin();
    cr_assert_eq(fake_expect(&f, OP_GUEST).n, 0);
    cr_assert(fake_silent(&f));
    cr_assert_not(was_sent(OP_PUBLIC_KEY));
    let_in("rand0", ROLE_GUEST);
    cr_assert_not(f.model->account);
    cr_assert_not(f.model->ask.open);
    (void)fake_serve(&f, 0);
    cr_assert_not(was_sent(OP_TOKEN_NEW));
}

/* ---- passwords ---- */

Test(login, password__handed_in_is_stretched_and_shown_as_a_verifier)
{
    as(ENGINE_AS_ACCOUNT, "Alice", "correct horse");
    begin();
    expect_account(OP_LOGIN, "alice", "correct horse");
    let_in("alice", ROLE_USER);
    cr_assert(f.model->account);
    cr_assert_not(f.model->ask.open);
}

Test(login, password__is_asked_for_while_no_link_is_kept)
{
    as(ENGINE_AS_ACCOUNT, "alice", NULL);
    begin();
    cr_assert(fake_silent(&f));
    cr_assert(fake_asked(&f, "Password of alice"));
    cr_assert(f.model->ask.hidden);
    fake_settle(&f);
    fake_pass(&f, 600000);
    cr_assert_eq(f.dials, 1, "nobody is dialled while a person thinks");
    fake_answer(&f, "correct horse");
    dialled_again();
    expect_account(OP_LOGIN, "alice", "correct horse");
    let_in("alice", ROLE_USER);
}

Test(login, password__that_is_wrong_is_asked_for_again)
{
    as(ENGINE_AS_ACCOUNT, "alice", "wrong");
    begin();
    expect_account(OP_LOGIN, "alice", "wrong");
    fake_refuse(&f, OP_LOGIN, CODE_BAD_SECRET, "name or password is wrong");
    cr_assert(fake_said(&f, NULL, "name or password is wrong"));
    cr_assert(fake_asked(&f, "Password of alice"));
    fake_settle(&f);
    fake_answer(&f, "wrong again");
    dialled_again();
    expect_account(OP_LOGIN, "alice", "wrong again");
    fake_refuse(&f, OP_LOGIN, CODE_BAD_SECRET, "name or password is wrong");
    fake_settle(&f);
    fake_answer(&f, "correct horse");
    dialled_again();
    expect_account(OP_LOGIN, "alice", "correct horse");
    let_in("alice", ROLE_USER);
}

Test(login, password__answered_before_the_link_is_down)
{
    as(ENGINE_AS_ACCOUNT, "alice", NULL);
    begin();
    cr_assert(f.closing);
    fake_answer(&f, "correct horse");
    fake_settle(&f);
    dialled_again();
    expect_account(OP_LOGIN, "alice", "correct horse");
}

Test(login, question__that_is_taken_back_is_a_guest)
{
    as(ENGINE_AS_ACCOUNT, "alice", NULL);
    begin();
    fake_settle(&f);
    fake_answer(&f, "");
    cr_assert(fake_said(&f, NULL, "as a guest then"));
    dialled_again();
    (void)fake_expect(&f, OP_GUEST);
    let_in("rand0", ROLE_GUEST);
}

Test(login, refused__with_a_time_to_wait_waits_and_asks_the_same_again)
{
    struct msg_refusal m = {.status = STATUS_REFUSED,
        .reason = bytes_str("too many tries"),
        .code = CODE_TOO_FAST,
        .op = OP_LOGIN,
        .num = 20000};

    as(ENGINE_AS_ACCOUNT, "alice", "correct horse");
    begin();
    (void)fake_expect(&f, OP_LOGIN);
    fake_tell(&f, OP_REPLY, &MSG_REFUSAL, &m);
    cr_assert_not(f.model->ask.open);
    fake_settle(&f);
    fake_pass(&f, 19000);
    cr_assert_eq(f.dials, 1);
    dialled_again();
    expect_account(OP_LOGIN, "alice", "correct horse");
}

Test(login, lost__an_account_takes_its_session_up_again)
{
    as(ENGINE_AS_ACCOUNT, "alice", "correct horse");
    begin();
    (void)fake_expect(&f, OP_LOGIN);
    let_in("alice", ROLE_USER);
    (void)fake_serve(&f, 0);
    fake_down(&f, LINK_END_LOST);
    dialled_again();
    (void)fake_expect(&f, OP_RESUME);
    fake_in(&f, "alice", ROLE_USER, true);
    fake_keys(&f);
    cr_assert_eq(f.sent[f.read_n].op, OP_ROOMS);
}

Test(login, lost__a_session_that_is_gone_is_followed_by_the_password)
{
    as(ENGINE_AS_ACCOUNT, "alice", "correct horse");
    begin();
    (void)fake_expect(&f, OP_LOGIN);
    let_in("alice", ROLE_USER);
    (void)fake_serve(&f, 0);
    fake_down(&f, LINK_END_LOST);
    dialled_again();
    (void)fake_expect(&f, OP_RESUME);
    fake_refuse(&f, OP_RESUME, CODE_EXPIRED, "too late");
    expect_account(OP_LOGIN, "alice", "correct horse");
}

Test(login, lost__a_greeting_that_is_refused_is_the_end)
{
    fake_ready(&f);
    fake_down(&f, LINK_END_LOST);
    while (!f.linked)
        fake_pass(&f, 250);
    fake_up(&f);
    (void)fake_expect(&f, OP_CONNECT);
    fake_refuse(&f, OP_CONNECT, CODE_BAD_FIELD, "another greeting is wanted");
    cr_assert(fake_silent(&f), "no login out of turn");
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
}

/* ---- new accounts ---- */

Test(login, register__asks_twice_until_both_are_equal)
{
    as(ENGINE_AS_NEW, "carol", NULL);
    begin();
    cr_assert(fake_asked(&f, "A password for the new account carol"));
    fake_settle(&f);
    fake_answer(&f, "one");
    cr_assert(fake_asked(&f, "The same password again"));
    fake_answer(&f, "two");
    cr_assert(fake_said(&f, NULL, "two different passwords"));
    cr_assert(fake_asked(&f, "A password for the new account carol"));
    fake_answer(&f, "three");
    fake_answer(&f, "three");
    cr_assert_not(f.model->ask.open);
    dialled_again();
    expect_account(OP_REGISTER, "carol", "three");
    let_in("carol", ROLE_USER);
}

Test(login, register__is_taken_back_between_the_two)
{
    as(ENGINE_AS_NEW, "carol", NULL);
    begin();
    fake_settle(&f);
    fake_answer(&f, "one");
    fake_answer(&f, "");
    dialled_again();
    (void)fake_expect(&f, OP_GUEST);
}

Test(login, register__is_done_once_then_it_logs_in)
{
    as(ENGINE_AS_NEW, "carol", "correct horse");
    begin();
    expect_account(OP_REGISTER, "carol", "correct horse");
    let_in("carol", ROLE_USER);
    (void)fake_serve(&f, 0);
    fake_down(&f, LINK_END_LOST);
    dialled_again();
    (void)fake_expect(&f, OP_RESUME);
    fake_refuse(&f, OP_RESUME, CODE_EXPIRED, "too late");
    expect_account(OP_LOGIN, "carol", "correct horse");
}

Test(login, invite__is_shown_and_its_refusal_is_told)
{
    struct msg_account m;
    const char *bad;

    as(ENGINE_AS_NEW, "carol", "correct horse");
    f.setup.invite = "abc-def";
    begin();
    cr_assert_eq(schema_decode(&MSG_ACCOUNT, fake_expect(&f, OP_REGISTER), &m, &bad), ERR_OK);
    cr_assert(bytes_eq(m.invite, bytes_str("abc-def")));
    fake_refuse(&f, OP_REGISTER, CODE_NOT_ALLOWED, "this invite is used up");
    cr_assert(fake_said(&f, NULL, "this invite is used up"));
    cr_assert(fake_silent(&f), "not let in as somebody else instead");
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
}

/* ---- what was kept ---- */

static const uint8_t TOKEN[MSG_SECRET] = "a token that nobody else knows!";

/* An account comes in by password, and stays logged in. */
static void kept(void)
{
    struct msg_token_ok m = {.id = 1};

    fake_on_disk(&f);
    as(ENGINE_AS_ACCOUNT, "alice", "correct horse");
    begin();
    (void)fake_expect(&f, OP_LOGIN);
    let_in("alice", ROLE_USER);
    cr_assert(fake_serve(&f, OP_TOKEN_NEW));
    memcpy(m.token, TOKEN, sizeof m.token);
    fake_done(&f, &MSG_TOKEN_OK, &m);
    (void)fake_serve(&f, 0);
}

static void next_start(enum engine_login how, const char *account)
{
    fake_stop(&f);
    f.setup.password = (struct bytes){0};
    as(how, account, NULL);
    begin();
}

static void expect_token(void)
{
    cr_assert(bytes_eq(fake_expect(&f, OP_TOKEN_LOGIN), bytes_of(TOKEN, sizeof TOKEN)));
}

Test(login, token__is_kept_and_used_at_the_next_start)
{
    kept();
    next_start(ENGINE_AS_KNOWN, NULL);
    expect_token();
    let_in("alice", ROLE_USER);
    (void)fake_serve(&f, 0);
    next_start(ENGINE_AS_ACCOUNT, "alice");
    expect_token();
    next_start(ENGINE_AS_GUEST, NULL);
    (void)fake_expect(&f, OP_GUEST);
}

Test(login, token__is_not_asked_for_where_nothing_is_kept)
{
    as(ENGINE_AS_ACCOUNT, "alice", "correct horse");
    begin();
    (void)fake_expect(&f, OP_LOGIN);
    let_in("alice", ROLE_USER);
    cr_assert_not(fake_serve(&f, OP_TOKEN_NEW));
}

Test(login, token__of_somebody_else_is_not_used)
{
    kept();
    next_start(ENGINE_AS_ACCOUNT, "bob");
    cr_assert(fake_silent(&f));
    cr_assert(fake_asked(&f, "Password of bob"));
}

Test(login, token__of_another_relay_is_not_used)
{
    struct msg_hello_ok m = {.version = MSG_VERSION, .relay_id = {7}};
    struct msg_connected named = {.name = bytes_str("rand0")};

    kept();
    fake_stop(&f);
    f.setup.by_ca = true; /* or the pin would end it here */
    as(ENGINE_AS_KNOWN, NULL, NULL);
    fake_start(&f);
    fake_up(&f);
    (void)fake_expect(&f, OP_CONNECT);
    fake_tell(&f, OP_CONNECT, &MSG_CONNECTED, &named);
    (void)fake_expect(&f, OP_HELLO);
    fake_done(&f, &MSG_HELLO_OK, &m);
    (void)fake_expect(&f, OP_GUEST);
}

Test(login, token__that_has_expired_is_forgotten_and_the_password_asked_for)
{
    kept();
    next_start(ENGINE_AS_KNOWN, NULL);
    expect_token();
    fake_refuse(&f, OP_TOKEN_LOGIN, CODE_EXPIRED, "this token has expired");
    fake_settle(&f);
    dialled_again();
    cr_assert(fake_silent(&f));
    cr_assert(fake_asked(&f, "Password of alice"));
    fake_settle(&f);
    fake_answer(&f, "correct horse");
    dialled_again();
    expect_account(OP_LOGIN, "alice", "correct horse");
    next_start(ENGINE_AS_KNOWN, NULL);
    (void)fake_expect(&f, OP_GUEST);
}

Test(login, token__is_not_lost_when_the_relay_is_busy)
{
    kept();
    next_start(ENGINE_AS_KNOWN, NULL);
    expect_token();
    fake_refuse(&f, OP_TOKEN_LOGIN, CODE_BUSY, "not now");
    fake_settle(&f);
    dialled_again();
    expect_token();
}

Test(login, logout__forgets_the_token_and_comes_in_as_a_guest)
{
    kept();
    fake_type(&f, "/logout");
    fake_settle(&f);
    dialled_again();
    (void)fake_expect(&f, OP_GUEST);
    let_in("rand5", ROLE_GUEST);
    cr_assert_not(f.model->account);
    (void)fake_serve(&f, 0);
    next_start(ENGINE_AS_KNOWN, NULL);
    (void)fake_expect(&f, OP_GUEST);
}

Test(login, logout__leaves_the_rooms_of_the_account)
{
    as(ENGINE_AS_ACCOUNT, "alice", "correct horse");
    begin();
    (void)fake_expect(&f, OP_LOGIN);
    let_in("alice", ROLE_USER);
    (void)fake_serve(&f, 0);
    fake_room(&f, "ops");
    fake_type(&f, "/logout");
    fake_settle(&f);
    dialled_again();
    (void)fake_expect(&f, OP_GUEST);
    let_in("rand5", ROLE_GUEST);
    cr_assert_not(fake_serve(&f, OP_JOIN), "the room was the account's");
    cr_assert_eq(model_pages(f.model), 1);
}

Test(login, logout__of_a_guest_says_so)
{
    fake_ready(&f);
    fake_type(&f, "/logout");
    cr_assert(fake_said(&f, NULL, "a guest already"));
    cr_assert_not(f.closing);
}

Test(login, revoke__is_asked_for_and_nothing_is_kept)
{
    kept();
    fake_type(&f, "/token revoke");
    cr_assert(fake_serve(&f, OP_TOKEN_REVOKE));
    fake_done(&f, &MSG_COUNT, &(struct msg_count){.count = 2});
    cr_assert(fake_said(&f, NULL, "2 tokens of this account are worth nothing"));
    next_start(ENGINE_AS_KNOWN, NULL);
    (void)fake_expect(&f, OP_GUEST);
}

/* ---- certificates, and changing who one is ---- */

Test(login, certificate__shows_nothing_else)
{
    as(ENGINE_AS_CERTIFIED, NULL, NULL);
    begin();
    cr_assert_eq(fake_expect(&f, OP_CERT_LOGIN).n, 0);
    cr_assert_not(was_sent(OP_PUBLIC_KEY));
    let_in("alice", ROLE_USER);
    cr_assert(f.model->account);
}

Test(login, certificate__that_is_refused_is_the_end)
{
    as(ENGINE_AS_CERTIFIED, NULL, NULL);
    begin();
    (void)fake_expect(&f, OP_CERT_LOGIN);
    fake_refuse(&f, OP_CERT_LOGIN, CODE_BAD_SECRET, "nobody has this certificate");
    cr_assert(fake_silent(&f));
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
}

Test(login, command__asks_and_comes_in_as_the_account)
{
    fake_ready(&f);
    fake_type(&f, "/login Alice");
    cr_assert(f.closing);
    fake_settle(&f);
    fake_pass(&f, 60000);
    cr_assert_eq(f.dials, 1);
    cr_assert(fake_asked(&f, "Password of alice"));
    fake_answer(&f, "correct horse");
    dialled_again();
    expect_account(OP_LOGIN, "alice", "correct horse");
    let_in("alice", ROLE_USER);
    cr_assert(f.model->account);
    cr_assert(model_is_me(f.model, bytes_str("alice")));
}

Test(login, command__that_fails_goes_on_as_a_guest)
{
    fake_ready(&f);
    fake_type(&f, "/register alice");
    fake_settle(&f);
    fake_answer(&f, "correct horse");
    fake_answer(&f, "correct horse");
    dialled_again();
    expect_account(OP_REGISTER, "alice", "correct horse");
    fake_refuse(&f, OP_REGISTER, CODE_NAME_TAKEN, "alice is taken");
    cr_assert(fake_said(&f, NULL, "alice is taken"));
    (void)fake_expect(&f, OP_GUEST);
    let_in("rand6", ROLE_GUEST);
}

Test(login, command__while_not_connected_waits_for_the_password)
{
    fake_start(&f);
    fake_down(&f, LINK_END_CONNECT);
    fake_pass(&f, 900); /* the next try is due at any moment */
    fake_type(&f, "/login alice");
    fake_pass(&f, 120000);
    cr_assert_eq(f.dials, 1, "dialled while a person thinks");
    fake_answer(&f, "correct horse");
    dialled_again();
    expect_account(OP_LOGIN, "alice", "correct horse");
}

Test(login, command__after_a_final_refusal_says_what_to_do)
{
    fake_start(&f);
    fake_greet(&f, 0);
    (void)fake_expect(&f, OP_GUEST);
    fake_refuse(&f, OP_GUEST, CODE_NOT_ALLOWED, "no guests");
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
    fake_type(&f, "/login alice");
    cr_assert(fake_said(&f, NULL, "start it again"));
    cr_assert_not(f.model->ask.open, "a password that would serve nothing");
}
