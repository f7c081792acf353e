/* SPDX-License-Identifier: ISC */
#include "face/doctor.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "stage.h"

static const struct doctor_setup SETUP = {
    .name = {DOCTOR_FINE, "relay.example is 192.0.2.1"},
    .port = {DOCTOR_FINE, "something answers at 192.0.2.1:5555"},
    .vault = {DOCTOR_FINE, "opens"},
};

static struct stage *open_doctor(const struct doctor_setup *setup)
{
    struct stage *s = stage_open();

    s->face = doctor_new(s->model, setup, s->fd);
    return s;
}

static void close_doctor(struct stage *s)
{
    doctor_free(s->face);
    stage_close(s);
}

static void expect_said(struct stage *s, int status, const char *const *lines, size_t n)
{
    const char *said = stage_said(s);

    for (size_t i = 0; i < n; i++)
        cr_expect_not_null(strstr(said, lines[i]), "%s not in:\n%s", lines[i], said);
    cr_expect(s->face->over);
    cr_expect_eq(s->face->status, status, "%d:\n%s", s->face->status, said);
}

Test(doctor, healthy__every_point_is_fine)
{
    static const char *const LINES[] = {
        "ok    name: relay.example is 192.0.2.1\n",
        "ok    port: something answers at 192.0.2.1:5555\n",
        "ok    tls: TLS 1.3 with relay.example:5555\n",
        "ok    pin: The relay shows the key that is known of it.\n",
        "ok    login: You are in as alice, with an account.\n",
        "ok    clock: as the relay's, within 3 s\n",
        "ok    keys: Your fingerprint is SHA256:abc.\n",
        "ok    vault: opens\n",
        "ok    #ops: sealed end to end, epoch 7, 2 members, code KUTI.",
    };
    struct stage *s = open_doctor(&SETUP);
    struct room *r = stage_room(s);

    (void)strcpy(s->model->address, "relay.example:5555");
    stage_turn(s, 1);
    cr_expect_str_empty(stage_said(s), "spoke before the relay had answered");
    model_outcome(s->model, stage_take(s, INTENT_LINE, "/rooms"), true, "");
    stage_turn(s, 1);
    cr_expect_str_empty(stage_said(s), "spoke before there was a key");
    s->model->account = true;
    s->model->clock_known = true;
    s->model->clock_off_ms = -2000;
    (void)strcpy(s->model->print, "SHA256:abc");
    model_set_trust(s->model, MODEL_PINNED);
    r->epoch = 7;
    (void)strcpy(r->code, "KUTI");
    stage_turn(s, 1);
    expect_said(s, FACE_OK, LINES, MEM_COUNT(LINES));
    close_doctor(s);
}

Test(doctor, port__that_is_closed)
{
    static const char *const LINES[] = {"WRONG port: nothing answers\n",
        "-     tls: not looked at\n", "-     pin: not looked at\n",
        "-     login: not looked at\n"};
    struct doctor_setup setup = SETUP;
    setup.port = (struct doctor_finding){DOCTOR_WRONG, "nothing answers"};
    struct stage *s = stage_open();

    model_set_link(s->model, MODEL_DIALING, 0);
    s->face = doctor_new(s->model, &setup, s->fd);
    stage_turn(s, 1);
    cr_expect_not(s->face->over);
    model_set_link(s->model, MODEL_WAITING, 1);
    stage_turn(s, 1);
    expect_said(s, FACE_NOBODY, LINES, MEM_COUNT(LINES));
    close_doctor(s);
}

Test(doctor, tls__that_fails_pin__that_changed_login__that_is_refused)
{
    static const struct {
        enum model_link on_the_way, end;
        int status;
        const char *line;
    } CASES[] = {
        {MODEL_DIALING, MODEL_WAITING, FACE_NOBODY, "WRONG tls: It went \xef\xbf\xbdwrong.\n"},
        {MODEL_DIALING, MODEL_REFUSED, FACE_REFUSED, "WRONG pin: It went \xef\xbf\xbdwrong.\n"},
        {MODEL_GREETING, MODEL_REFUSED, FACE_REFUSED,
            "WRONG login: It went \xef\xbf\xbdwrong.\n"},
        {MODEL_GREETING, MODEL_WAITING, FACE_REFUSED,
            "WRONG login: It went \xef\xbf\xbdwrong.\n"},
    };

    for (size_t i = 0; i < MEM_COUNT(CASES); i++) {
        struct stage *s = stage_open();
        model_set_link(s->model, MODEL_DIALING, 0);
        s->face = doctor_new(s->model, &SETUP, s->fd);
        model_set_link(s->model, CASES[i].on_the_way, 0);
        model_event(
            s->model, NULL, EVENT_ERROR, (struct bytes){0}, bytes_str("It went \xffwrong."));
        model_set_link(s->model, CASES[i].end, 0);
        stage_turn(s, 1);
        expect_said(s, CASES[i].status, &CASES[i].line, 1);
        close_doctor(s);
    }
}

Test(doctor, login__that_asks_for_something)
{
    static const char *const LINES[] = {"WRONG login: Password of alice\n"};
    struct stage *s = stage_open();

    model_set_link(s->model, MODEL_GREETING, 0);
    s->face = doctor_new(s->model, &SETUP, s->fd);
    model_put_ask(s->model, true, "Password of alice");
    stage_turn(s, 1);
    expect_said(s, FACE_REFUSED, LINES, 1);
    close_doctor(s);
}

Test(doctor, patience__ends)
{
    static const char *const LINES[] = {"WRONG keys: You have no identity key yet."};
    struct stage *s = open_doctor(&SETUP);

    stage_turn(s, 1);
    cr_expect_eq(face_patience(s->face), DOCTOR_PATIENCE_MS);
    stage_turn(s, DOCTOR_PATIENCE_MS);
    expect_said(s, FACE_UNSEALED, LINES, 1);
    close_doctor(s);
}

Test(doctor, clock__off_by_minutes)
{
    static const char *const LINES[] = {"WRONG clock: Your clock is 120 s behind the relay's."};
    struct stage *s = open_doctor(&SETUP);

    s->model->clock_known = true;
    s->model->clock_off_ms = 120000;
    stage_turn(s, 1);
    stage_turn(s, DOCTOR_PATIENCE_MS);
    expect_said(s, FACE_REFUSED, LINES, 1);
    close_doctor(s);
}

Test(doctor, rooms__each_seal_has_words)
{
    for (enum room_seal seal = 0; seal < ROOM_SEALS; seal++) {
        struct stage *s = open_doctor(&SETUP);
        (void)strcpy(s->model->print, "SHA256:abc");
        stage_room(s)->seal = seal;
        stage_turn(s, 1);
        stage_turn(s, DOCTOR_PATIENCE_MS);
        bool bad = seal >= ROOM_STOPPED;
        expect_said(s, bad ? FACE_UNSEALED : FACE_OK, (const char *[]){room_seal_str(seal)}, 1);
        close_doctor(s);
    }
}

Test(doctor, json__an_object_for_each_point)
{
    struct doctor_setup setup = SETUP;
    setup.json = true;
    struct stage *s = open_doctor(&setup);
    size_t n = 0;
    char *save = NULL;
    char why[128];

    (void)strcpy(s->model->print, "\x1b");
    stage_turn(s, 1);
    stage_turn(s, DOCTOR_PATIENCE_MS);
    (void)stage_said(s);
    for (char *l = strtok_r(s->said, "\n", &save); l != NULL;
         l = strtok_r(NULL, "\n", &save), n++) {
        struct json_doc *d = NULL;
        const char *point = NULL;
        cr_assert_eq(json_parse(bytes_str(l), false, &d, why, sizeof why), ERR_OK, "%s", l);
        cr_expect(json_get_str(d, json_root(d), "point", 32, &point));
        cr_expect_str_eq(point, doctor_point_name((enum doctor_point)n));
        json_free(d);
    }
    cr_expect_eq(n, DOCTOR_POINTS);
    close_doctor(s);
}
