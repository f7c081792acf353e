/* SPDX-License-Identifier: ISC */
#include "client/command.h"

#include <criterion/criterion.h>

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

TestSuite(client_command, .init = setup, .fini = teardown);

Test(client_command, rows__every_one_has_a_handler)
{
    for (size_t i = 0; command_at(i) != NULL; i++)
        cr_assert_eq(command_handler(command_at(i)) == NULL,
            command_at(i)->needs == NEEDS_SCREEN, "/%s", command_at(i)->name);
}

Test(client_command, words__at_home_are_never_sent)
{
    fake_ready(&f);
    fake_type(&f, "hello everybody");
    fake_type(&f, "//join this is no command");
    cr_assert(fake_silent(&f));
    cr_assert(fake_said(&f, NULL, "nobody would read it"));
}

/* Whether anything that was ever sent holds these words. */
static bool sent_words(const char *words)
{
    for (size_t i = 0; i < f.sent_n; i++) {
        struct bytes b = f.sent[i].body;
        if (b.n != 0 && memmem(b.p, b.n, words, strlen(words)) != NULL)
            return true;
    }
    return false;
}

Test(client_command, words__wait_for_the_group_and_go_sealed)
{
    struct msg_joined m = {.room = bytes_str("ops"), .online = 1};

    fake_ready(&f);
    fake_type(&f, "/join ops");
    (void)fake_expect(&f, OP_JOIN);
    fake_tell(&f, OP_JOINED, &MSG_JOINED, &m);
    fake_type(&f, "tea at five");
    cr_assert_not(fake_serve(&f, OP_SAY), "there is no group yet");
    for (int i = 0; i < 20 && !fake_serve(&f, OP_COMMIT); i++)
        fake_pass(&f, 250);
    fake_done(&f, &MSG_COMMIT_OK, &(struct msg_commit_ok){.seq = 1});
    cr_assert(fake_serve(&f, OP_SAY));
    cr_assert_not(sent_words("tea at five"));
}

Test(client_command, words__that_cannot_be_sent_are_told)
{
    fake_ready(&f);
    fake_room(&f, "ops");
    fake_type(&f, "no \xff text");
    cr_assert(fake_said(&f, "ops", "no valid UTF-8"));
    cr_assert_not(fake_serve(&f, OP_SAY));
}

Test(client_command, unknown__suggests)
{
    fake_ready(&f);
    fake_type(&f, "/jion ops");
    cr_assert(fake_said(&f, NULL, "Did you mean /join?"));
    fake_type(&f, "/frobnicate");
    cr_assert(fake_said(&f, NULL, "/help shows all"));
    fake_type(&f, "/join");
    cr_assert(fake_said(&f, NULL, "/join ROOM"));
    cr_assert(fake_silent(&f));
}

Test(client_command, offline__what_needs_the_relay_says_so)
{
    fake_start(&f);
    fake_down(&f, LINK_END_CONNECT);
    for (size_t i = 0; command_at(i) != NULL; i++) {
        char line[64] = "/";
        (void)strncat(line, command_at(i)->name, 20);
        for (uint8_t k = 0; k < command_at(i)->least; k++)
            (void)strncat(line, " x", 3);
        if (command_at(i)->needs != NEEDS_NOTHING)
            fake_type(&f, line);
    }
    cr_assert(fake_said(&f, NULL, "/join needs the relay"));
    cr_assert(fake_silent(&f));
}

Test(client_command, names__that_cannot_be_are_not_sent)
{
    static const char *const LINES[] = {"/join a\x1b[2J", "/nick \xff",
        ("/nick \xe2\x80\xae"
         "evil"),
        "/nick 123456789012345678901234567890123", "/users \x07"};

    fake_ready(&f);
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++)
        fake_type(&f, LINES[i]);
    cr_assert(fake_silent(&f));
    cr_assert(fake_said(&f, NULL, "cannot be the name of a person"));
}

Test(client_command, leave__only_rooms_one_is_in)
{
    fake_ready(&f);
    fake_type(&f, "/leave");
    cr_assert(fake_said(&f, NULL, "relay's own page"));
    fake_type(&f, "/leave general");
    cr_assert(fake_said(&f, NULL, "You are not in #general"));
    cr_assert(fake_silent(&f));
}

Test(client_command, leave__the_open_room)
{
    struct msg_joined m = {.room = bytes_str("ops"), .online = 1};
    struct msg_name left = {.name = bytes_str("ops")};
    struct msg_users_ok none = {.names = {0}};

    fake_ready(&f);
    fake_type(&f, "/join ops");
    (void)fake_expect(&f, OP_JOIN);
    fake_tell(&f, OP_JOINED, &MSG_JOINED, &m);
    (void)fake_expect(&f, OP_USERS);
    fake_done(&f, &MSG_USERS_OK, &none);
    fake_type(&f, "/leave");
    cr_assert(bytes_eq(fake_expect(&f, OP_LEAVE), bytes_of("\x03ops", 4)));
    fake_tell(&f, OP_LEFT, &MSG_LEFT, &left);
    cr_assert_eq(f.model->open, f.model->home);
    cr_assert(fake_said(&f, NULL, "You left #ops"));
}

Test(client_command, nick__taken_is_told)
{
    fake_ready(&f);
    fake_type(&f, "/nick bob");
    cr_assert(bytes_eq(fake_expect(&f, OP_NICK), bytes_of("\x03"
                                                          "bob",
                                                     4)));
    fake_refuse(&f, OP_NICK, CODE_NAME_TAKEN, "somebody has it");
    cr_assert(fake_said(&f, NULL, "bob: the relay says no: somebody has it"));
    cr_assert(model_is_me(f.model, bytes_str("rand0")));
}

Test(client_command, help__asks_for_the_page)
{
    fake_start(&f);
    fake_type(&f, "/help /join");
    cr_assert(f.model->help);
    cr_assert_str_eq(f.model->help_topic, "join");
    fake_type(&f, "/help nothing");
    cr_assert(fake_said(&f, NULL, "no command /nothing"));
}

Test(client_command, users__of_the_open_page)
{
    struct buf run;

    fake_ready(&f);
    fake_type(&f, "/users");
    cr_assert_eq(fake_expect(&f, OP_USERS).n, 0);
    buf_init(&run, 64);
    names_add(&run, bytes_str("alice"));
    struct msg_users_ok m = {
        .names = buf_view(&run), .more = true, .flags = bytes_of("\x02", 1)};
    fake_done(&f, &MSG_USERS_OK, &m);
    buf_free(&run);
    cr_assert(fake_said(&f, NULL, "1 person on this relay: alice (away)"));
    fake_type(&f, "/users #ops");
    cr_assert(bytes_eq(fake_expect(&f, OP_USERS), bytes_of("\x03ops\0", 5)));
}

/* ---- intents that somebody waits for ---- */

static struct {
    size_t n;
    uint64_t tag;
    bool done;
    char why[256];
} told;

static void hear(void *arg, const struct model_outcome *o)
{
    (void)arg;
    told.n++;
    told.tag = o->tag;
    told.done = o->done;
    (void)bytes_copy(told.why, sizeof told.why, bytes_str(o->why));
}

static void wait_for(uint64_t tag, const char *line)
{
    const struct intent i = {.kind = INTENT_LINE, .tag = tag};

    f.model->ear.outcome = hear;
    cr_assert_eq(intents_put(&f.model->intents, &i, bytes_str(line)), ERR_OK);
    session_intents(f.session);
    fake_turn(&f);
}

Test(client_command, tag__of_what_is_done_at_once)
{
    fake_ready(&f);
    wait_for(7, "/doctor");
    cr_assert(told.n == 1 && told.tag == 7 && told.done);
    wait_for(8, "/frobnicate");
    cr_assert(told.n == 2 && told.tag == 8 && !told.done);
    cr_assert_not_null(strstr(told.why, "no command /frobnicate"));
}

Test(client_command, tag__of_a_question_to_the_relay)
{
    fake_ready(&f);
    wait_for(7, "/rooms");
    cr_assert_eq(told.n, 0);
    cr_assert(fake_serve(&f, OP_ROOMS));
    fake_refuse(&f, OP_ROOMS, CODE_TOO_FAST, "not so fast");
    cr_assert(told.n == 1 && !told.done);
    cr_assert_not_null(strstr(told.why, "not so fast"));
}

Test(client_command, tag__of_a_join_waits_for_the_keys)
{
    struct msg_joined m = {.room = bytes_str("ops"), .online = 1};

    fake_ready(&f);
    wait_for(7, "/join ops");
    cr_assert(fake_serve(&f, OP_JOIN));
    fake_tell(&f, OP_CREATED, &MSG_JOINED, &m);
    cr_assert(fake_serve(&f, OP_COMMIT));
    cr_assert_eq(told.n, 0, "there are no keys yet");
    fake_done(&f, &MSG_COMMIT_OK, &(struct msg_commit_ok){.seq = 1});
    cr_assert(told.n == 1 && told.tag == 7 && told.done);
}

Test(client_command, tag__of_a_join_that_is_refused)
{
    fake_ready(&f);
    wait_for(7, "/join ops");
    cr_assert(fake_serve(&f, OP_JOIN));
    fake_refuse(&f, OP_JOIN, CODE_BANNED, "banned");
    cr_assert(told.n == 1 && !told.done);
    cr_assert_not_null(strstr(told.why, "banned"));
}

Test(client_command, tag__of_words_waits_until_the_relay_has_them)
{
    fake_ready(&f);
    fake_room(&f, "ops");
    wait_for(7, "tea at five");
    cr_assert(fake_serve(&f, OP_SAY));
    cr_assert_eq(told.n, 0);
    fake_done(&f, &MSG_SENT, &(struct msg_sent){.seq = 2});
    cr_assert(told.n == 1 && told.tag == 7 && told.done);
}

Test(client_command, tag__fails_when_the_link_is_lost)
{
    fake_ready(&f);
    wait_for(7, "/rooms");
    fake_down(&f, LINK_END_LOST);
    cr_assert(told.n == 1 && !told.done);
    cr_assert_not_null(strstr(told.why, "connection was lost"));
}

Test(client_command, tag__of_the_same_number_twice)
{
    fake_ready(&f);
    wait_for(7, "/rooms");
    wait_for(7, "/users");
    (void)fake_serve(&f, 0);
    cr_assert(told.n == 1 && told.done);
    wait_for(7, "/rooms");
    (void)fake_serve(&f, 0);
    cr_assert(told.n == 2 && told.done);
}
