/* SPDX-License-Identifier: ISC */
#include "face/once.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stage.h"

static enum err says_s3cret(const char *words, struct buf *out)
{
    (void)words;
    buf_text(out, "s3cret");
    return ERR_OK;
}

static enum err says_nothing(const char *words, struct buf *out)
{
    (void)words, (void)out;
    return ERR_CLOSED;
}

static struct stage *open_once(const struct once_setup *setup)
{
    (void)setenv("TZ", "UTC", 1);
    struct stage *s = stage_open();
    s->face = once_new(s->model, setup, s->fd);
    model_time(s->model, (9 * 60 + 41) * 60000);
    return s;
}

static void close_once(struct stage *s)
{
    once_free(s->face);
    stage_close(s);
}

static void expect_end(struct stage *s, int status, const char *why)
{
    cr_expect(s->face->over, "wanted: %s", why);
    cr_expect_eq(s->face->status, status, "%d: %s", s->face->status, s->face->why);
    cr_expect_not_null(strstr(s->face->why, why), "%s", s->face->why);
}

static struct once_setup to(const char *name, const char *text)
{
    return (struct once_setup){.verb = OPTIONS_SEND,
        .where = {name[0] == '@', bytes_str(name + (name[0] == '@'))},
        .text = bytes_str(text)};
}

Test(once, send__waits_until_the_relay_has_it)
{
    struct once_setup setup = to("ops", "hi");
    struct stage *s = open_once(&setup);

    stage_turn(s, 1);
    uint64_t tag = stage_take(s, INTENT_WORDS, "hi");
    stage_message(s, stage_room(s), "alice", "hi", EVENT_OWN, EVENT_QUEUED, 1);
    model_outcome(s->model, tag, true, NULL);
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    model_state(s->model, stage_room(s), (const uint8_t[EVENT_KEY]){1}, EVENT_RELAYED);
    stage_turn(s, 1);
    expect_end(s, FACE_OK, "");
    cr_expect_str_empty(stage_said(s));
    close_once(s);
}

Test(once, send__enters_the_room_first)
{
    struct once_setup setup = to("dev", "hi");
    struct stage *s = open_once(&setup);

    stage_turn(s, 1);
    uint64_t tag = stage_take(s, INTENT_LINE, "/join dev");
    (void)model_join(s->model, bytes_str("dev"));
    stage_turn(s, 1);
    cr_expect(stage_idle(s), "spoke before the room was entered");
    model_outcome(s->model, tag, true, NULL);
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_WORDS, "hi");
    close_once(s);
}

Test(once, send__to_a_person)
{
    struct once_setup setup = to("@bob", "hi");
    struct stage *s = open_once(&setup);
    struct intent i;

    stage_turn(s, 1);
    uint64_t tag = stage_take(s, INTENT_LINE, "/msg bob");
    (void)model_direct(s->model, bytes_str("bob"));
    model_outcome(s->model, tag, true, NULL);
    stage_turn(s, 1);
    cr_assert(intents_take(&s->model->intents, &i));
    cr_expect(i.direct && i.where_n == 3 && memcmp(i.where, "bob", 3) == 0);
    intent_fini(&i);
    close_once(s);
}

Test(once, send__refused_tells_why)
{
    struct once_setup setup = to("dev", "hi");
    struct stage *s = open_once(&setup);

    stage_turn(s, 1);
    model_outcome(s->model, stage_take(s, INTENT_LINE, "/join dev"), false,
        "you are banned\x1b[2J from there.");
    stage_turn(s, 1);
    expect_end(s, FACE_REFUSED, "#dev: you are banned<U+001B>[2J from there.");
    close_once(s);
}

Test(once, send__refused_with_words_that_swell_when_cleaned)
{
    struct once_setup setup = to("dev", "hi");
    struct stage *s = open_once(&setup);
    char why[512];

    memset(why, '\x01', sizeof why - 1);
    why[sizeof why - 1] = '\0';
    stage_turn(s, 1);
    model_outcome(s->model, stage_take(s, INTENT_LINE, "/join dev"), false, why);
    expect_end(s, FACE_REFUSED, "#dev: <U+0001><U+0001>");
    close_once(s);
}

Test(once, send__to_where_one_does_not_get_in)
{
    struct once_setup setup = to("dev", "hi");
    struct stage *s = open_once(&setup);

    stage_turn(s, 1);
    model_outcome(s->model, stage_take(s, INTENT_LINE, "/join dev"), true, "");
    stage_turn(s, 1);
    expect_end(s, FACE_REFUSED, "could not get in");
    close_once(s);
}

Test(once, send__that_fails_on_the_way)
{
    struct once_setup setup = to("ops", "hi");
    struct stage *s = open_once(&setup);

    stage_turn(s, 1);
    uint64_t tag = stage_take(s, INTENT_WORDS, "hi");
    stage_message(s, stage_room(s), "alice", "hi", EVENT_OWN, EVENT_QUEUED, 1);
    model_outcome(s->model, tag, true, NULL);
    model_state(s->model, stage_room(s), (const uint8_t[EVENT_KEY]){1}, EVENT_FAILED);
    expect_end(s, FACE_REFUSED, "not sent");
    close_once(s);
}

Test(once, send__text_from_standard_input)
{
    struct once_setup setup = to("ops", "");
    setup.text_from_input = true;
    struct stage *s = open_once(&setup);

    stage_feed(s, "one\r\n\ntwo");
    cr_expect(stage_idle(s));
    face_input_end(s->face);
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_WORDS, "one\n\ntwo");
    close_once(s);
}

Test(once, send__nothing_too_much_or_no_utf8)
{
    struct once_setup setup = to("ops", "");
    char *big = mem_alloc(INTENT_BYTES + 2);

    setup.text_from_input = true;
    struct stage *s = open_once(&setup);
    face_input_end(s->face);
    stage_turn(s, 1);
    expect_end(s, FACE_USAGE, "nothing to send");
    close_once(s);

    memset(big, 'x', INTENT_BYTES + 1);
    s = open_once(&setup);
    stage_feed(s, big);
    stage_feed(s, "\n");
    expect_end(s, FACE_USAGE, "too long");
    close_once(s);
    mem_free(big);

    setup = to("ops", "caf\xe9");
    s = open_once(&setup);
    stage_turn(s, 1);
    expect_end(s, FACE_USAGE, "no UTF-8");
    cr_expect_not_null(s->face);
    close_once(s);
}

Test(once, not_connected__says_what_is_wrong)
{
    struct once_setup setup = to("ops", "hi");
    struct stage *s = open_once(&setup);

    model_set_link(s->model, MODEL_DIALING, 0);
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    model_event(s->model, NULL, EVENT_WARN, (struct bytes){0}, bytes_str("No relay answers."));
    model_set_link(s->model, MODEL_WAITING, 1);
    stage_turn(s, 1);
    expect_end(s, FACE_NOBODY, "No relay answers.");
    close_once(s);

    s = open_once(&setup);
    model_event(s->model, NULL, EVENT_ERROR, (struct bytes){0}, bytes_str("Wrong password."));
    model_set_link(s->model, MODEL_REFUSED, 0);
    stage_turn(s, 1);
    expect_end(s, FACE_REFUSED, "Wrong password.");
    close_once(s);

    s = open_once(&setup);
    model_event(s->model, NULL, EVENT_ERROR, (struct bytes){0}, bytes_str("ITS KEY CHANGED."));
    model_event(s->model, NULL, EVENT_ERROR, (struct bytes){0}, bytes_str("expected A"));
    model_event(s->model, NULL, EVENT_ERROR, (struct bytes){0}, bytes_str("shown B"));
    model_event(s->model, NULL, EVENT_INFO, (struct bytes){0}, bytes_str("Ask the operator."));
    model_set_link(s->model, MODEL_REFUSED, 0);
    stage_turn(s, 1);
    expect_end(s, FACE_REFUSED, "ITS KEY CHANGED. expected A shown B");
    close_once(s);

    s = open_once(&setup);
    model_set_link(s->model, MODEL_GREETING, 0);
    stage_turn(s, 1);
    cr_expect_eq(face_patience(s->face), ONCE_PATIENCE_MS);
    stage_turn(s, ONCE_PATIENCE_MS);
    expect_end(s, FACE_NOBODY, "has not let you in");
    close_once(s);
}

Test(once, send__not_relayed_in_time)
{
    struct once_setup setup = to("ops", "hi");
    struct stage *s = open_once(&setup);

    stage_turn(s, 1);
    (void)stage_take(s, INTENT_WORDS, "hi");
    stage_turn(s, ONCE_PATIENCE_MS);
    expect_end(s, FACE_NOBODY, "has not reached the relay");
    close_once(s);
}

/* alice and bob, and how far each is trusted. */
static struct stage *open_verified(
    const char *name, enum room_seal seal, uint8_t bob, uint32_t members)
{
    static struct once_setup setup;
    setup = to(name, "hi");
    setup.verified = true;
    struct stage *s = open_once(&setup);
    struct room *r = stage_room(s);
    r->seal = seal;
    r->members = members;
    cr_assert_eq(roster_add(&r->people, bytes_str("bob"), bob), ERR_OK);
    stage_turn(s, 1);
    return s;
}

Test(once, verified__sends_when_all_is_as_it_was_asked)
{
    struct stage *s = open_verified("ops", ROOM_SEALED, ROSTER_SEALED | ROSTER_VERIFIED, 2);

    (void)stage_take(s, INTENT_CAREFUL, "hi");
    close_once(s);
}

Test(once, verified__sends_nothing_otherwise)
{
    static const struct {
        enum room_seal seal;
        uint8_t bob;
        uint32_t members;
        const char *why;
    } CASES[] = {
        {ROOM_SEALED, ROSTER_SEALED, 2, "bob reads along and is not verified"},
        {ROOM_SEALED, ROSTER_SEALED | ROSTER_VERIFIED | ROSTER_CHANGED, 2, "bob reads along"},
        {ROOM_SEALED, ROSTER_SEALED | ROSTER_VERIFIED, 3, "whose name is not known"},
        {ROOM_SEALED, ROSTER_SEALED | ROSTER_VERIFIED, 1, "whose name is not known"},
        {ROOM_SEALED, ROSTER_SEALED | ROSTER_VERIFIED, 0, "not sealed"},
        {ROOM_SEALED, 0, 2, "whose name is not known"},
        {ROOM_STOPPED, ROSTER_SEALED | ROSTER_VERIFIED, 2, "key has changed"},
        {ROOM_BROKEN, ROSTER_SEALED | ROSTER_VERIFIED, 2, "broke the group's rules"},
        {ROOM_UNVERIFIED, ROSTER_SEALED, 2, "bob reads along and is not verified"},
        {ROOM_UNCONFIRMED, ROSTER_SEALED | ROSTER_VERIFIED, 2, "not sealed"},
        {ROOM_AGREEING, ROSTER_SEALED | ROSTER_VERIFIED, 2, "not sealed"},
        {ROOM_LOST, ROSTER_SEALED | ROSTER_VERIFIED, 2, "not sealed"},
        {ROOM_PLAIN, ROSTER_SEALED | ROSTER_VERIFIED, 2, "not sealed"},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        struct stage *s = open_verified("ops", CASES[i].seal, CASES[i].bob, CASES[i].members);
        if (!s->face->over)
            stage_turn(s, ONCE_PATIENCE_MS);
        expect_end(s, FACE_UNSEALED, CASES[i].why);
        (void)stage_take(s, INTENT_QUIT, "");
        cr_expect(stage_idle(s), "%zu", i);
        close_once(s);
    }
}

Test(once, verified__waits_while_keys_are_agreed)
{
    struct stage *s = open_verified("ops", ROOM_AGREEING, ROSTER_SEALED | ROSTER_VERIFIED, 2);

    cr_expect(stage_idle(s));
    cr_expect_not(s->face->over);
    stage_room(s)->seal = ROOM_SEALED;
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_CAREFUL, "hi");
    close_once(s);
}

Test(once, ask__is_answered_by_the_person_or_ends_it)
{
    struct once_setup setup = to("ops", "hi");

    setup.ask = says_s3cret;
    struct stage *s = open_once(&setup);
    model_set_link(s->model, MODEL_GREETING, 0);
    model_put_ask(s->model, true, "Password");
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_ANSWER, "s3cret");
    close_once(s);

    setup.ask = says_nothing;
    s = open_once(&setup);
    model_put_ask(s->model, true, "Password of \x07");
    stage_turn(s, 1);
    expect_end(s, FACE_REFUSED, "Password of <U+0007>");
    close_once(s);

    setup.ask = says_s3cret;
    s = open_once(&setup);
    model_put_ask(s->model, false, "Accept this key?");
    stage_turn(s, 1);
    expect_end(s, FACE_REFUSED, "Accept this key? (nobody is here to answer)");
    close_once(s);
}

static char asked[512];

static enum err keeps_the_words(const char *words, struct buf *out)
{
    (void)bytes_copy(asked, sizeof asked, bytes_str(words));
    buf_text(out, "wrong");
    return ERR_OK;
}

Test(once, ask__again_says_what_was_wrong)
{
    struct once_setup setup = to("ops", "hi");

    setup.ask = keeps_the_words;
    struct stage *s = open_once(&setup);
    model_set_link(s->model, MODEL_GREETING, 0);
    model_event(s->model, NULL, EVENT_WARN, (struct bytes){0}, bytes_str("Before."));
    model_put_ask(s->model, true, "Password");
    stage_turn(s, 1);
    cr_expect_str_eq(asked, "Password");
    (void)stage_take(s, INTENT_ANSWER, "wrong");
    model_event(s->model, stage_room(s), EVENT_INFO, (struct bytes){0}, bytes_str("x"));
    model_event(s->model, NULL, EVENT_INFO, (struct bytes){0}, bytes_str("x"));
    model_event(s->model, NULL, EVENT_WARN, (struct bytes){0}, bytes_str("It is wrong"));
    stage_turn(s, 1);
    cr_expect_str_eq(asked, "It is wrong. Password");
    close_once(s);
}

Test(once, ask__while_it_is_answered_the_connection_may_end)
{
    struct once_setup setup = to("ops", "hi");

    setup.ask = says_s3cret;
    struct stage *s = open_once(&setup);
    model_set_link(s->model, MODEL_GREETING, 0);
    model_put_ask(s->model, true, "Password");
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_ANSWER, "s3cret");
    model_close_ask(s->model);
    model_set_link(s->model, MODEL_WAITING, 1);
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    model_set_link(s->model, MODEL_DIALING, 0);
    model_set_link(s->model, MODEL_WAITING, 1);
    stage_turn(s, 1);
    expect_end(s, FACE_NOBODY, "");
    close_once(s);
}

Test(once, tail__prints_what_is_said_there_from_now_on)
{
    struct once_setup setup = {
        .verb = OPTIONS_TAIL, .where = {false, bytes_str("ops")}, .number = 2};
    struct stage *s = open_once(&setup);

    stage_turn(s, 1);
    stage_message(s, stage_room(s), "bob", "before", EVENT_OLD, EVENT_ARRIVED, 1);
    stage_message(s, stage_room(s), "bob", "one", 0, EVENT_ARRIVED, 2);
    stage_message(
        s, model_direct(s->model, bytes_str("bob")), "bob", "psst", 0, EVENT_ARRIVED, 3);
    model_event(s->model, stage_room(s), EVENT_HERE, bytes_str("eve"), bytes_str("came"));
    cr_expect_str_eq(stage_said(s), "09:41 #ops bob: one\n");
    cr_expect_not(s->face->over);
    cr_expect_eq(face_patience(s->face), UINT64_MAX);
    stage_message(s, stage_room(s), "bob", "two", 0, EVENT_ARRIVED, 4);
    stage_message(s, stage_room(s), "bob", "three", 0, EVENT_ARRIVED, 5);
    cr_expect_str_eq(stage_said(s), "09:41 #ops bob: two\n");
    expect_end(s, FACE_OK, "");
    close_once(s);
}

Test(once, tail__as_objects_and_through_a_lost_connection)
{
    struct once_setup setup = {
        .verb = OPTIONS_TAIL, .where = {false, bytes_str("ops")}, .json = true};
    struct stage *s = open_once(&setup);

    stage_turn(s, 1);
    model_set_link(s->model, MODEL_WAITING, 5);
    stage_turn(s, 100000);
    cr_expect_not(s->face->over);
    stage_message(s, stage_room(s), "bob", "one", 0, EVENT_ARRIVED, 2);
    cr_expect_not_null(strstr(stage_said(s), "{\"event\":\"message\",\"room\":\"ops\","));
    close_once(s);
}

Test(once, rooms__once_they_are_known)
{
    struct once_setup setup = {.verb = OPTIONS_ROOMS};
    struct stage *s = open_once(&setup);
    struct room *r;

    stage_turn(s, 1);
    uint64_t tag = stage_take(s, INTENT_LINE, "/rooms");
    r = rooms_add(&s->model->rooms, bytes_str("dev"));
    r->online = 3;
    r->lock = ROOM_LOCKED;
    (void)bytes_copy(r->topic, sizeof r->topic, bytes_str("tea\n\x1b"));
    cr_expect_str_empty(stage_said(s));
    model_outcome(s->model, tag, true, NULL);
    stage_turn(s, 1);
    cr_expect_str_eq(
        stage_said(s), "#dev  3 here  password  tea<U+000A><U+001B>\n#ops  0 here\n");
    expect_end(s, FACE_OK, "");
    close_once(s);

    setup.json = true;
    s = open_once(&setup);
    stage_turn(s, 1);
    model_outcome(s->model, stage_take(s, INTENT_LINE, "/rooms"), true, NULL);
    stage_turn(s, 1);
    cr_expect_not_null(strstr(stage_said(s), "{\"rooms\":[{\"room\":\"ops\","));
    close_once(s);
}
