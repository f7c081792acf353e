/* SPDX-License-Identifier: ISC */
#include "client/session.h"

#include <criterion/criterion.h>

#include "client/access.h"
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

TestSuite(session, .init = setup, .fini = teardown);

static struct room *room(const char *name)
{
    return rooms_find(&f.model->rooms, bytes_str(name));
}

/* ---- coming in ---- */

Test(session, start__in_order_to_ready)
{
    struct bytes greeting;
    struct msg_connected named = {.name = bytes_str("rand0")};

    fake_start(&f);
    cr_assert_eq(f.model->link, MODEL_DIALING);
    cr_assert(fake_silent(&f), "nothing may be sent before the link is up");
    fake_up(&f);
    greeting = fake_expect(&f, OP_CONNECT);
    cr_assert(bytes_eq(greeting, bytes_str(MSG_GREETING)));
    cr_assert(fake_silent(&f));
    fake_tell(&f, OP_CONNECT, &MSG_CONNECTED, &named);
    fake_hello(&f, HELLO_GUESTS);
    cr_assert_eq(f.model->link, MODEL_GREETING);
    fake_login(&f, "rand0", false);
    cr_assert_eq(f.model->link, MODEL_READY);
    fake_lists(&f, "general ops", "alice rand0");
    cr_assert_not_null(room("general"));
    cr_assert_not_null(roster_find(&f.model->home->people, bytes_str("alice")));
    cr_assert(model_is_me(f.model, bytes_str("rand0")));
}

Test(session, start__asks_for_the_wanted_nick)
{
    struct msg_name is = {.name = bytes_str("carol")};
    f.setup.nick = "carol";
    fake_start(&f);
    fake_greet(&f, HELLO_GUESTS);
    (void)fake_expect(&f, OP_GUEST);
    fake_in(&f, "rand0", ROLE_GUEST, false);
    (void)fake_expect(&f, OP_NICK);
    fake_tell(&f, OP_RENAMED, &MSG_RENAMED, &is);
    fake_keys(&f);
    cr_assert(model_is_me(f.model, bytes_str("carol")));
}

Test(session, start__no_guests_is_final_and_told)
{
    fake_start(&f);
    fake_greet(&f, 0);
    (void)fake_expect(&f, OP_GUEST);
    fake_refuse(&f, OP_GUEST, CODE_NOT_ALLOWED, "this relay takes no guests");
    cr_assert(fake_silent(&f));
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
    cr_assert(fake_said(&f, NULL, "takes no guests"));
    fake_pass(&f, 60000);
    cr_assert_eq(f.dials, 1);
}

Test(session, start__refused_greeting_is_told)
{
    fake_start(&f);
    fake_up(&f);
    (void)fake_expect(&f, OP_CONNECT);
    fake_refuse(&f, OP_CONNECT, CODE_BAD_FIELD, "another greeting is wanted");
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
    cr_assert(fake_said(&f, NULL, "another greeting is wanted"));
}

Test(session, start__a_full_relay_is_tried_again)
{
    fake_start(&f);
    fake_up(&f);
    (void)fake_expect(&f, OP_CONNECT);
    fake_refuse(&f, OP_CONNECT, CODE_FULL, "no room");
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_WAITING);
    fake_pass(&f, 3000);
    cr_assert_eq(f.dials, 2);
}

/* ---- who is there ---- */

Test(session, pin__first_sight_is_kept_with_the_relay_id)
{
    const struct pin *p;

    fake_ready(&f);
    p = pins_find(f.pins, "relay:5555");
    cr_assert_not_null(p);
    cr_assert_eq(memcmp(p->key, f.key, sizeof p->key), 0);
    cr_assert_eq(p->relay_id[0], 1);
    cr_assert_eq(f.model->trust, MODEL_FIRST_SIGHT);
}

static void pin(uint8_t fill, uint8_t id)
{
    struct pin p = {.address = "relay:5555", .relay_id = {id}};

    memset(p.key, fill, sizeof p.key);
    cr_assert_eq(pins_keep(f.pins, &p), ERR_OK);
}

Test(session, pin__the_same_key_again)
{
    pin(7, 1);
    fake_ready(&f);
    cr_assert_eq(f.model->trust, MODEL_PINNED);
}

Test(session, pin__another_key_is_refused_before_a_byte_is_sent)
{
    char is[TLS_FINGERPRINT_TEXT];

    pin(8, 1);
    fake_start(&f);
    fake_up(&f);
    cr_assert(fake_silent(&f));
    cr_assert(f.closing);
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
    tls_fingerprint_text(f.key, is);
    cr_assert(fake_said(&f, NULL, is), "the key shown now");
    memset(f.key, 8, sizeof f.key);
    tls_fingerprint_text(f.key, is);
    cr_assert(fake_said(&f, NULL, is), "the key expected");
    cr_assert(fake_said(&f, NULL, "--pin"), "what to do");
    cr_assert_eq(pins_find(f.pins, "relay:5555")->key[0], 8, "the pin stays");
    fake_pass(&f, 60000);
    cr_assert_eq(f.dials, 1, "no other try");
}

Test(session, pin__told_by_the_person_wins_and_is_kept)
{
    pin(8, 9);
    f.setup.has_pin = true;
    memset(f.setup.pin, 7, sizeof f.setup.pin);
    fake_ready(&f);
    cr_assert_eq(f.model->trust, MODEL_PINNED);
    cr_assert_eq(pins_find(f.pins, "relay:5555")->key[0], 7);
    cr_assert_eq(pins_find(f.pins, "relay:5555")->relay_id[0], 1);
}

Test(session, pin__told_by_the_person_and_not_shown_is_refused)
{
    f.setup.has_pin = true;
    memset(f.setup.pin, 6, sizeof f.setup.pin);
    fake_start(&f);
    fake_up(&f);
    cr_assert(fake_silent(&f));
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
}

Test(session, pin__the_same_key_under_another_id_is_refused)
{
    pin(7, 99);
    fake_start(&f);
    fake_greet(&f, HELLO_GUESTS);
    cr_assert(fake_silent(&f));
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
}

Test(session, pin__with_a_ca_nothing_is_pinned)
{
    f.setup.by_ca = true;
    fake_ready(&f);
    cr_assert_eq(f.model->trust, MODEL_CERTIFIED);
    cr_assert_null(pins_find(f.pins, "relay:5555"));
}

/* ---- the access key ---- */

#define KEY "0123456789abcdef0123456789abcdef"

static void to_access(void)
{
    fake_start(&f);
    fake_up(&f);
    (void)fake_expect(&f, OP_CONNECT);
    fake_done(&f, NULL, NULL);
    fake_hello(&f, HELLO_ACCESS | HELLO_GUESTS);
}

static void proof(const char *role, uint8_t out[MSG_SECRET])
{
    uint8_t exporter[LINK_EXPORT];

    memset(exporter, 0x5a, sizeof exporter);
    cr_assert_eq(access_proof(bytes_str(KEY), role, exporter, out), ERR_OK);
}

Test(session, access__both_sides_prove_it)
{
    uint8_t want[MSG_SECRET];
    struct msg_connected named = {
        .name = bytes_str("rand3"), .proof = bytes_of(want, sizeof want)};

    f.setup.access_key = bytes_str(KEY);
    to_access();
    proof("client", want);
    cr_assert(bytes_eq(fake_expect(&f, OP_ACCESS), bytes_of(want, sizeof want)));
    proof("relay", want);
    fake_tell(&f, OP_CONNECT, &MSG_CONNECTED, &named);
    fake_login(&f, "rand3", false);
    cr_assert_eq(f.model->link, MODEL_READY);
}

Test(session, access__a_relay_that_cannot_prove_it_is_refused)
{
    uint8_t wrong[MSG_SECRET];
    struct msg_connected named = {
        .name = bytes_str("rand3"), .proof = bytes_of(wrong, sizeof wrong)};

    f.setup.access_key = bytes_str(KEY);
    to_access();
    (void)fake_expect(&f, OP_ACCESS);
    proof("client", wrong); /* ours, sent back */
    fake_tell(&f, OP_CONNECT, &MSG_CONNECTED, &named);
    cr_assert(fake_silent(&f), "nothing more is told to it");
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
}

Test(session, access__without_a_proof_is_refused)
{
    struct msg_connected named = {.name = bytes_str("rand3")};

    f.setup.access_key = bytes_str(KEY);
    to_access();
    (void)fake_expect(&f, OP_ACCESS);
    fake_tell(&f, OP_CONNECT, &MSG_CONNECTED, &named);
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
}

Test(session, access__no_key_tells_what_to_type)
{
    to_access();
    cr_assert(fake_silent(&f));
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
    cr_assert(fake_said(&f, NULL, "--access-key FILE"));
}

Test(session, access__a_wrong_key_is_told)
{
    f.setup.access_key = bytes_str(KEY);
    to_access();
    (void)fake_expect(&f, OP_ACCESS);
    fake_refuse(&f, OP_ACCESS, CODE_BAD_SECRET, "no");
    fake_settle(&f);
    cr_assert_eq(f.model->link, MODEL_REFUSED);
    cr_assert(fake_said(&f, NULL, "does not accept this access key"));
}

/* ---- staying ---- */

Test(session, beat__after_silence_of_ours)
{
    fake_ready(&f);
    fake_pass(&f, 5900);
    cr_assert(fake_silent(&f));
    fake_pass(&f, 200);
    cr_assert(bytes_eq(fake_expect(&f, OP_HEARTBEAT), bytes_of("\x0fstayin alive...", 16)));
    cr_assert(fake_silent(&f));
    fake_pass(&f, 6000);
    (void)fake_expect(&f, OP_HEARTBEAT);
}

Test(session, beat__at_once_when_the_relay_warns)
{
    struct msg_refusal idle = {.status = STATUS_IDLE};

    fake_ready(&f);
    fake_tell(&f, OP_REPLY, &MSG_REFUSAL, &idle);
    (void)fake_expect(&f, OP_HEARTBEAT);
    cr_assert_not(f.closing);
}

Test(session, answer__missing_for_15_s_is_a_loss)
{
    fake_ready(&f);
    fake_type(&f, "/join ops");
    fake_pass(&f, 14500);
    cr_assert_eq(f.model->link, MODEL_READY);
    fake_pass(&f, 1000);
    cr_assert_eq(f.model->link, MODEL_WAITING);
    cr_assert(fake_said(&f, NULL, "no answer"));
}

Test(session, relist__asks_slowly_and_shows_a_dead_link)
{
    fake_ready(&f);
    fake_pass(&f, 15000);
    (void)fake_expect(&f, OP_HEARTBEAT);
    (void)fake_expect(&f, OP_HEARTBEAT);
    (void)fake_expect(&f, OP_ROOMS);
    fake_pass(&f, 15500);
    cr_assert_eq(f.model->link, MODEL_WAITING);
}

/* ---- coming back ---- */

Test(session, lost__back_off_grows_counts_down_and_is_bounded)
{
    uint64_t before;
    uint64_t last = 0;

    fake_start(&f);
    for (int i = 0; i < 8; i++) {
        unsigned dials = f.dials;
        fake_down(&f, LINK_END_CONNECT);
        cr_assert_eq(f.model->link, MODEL_WAITING);
        cr_assert_gt(f.model->retry_s, 0);
        before = f.loop.now_ms;
        while (f.dials == dials) {
            unsigned shown = f.model->retry_s;
            fake_pass(&f, 250);
            cr_assert(f.dials != dials || f.model->retry_s <= shown);
        }
        last = f.loop.now_ms - before;
        cr_assert_geq(last, i < 5 ? 1000u << i : 30000u);
        cr_assert_leq(last, (i < 5 ? 1250u << i : 37500u) + 500);
    }
    cr_assert(fake_said(&f, NULL, "Is sottod running there?"));
    cr_assert_eq(f.model->home->events.count, 2, "the same failure is told once");
}

Test(session, lost__resumed_within_grace)
{
    fake_ready(&f);
    fake_join(&f, "ops");
    fake_down(&f, LINK_END_LOST);
    fake_pass(&f, 3000);
    fake_greet(&f, HELLO_GUESTS);
    fake_login(&f, "rand0", true);
    cr_assert(model_is_me(f.model, bytes_str("rand0")));
    cr_assert(room("ops")->joined);
    fake_lists(&f, "ops", "alice rand0");
    fake_people(&f, "rand0");         /* who is in ops now; no second join */
    (void)fake_expect(&f, OP_COMMIT); /* nobody has made its group yet */
    cr_assert(fake_silent(&f));
    cr_assert_eq(room("ops")->people.count, 1);
}

Test(session, lost__resume_refused_comes_in_anew_and_joins_again)
{
    fake_ready(&f);
    fake_join(&f, "ops");
    fake_down(&f, LINK_END_LOST);
    fake_pass(&f, 3000);
    fake_greet(&f, HELLO_GUESTS);
    (void)fake_expect(&f, OP_RESUME);
    fake_refuse(&f, OP_RESUME, CODE_EXPIRED, "too late");
    fake_login(&f, "rand9", false);
    fake_lists(&f, "ops", "alice rand9");
    fake_people(&f, "alice");
    fake_joined(&f, "ops", OP_CREATED);
    cr_assert(fake_said(&f, "ops", "You are back"));
    cr_assert_eq(f.model->link, MODEL_READY);
}

static void lose_and_come_in_anew(void)
{
    fake_down(&f, LINK_END_LOST);
    fake_pass(&f, 4000);
    fake_greet(&f, HELLO_GUESTS);
    (void)fake_expect(&f, OP_RESUME);
    fake_refuse(&f, OP_RESUME, CODE_EXPIRED, "too late");
    fake_login(&f, "rand9", false);
    fake_lists(&f, "ops", "alice rand9");
    fake_people(&f, "alice");
}

Test(session, lost__a_busy_relay_is_asked_again_for_the_rooms)
{
    fake_ready(&f);
    fake_join(&f, "ops");
    lose_and_come_in_anew();
    (void)fake_expect(&f, OP_JOIN);
    fake_refuse(&f, OP_JOIN, CODE_TOO_FAST, "wait");
    cr_assert(room("ops")->joined);
    cr_assert(fake_silent(&f));
    fake_pass(&f, 500);
    fake_joined(&f, "ops", OP_JOINED);
    fake_people(&f, "rand9");
    fake_pass(&f, 1000);
    cr_assert(fake_silent(&f));
}

Test(session, lost__a_room_that_says_no_is_given_up)
{
    fake_ready(&f);
    fake_join(&f, "ops");
    lose_and_come_in_anew();
    (void)fake_expect(&f, OP_JOIN);
    fake_refuse(&f, OP_JOIN, CODE_BANNED, "banned");
    cr_assert_eq(model_pages(f.model), 1);
    cr_assert(fake_said(&f, NULL, "#ops does not take you back: banned"));
}

Test(session, lost__a_resume_token_is_used_once)
{
    fake_ready(&f);
    for (int i = 0; i < 2; i++) {
        fake_down(&f, LINK_END_LOST);
        fake_pass(&f, 4000);
        fake_greet(&f, HELLO_GUESTS);
        (void)fake_expect(&f, i == 0 ? OP_RESUME : OP_GUEST);
    }
}

Test(session, lost__after_the_grace_time_no_resume)
{
    fake_ready(&f);
    fake_down(&f, LINK_END_LOST);
    while (f.loop.now_ms < 40000) {
        fake_pass(&f, 250);
        if (f.linked && f.loop.now_ms < 39000)
            fake_down(&f, LINK_END_CONNECT);
    }
    while (!f.linked)
        fake_pass(&f, 250);
    fake_greet(&f, HELLO_GUESTS);
    (void)fake_expect(&f, OP_GUEST);
}

Test(session, closing__waits_as_long_as_the_relay_asks)
{
    struct msg_closing m = {.reason = bytes_str("maintenance"), .retry_s = 20};

    fake_ready(&f);
    fake_tell(&f, OP_CLOSING, &MSG_CLOSING, &m);
    fake_down(&f, LINK_END_CLOSED);
    cr_assert(fake_said(&f, NULL, "maintenance"));
    fake_pass(&f, 19000);
    cr_assert_eq(f.dials, 1);
    fake_pass(&f, 8000);
    cr_assert_eq(f.dials, 2);
}

/* ---- leaving ---- */

Test(session, quit__leaves_rooms_and_relay_then_is_over)
{
    struct msg_name left = {.name = bytes_str("ops")};

    fake_ready(&f);
    fake_join(&f, "ops");
    session_quit(f.session);
    cr_assert_eq(f.model->link, MODEL_LEAVING);
    cr_assert(bytes_eq(fake_expect(&f, OP_LEAVE), bytes_of("\x03ops", 4)));
    cr_assert_eq(fake_expect(&f, OP_LEAVE).n, 0);
    fake_tell(&f, OP_LEFT, &MSG_LEFT, &left);
    cr_assert_not(f.closing);
    left.name = (struct bytes){0};
    fake_tell(&f, OP_LEFT, &MSG_LEFT, &left);
    cr_assert(f.closing);
    cr_assert_not(session_over(f.session), "the link is still there");
    fake_settle(&f);
    cr_assert(session_over(f.session));
}

Test(session, quit__of_an_account_only_hangs_up)
{
    f.setup.login = ENGINE_AS_CERTIFIED;
    fake_start(&f);
    fake_greet(&f, HELLO_GUESTS);
    (void)fake_expect(&f, OP_CERT_LOGIN);
    fake_in(&f, "alice", ROLE_USER, false);
    (void)fake_serve(&f, 0);
    fake_room(&f, "ops");
    session_quit(f.session);
    fake_turn(&f);
    cr_assert(fake_silent(&f), "it stays a member of its rooms");
    cr_assert(f.closing);
    fake_settle(&f);
    cr_assert(session_over(f.session));
}

Test(session, quit__does_not_wait_for_a_silent_relay)
{
    fake_ready(&f);
    session_quit(f.session);
    fake_pass(&f, 2000);
    cr_assert(session_over(f.session));
}

Test(session, quit__twice_is_at_once)
{
    fake_ready(&f);
    session_quit(f.session);
    session_quit(f.session);
    fake_settle(&f);
    cr_assert(session_over(f.session));
}

Test(session, quit__from_everywhere)
{
    /* Not connected at all. */
    fake_start(&f);
    fake_down(&f, LINK_END_CONNECT);
    session_quit(f.session);
    cr_assert(session_over(f.session));
    fake_stop(&f);
    /* On the way. */
    fake_start(&f);
    session_quit(f.session);
    fake_settle(&f);
    cr_assert(session_over(f.session));
    fake_stop(&f);
    /* Refused. */
    pin(8, 1);
    fake_start(&f);
    fake_up(&f);
    fake_settle(&f);
    session_quit(f.session);
    cr_assert(session_over(f.session));
}
