/* SPDX-License-Identifier: ISC */
#include "face/plain.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "face/text.h"
#include "stage.h"

static struct stage *open_plain(void)
{
    (void)setenv("TZ", "UTC", 1);
    struct stage *s = stage_open();
    s->face = plain_new(s->model, -1, s->fd);
    model_time(s->model, (9 * 60 + 41) * 60000);
    return s;
}

static void close_plain(struct stage *s)
{
    plain_free(s->face);
    stage_close(s);
}

Test(plain, message__is_a_line_with_its_place)
{
    struct stage *s = open_plain();
    struct event guest = {.kind = EVENT_MESSAGE,
        .who = bytes_str("bob"),
        .text = bytes_str("hi"),
        .flags = EVENT_GUEST,
        .tag = "kuti"};

    stage_message(s, stage_room(s), "bob", "tea?", 0, EVENT_ARRIVED, 1);
    model_add(s->model, model_direct(s->model, bytes_str("bob")), &guest);
    cr_expect_str_eq(stage_said(s), "09:41 #ops bob: tea?\n"
                                    "09:41 @bob - joined; agreeing keys\n"
                                    "09:41 @bob bob#kuti: hi\n");
    close_plain(s);
}

Test(plain, message__of_a_stranger_cannot_pass_for_another_line)
{
    struct stage *s = open_plain();

    stage_message(s, stage_room(s), "b\nob\x1b[2J", "one\r\n09:41 #ops alice: yes\n\x07", 0,
        EVENT_ARRIVED, 1);
    cr_expect_str_eq(stage_said(s), "09:41 #ops b<U+000A>ob<U+001B>[2J: one\n"
                                    "      | 09:41 #ops alice: yes\n"
                                    "      | <U+0007>\n");
    close_plain(s);
}

Test(plain, states__only_failure_is_told)
{
    struct stage *s = open_plain();
    const uint8_t key[EVENT_KEY] = {1};

    stage_message(s, stage_room(s), "alice", "hi", EVENT_OWN, EVENT_QUEUED, 1);
    (void)stage_said(s);
    model_state(s->model, stage_room(s), key, EVENT_RELAYED);
    model_state(s->model, stage_room(s), key, EVENT_DELIVERED);
    cr_expect_str_empty(stage_said(s));
    model_state(s->model, stage_room(s), key, EVENT_FAILED);
    cr_expect_str_eq(stage_said(s), "09:41 #ops NOT SENT: alice: hi\n");
    close_plain(s);
}

Test(plain, lines__go_one_after_the_other)
{
    struct stage *s = open_plain();

    stage_feed(s, "/join dev\r\nhello\n\n//x\n");
    uint64_t tag = stage_take(s, INTENT_LINE, "/join dev");
    stage_turn(s, 1);
    cr_expect(stage_idle(s), "hello did not wait for the room");
    model_show(s->model, model_join(s->model, bytes_str("dev")));
    model_outcome(s->model, tag, true, NULL);
    stage_turn(s, 1);
    tag = stage_take(s, INTENT_LINE, "hello");
    cr_expect_str_eq(stage_said(s),
        "09:41 #dev - joined; agreeing keys\n09:41 #dev - What you type goes here now.\n");
    model_outcome(s->model, tag, true, NULL);
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_LINE, "//x");
    close_plain(s);
}

Test(plain, lines__wait_for_the_first_try_to_come_in)
{
    struct stage *s = open_plain();

    model_set_link(s->model, MODEL_DIALING, 0);
    stage_feed(s, "/join dev\n");
    cr_expect(stage_idle(s));
    model_set_link(s->model, MODEL_WAITING, 2);
    stage_turn(s, 1);
    (void)stage_take(s, INTENT_LINE, "/join dev");
    close_plain(s);
}

Test(plain, lines__that_are_no_utf8_are_not_used)
{
    struct stage *s = open_plain();

    stage_feed(s, "caf\xe9\n");
    cr_expect(stage_idle(s));
    cr_expect_str_eq(
        stage_said(s), "09:41 - A line that is no UTF-8 came in; it was not used.\n");
    close_plain(s);
}

Test(plain, ask__is_a_prompt_and_the_next_line_its_answer)
{
    struct stage *s = open_plain();

    stage_feed(s, "/login alice\n");
    uint64_t tag = stage_take(s, INTENT_LINE, "/login alice");
    model_put_ask(s->model, true, "Password of al\x1b[2Jice");
    cr_expect_str_eq(stage_said(s), "Password of al<U+001B>[2Jice: ");
    stage_feed(s, "s3cret\n");
    (void)stage_take(s, INTENT_ANSWER, "s3cret");
    cr_expect_str_eq(stage_said(s), "\n");
    cr_expect_null(memmem(s->face->in.p, s->face->in.cap, "s3cret", 6));
    model_close_ask(s->model);
    model_outcome(s->model, tag, true, NULL);
    close_plain(s);
}

Test(plain, ask__stands_again_behind_what_happens_meanwhile)
{
    struct stage *s = open_plain();

    model_put_ask(s->model, true, "Password");
    (void)stage_said(s);
    stage_message(s, stage_room(s), "bob", "tea?", 0, EVENT_ARRIVED, 1);
    cr_expect_str_eq(stage_said(s), "\n09:41 #ops bob: tea?\nPassword: ");
    model_close_ask(s->model);
    stage_message(s, stage_room(s), "bob", "now?", 0, EVENT_ARRIVED, 2);
    cr_expect_str_eq(stage_said(s), "\n09:41 #ops bob: now?\n");
    close_plain(s);
}

static bool echoes(int fd)
{
    struct termios now;

    cr_assert_eq(tcgetattr(fd, &now), 0);
    return (now.c_lflag & ECHO) != 0;
}

Test(plain, ask__hidden_does_not_echo_and_the_end_restores_it)
{
    struct stage *s = stage_open();
    int master = posix_openpt(O_RDWR | O_NOCTTY);

    cr_assert(grantpt(master) == 0 && unlockpt(master) == 0);
    int tty = open(ptsname(master), O_RDWR | O_NOCTTY);
    cr_assert_geq(tty, 0);
    s->face = plain_new(s->model, tty, s->fd);
    cr_expect(echoes(tty));
    model_put_ask(s->model, true, "Password");
    cr_expect_not(echoes(tty));
    model_close_ask(s->model);
    cr_expect(echoes(tty));
    model_put_ask(s->model, false, "Really?");
    cr_expect(echoes(tty));
    model_put_ask(s->model, true, "Password");
    cr_expect_not(echoes(tty));
    plain_free(s->face);
    cr_expect(echoes(tty));
    close(tty);
    close(master);
    stage_close(s);
}

Test(plain, room__changes_of_its_seal_are_told_once)
{
    struct stage *s = open_plain();
    struct room *r = stage_room(s);

    model_room_changed(s->model, r);
    cr_expect_str_eq(stage_said(s), "09:41 #ops - joined; sealed end to end, 2 members\n");
    model_room_changed(s->model, r);
    cr_expect_str_empty(stage_said(s));
    r->seal = ROOM_STOPPED;
    model_room_changed(s->model, r);
    cr_expect_str_eq(stage_said(s), "09:41 #ops - stopped: a key changed, 2 members\n");
    model_leave(s->model, r);
    cr_expect_str_eq(stage_said(s), "09:41 #ops - left\n");
    close_plain(s);
}

Test(plain, end_of_input__ends_in_order)
{
    struct stage *s = open_plain();

    stage_feed(s, "hello\n");
    uint64_t tag = stage_take(s, INTENT_LINE, "hello");
    face_input_end(s->face);
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    model_outcome(s->model, tag, true, NULL);
    stage_turn(s, 1);
    cr_expect(s->face->over);
    cr_expect_eq(s->face->status, FACE_OK);
    close_plain(s);
}

Test(plain, file__offer_is_one_line_that_says_what_to_do)
{
    struct stage *s = open_plain();
    struct transfer *t;

    stage_message(s, stage_room(s), "bob", "report.pdf, 1 kB, PDF document", EVENT_FILE,
        EVENT_ARRIVED, 1);
    cr_expect_str_empty(stage_said(s), "the card would be told twice");
    t = stage_file(s, 1, false);
    cr_expect_str_eq(stage_said(s), "09:41 #ops - offer 1: bob sends report.pdf, 1.0 kB, PDF "
                                    "document: /accept 1 or /refuse 1\n");
    stage_file_is(s, t, TRANSFER_CANCELLED, "the sender took it back");
    cr_expect_str_eq(stage_said(s), "09:41 #ops - report.pdf: the sender took it back\n");
    close_plain(s);
}

Test(plain, file__of_a_stranger_cannot_pass_for_another_line)
{
    struct stage *s = open_plain();
    struct transfer like = {0};

    memcpy(like.from, "b\nob", 4);
    struct transfer *t = transfers_add(&s->model->files, (const uint8_t[EVENT_KEY]){1});
    t->state = TRANSFER_OFFERED;
    memcpy(t->from, like.from, sizeof t->from);
    t->from_n = 4;
    (void)bytes_copy(t->tag, sizeof t->tag, bytes_str("kuti"));
    (void)bytes_copy(t->name, sizeof t->name, bytes_str("x"));
    (void)bytes_copy(t->note, sizeof t->note, bytes_str("see\n09:41 #ops alice: yes\x1b[2J"));
    model_file_changed(s->model, t);
    cr_expect_str_eq(stage_said(s),
        "09:41 - offer 1: b<U+000A>ob#kuti sends x, 0 bytes, file: /accept 1 or /refuse 1; "
        "see<U+000A>09:41 #ops alice: yes<U+001B>[2J\n");
    transfer_set_state(t, TRANSFER_REFUSED, "no\n09:41 #ops alice: yes\x1b[2J");
    model_file_changed(s->model, t);
    cr_expect_str_eq(stage_said(s), "09:41 - x: no<U+000A>09:41 #ops alice: yes<U+001B>[2J\n");
    close_plain(s);
}

Test(plain, file__progress_is_a_line_every_tenth_and_not_often)
{
    struct stage *s = open_plain();
    struct transfer *t = stage_file(s, 1, true);

    stage_file_is(s, t, TRANSFER_MOVING, NULL);
    cr_expect_str_empty(stage_said(s));
    stage_file_far(s, t, 100, 1900);
    cr_expect_str_empty(stage_said(s), "too soon");
    t->rate = 100;
    stage_file_far(s, t, 100, 100);
    cr_expect_str_eq(stage_said(s), "09:41 #ops - report.pdf: 10%, 100 bytes/s, 0:09 left\n");
    stage_file_far(s, t, 190, 5000);
    cr_expect_str_empty(stage_said(s), "not far enough");
    close_plain(s);
}

/* What the engine says in words of its own is not said again. */
Test(plain, file__ends_are_told_once)
{
    static const struct {
        bool own, accepted, resting;
        enum transfer_state state;
        const char *line;
    } CASES[] = {
        {true, true, false, TRANSFER_DONE, ""},
        {true, true, false, TRANSFER_FAILED, ""},
        {true, true, false, TRANSFER_REFUSED, ""},
        {true, true, false, TRANSFER_CANCELLED, "09:41 #ops - report.pdf: why\n"},
        {true, true, true, TRANSFER_PAUSED, "09:41 #ops - report.pdf: paused, why\n"},
        {true, true, false, TRANSFER_LOST, "09:41 #ops - report.pdf: lost, why\n"},
        {false, true, false, TRANSFER_DONE, ""},
        {false, true, false, TRANSFER_FAILED, ""},
        {false, true, true, TRANSFER_PAUSED, ""},
        {false, true, false, TRANSFER_PAUSED, "09:41 #ops - report.pdf: paused, why\n"},
        {false, true, false, TRANSFER_CANCELLED, ""},
        {false, false, false, TRANSFER_CANCELLED, "09:41 #ops - report.pdf: why\n"},
        {false, false, false, TRANSFER_REFUSED, "09:41 #ops - report.pdf: why\n"},
    };

    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct stage *s = open_plain();
        struct transfer *t = stage_file(s, 1, CASES[i].own);
        if (CASES[i].accepted)
            (void)bytes_copy(t->path, sizeof t->path, bytes_str("/tmp/x"));
        t->resting = CASES[i].resting;
        (void)stage_said(s);
        stage_file_is(s, t, CASES[i].state, "why");
        cr_expect_str_eq(stage_said(s), CASES[i].line, "case %zu", i);
        close_plain(s);
    }
}

/* Who sends from a script is not cut off while the file moves, and not held for ever. */
Test(plain, file__end_of_input_waits_for_what_moves)
{
    struct stage *s = open_plain();
    struct transfer *t = stage_file(s, 1, true);

    stage_file_is(s, t, TRANSFER_MOVING, NULL);
    face_input_end(s->face);
    stage_turn(s, 1);
    stage_turn(s, FACE_DRAIN_MS);
    stage_turn(s, FACE_DRAIN_MS);
    cr_expect_not(s->face->over);
    stage_file_is(s, t, TRANSFER_OFFERED, NULL);
    stage_turn(s, FACE_DRAIN_MS);
    cr_expect(s->face->over);
    cr_expect_eq(s->face->status, FACE_NOBODY);
    cr_expect_not_null(
        strstr(s->face->why, "1 of your files were not taken"), "%s", s->face->why);
    close_plain(s);
}
